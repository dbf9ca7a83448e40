import { assertEquals } from "@std/assert";
import { MEMORY_CHANGES_MAX, MemoryStore } from "./store.ts";
import { assertPoll, rowOf, testStore } from "../testing/suite.ts";

testStore(() => {
  const tables = new MemoryStore();
  return Promise.resolve({
    openRoutes: () => Promise.resolve(tables.connect()),
    openStatuses: () => Promise.resolve(tables.connect()),
    version: () => Promise.resolve(tables.version),
    changes: () => Promise.resolve([...tables.changes]),
    deleteChanges: () => Promise.resolve(tables.deleteChanges()),
    insertSilently: (row, options) =>
      Promise.resolve(tables.editSilently({ add: [row] }, options)),
    configureSilently: (row) => Promise.resolve(tables.configureSilently(row)),
    [Symbol.asyncDispose]: () => tables[Symbol.asyncDispose](),
  });
}, { name: "MemoryStore" });

Deno.test("MemoryStore.edit() moves the version to the wall clock, and past it when edits are many", async () => {
  await using store = new MemoryStore({ wallSeconds: () => 1_000 });
  await store.edit({ add: [rowOf(1, 1, 1)] });
  assertEquals(store.version, 1_000);
  await store.edit({ add: [rowOf(1, 1, 2)] });
  assertEquals(store.version, 1_001);
});

Deno.test("MemoryStore.edit() remembers so many changes, and tells a feed that lags", async () => {
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
