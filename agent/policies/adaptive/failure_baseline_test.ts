import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { AdaptiveHosts } from "./hosts.ts";
import { FailureLevel, LevelRule } from "./failure_baseline.ts";
import { RouteNumbers } from "./route_floats.ts";
import { DEFAULT_ADAPTIVE_SETTINGS } from "../settings.ts";

/** A route of hosts 0, 1 and 2 that had these calls, one after another: "+" and "−". */
function levelAfter(calls: readonly string[]): FailureLevel {
  const hosts = new AdaptiveHosts();
  const slots = [1, 2, 3].map((ip) => hosts.allocate({ ip, port: 80 }));
  const level = new FailureLevel(
    new LevelRule(hosts, DEFAULT_ADAPTIVE_SETTINGS),
    new RouteNumbers().allocate(),
  );
  calls.forEach((run, slot) => {
    for (const sign of run) level.count(slot, sign === "+", slots);
  });
  return level;
}

Deno.test("FailureLevel.of() begins at 1 %", () => {
  assertAlmostEquals(levelAfter([]).of(0), 0.01, 1e-6);
});

Deno.test("FailureLevel.of() holds a host against the others only", () => {
  const level = levelAfter(["-".repeat(50), "+".repeat(50), "+".repeat(50)]);
  assert(level.of(0) < 0.005, `${level.of(0)}`);
  assert(level.of(1) > 0.3, `${level.of(1)}`);
});

Deno.test("FailureLevel.of() falls to a stray failure in 10,000 calls and no further", () => {
  const level = levelAfter(["", "+".repeat(40_000)]);
  assertEquals(level.of(0), 1e-4);
});

Deno.test("FailureLevel.of() rises at once when all begin to fail", () => {
  const level = levelAfter(["+".repeat(20_000), "-+-+".repeat(10)]);
  assert(level.of(2) > 0.1, `${level.of(2)}`);
});

Deno.test("FailureLevel.of() counts the calls of the others only, too", () => {
  const level = levelAfter(["+".repeat(90), "-".repeat(20)]);
  assert(level.of(0) > 0.9, `${level.of(0)}`);
});

Deno.test("FailureLevel.of() goes on as before when sums are scaled down", () => {
  const short = levelAfter(["", "+++-".repeat(2_000)]);
  const long = levelAfter(["", "+++-".repeat(100_000)]);
  assertAlmostEquals(long.of(0), 0.25, 0.01);
  assertAlmostEquals(short.of(0), long.of(0), 0.01);
  assertAlmostEquals(long.latest, 0.25, 0.01);
});
