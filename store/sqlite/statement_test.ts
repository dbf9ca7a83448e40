import { assertEquals, assertRejects } from "@std/assert";
import { runStatement, type StatementResult } from "./statement.ts";
import { SqliteFixture } from "../testing/mod.ts";
import { StoreError } from "../types.ts";

async function inFolder(
  body: (sql: (text: string) => Promise<StatementResult>) => Promise<void>,
): Promise<void> {
  await using fixture = new SqliteFixture();
  await fixture.create();
  const { path } = fixture.options;
  await body((text) => runStatement(path, text, fixture.options));
}

Deno.test("runStatement() gives rows, or the number of changes", () =>
  inFolder(async (sql) => {
    assertEquals(
      await sql(
        "INSERT INTO ModIDConfig(modid, content) VALUES (1, 'a;b'), (2, 'c')",
      ),
      { rows: [], changes: 2 },
    );
    const { rows, changes } = await sql(
      "SELECT modid, content FROM ModIDConfig ORDER BY id LIMIT 1;",
    );
    assertEquals(rows, [{ modid: 1, content: "a;b" }]);
    assertEquals(changes, 0);
  }));

Deno.test("runStatement() runs several statements between comments, all or none", () =>
  inFolder(async (sql) => {
    const { rows, changes } = await sql(
      `-- begin; not
       INSERT INTO RouteChange VALUES (NULL, 1, 1, 1); /* ; */ ;
       UPDATE RouteChange SET version = 2; SELECT version FROM RouteChange; -- done`,
    );
    assertEquals([rows, changes], [[{ version: 2 }], 2]);
    await assertRejects(
      () => sql("DELETE FROM RouteChange; SELECT * FROM nowhere"),
      StoreError,
      "no such table: nowhere",
    );
    const left = await sql("SELECT count(*) AS left FROM RouteChange");
    assertEquals(left.rows, [{ left: 1 }]);
  }));

Deno.test("runStatement() knows NOW() and UNIX_TIMESTAMP() in any case", () =>
  inFolder(async (sql) => {
    const { rows } = await sql(
      "SELECT now() AS a, Unix_Timestamp(NOW()) AS b, UNIX_TIMESTAMP() AS c, UNIX_TIMESTAMP('x') AS d",
    );
    assertEquals(rows, [{
      a: "2023-11-14 22:13:20",
      b: 1_700_000_000,
      c: 1_700_000_000,
      d: 0,
    }]);
  }));

Deno.test("runStatement() takes transactions of the text's own, VACUUM, nothing, and whole numbers of any size", () =>
  inFolder(async (sql) => {
    await sql("BEGIN; DELETE FROM RouteChange; COMMIT;");
    await sql("VACUUM;");
    assertEquals(await sql(" ; -- nothing"), { rows: [], changes: 0 });
    const { rows } = await sql("SELECT 9007199254740993 AS a, -1 AS b");
    assertEquals(rows, [{ a: 9007199254740993n, b: -1 }]);
  }));

Deno.test("runStatement() refuses values that int unsigned does not hold", () =>
  inFolder(async (sql) => {
    for (const value of ["-1", "4294967296", "'x'", "1.5"]) {
      await assertRejects(
        () => sql(`INSERT INTO RouteData VALUES (NULL, ${value}, 1, 1, 1)`),
        StoreError,
        "Cannot run statement",
      );
    }
  }));
