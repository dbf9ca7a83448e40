import { assert, assertEquals } from "@std/assert";
import {
  assertToldOf,
  mariadbTests,
  SqliteFixture,
  type StoreFixture,
} from "./testing/mod.ts";

const page = await Deno.readTextFile(new URL("README.md", import.meta.url));

/** Columns of each table by the page, as "table.column" in small letters. */
const columns = [
  ...page.matchAll(/^\| ([A-Z]\w+) +\| (\w+) +\| [a-z]+[^|]*\|/gm),
]
  .map(([, table, column]) => `${table}.${column}`.toLowerCase())
  .concat(historyColumns());

/** Columns of the tables that have a line each, with all their columns. */
function historyColumns(): string[] {
  const lines = page.matchAll(/^\| (\w+) +\| `([^`]+)` +\| (?:`([^`]+)`|–)/gm);
  return [...lines].flatMap(([, table, key = "", others = ""]) =>
    [...key.split(", "), ...others.split(", ").flatMap(expand)]
      .filter(Boolean)
      .map((column) => `${table}.${column}`.toLowerCase())
  );
}

/** Names of "l0 … l11". */
function expand(columns: string): string[] {
  const [, name, last] = /^(\w)0 … \w(\d+)$/.exec(columns) ?? [];
  return last === undefined
    ? [columns]
    : Array.from({ length: Number(last) + 1 }, (_, index) => `${name}${index}`);
}

/** Blocks of SQL of the page, each as its statements. */
const blocks = [...page.matchAll(/^```sql\n([^`]*)^```$/gm)]
  .map(([, text = ""]) => text.trim().split("\n"));

interface SqlFixture extends StoreFixture {
  sql(statement: string): Promise<Record<string, unknown>[]>;
}

/** Runs the page's blocks in turn; each must be told by the feed. */
async function runBlocks(fixture: SqlFixture): Promise<void> {
  await using store = await fixture.openRoutes();
  const feed = await store.watch();
  const key = { modId: 1, cmdId: 1 };
  const address = { ip: 3232235953, port: 7777 };
  const settings = { policy: "adaptive", check: false };
  const routes = [
    { ...key, hosts: [address] },
    { ...key, hosts: [{ ...address, weight: 50 }], settings },
    { ...key, hosts: [] },
  ];
  assertEquals(blocks.length, routes.length);
  for (const [index, statements] of blocks.entries()) {
    for (const statement of statements) await fixture.sql(statement);
    await assertToldOf(feed, routes[index]!);
  }
}

async function assertColumns(
  fixture: SqlFixture,
  statement: string,
): Promise<void> {
  assert(columns.length > 100, `${columns.length} columns`);
  const rows = await fixture.sql(statement);
  const stored = rows.map(({ name }) => String(name).toLowerCase());
  assertEquals(stored.sort(), columns.toSorted());
}

Deno.test("README.md has the tables and SQL by hand of SQLite", async () => {
  await using fixture = new SqliteFixture();
  await runBlocks(fixture);
  await assertColumns(
    fixture,
    `SELECT sqlite_schema.name || '.' || pragma_table_info.name AS name
     FROM sqlite_schema JOIN pragma_table_info(sqlite_schema.name)
     WHERE sqlite_schema.type = 'table' AND sqlite_schema.name NOT LIKE 'sqlite_%'`,
  );
});

mariadbTests().test(
  "README.md has the tables and SQL by hand of MariaDB",
  async (fixture) => {
    await runBlocks(fixture);
    await assertColumns(
      fixture,
      `SELECT CONCAT(table_name, '.', column_name) AS name
       FROM information_schema.columns WHERE table_schema = DATABASE()`,
    );
  },
);
