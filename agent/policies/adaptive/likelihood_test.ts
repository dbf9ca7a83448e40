import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { FailureTest, LatencyTest } from "./likelihood.ts";
import { HostHistory } from "./host_history.ts";
import { DEFAULT_ADAPTIVE_SETTINGS } from "../settings.ts";

const PLACE = 1;

function historyOfOne(): HostHistory {
  const history = new HostHistory();
  assertEquals(history.allocate(), PLACE);
  return history;
}

for (
  const [baseline, failing, ratio] of [
    [0.0001, 8.52, 6.21],
    [0.002, 5.52, 3.22],
    [0.01, 3.92, 1.61],
    [0.12, 1.54, 1.1],
    [0.5, 0.41, 0.41],
    [0.99, 0.01, 0.01],
  ] as const
) {
  Deno.test(
    `FailureTest.onFailure() adds ${failing} where others fail ${
      baseline * 100
    } %`,
    () => {
      const history = historyOfOne();
      const test = new FailureTest(history, DEFAULT_ADAPTIVE_SETTINGS);
      assertAlmostEquals(test.onFailure(PLACE, baseline), failing, 0.01);
      assertAlmostEquals(history.failingCusum[PLACE]!, failing, 0.01);
      assertAlmostEquals(history.ratioCusum[PLACE]!, ratio, 0.01);
    },
  );
}

Deno.test("FailureTest.retractFailure() takes back what one failure added", () => {
  const history = historyOfOne();
  const test = new FailureTest(history, DEFAULT_ADAPTIVE_SETTINGS);
  for (const baseline of [0.01, 0.5]) {
    test.onFailure(PLACE, baseline);
    test.retractFailure(PLACE);
    assertAlmostEquals(history.failingCusum[PLACE]!, 0, 1e-6);
    assertAlmostEquals(history.ratioCusum[PLACE]!, 0, 1e-6);
  }
});

Deno.test("FailureTest.onSuccess() takes ln 2 away, and never goes below 0", () => {
  const history = historyOfOne();
  const test = new FailureTest(history, DEFAULT_ADAPTIVE_SETTINGS);
  test.onFailure(PLACE, 0.12);
  test.onSuccess(PLACE, 0.12);
  assertAlmostEquals(history.failingCusum[PLACE]!, 1.54 - 0.69, 0.01);
  for (let call = 0; call < 100; call++) test.onSuccess(PLACE, 0.12);
  assertEquals([history.failingCusum[PLACE], history.ratioCusum[PLACE]], [
    0,
    0,
  ]);
});

for (
  const [times, calls, slow] of [
    [1, 100, 0],
    [4, 100, 0],
    [6, 100, 0],
    [10, 10, 5.84],
    [40, 10, 15],
    [1_000, 10, 15],
  ] as const
) {
  Deno.test(`LatencyTest.onSuccess() comes to ${slow} after ${calls} calls of ${times} medians`, () => {
    const history = historyOfOne();
    const test = new LatencyTest(history, DEFAULT_ADAPTIVE_SETTINGS);
    for (let call = 0; call < calls; call++) {
      test.onSuccess(PLACE, 3 * times, 3);
    }
    assertAlmostEquals(history.latencyCusum[PLACE]!, slow, 0.01);
  });
}

Deno.test("LatencyTest.onSuccess() adds what the formula says, whether it divides or not", () => {
  const duration = fc.double({ min: 0.001, max: 1_000, noNaN: true });
  fc.assert(fc.property(fc.array(duration), duration, (durations, medianMs) => {
    const history = historyOfOne();
    const test = new LatencyTest(history, DEFAULT_ADAPTIVE_SETTINGS);
    let plain = 0;
    for (const durationMs of durations) {
      test.onSuccess(PLACE, durationMs, medianMs);
      const times = durationMs / medianMs;
      const logRatio = times / DEFAULT_ADAPTIVE_SETTINGS.slowRatio * 0.6 -
        Math.log(2.5);
      plain = Math.max(0, plain + Math.min(logRatio, 1.5));
    }
    assertAlmostEquals(
      history.latencyCusum[PLACE]!,
      plain,
      1e-5 * (1 + durations.length),
    );
  }));
});

Deno.test("HostHistory gives a released place to the next host, as zeros", () => {
  const history = historyOfOne();
  history.count(PLACE, false);
  history.setCusums(PLACE, { failing: 8, ratio: 5 });
  history.latencyMs[PLACE] = 7;
  history.release(PLACE);
  assertEquals(history.allocate(), PLACE);
  assertEquals(history.failures[PLACE], 0);
  assertEquals(history.isDoubted(PLACE), false);
  assertEquals(history.latencyMs[PLACE], 0);
});
