import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { AdaptiveHosts } from "./hosts.ts";
import { BaselineRates, FailureBaseline } from "./failure_baseline.ts";
import { BASELINE_FLOATS, RouteFloats } from "./route_floats.ts";
import { DEFAULT_ADAPTIVE_SETTINGS } from "../settings.ts";

/** A route of hosts 0, 1 and 2 that had these calls, one after another: "+" and "−". */
function baselineAfter(calls: readonly string[]): FailureBaseline {
  const hosts = new AdaptiveHosts();
  const rows = [0, 1, 2];
  // Each host has the place of the history after its row.
  for (const row of rows) {
    hosts.reset(row, 1);
    assertEquals(hosts.needPlace(row, 0), row + 1);
  }
  const baselineRates = new BaselineRates(DEFAULT_ADAPTIVE_SETTINGS);
  const baselineFloats = new RouteFloats(BASELINE_FLOATS);
  const shared = { hosts, baselineRates, baselineFloats };
  const baseline = new FailureBaseline(shared);
  calls.forEach((run, row) => {
    for (const sign of run) baseline.count(row + 1, sign === "+", rows);
  });
  return baseline;
}

Deno.test("FailureBaseline.of() begins at 1 %", () => {
  assertAlmostEquals(baselineAfter([]).of(1), 0.01, 1e-6);
});

Deno.test("FailureBaseline.of() holds a host against the others only", () => {
  const baseline = baselineAfter([
    "-".repeat(50),
    "+".repeat(50),
    "+".repeat(50),
  ]);
  assert(baseline.of(1) < 0.005, `${baseline.of(1)}`);
  assert(baseline.of(2) > 0.3, `${baseline.of(2)}`);
});

Deno.test("FailureBaseline.of() falls to a stray failure in 10,000 calls and no further", () => {
  const baseline = baselineAfter(["", "+".repeat(40_000)]);
  assertEquals(baseline.of(1), 1e-4);
});

Deno.test("FailureBaseline.of() rises at once when all begin to fail", () => {
  const baseline = baselineAfter(["+".repeat(20_000), "-+-+".repeat(10)]);
  assert(baseline.of(3) > 0.1, `${baseline.of(3)}`);
});

Deno.test("FailureBaseline.of() counts the calls of the others only, too", () => {
  const baseline = baselineAfter(["+".repeat(90), "-".repeat(20)]);
  assert(baseline.of(1) > 0.9, `${baseline.of(1)}`);
});

Deno.test("FailureBaseline.of() goes on as before when sums are scaled down", () => {
  const short = baselineAfter(["", "+++-".repeat(2_000)]);
  const long = baselineAfter(["", "+++-".repeat(100_000)]);
  assertAlmostEquals(long.of(1), 0.25, 0.01);
  assertAlmostEquals(short.of(1), long.of(1), 0.01);
  assertAlmostEquals(long.recent, 0.25, 0.01);
});
