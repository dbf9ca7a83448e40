import { assertEquals } from "@std/assert";
import { assertRetention, SqliteFixture } from "../../testing/mod.ts";

Deno.test("SqliteHistoryStore.expire() removes what is too much, some rows at a time", async () => {
  await using fixture = new SqliteFixture();
  await assertRetention(fixture);
});

Deno.test("SqliteHistoryStore adds its tables to a file of the level before", async () => {
  await using fixture = new SqliteFixture();
  await fixture.create();
  await fixture.sql("DROP TABLE HostMinute; UPDATE LarsSchema SET level = 5");
  await using store = await fixture.openHistory();
  assertEquals(await store.hostTotals({ from: 0, to: 9 }), []);
});
