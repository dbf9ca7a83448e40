import { assertEquals, assertRejects } from "@std/assert";
import { HostState, parseAddress } from "../../../../proto/mod.ts";
import { MemoryHistoryStore } from "../../../../store/memory/history_store.ts";
import { FakeFleet } from "../../../../store/testing/mod.ts";
import { CommandError } from "../../exit_code.ts";
import { FakeEnvironment } from "../../testing/mod.ts";
import { waitUntilStopped } from "./wait.ts";

const HOST = "10.0.0.1:80";
const PLACE = { modId: 1, cmdId: 1, ...parseAddress(HOST) };
const NAMES = ["a", "b", "c"];

/** Three agents, of which each called the host in the minute before. */
async function begin({ callers = 3 } = {}) {
  const environment = new FakeEnvironment();
  const history = new MemoryHistoryStore(environment);
  const fleet = new FakeFleet(history);
  await history.beat(NAMES.map((name) => FakeFleet.agent(name)));
  const minute = Math.floor(environment.clock.wallSeconds() / 60);
  if (callers > 0) {
    const calls = { modId: 1, cmdId: 1, host: HOST, calls: 9, callers };
    await fleet.call(minute - 1, [calls]);
  }
  return {
    environment,
    history,
    wait: (waitMs: number) =>
      environment.finish(
        waitUntilStopped(environment, { history, places: [PLACE], waitMs }),
      ),
    tell: (name: string, inFlight = 0) =>
      fleet.see([name], {
        modId: 1,
        cmdId: 1,
        host: HOST,
        since: 0,
        reason: 0,
        state: HostState.drained,
        inFlight,
      }),
    [Symbol.asyncDispose]: () => history[Symbol.asyncDispose](),
  };
}

Deno.test("waitUntilStopped() says how far callers are, and ends when all have stopped for a while", async () => {
  await using run = await begin();
  const { environment } = run;
  const { clock } = environment;
  const startMs = clock.nowMs();
  clock.schedule(1_500, () => void run.tell("a", 2));
  clock.schedule(1_600, () => void run.tell("b"));
  clock.schedule(4_500, () => void run.tell("a"));
  clock.schedule(8_500, () => void run.tell("c"));
  assertEquals(await run.wait(60_000), {
    callers: 3,
    stopped: 3,
    inFlight: 0,
    done: true,
  });
  assertEquals(environment.errors.trim().split("\n"), [
    "0 of 3 callers stopped, no calls in flight",
    "1 of 3 callers stopped, 2 calls in flight",
    "2 of 3 callers stopped, no calls in flight",
    "3 of 3 callers stopped, no calls in flight",
  ]);
  assertEquals(Math.floor((clock.nowMs() - startMs) / 1_000), 12);
});

Deno.test("waitUntilStopped() waits for one that tells later, and no longer than it is told", async () => {
  await using run = await begin({ callers: 1 });
  const { environment } = run;
  await run.tell("a");
  environment.clock.schedule(2_000, () => void run.tell("b", 1));
  const startMs = environment.clock.nowMs();
  const waited = await run.wait(10_000);
  assertEquals(waited, { callers: 2, stopped: 1, inFlight: 1, done: false });
  assertEquals(Math.floor((environment.clock.nowMs() - startMs) / 1_000), 10);
});

Deno.test("waitUntilStopped() ends soon when nobody called", async () => {
  await using run = await begin({ callers: 0 });
  const { done, callers } = await run.wait(60_000);
  assertEquals([done, callers], [true, 0]);
  assertEquals(
    run.environment.errors,
    "no caller has used it in the last minute\n",
  );
});

Deno.test("waitUntilStopped() refuses to guess where no agent reports, and ends at Ctrl-C", async () => {
  const environment = new FakeEnvironment();
  await using none = new MemoryHistoryStore(environment);
  const places = [PLACE];
  for (const [waitMs, seconds] of [[1_000, 1], [60_000, 15]] as const) {
    const startMs = environment.clock.nowMs();
    await assertRejects(
      () =>
        environment.finish(
          waitUntilStopped(environment, { history: none, places, waitMs }),
        ),
      CommandError,
      "no agent reports to this store",
    );
    const tookMs = environment.clock.nowMs() - startMs;
    assertEquals(Math.floor(tookMs / 1_000), seconds);
  }
  await using run = await begin();
  run.environment.clock.schedule(3_000, () => run.environment.interrupt());
  await assertRejects(() => run.wait(60_000), CommandError, "Stopped");
});
