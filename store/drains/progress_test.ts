import { assertEquals } from "@std/assert";
import { HostState, parseAddress } from "../../proto/mod.ts";
import { STATE_IN_USE } from "../history/types.ts";
import { MemoryHistoryStore } from "../memory/history_store.ts";
import { FakeFleet } from "../testing/mod.ts";
import { readDrainProgress } from "./progress.ts";

const KEY = { modId: 1, cmdId: 1 };
const OTHER = { modId: 2, cmdId: 1 };
const HOST = "10.0.0.1:80";
const MINUTE = 1_000;
const AT_SECONDS = MINUTE * 60 + 59;

/** A history, and how far the drain of the host has come in these routes. */
function begin() {
  const history = new MemoryHistoryStore();
  const fleet = new FakeFleet(history);
  const host = parseAddress(HOST);
  return {
    history,
    fleet,
    /** What one agent tells of the host. */
    tell: (
      agent: string,
      { key = KEY, state = HostState.drained as number, inFlight = 0 } = {},
    ) =>
      history.writeStates({
        rows: [{
          ...key,
          ...host,
          agent: FakeFleet.identity(agent),
          state,
          reason: 0,
          since: 0,
          inFlight,
          nextTryMs: 0,
        }],
      }),
    progress: async (...keys: (typeof KEY)[]) => {
      const places = keys.map((key) => ({ ...key, ...host }));
      const { callers, stopped, inFlight } = await readDrainProgress(history, {
        places,
        atSeconds: AT_SECONDS,
      });
      return [callers, stopped, inFlight];
    },
    [Symbol.asyncDispose]: () => history[Symbol.asyncDispose](),
  };
}

Deno.test("readDrainProgress() counts the callers of the minute, those that have stopped, and calls under way", async () => {
  await using run = begin();
  assertEquals(await run.progress(KEY), [0, 0, 0]);
  const calls = { ...KEY, host: HOST, calls: 9 };
  await run.fleet.call(MINUTE - 9, [{ ...calls, callers: 50 }]);
  await run.fleet.call(MINUTE - 1, [{ ...calls, callers: 3 }]);
  await run.fleet.call(MINUTE, [{ ...calls, callers: 2 }]);
  await run.fleet.call(MINUTE, [{ ...calls, cmdId: 2, callers: 8 }]);
  assertEquals(await run.progress(KEY), [3, 0, 0]);
  await run.tell("a", { inFlight: 4 });
  await run.tell("b");
  await run.tell("c", { state: HostState.ejected, inFlight: 7 });
  assertEquals(await run.progress(KEY), [3, 1, 4]);
  await run.tell("a", { inFlight: 1 });
  await run.tell("c");
  assertEquals(await run.progress(KEY), [3, 2, 1]);
  await run.tell("a");
  assertEquals(await run.progress(KEY), [3, 3, 0]);
});

Deno.test("readDrainProgress() counts agents that tell of the host, though they did not call it", async () => {
  await using run = begin();
  await run.fleet.call(MINUTE, [{ ...KEY, host: HOST, calls: 9 }]);
  await run.tell("a");
  await run.tell("b", { state: HostState.suspect });
  await run.tell("c", { state: STATE_IN_USE });
  assertEquals(await run.progress(KEY), [2, 1, 0]);
});

Deno.test("readDrainProgress() adds up over routes", async () => {
  await using run = begin();
  await run.tell("a", { inFlight: 2 });
  await run.tell("a", { key: OTHER });
  assertEquals(await run.progress(KEY, OTHER), [2, 1, 2]);
  assertEquals(await run.progress(OTHER), [1, 1, 0]);
});
