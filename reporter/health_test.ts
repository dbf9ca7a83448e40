import { assertEquals } from "@std/assert";
import { reporterHealth } from "./health.ts";

Deno.test("a reporter is ready while its store answers, and says what waits while it does not", async () => {
  const healthWith = (failure?: string) =>
    reporterHealth({ probe: () => Promise.resolve(failure), rowsHeld: 3 });
  assertEquals(await healthWith(), [
    { check: "store", ok: true, reason: "it answers" },
  ]);
  assertEquals(await healthWith("Cannot reach it"), [
    {
      check: "store",
      ok: false,
      reason: "Cannot reach it; 3 statuses wait",
    },
  ]);
});
