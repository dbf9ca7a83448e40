import { assert, assertEquals } from "@std/assert";
import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";

import { scanRoutes } from "./scan.ts";
import type { Session } from "./session.ts";

const ROWS = 300;

Deno.test("scanRoutes() lets others work now and then, also while it waits for each row", async () => {
  let nowMs = 0;
  let pauses = 0;
  let isPaused = false;
  const clock = {
    nowMs: () => nowMs,
    wallSeconds: () => 0,
    sleep: (ms: number, signal?: AbortSignal) => {
      if (ms === 0) {
        pauses += 1;
        assert(isPaused, "the server's rows come meanwhile");
        return Promise.resolve();
      }
      return new Promise<void>((resolve) =>
        signal?.addEventListener("abort", () => resolve())
      );
    },
  };
  async function* rows() {
    for (let row = 0; row < ROWS; row++) {
      await setImmediate();
      yield [1, row, row + 1, 80];
    }
  }
  const stream = Readable.from(rows(), { objectMode: true, highWaterMark: 1 });
  const session = {
    stream: () => stream,
    pause: () => isPaused = true,
    resume: () => isPaused = false,
  } as unknown as Session;
  let routes = 0;
  for await (
    const batch of scanRoutes(session, { clock, queryTimeoutMs: 1_000 })
  ) {
    routes += batch.length;
    assert(!isPaused);
    // Less than a slice: it is the sum that counts.
    nowMs += 2;
  }
  assertEquals(routes, ROWS);
  assert(pauses >= ROWS / 10, `${pauses} pauses`);
});
