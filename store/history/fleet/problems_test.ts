import { assertEquals } from "@std/assert";
import { HostReason } from "../../../proto/mod.ts";
import type { HostView } from "./host_views.ts";
import { findProblems, type RouteFacts } from "./problems.ts";

/** A route with 6,000 calls in the last minute. */
function route(cmdId: number, more: Partial<RouteFacts> = {}): RouteFacts {
  return {
    modId: 1,
    cmdId,
    calls: 6_000,
    failed: 0,
    callers: 65,
    latency: [],
    usual: 0,
    failingSince: undefined,
    hosts: 20,
    views: [],
    reasons: [],
    ...more,
  };
}

function out(of: number, callers: number, outSince = 1_000): HostView {
  return {
    ip: of,
    port: 80,
    out: of,
    callers,
    reasons: [{ reason: HostReason.refused, callers: of }],
    outSince,
    nextTryMs: 0,
    suspect: 0,
    drained: 0,
    inFlight: 0,
    agents: [],
  };
}

Deno.test("problems are in the order of failing calls a second above the usual, not of hosts", () => {
  const found = findProblems([
    route(1),
    route(2, { views: [out(65, 65), out(64, 65)] }),
    route(3, { failed: 600 }),
    // More fail, but less above the usual.
    route(4, { failed: 900, usual: 0.08 }),
    route(5, { views: [out(1, 65)] }),
    route(6, { views: [out(60, 65)] }),
    route(7, { failed: 480, usual: 0.08 }),
  ]);
  assertEquals(found.map(({ cmdId }) => cmdId), [3, 4, 2, 6, 5]);
  assertEquals(found.map(({ excessPerS }) => excessPerS), [10, 7, 0, 0, 0]);
  assertEquals(
    found.map(({ isOfFewCallers }) => isOfFewCallers),
    [false, false, false, false, true],
  );
});

Deno.test("hosts of a problem: those that most callers hold out first, those of few callers last", () => {
  const [found] = findProblems([
    route(1, { views: [out(1, 65), out(0, 65), out(30, 65), out(65, 65)] }),
  ]);
  assertEquals(found!.out.map(({ out }) => out), [65, 30, 1]);
  assertEquals(found!.isOfFewCallers, false);
});

Deno.test("a problem is since the calls fail, or since a host is out", () => {
  const found = findProblems([
    route(1, { failed: 600, failingSince: 900, views: [out(1, 65, 300)] }),
    route(2, { views: [out(60, 65, 500), out(65, 65, 400)] }),
    route(3, { failed: 60 }),
  ]);
  assertEquals(found.map(({ since }) => since), [900, undefined, 400]);
});
