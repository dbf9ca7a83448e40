import { assertEquals, assertRejects } from "@std/assert";
import { type Attempt, firstToOpen } from "./first_to_open.ts";
import { VirtualClock } from "../testing/mod.ts";

/** Attempts that succeed or fail after a time, and what became of them. */
function fixture() {
  const clock = new VirtualClock();
  const events: string[] = [];
  const attempt = (
    name: string,
    { afterMs, fails = false }: { afterMs: number; fails?: boolean },
  ): Attempt<Disposable & { name: string }> =>
  async (signal) => {
    events.push(`${name} starts@${clock.nowMs()}`);
    await clock.sleep(afterMs, signal);
    if (signal.aborted) events.push(`${name} is given up@${clock.nowMs()}`);
    if (fails || signal.aborted) throw new Error(`${name} failed`);
    return {
      name,
      [Symbol.dispose]: () => void events.push(`${name} is closed`),
    };
  };
  return { clock, events, attempt };
}

/** Lets time pass until a promise settles. */
async function settled<Value>(
  clock: VirtualClock,
  promise: Promise<Value>,
): Promise<Value> {
  let isSettled = false;
  const end = () => isSettled = true;
  promise.then(end, end);
  while (!isSettled) await clock.advance(10);
  return await promise;
}

Deno.test("firstToOpen() goes on to the next at once when one fails", async () => {
  const { clock, events, attempt } = fixture();
  const opened = await settled(
    clock,
    firstToOpen([
      attempt("a", { afterMs: 10, fails: true }),
      attempt("b", { afterMs: 10 }),
      attempt("c", { afterMs: 10 }),
    ], { clock }),
  );
  assertEquals(opened.name, "b");
  assertEquals(events, ["a starts@0", "b starts@10"]);
});

Deno.test("firstToOpen() starts the next beside one that does not answer, and gives it up", async () => {
  const { clock, events, attempt } = fixture();
  const opened = await settled(
    clock,
    firstToOpen([
      attempt("a", { afterMs: 5_000 }),
      attempt("b", { afterMs: 20 }),
    ], { clock }),
  );
  assertEquals(opened.name, "b");
  await clock.advance(1);
  assertEquals(events, [
    "a starts@0",
    "b starts@250",
    "a is given up@270",
  ]);
});

Deno.test("firstToOpen() closes what opens after another", async () => {
  const { clock, events } = fixture();
  const deaf = (name: string, afterMs: number) => async () => {
    await clock.sleep(afterMs);
    return {
      name,
      [Symbol.dispose]: () => void events.push(`${name} is closed`),
    };
  };
  const opened = await settled(
    clock,
    firstToOpen([deaf("a", 400), deaf("b", 100)], { clock }),
  );
  await clock.advance(1_000);
  assertEquals([opened.name, events], ["b", ["a is closed"]]);
});

Deno.test("firstToOpen() fails with the last failure, or when it is aborted", async () => {
  const { clock, events, attempt } = fixture();
  const failing = firstToOpen([
    attempt("a", { afterMs: 300, fails: true }),
    attempt("b", { afterMs: 10, fails: true }),
  ], { clock });
  await assertRejects(() => settled(clock, failing), Error, "a failed");
  events.length = 0;
  const startMs = clock.nowMs();
  const stop = new AbortController();
  clock.schedule(50, () => stop.abort());
  const aborted = firstToOpen([
    attempt("a", { afterMs: 5_000 }),
    attempt("b", { afterMs: 5_000 }),
  ], { clock, signal: stop.signal });
  await assertRejects(() => settled(clock, aborted), DOMException, "aborted");
  await clock.advance(1);
  assertEquals(events, [
    `a starts@${startMs}`,
    `a is given up@${startMs + 50}`,
  ]);
});
