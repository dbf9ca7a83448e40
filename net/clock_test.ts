import { setImmediate } from "node:timers";
import { assert, assertEquals } from "@std/assert";
import { SystemClock } from "./clock.ts";

Deno.test("SystemClock.sleep() ends when its signal is aborted, and leaves no timer", async () => {
  const stop = new AbortController();
  const asleep = new SystemClock().sleep(3_600_000, stop.signal);
  stop.abort();
  await asleep;
  await new SystemClock().sleep(3_600_000, stop.signal);
});

Deno.test("SystemClock.sleep() sets no timer beyond 32 bits, which would go off at once", async () => {
  const timersMs: number[] = [];
  const original = globalThis.setTimeout;
  const stop = new AbortController();
  globalThis.setTimeout = ((action: () => void, ms: number) => {
    timersMs.push(ms);
    return original(action, ms);
  }) as typeof setTimeout;
  try {
    const clock = new SystemClock();
    const asleep = [5_000, 2 ** 31, Infinity].map((ms) =>
      clock.sleep(ms, stop.signal)
    );
    assertEquals(timersMs, [5_000, 2 ** 31 - 1, 2 ** 31 - 1]);
    stop.abort();
    await Promise.all(asleep);
  } finally {
    globalThis.setTimeout = original;
  }
});

Deno.test("SystemClock tells time that does not go back, and Unix seconds", () => {
  const clock = new SystemClock();
  const startMs = clock.nowMs();
  assert(clock.nowMs() >= startMs);
  assert(
    Number.isInteger(clock.wallSeconds()) &&
      clock.wallSeconds() > 1_700_000_000,
  );
});

Deno.test("SystemClock.turn() lets what is due run before", async () => {
  const clock = new SystemClock();
  const order: string[] = [];
  setImmediate(() => order.push("due"));
  await clock.turn();
  order.push("after the turn");
  assertEquals(order, ["due", "after the turn"]);
});
