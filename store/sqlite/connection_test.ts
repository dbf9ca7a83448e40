import { assertEquals } from "@std/assert";
import { SqliteFixture } from "../testing/mod.ts";
import { Connection, STATEMENTS_MAX } from "./connection.ts";

Deno.test("Connection.prepare() keeps statements compiled, and not without end", async () => {
  await using fixture = new SqliteFixture();
  await fixture.create();
  using connection = Connection.open(fixture.options.path);
  const first = connection.prepare("SELECT 0");
  for (let number = 1; number < STATEMENTS_MAX; number += 1) {
    connection.prepare(`SELECT ${number}`);
  }
  assertEquals(connection.prepare("SELECT 0") === first, true);
  connection.prepare("SELECT 'one more'");
  assertEquals(connection.prepare("SELECT 0") === first, false);
  assertEquals(Object.values(first.get() ?? {}), [0]);
});
