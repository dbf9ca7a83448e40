import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { sameHosts, type Scenario } from "./scenario.ts";
import { makeWorkload } from "./workload.ts";

const SCENARIO: Scenario = {
  name: "test",
  title: "test",
  durationMs: 60_000,
  callsPerSecond: 2_000,
  hosts: sameHosts(2),
};

function mean(values: ArrayLike<number>, count: number): number {
  let sum = 0;
  for (let index = 0; index < count; index++) sum += values[index]!;
  return sum / count;
}

Deno.test("calls arrive at random at the rate asked for, in order", () => {
  const { count, atMs } = makeWorkload(SCENARIO, 1);
  // 120,000 ± 4 standard deviations.
  assert(Math.abs(count - 120_000) < 1_400, `${count}`);
  let squares = 0;
  for (let call = 1; call < count; call++) {
    const gapMs = atMs[call]! - atMs[call - 1]!;
    assert(gapMs >= 0);
    squares += gapMs * gapMs;
  }
  // Of exponential gaps the mean square is twice the square of the mean.
  assertAlmostEquals(squares / count, 0.5, 0.02);
});

Deno.test("the load's factors hold from their moments on", () => {
  const load = [{ fromMs: 20_000, factor: 3 }, { fromMs: 40_000, factor: 0 }];
  const { count, atMs } = makeWorkload({ ...SCENARIO, load }, 1);
  const calls = Array.from(atMs.subarray(0, count));
  const until = (ms: number) => calls.filter((at) => at < ms).length;
  assertAlmostEquals(until(20_000), 40_000, 800);
  assertAlmostEquals(until(40_000) - until(20_000), 120_000, 1_400);
  assertEquals(until(60_000), until(40_000));
});

Deno.test("service times have mean 1 in every distribution", () => {
  for (const serviceTimes of ["exponential", "lognormal", "bimodal"] as const) {
    const { work, count } = makeWorkload({ ...SCENARIO, serviceTimes }, 3);
    assertAlmostEquals(mean(work, count), 1, 0.02, serviceTimes);
  }
});

Deno.test("reports are lost, doubled and late as often as asked", () => {
  const { reports, reportMs, count } = makeWorkload({
    ...SCENARIO,
    lostReports: 0.1,
    doubleReports: 0.3,
    lateReportMs: 200,
  }, 1);
  assertAlmostEquals(mean(reports, count), 1.2, 0.01);
  assertAlmostEquals(mean(reportMs, count), 100, 2);
});

Deno.test("calls of two kinds take either 1 or 200 times as long, 20.9 times on average", () => {
  const { work, count } = makeWorkload(
    { ...SCENARIO, serviceTimes: "two-kinds" },
    1,
  );
  assertAlmostEquals(mean(work, count), 1, 0.02);
  const long = work.subarray(0, count).filter((time) => time > 1).length;
  assertAlmostEquals(long / count, 0.1, 0.005);
});

Deno.test("the first agent has its share of the calls, the others the rest", () => {
  const scenario = { ...SCENARIO, agents: 5, heavyShare: 0.8 };
  const { agent, count } = makeWorkload(scenario, 1);
  const counts = [0, 0, 0, 0, 0];
  for (const index of agent.subarray(0, count)) counts[index]! += 1;
  assertAlmostEquals(counts[0]! / count, 0.8, 0.01);
  assertAlmostEquals(counts[4]! / count, 0.05, 0.005);
});
