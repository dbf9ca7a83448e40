import { assertEquals } from "@std/assert";
import { type Deadline, DeadlineTimer } from "./deadline_timer.ts";
import { VirtualClock } from "./testing/mod.ts";

/** A clock that counts its sleeps, and a deadline that tests move. */
function fixture(tick: (deadline: { ms: number }, nowMs: number) => void) {
  const clock = new VirtualClock();
  let sleeps = 0;
  const sleep = clock.sleep.bind(clock);
  clock.sleep = (ms, signal) => {
    sleeps += 1;
    return sleep(ms, signal);
  };
  const due = { ms: Infinity };
  const ticks: number[] = [];
  const deadline: Deadline = {
    dueMs: () => due.ms,
    tick: (nowMs) => {
      ticks.push(nowMs);
      tick(due, nowMs);
    },
  };
  const stop = new AbortController();
  const timer = new DeadlineTimer(clock, deadline);
  const running = timer.run(stop.signal);
  return {
    clock,
    due,
    ticks,
    timer,
    sleeps: () => sleeps,
    move(ms: number) {
      due.ms = ms;
      timer.update();
    },
    async end() {
      stop.abort();
      await running;
    },
  };
}

Deno.test("DeadlineTimer sleeps while nothing is due, and wakes for what becomes due", async () => {
  const { clock, due, ticks, move, sleeps, end } = fixture((due) => {
    due.ms = Infinity;
  });
  await clock.advance(86_400_000);
  assertEquals(sleeps(), 1);
  move(86_400_050);
  // A later time than the one it sleeps until costs no wake-up.
  move(86_400_060);
  await clock.advance(100);
  assertEquals(ticks, [86_400_060]);
  assertEquals(due.ms, Infinity);
  // Nor does one that comes nearer and goes away again.
  const before = sleeps();
  await clock.advance(86_400_000);
  assertEquals([ticks.length, sleeps()], [1, before]);
  move(0);
  await clock.advance(0);
  assertEquals(ticks.length, 2);
  await end();
});

Deno.test("DeadlineTimer lets others run while more is due at once", async () => {
  let left = 3;
  const { clock, ticks, timer, due, end } = fixture((due) => {
    left -= 1;
    if (left === 0) due.ms = Infinity;
  });
  let others = 0;
  due.ms = 10;
  timer.update();
  clock.schedule(10, () => others = ticks.length);
  await clock.advance(10);
  assertEquals([ticks, others <= 1], [[10, 10, 10], true]);
  await end();
});

Deno.test("DeadlineTimer that is stopped does nothing more", async () => {
  const { clock, ticks, move, end } = fixture(() => {});
  move(10);
  await clock.advance(0);
  await end();
  move(0);
  await clock.advance(100);
  assertEquals(ticks, []);
});
