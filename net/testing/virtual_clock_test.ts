import { assertEquals } from "@std/assert";
import { settle, VirtualClock } from "./mod.ts";

Deno.test("VirtualClock wakes by time, then by order of falling asleep", async () => {
  const clock = new VirtualClock();
  const woken: string[] = [];
  for (
    const [name, ms] of [
      ["c", 30],
      ["a", 10],
      ["b", 20],
      ["a2", 10],
      ["0", 0],
      ["b2", 20],
    ] as const
  ) {
    clock.sleep(ms).then(() => woken.push(`${name}@${clock.nowMs()}`));
  }
  await clock.advance(25);
  assertEquals(woken, ["0@0", "a@10", "a2@10", "b@20", "b2@20"]);
  assertEquals(clock.nowMs(), 25);
  await clock.advance(5);
  assertEquals(woken.at(-1), "c@30");
});

Deno.test("VirtualClock keeps the order of 500 sleepers as a sorted list would", async () => {
  const clock = new VirtualClock();
  const woken: number[] = [];
  const times = Array.from({ length: 500 }, (_, at) => (at * 7919) % 101);
  for (const [at, ms] of times.entries()) {
    clock.schedule(ms, () => woken.push(at));
  }
  await clock.advance(101);
  const sorted = times.map((ms, at) => ({ ms, at }))
    .sort((a, b) => a.ms - b.ms || a.at - b.at).map(({ at }) => at);
  assertEquals(woken, sorted);
});

Deno.test("VirtualClock lets what a wake-up set off settle before the next one", async () => {
  const clock = new VirtualClock();
  const seen: string[] = [];
  clock.sleep(1).then(async () => {
    for (let hop = 0; hop < 20; hop++) await Promise.resolve();
    await clock.sleep(1);
    seen.push(`inner@${clock.nowMs()}`);
  });
  clock.sleep(3).then(() => seen.push(`outer@${clock.nowMs()}`));
  await clock.advance(10);
  assertEquals(seen, ["inner@2", "outer@3"]);
});

Deno.test("VirtualClock.sleep() ends at once when its signal is aborted, and only once", async () => {
  const clock = new VirtualClock();
  const stop = new AbortController();
  let wakes = 0;
  clock.sleep(1_000, stop.signal).then(() => wakes += 1);
  await clock.advance(10);
  assertEquals(wakes, 0);
  stop.abort();
  await settle();
  assertEquals([wakes, clock.nowMs()], [1, 10]);
  await clock.advance(2_000);
  assertEquals(wakes, 1);
  await clock.sleep(1_000, stop.signal);
});

Deno.test("VirtualClock.advanceUntil() stops at the moment it is true", async () => {
  const clock = new VirtualClock();
  let count = 0;
  for (const ms of [10, 20, 30]) clock.schedule(ms, () => count += 1);
  assertEquals(await clock.advanceUntil(() => count === 2, 100), true);
  assertEquals(clock.nowMs(), 20);
});

Deno.test("VirtualClock.advanceUntil() says false at its limit, and has let that time pass", async () => {
  const clock = new VirtualClock();
  let called = false;
  clock.schedule(50, () => called = true);
  assertEquals(await clock.advanceUntil(() => called, 40), false);
  assertEquals(clock.nowMs(), 40);
  assertEquals(await clock.advanceUntil(() => called, 40), true);
  assertEquals(clock.nowMs(), 50);
});

Deno.test("VirtualClock.jumpWall() moves the wall clock and leaves nowMs and sleepers alone", async () => {
  const clock = new VirtualClock({ wallSeconds: 1_000 });
  let woken = false;
  clock.schedule(5_000, () => woken = true);
  await clock.advance(1_500);
  clock.jumpWall(-600);
  assertEquals([clock.nowMs(), clock.wallSeconds()], [1_500, 401]);
  clock.jumpWall(3_600);
  assertEquals([clock.nowMs(), clock.wallSeconds(), woken], [
    1_500,
    4_001,
    false,
  ]);
});

Deno.test("VirtualClock.turn() goes on when time is let pass, and takes none", async () => {
  const clock = new VirtualClock();
  let turned = false;
  const turning = clock.turn().then(() => turned = true);
  await settle();
  assertEquals(turned, false);
  await clock.advance(0);
  await turning;
  assertEquals(clock.nowMs(), 0);
});
