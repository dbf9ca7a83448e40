import { assertEquals } from "@std/assert";
import { LogBudget } from "./log_budget.ts";
import { logger, recordLogs, VirtualClock } from "./testing/mod.ts";

Deno.test("LogBudget logs 20 warnings of a kind in a minute, then how many were left out", async () => {
  using logs = recordLogs();
  const clock = new VirtualClock();
  const budget = new LogBudget({ logger, clock });
  for (let count = 0; count < 30; count++) budget.warn("bad", { count });
  budget.warn("other", {});
  assertEquals(logs.lines.length, 21);
  budget.flush();
  assertEquals(budget.dueMs(), 60_000);
  await clock.advance(60_000);
  budget.flush();
  budget.flush();
  assertEquals(logs.lines.slice(21).map((line) => line.slice(25)), [
    "warning test: bad: more like it leftOut=10",
  ]);
  assertEquals(budget.dueMs(), Infinity);
  budget.warn("bad", {});
  assertEquals(logs.lines.length, 23);
});
