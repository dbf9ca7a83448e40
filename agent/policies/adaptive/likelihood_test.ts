import { assertAlmostEquals, assertEquals } from "@std/assert";
import { FailureTest, LatencyTest } from "./likelihood.ts";
import { AdaptiveHosts } from "./hosts.ts";
import { DEFAULT_ADAPTIVE_SETTINGS } from "../settings.ts";

const ROW = 0;

function hostsOfOne(): AdaptiveHosts {
  const hosts = new AdaptiveHosts();
  hosts.reset(ROW, { costMs: 1, nowMs: 0 });
  return hosts;
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
      const hosts = hostsOfOne();
      const test = new FailureTest(hosts, DEFAULT_ADAPTIVE_SETTINGS);
      assertAlmostEquals(test.onFailure(ROW, baseline), failing, 0.01);
      assertAlmostEquals(hosts.failingCusum[ROW]!, failing, 0.01);
      assertAlmostEquals(hosts.ratioCusum[ROW]!, ratio, 0.01);
    },
  );
}

Deno.test("FailureTest.retractFailure() takes back what one failure added", () => {
  const hosts = hostsOfOne();
  const test = new FailureTest(hosts, DEFAULT_ADAPTIVE_SETTINGS);
  for (const baseline of [0.01, 0.5]) {
    test.onFailure(ROW, baseline);
    test.retractFailure(ROW);
    assertAlmostEquals(hosts.failingCusum[ROW]!, 0, 1e-6);
    assertAlmostEquals(hosts.ratioCusum[ROW]!, 0, 1e-6);
  }
});

Deno.test("FailureTest.onSuccess() takes ln 2 away, and never goes below 0", () => {
  const hosts = hostsOfOne();
  const test = new FailureTest(hosts, DEFAULT_ADAPTIVE_SETTINGS);
  test.onFailure(ROW, 0.12);
  test.onSuccess(ROW, 0.12);
  assertAlmostEquals(hosts.failingCusum[ROW]!, 1.54 - 0.69, 0.01);
  for (let call = 0; call < 100; call++) test.onSuccess(ROW, 0.12);
  assertEquals([hosts.failingCusum[ROW], hosts.ratioCusum[ROW]], [0, 0]);
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
    const hosts = hostsOfOne();
    const test = new LatencyTest(hosts, DEFAULT_ADAPTIVE_SETTINGS);
    for (let call = 0; call < calls; call++) test.onSuccess(ROW, times);
    assertAlmostEquals(hosts.latencyCusum[ROW]!, slow, 0.01);
  });
}
