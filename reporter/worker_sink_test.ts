import { assertEquals, assertRejects } from "@std/assert";
import { type StatusRow, type StatusStore, StoreError } from "../store/mod.ts";
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
  await sink.write([ROW, ROW]);
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
      () => sink.write([ROW]),
      StoreError,
      "Cannot write",
    );
    assertEquals(error.retry, retry);
    store.failure = undefined;
    await sink.write([ROW]);
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
  await assertRejects(() => sink.write([ROW]), StoreError, "Cannot open");
  away = false;
  await sink.write([ROW]);
  assertEquals(store.log, ["write 1"]);
});
