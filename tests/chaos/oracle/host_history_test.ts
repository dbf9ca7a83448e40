import { assertEquals } from "@std/assert";
import { HostHistory, type HostValue } from "./host_history.ts";

Deno.test("HostHistory.may() knows both values during an edit, and the new one after its acknowledgement", () => {
  const host = new HostHistory("absent", 0);
  host.begin("open", 100);
  host.settle("open", 200);
  host.begin("absent", 300);
  // Not acknowledged: either, until the next edit is.
  host.begin("drained", 400);
  host.settle("drained", 500);
  const table: [number, number, HostValue[]][] = [
    [0, 99, ["absent"]],
    [50, 150, ["absent", "open"]],
    [100, 100, ["absent", "open"]],
    [200, 299, ["open"]],
    [250, 350, ["absent", "open"]],
    [400, 450, ["absent", "open", "drained"]],
    [500, 900, ["drained"]],
  ];
  for (const [fromMs, toMs, expected] of table) {
    const found = (["absent", "open", "drained"] as const)
      .filter((value) => host.may([value], { fromMs, toMs }));
    assertEquals(found, expected, `${fromMs} to ${toMs}`);
  }
});
