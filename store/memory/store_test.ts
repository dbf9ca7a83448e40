import { assertEquals } from "@std/assert";
import { MEMORY_CHANGES_MAX, MemoryStore } from "./store.ts";
import { MemoryHistoryStore } from "./history_store.ts";
import {
  assertPoll,
  rowOf,
  StoreTestClock,
  testStore,
} from "../testing/mod.ts";

testStore(() => {
  const store = new MemoryStore();
  const clock = new StoreTestClock();
  const history = new MemoryHistoryStore({
    clock,
    audit: (target, by) => store.addAudit(target, by),
  });
  const resolve = <Value>(value: Value) => Promise.resolve(value);
  return resolve({
    openRoutes: () => resolve(store.connect()),
    openStatuses: () => resolve(store.connect()),
    openHistory: () => resolve(history.connect()),
    clock,
    openAdmin: () => resolve(store.admin()),
    openLeases: () => resolve(store.leases()),
    tables: {
      version: () => resolve(store.version),
      changes: () => resolve([...store.changes]),
      deleteChanges: () => resolve(store.deleteChanges()),
      insertHost: (row) =>
        resolve(store.editSilently({ add: [row] }, { moveVersion: false })),
      async deleteRoute(key) {
        const routes = await store.read([key]);
        const remove = routes.flatMap(({ hosts }) =>
          hosts.map((host) => ({ ...key, ...host }))
        );
        store.editSilently({ remove }, { moveVersion: false });
      },
      insertAttributes: (row) => resolve(store.insertAttributes(row)),
      moveVersion: (version) =>
        resolve(store.editSilently({}, { moveVersion: version ?? true })),
      setIdentity: (identity) => resolve(store.setIdentity(identity)),
      setAccepted: (count) => resolve(store.setAccepted(count)),
      insertChange: (key) => resolve(store.insertChanges([key])),
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  });
}, { name: "MemoryStore" });

Deno.test("MemoryStore.edit() moves the version to the wall clock, and past it when edits are many", async () => {
  await using store = new MemoryStore({ wallSeconds: () => 1_000 });
  await store.edit({ add: [rowOf(1, 1, 1)] });
  assertEquals(store.version, 1_000);
  await store.edit({ add: [rowOf(1, 1, 2)] });
  assertEquals(store.version, 1_001);
});

Deno.test("MemoryStore.edit() remembers the newest changes, and tells a feed that is behind", async () => {
  await using store = new MemoryStore();
  const feed = await store.watch();
  const rows = Array.from(
    { length: MEMORY_CHANGES_MAX + 1 },
    (_, index) => rowOf(1, index, 1),
  );
  await store.edit({ add: rows });
  assertEquals(store.changes.length, MEMORY_CHANGES_MAX);
  await assertPoll(feed, rows.slice(1), { unnamed: true });
});
