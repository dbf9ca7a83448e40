import { assert, assertEquals } from "@std/assert";
import { SystemClock, untilBeat } from "./clock.ts";

Deno.test("SystemClock.sleep() ends when its signal is aborted, and leaves no timer", async () => {
  const stop = new AbortController();
  const asleep = new SystemClock().sleep(3_600_000, stop.signal);
  stop.abort();
  await asleep;
  await new SystemClock().sleep(3_600_000, stop.signal);
});

Deno.test("SystemClock.sleep() sets no timer beyond 32 bits, which would go off at once, and none below 0, of which Deno warns", async () => {
  const timersMs: number[] = [];
  const original = globalThis.setTimeout;
  const stop = new AbortController();
  globalThis.setTimeout = ((action: () => void, ms: number) => {
    timersMs.push(ms);
    return original(action, ms);
  }) as typeof setTimeout;
  try {
    const clock = new SystemClock();
    const asleep = [5_000, 2 ** 31, Infinity, -1.5, -Infinity].map((ms) =>
      clock.sleep(ms, stop.signal)
    );
    assertEquals(timersMs, [5_000, 2 ** 31 - 1, 2 ** 31 - 1, 0, 0]);
    stop.abort();
    await Promise.all(asleep);
  } finally {
    globalThis.setTimeout = original;
  }
});

Deno.test("SystemClock.sleep() never ends before its time", async () => {
  const clock = new SystemClock();
  for (let round = 0; round < 20; round++) {
    const startMs = clock.nowMs();
    await clock.sleep(1.9);
    const elapsedMs = clock.nowMs() - startMs;
    assert(elapsedMs >= 1.9, `${elapsedMs} ms`);
  }
});

Deno.test("untilBeat() ends at the same multiple of the period, whenever one begins to wait", () => {
  for (const nowMs of [0, 4_000]) assertEquals(untilBeat(nowMs, 2_000), 2_000);
  assertEquals(untilBeat(1, 2_000), 1_999);
  assertEquals(untilBeat(5_999.75, 2_000), 0.25);
  assertEquals(untilBeat(4_000.25, 2_000), 1_999.75);
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

Deno.test("SystemClock.turn() lets a socket be served, however often it is called", async () => {
  const clock = new SystemClock();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using client = await Deno.connect({ port: listener.addr.port });
  using server = await listener.accept();
  let turns = 0;
  for (let round = 0; round < 20; round++) {
    let heard = false;
    const reading = server.read(new Uint8Array(1)).then(() => heard = true);
    await client.write(new Uint8Array(1));
    for (; !heard; turns++) await clock.turn();
    await reading;
  }
  assert(turns < 20 * 10, `${turns} turns`);
});
