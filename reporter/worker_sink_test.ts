import { assertEquals, assertRejects } from "@std/assert";
import { type StatusRow, type StatusStore, StoreError } from "../store/mod.ts";
import { packRows } from "./packed_rows.ts";
import { PoolWorker } from "./sink_pool.ts";
import { type SinkAnswer, SinkWorker, WorkerSink } from "./worker_sink.ts";

const ROW: StatusRow = {
  modId: 1,
  cmdId: 1,
  ip: 1,
  port: 1,
  caller: 1,
  succ: 1,
  err: 0,
  ts: 0,
  overload: false,
};

/** A sink and its worker, with messages cloned on the way as between threads. */
function pair(
  open: (target: string) => Promise<StatusStore>,
): WorkerSink<string> {
  const worker = new SinkWorker({
    open,
    post: (answer) => sink.answered(structuredClone<SinkAnswer>(answer)),
  });
  const sink = new WorkerSink<string>((request) =>
    worker.handle(structuredClone(request))
  );
  return sink;
}

class FakeStore implements StatusStore {
  readonly log: string[] = [];
  failure: Error | undefined;

  write(rows: readonly StatusRow[]): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    this.log.push(`write ${rows.length}`);
    return Promise.resolve();
  }

  list(): Promise<StatusRow[]> {
    return Promise.resolve([]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.log.push("close");
    return Promise.resolve();
  }
}

Deno.test("WorkerSink opens, writes and closes the store of its worker", async () => {
  const store = new FakeStore();
  const opened: string[] = [];
  const sink = pair((target) => {
    opened.push(target);
    return Promise.resolve(store);
  });
  await sink.open("here");
  await sink.write(packRows([ROW, ROW]));
  await sink.close();
  assertEquals(store.log, ["write 2", "close"]);
  assertEquals(opened, ["here"]);
});

Deno.test("WorkerSink.write() fails as the store does, and can be tried again", async () => {
  for (const retry of [true, false]) {
    const store = new FakeStore();
    const sink = pair(() => Promise.resolve(store));
    await sink.open("here");
    store.failure = new StoreError("Cannot write", { retry });
    const error = await assertRejects(
      () => sink.write(packRows([ROW])),
      StoreError,
      "Cannot write",
    );
    assertEquals(error.retry, retry);
    store.failure = undefined;
    await sink.write(packRows([ROW]));
    assertEquals(store.log, ["write 1"]);
  }
});

Deno.test("WorkerSink.write() opens a store that was away before", async () => {
  const store = new FakeStore();
  let away = true;
  const sink = pair(() =>
    away
      ? Promise.reject(new StoreError("Cannot open", { retry: true }))
      : Promise.resolve(store)
  );
  await assertRejects(() => sink.open("here"), StoreError, "Cannot open");
  await assertRejects(
    () => sink.write(packRows([ROW])),
    StoreError,
    "Cannot open",
  );
  away = false;
  await sink.write(packRows([ROW]));
  assertEquals(store.log, ["write 1"]);
});

Deno.test("PoolWorker serves each sink with a store of its own", async () => {
  const stores: FakeStore[] = [];
  const sinks: WorkerSink<string>[] = [];
  const worker = new PoolWorker<string>({
    open: () => {
      const store = new FakeStore();
      stores.push(store);
      return Promise.resolve(store);
    },
    post: ({ sink, answer }) => sinks[sink]?.answered(answer),
  });
  for (const sink of [0, 1]) {
    sinks.push(
      new WorkerSink((request) =>
        worker.handle(structuredClone({ sink, request }))
      ),
    );
  }
  await Promise.all(sinks.map((sink) => sink.open("here")));
  await sinks[1]!.write(packRows([ROW]));
  await sinks[0]!.write(packRows([ROW, ROW]));
  await Promise.all(sinks.map((sink) => sink.close()));
  assertEquals(stores.map(({ log }) => log), [
    ["write 2", "close"],
    ["write 1", "close"],
  ]);
});
