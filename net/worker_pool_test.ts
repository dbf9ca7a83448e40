import { assertEquals, assertRejects } from "@std/assert";
import type { FromWorker, ToWorker } from "./testing/echo_worker.ts";
import { WorkerPool, workerPort } from "./worker_pool.ts";

const ENTRY = new URL("./testing/echo_worker.ts", import.meta.url).href;

/** A pool, and a promise for as many answers and failures as a test awaits. */
async function started(expected: number) {
  const events: string[] = [];
  const complete = Promise.withResolvers<void>();
  const add = (event: string) => {
    events.push(event);
    if (events.length === expected) complete.resolve();
  };
  const pool = await WorkerPool.start<ToWorker, FromWorker>({
    entry: ENTRY,
    count: 3,
    onMessage: (index, message) =>
      add(`${index}: ${message.echo} of ${message.index}`),
    onFailure: (index, error) => add(`${index}: ${error.message.slice(0, 50)}`),
  });
  return { pool, events, complete: complete.promise };
}

Deno.test("WorkerPool carries messages to one worker and back, in order", async () => {
  const { pool, events, complete } = await started(3);
  for (const echo of ["a", "b", "c"]) pool.post(1, { echo });
  await complete;
  assertEquals(events, ["1: a of 1", "1: b of 1", "1: c of 1"]);
  pool.terminate();
});

Deno.test("WorkerPool.post() reaches the worker of each index", async () => {
  const { pool, events, complete } = await started(3);
  for (const index of [2, 0, 1]) pool.post(index, { echo: "x" });
  await complete;
  assertEquals(events.sort(), ["0: x of 0", "1: x of 1", "2: x of 2"]);
  pool.terminate();
});

Deno.test("WorkerPool reports a worker that throws, once, and the others go on", async () => {
  for (const fail of ["throw", "reject"] as const) {
    const { pool, events, complete } = await started(3);
    pool.post(1, { fail });
    pool.post(0, { echo: "x" });
    pool.post(2, { echo: "x" });
    await complete;
    // What is posted to a worker that is gone is lost, and no error.
    pool.post(1, { echo: "lost" });
    pool.terminate();
    const [first, failure, third] = events.sort();
    assertEquals([first, third], ["0: x of 0", "2: x of 2"]);
    assertEquals(
      failure!.startsWith("1: Worker 1 failed: Uncaught"),
      true,
      failure,
    );
  }
});

Deno.test("WorkerPool.start() rejects when a worker fails before it is ready, and ends the others", async () => {
  const failures: number[] = [];
  const ended: string[] = [];
  const original = globalThis.Worker;
  globalThis.Worker = class extends original {
    readonly #name: string;
    constructor(entry: string | URL, options?: WorkerOptions) {
      super(entry, options);
      this.#name = options?.name ?? "";
    }
    override terminate(): void {
      ended.push(this.#name);
      super.terminate();
    }
  };
  try {
    await assertRejects(
      () =>
        WorkerPool.start({
          entry: new URL("./testing/broken_worker.ts", import.meta.url).href,
          count: 3,
          onMessage: () => {},
          onFailure: (index) => void failures.push(index),
        }),
      Error,
      "Worker 1 failed: Uncaught",
    );
  } finally {
    globalThis.Worker = original;
  }
  assertEquals([failures, ended], [[], ["0", "1", "2"]]);
});

Deno.test("workerPort() is undefined in the main thread", () => {
  assertEquals(workerPort(), undefined);
});
