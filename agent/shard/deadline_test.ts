import { assert, assertEquals } from "@std/assert";
import { seededRandom } from "../../net/testing/mod.ts";
import { ShardFixture } from "../testing/shard_fixture.ts";

const A = "10.0.0.1:1001";
const B = "10.0.0.2:1002";

/** What makes something due, and when, if the clock stands at 50 ms then. */
const DEADLINES: [string, (fixture: ShardFixture) => void, number][] = [
  ["nothing", () => {}, Infinity],
  ["a route without hosts", (fixture) => fixture.getHost("1/1"), 60_100],
  ["a route with hosts", (fixture) => fixture.update("1/1", A), 300_100],
  ["the report of a call", (fixture) => {
    fixture.update("1/1", A);
    fixture.report("1/1", A, "+");
  }, 100],
  ["a report soon after a status", (fixture) => {
    fixture.update("1/1", A);
    fixture.report("1/1", A, "+");
    fixture.shard.tick(60);
    fixture.nowMs = 70;
    fixture.report("1/1", A, "+");
  }, 1_000],
  ["an empty answer", (fixture) => {
    fixture.update("1/1", A);
    fixture.update("1/1");
  }, 1_100],
  ["an empty answer that is over", (fixture) => {
    fixture.update("1/1", A);
    fixture.update("1/1");
    fixture.update("1/1", A);
    fixture.shard.tick(1_100);
  }, 300_100],
  ["a recording", (fixture) => {
    fixture.update("1/1", A);
    const { nowMs } = fixture;
    fixture.shard.explain({ modId: 1, cmdId: 1 }, { nowMs, withCalls: true });
  }, 10_100],
  ["an expired route without a dns", (fixture) => {
    fixture.update("1/1", A);
    fixture.shard.tick(100_000_000);
  }, Infinity],
];

for (const [what, act, dueMs] of DEADLINES) {
  Deno.test(`Shard.dueMs() after ${what} is ${dueMs}`, () => {
    const fixture = new ShardFixture();
    fixture.nowMs = 50;
    act(fixture);
    assertEquals(fixture.shard.dueMs(), dueMs);
  });
}

Deno.test("Shard sends the statuses of many routes in several ticks, none twice", () => {
  const fixture = new ShardFixture();
  const routes = Array.from({ length: 1_000 }, (_, index) => `${index + 1}/1`);
  for (const route of routes) fixture.update(route, A);
  for (const route of routes) fixture.report(route, A, "+");
  fixture.nowMs = fixture.shard.dueMs();
  let ticks = 0;
  for (; fixture.shard.dueMs() <= fixture.nowMs; ticks++) {
    const before = fixture.statuses.length;
    fixture.shard.tick(fixture.nowMs);
    assert(fixture.statuses.length - before <= 64);
  }
  const sent = new Set(fixture.statuses.map(({ modId }) => modId));
  assertEquals([ticks, fixture.statuses.length, sent.size], [16, 1_000, 1_000]);
});

Deno.test("Shard renews many subscriptions no faster than 512 in a step of time", () => {
  const fixture = new ShardFixture();
  for (let modId = 1; modId <= 1_200; modId++) fixture.update(`${modId}/1`, A);
  const pulls: number[] = [];
  for (let step = 0; step < 4; step++) {
    fixture.nowMs = fixture.shard.dueMs();
    if (fixture.nowMs > 301_000) break;
    fixture.shard.tick(fixture.nowMs);
    pulls.push(fixture.takePulls().split(" ").length);
  }
  assertEquals([pulls, fixture.nowMs], [[512, 512, 176], 600_000]);
});

/** Does something at random, as programs, dns and the hub do. */
function step(fixture: ShardFixture, random: () => number): void {
  const route = `${1 + Math.floor(random() * 5)}/1`;
  const host = random() < 0.5 ? A : B;
  const kinds = [
    () => fixture.getHost(route),
    () => fixture.report(route, host, random() < 0.7 ? "+" : "-"),
    () => fixture.update(route, A, B),
    () => fixture.update(route),
    () => fixture.shard.onDnsConnected(),
    () => fixture.shard.onDnsLost(),
    () => {
      const { nowMs } = fixture;
      const [modId = 0, cmdId = 0] = route.split("/").map(Number);
      fixture.shard.explain({ modId, cmdId }, { nowMs, withCalls: true });
    },
  ];
  kinds[Math.floor(random() * kinds.length)]!();
}

/** What a shard did by itself in some hours, a line each; ticked every 100 ms, or only when it is due. */
function live(
  seed: number,
  { policy, onlyWhenDue }: { policy: string; onlyWhenDue: boolean },
): string[] {
  const random = seededRandom(seed);
  const fixture = new ShardFixture({ policy });
  const { statuses, forgotten, healthChecks, shard } = fixture;
  const lines: string[] = [];
  let ticks = 0;
  const tick = () => {
    ticks += 1;
    const before = [statuses.length, forgotten.length, healthChecks.length];
    shard.tick(fixture.nowMs);
    const did = [
      fixture.takePulls(),
      ...statuses.slice(before[0]).map((status) => JSON.stringify(status)),
      ...forgotten.slice(before[1]),
      ...healthChecks.slice(before[2]),
    ].filter((text) => text !== "");
    // What was due before it was known is done at once, and not in the next step.
    const atMs = Math.ceil(fixture.nowMs / 100) * 100;
    lines.push(...did.map((text) => `${atMs} ${text}`));
  };
  for (let count = 0; count < 300; count++) {
    // Short and long pauses, none of which ends at a tick.
    const pauseMs = Math.ceil(10 ** (random() * 5.5));
    const endMs = Math.floor(fixture.nowMs + pauseMs) + 0.5;
    for (;;) {
      const nextMs = onlyWhenDue
        ? Math.max(fixture.nowMs, shard.dueMs())
        : Math.floor(fixture.nowMs / 100) * 100 + 100;
      if (nextMs > endMs) break;
      fixture.nowMs = nextMs;
      tick();
    }
    fixture.nowMs = endMs;
    step(fixture, random);
    fixture.takePulls();
  }
  if (onlyWhenDue) assert(ticks < 2 * lines.length, `${ticks} ticks`);
  return lines.sort();
}

for (const policy of ["lars", "adaptive"]) {
  Deno.test(`Shard with ${policy} that ticks only when it is due misses nothing`, () => {
    for (let seed = 1; seed <= 10; seed++) {
      const due = live(seed, { policy, onlyWhenDue: true });
      const always = live(seed, { policy, onlyWhenDue: false });
      assert(always.length > 50, `${always.length} lines`);
      // Not the whole lists, whose difference takes minutes to draw.
      const at = always.findIndex((line, index) => line !== due[index]);
      assertEquals([due[at], due.length], [always[at], always.length]);
    }
  });
}
