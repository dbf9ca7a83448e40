import { assert, assertEquals } from "@std/assert";
import { HistoryFixture } from "../testing/mod.ts";
import { RouteCounts } from "./route_counts.ts";
import { HISTORY_OPERATIONS } from "./timed_sink.ts";
import { WAIT_MIN_MS } from "./totals_commit.ts";

/** The counters of the page without their common name. */
function linesOf(counts: RouteCounts): string[] {
  return counts.text().split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.replace("lars_route_calls_total", ""));
}

Deno.test("RouteCounts counts the first routes by their keys, and others together for good", () => {
  const counts = new RouteCounts({ max: 2 });
  const add = (...rows: [cmdId: number, calls: number, failed: number][]) =>
    counts.add({
      modId: rows.map(() => 1),
      cmdId: rows.map(([cmdId]) => cmdId),
      calls: rows.map(([, calls]) => calls),
      failed: rows.map(([, , failed]) => failed),
    });
  add([1, 10, 1], [2, 5, 0], [3, 7, 7]);
  add([3, 1, 0], [1, 1, 1]);
  assertEquals(linesOf(counts), [
    '{modid="1",cmdid="1",result="succeeded"} 9',
    '{modid="1",cmdid="1",result="failed"} 2',
    '{modid="1",cmdid="2",result="succeeded"} 5',
    '{modid="1",cmdid="2",result="failed"} 0',
    '{modid="other",cmdid="other",result="succeeded"} 1',
    '{modid="other",cmdid="other",result="failed"} 7',
  ]);
});

Deno.test("a reporter counts by routes what it has committed, each call once", async () => {
  await using fixture = new HistoryFixture();
  const counts = new RouteCounts({ max: 9 });
  const reporter = fixture.addReporter({
    onRoutes: (calls) => counts.add(calls),
  });
  const agent = fixture.addAgent();
  await fixture.connect(agent, reporter);
  let isAway = true;
  reporter.fate = ({ method }) =>
    method === "commit" && isAway ? "failed" : "done";
  agent.report({ ip: 7, calls: 5, failures: 2 });
  await fixture.clock.advance(WAIT_MIN_MS);
  assertEquals(linesOf(counts).length, 2);
  isAway = false;
  await fixture.clock.advance(60_000);
  assertEquals(linesOf(counts).slice(0, 2), [
    '{modid="1",cmdid="1",result="succeeded"} 3',
    '{modid="1",cmdid="1",result="failed"} 2',
  ]);

  const { operations } = reporter.server;
  const errors = new Map(
    operations.errors().map(({ labels, value }) => [labels.operation, value]),
  );
  assert(Number(errors.get("commit")) > 0);
  for (const operation of HISTORY_OPERATIONS) {
    assertEquals(errors.has(operation), true, operation);
  }
  assertEquals(errors.size, 2 + HISTORY_OPERATIONS.length);
});
