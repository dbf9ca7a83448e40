import {
  assertOriginalNames,
  assertRequestKeysKept,
  assertTrailRetention,
  SqliteFixture,
} from "../testing/mod.ts";

Deno.test("AdminStore.expire() in SQLite removes old changes and audit, some rows at a time", async () => {
  await using fixture = new SqliteFixture();
  await assertTrailRetention(fixture);
});

Deno.test("SqliteRouteStore.edit() forgets the oldest idempotency keys", async () => {
  await using fixture = new SqliteFixture();
  await assertRequestKeysKept(fixture);
});

Deno.test("AdminStore.names() in SQLite has names of the original where there is none of ours", async () => {
  await using fixture = new SqliteFixture();
  await assertOriginalNames(fixture);
});
