import { assertEquals } from "@std/assert";
import { parseIp } from "../../proto/mod.ts";
import { hostName, meaningOf } from "./names.ts";

Deno.test("meaningOf() reads names of routes and hosts, in any case", () => {
  const route = (modId: number, cmdId: number) => ({
    kind: "route",
    key: { modId, cmdId },
  });
  const empty = { kind: "empty" };
  for (
    const [name, meaning] of [
      ["1.2.lars.internal", route(1, 2)],
      ["0.2147483647.LARS.Internal", route(0, 2_147_483_647)],
      ["_http._tcp.1.2.lars.internal", route(1, 2)],
      ["10-0-0-1.host.lars.internal", {
        kind: "host",
        ip: parseIp("10.0.0.1"),
      }],
      ["lars.internal", empty],
      ["1.lars.internal", empty],
      ["host.lars.internal", empty],
      ["1.2147483648.lars.internal", undefined],
      ["01.2.lars.internal", undefined],
      ["a.b.lars.internal", undefined],
      ["0.1.2.lars.internal", undefined],
      ["10-0-0-256.host.lars.internal", undefined],
      ["-1.2.lars.internal", undefined],
      ["1.2.example.com", "outside"],
      ["notlars.internal", "outside"],
      ["", "outside"],
    ] as const
  ) {
    assertEquals(meaningOf(name, "lars.internal"), meaning, name);
  }
});

Deno.test("hostName() is a name that meaningOf() reads", () => {
  const ip = parseIp("10.1.2.3");
  const name = hostName({ ip, port: 80 }, "lars.internal");
  assertEquals(meaningOf(name, "lars.internal"), { kind: "host", ip });
});
