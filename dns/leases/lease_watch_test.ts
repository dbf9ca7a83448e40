import { assertEquals } from "@std/assert";
import type { AgentLease } from "../../store/mod.ts";
import { LeaseWatch } from "./lease_watch.ts";

/** A lease, renewed this often. */
function lease(renewal: number, more: Partial<AgentLease> = {}): AgentLease {
  return {
    agent: "a",
    epoch: 1,
    renewal,
    ttlMs: 30_000,
    hash: 1,
    instances: 1,
    overdue: false,
    name: "a",
    address: "10.0.0.1",
    dns: "d",
    ...more,
  };
}

/** Since when the lease is as it is, and is marked, after each look: one every 5 s. */
function looks(
  leases: readonly (AgentLease | undefined)[],
  { atMs = (index: number) => index * 5_000 } = {},
): [sinceMs: number, markedMs: number][] {
  const watch = new LeaseWatch();
  return leases.map((lease, index) => {
    const startMs = atMs(index);
    if (lease === undefined) watch.restart();
    else watch.observe([lease], { startMs, endMs: startMs + 1 });
    const { sinceMs = NaN, markedMs = NaN } = watch.leases.get("a") ?? {};
    return [sinceMs, markedMs];
  });
}

const NEVER = Infinity;

Deno.test("LeaseWatch.observe() notes when a lease was seen to move, forward or back", () => {
  const found = looks([lease(1), lease(1), lease(2), lease(2), lease(1)]);
  assertEquals(
    found.map(([sinceMs]) => sinceMs),
    [1, 1, 10_001, 10_001, 20_001],
  );
  const restarted = looks([lease(1), lease(1, { epoch: 2 })]);
  assertEquals(restarted.at(-1), [5_001, NEVER]);
});

Deno.test("LeaseWatch.observe() notes since when a lease is marked, until it is renewed", () => {
  const marked = lease(1, { overdue: true });
  assertEquals(
    looks([lease(1), marked, marked, lease(2)]).map(([, at]) => at),
    [NEVER, 5_001, 5_001, NEVER],
  );
});

Deno.test("LeaseWatch.observe() begins anew behind a pause between two looks, and when it is told to", () => {
  const atMs = (index: number) => [0, 5_000, 17_001][index]!;
  const found = looks([lease(1), lease(1), lease(1)], { atMs });
  assertEquals(found.map(([sinceMs]) => sinceMs), [1, 1, 17_002]);
  const near = looks([lease(1), lease(1)], { atMs: (index) => index * 12_000 });
  assertEquals(near.at(-1), [1, NEVER]);
  const marked = lease(1, { overdue: true });
  assertEquals(looks([marked, undefined, marked]).at(-1), [10_001, 10_001]);
});

Deno.test("LeaseWatch.wrote() notes since when every attempt to write succeeded", () => {
  const watch = new LeaseWatch();
  assertEquals(watch.writableSinceMs, Infinity);
  const since = (nowMs: number) => {
    watch.wrote(nowMs);
    return watch.writableSinceMs;
  };
  assertEquals([1, 5_000, 17_000, 29_001].map(since), [1, 1, 1, 29_001]);
  watch.failedToWrite();
  assertEquals([watch.writableSinceMs, since(29_500)], [Infinity, 29_500]);
  watch.restart();
  assertEquals([watch.writableSinceMs, since(30_000)], [Infinity, 30_000]);
});
