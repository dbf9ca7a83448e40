import { assertEquals, assertRejects } from "@std/assert";
import { VirtualClock } from "../net/testing/mod.ts";
import { MemoryHistoryStore } from "../store/memory/history_store.ts";
import { MemoryStore } from "../store/memory/store.ts";
import {
  type StatusRow,
  type StatusStore,
  type StatusWriteOptions,
  StoreError,
} from "../store/mod.ts";
import {
  OPEN_INTERVAL_MS,
  serveStore,
  type StoreRequest,
  StoreWorker,
} from "./store_worker.ts";
import { WATCH_MS } from "./hosts/status_sweep.ts";
import { packRows } from "./testing/mod.ts";

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

/** A worker and its thread, with messages cloned on the way as between threads. */
function workerOf(
  open: (target: string) => Promise<StatusStore>,
  { connections = 1, routes = new MemoryStore() } = {},
) {
  let receive = (_request: StoreRequest<string>) => {};
  let isTerminated = false;
  const clock = new VirtualClock();
  const worker = new StoreWorker<string>({
    post: (request) => receive(structuredClone(request)),
    terminate: () => isTerminated = true,
  }, { connections, clock });
  serveStore<string>({
    post: (answer) => worker.answered(structuredClone(answer)),
    listen: (onMessage) => receive = onMessage,
  }, {
    statuses: open,
    routes: () => Promise.resolve(routes),
    history: () => Promise.resolve(new MemoryHistoryStore({ clock })),
    admin: () => Promise.resolve(routes.admin()),
    leases: () => Promise.resolve(routes.leases()),
    clock,
  });
  const write = (connection: number, ...rows: StatusRow[]) =>
    worker.sinks[connection]!.write(packRows(rows));
  return { worker, write, clock, terminated: () => isTerminated };
}

class FakeStore implements StatusStore {
  readonly log: string[] = [];
  failure: Error | undefined;
  /** Lists wait for it. */
  gate: Promise<void> = Promise.resolve();

  /** The store that the last rows were for; undefined: any. */
  onlyIn: string | undefined;

  write(
    rows: readonly StatusRow[],
    { onlyIn }: StatusWriteOptions = {},
  ): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    this.onlyIn = onlyIn;
    this.log.push(`write ${rows.length}`);
    return Promise.resolve();
  }

  async list(): Promise<StatusRow[]> {
    await this.gate;
    if (this.failure !== undefined) throw this.failure;
    return [];
  }

  page(): Promise<StatusRow[]> {
    return this.list();
  }

  remove(): Promise<void> {
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.log.push("close");
    return Promise.resolve();
  }
}

Deno.test("StoreWorker opens, writes and closes the store of its thread", async () => {
  const store = new FakeStore();
  const opened: string[] = [];
  const { worker, write, terminated } = workerOf((target) => {
    opened.push(target);
    return Promise.resolve(store);
  });
  await worker.open("here");
  await write(0, ROW, ROW);
  await worker[Symbol.asyncDispose]();
  assertEquals(store.log, ["write 2", "close"]);
  assertEquals([opened, terminated()], [["here"], true]);
});

Deno.test("StoreWorker writes fail as the store does, and can be tried again", async () => {
  for (const retry of [true, false]) {
    const store = new FakeStore();
    const { worker, write } = workerOf(() => Promise.resolve(store));
    await worker.open("here");
    store.failure = new StoreError("Cannot write", { retry });
    const error = await assertRejects(
      () => write(0, ROW),
      StoreError,
      "Cannot write",
    );
    assertEquals(error.retry, retry);
    store.failure = undefined;
    await write(0, ROW);
    assertEquals(store.log, ["write 1"]);
  }
});

Deno.test("StoreWorker opens a store that was away before at a later write, or by itself", async () => {
  const store = new FakeStore();
  let away = true;
  const { worker, write, clock } = workerOf(() =>
    away
      ? Promise.reject(new StoreError("Cannot open", { retry: true }))
      : Promise.resolve(store)
  );
  await worker.open("here");
  assertEquals(worker.opening?.error.message, "Cannot open");
  await assertRejects(() => write(0, ROW), StoreError, "Cannot open");
  await clock.advance(OPEN_INTERVAL_MS);
  away = false;
  await write(0, ROW);
  assertEquals(store.log, ["write 1"]);
  await clock.advance(OPEN_INTERVAL_MS);
  await worker.opening?.opened;
  await worker[Symbol.asyncDispose]();
});

Deno.test("StoreWorker.open() fails if trying again cannot help", async () => {
  const { worker } = workerOf(() =>
    Promise.reject(new StoreError("Cannot open", { retry: false }))
  );
  await assertRejects(() => worker.open("here"), StoreError, "Cannot open");
});

Deno.test("StoreWorker serves each sink through a connection of its own, in order", async () => {
  const stores: FakeStore[] = [];
  const { worker, write } = workerOf(() => {
    const store = new FakeStore();
    stores.push(store);
    return Promise.resolve(store);
  }, { connections: 2 });
  await worker.open("here");
  const writes = [write(1, ROW), write(0, ROW, ROW), write(1, ROW, ROW)];
  await worker[Symbol.asyncDispose]();
  await Promise.all(writes);
  assertEquals(stores.map(({ log }) => log), [
    ["write 2", "close"],
    ["write 1", "write 2", "close"],
  ]);
});

Deno.test("StoreWorker ends its thread although the store does not close", async () => {
  const store = new FakeStore();
  store[Symbol.asyncDispose] = () => new Promise(() => {});
  const { worker, clock, terminated } = workerOf(() => Promise.resolve(store));
  await worker.open("here");
  const disposing = worker[Symbol.asyncDispose]();
  await clock.advance(499);
  assertEquals(terminated(), false);
  await clock.advance(1);
  await disposing;
  assertEquals(terminated(), true);
});

Deno.test("StoreWorker writes the rows of hosts that routes have, and tells how many it left out", async () => {
  const store = new FakeStore();
  const routes = new MemoryStore();
  const { worker, write } = workerOf(() => Promise.resolve(store), { routes });
  await routes.edit({ add: [ROW] });
  await worker.open("here");
  assertEquals(await write(0, ROW, { ...ROW, ip: 2 }), {
    refused: 1,
    unjudged: undefined,
  });
  assertEquals(await write(0, { ...ROW, cmdId: 2 }), {
    refused: 1,
    unjudged: undefined,
  });
  assertEquals(store.log, ["write 1"]);
});

Deno.test("StoreWorker writes what was judged by an empty store to that store alone", async () => {
  const store = new FakeStore();
  const routes = new MemoryStore();
  const { worker, write } = workerOf(() => Promise.resolve(store), { routes });
  await worker.open("here");
  await write(0, ROW);
  const { identity } = await routes.identity();
  assertEquals(store.onlyIn, identity);
  await routes.edit({ add: [ROW] });
  await write(0, { ...ROW, caller: 2 }, { ...ROW, ip: 2 });
  assertEquals(store.onlyIn, undefined);
});

Deno.test("StoreWorker.sweep() removes statuses of hosts that no route has any more", async () => {
  const store = new MemoryStore();
  const { worker, clock } = workerOf(() => Promise.resolve(store.connect()), {
    routes: store,
  });
  await worker.open("a");
  await store.edit({ add: [ROW] });
  await store.write([ROW, { ...ROW, ip: 2 }]);
  assertEquals(await worker.sweep(), { removed: 0, more: false });
  await clock.advance(WATCH_MS);
  assertEquals(await worker.sweep(), { removed: 1, more: false });
  assertEquals(await store.list(), [ROW]);
});

Deno.test("StoreWorker.probe() tells whether the store can be read, and waits for it a while", async () => {
  const store = new FakeStore();
  const { worker, clock } = workerOf(() => Promise.resolve(store));
  await worker.open("here");
  assertEquals(await worker.probe(), undefined);
  store.failure = new StoreError("Cannot read", { retry: true });
  assertEquals(await worker.probe(), "Cannot read");
  store.failure = undefined;
  const gate = Promise.withResolvers<void>();
  store.gate = gate.promise;
  for (let times = 0; times < 2; times++) {
    const probing = worker.probe();
    await clock.advance(2_000);
    assertEquals(
      await probing,
      "the store has not answered for 2000 ms",
    );
  }
  gate.resolve();
  assertEquals(await worker.probe(), undefined);
});
