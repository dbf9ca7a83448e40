import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { ensureSchema } from "./schema.ts";
import { TABLE_NAMES } from "./tables.ts";
import { MysqlRouteStore } from "./route_store.ts";
import { MysqlStatusStore } from "./status_store.ts";
import {
  assertPoll,
  mariadbTests,
  rowOf,
  scanAll,
  testOnMariadb,
  testStore,
} from "../testing/mod.ts";
import { StoreError } from "../types.ts";

const { test: testMysql, open } = mariadbTests();

testStore(open, { name: "MysqlStore", test: testOnMariadb });

testMysql(
  "MysqlRouteStore.edit() by many at once loses nothing and moves the version each time",
  async (fixture) => {
    await using first = await fixture.openRoutes();
    await using second = await fixture.openRoutes();
    const before = await fixture.tables.version();
    const feed = await first.watch();
    const rows = Array.from({ length: 12 }, (_, index) => rowOf(1, 1, index));
    await Promise.all(
      rows.map((row, index) =>
        (index % 2 === 0 ? first : second).edit({ add: [row] })
      ),
    );
    await assertPoll(feed, rows);
    assertEquals((await fixture.tables.changes()).length, rows.length);
    assert(await fixture.tables.version() >= before + rows.length);
  },
);

testMysql(
  "MysqlStatusStore.write() of the same keys by many at once meets no deadlock",
  async (fixture) => {
    await using store = await fixture.openStatuses();
    const rows = Array.from({ length: 3_000 }, (_, index) => ({
      ...rowOf(1, index, 1),
      caller: 1,
      succ: 1,
      err: 0,
      ts: 1,
      overload: false,
    }));
    const reversed = rows.toReversed();
    await Promise.all(
      Array.from(
        { length: 8 },
        (_, index) => store.write(index % 2 === 0 ? rows : reversed),
      ),
    );
    assertEquals((await store.list()).length, rows.length);
  },
);

testMysql(
  "MysqlStatusStore.write() stops at the top of the original's signed counters",
  async (fixture) => {
    await using store = await fixture.openStatuses();
    const status = { ...rowOf(1, 1, 1), caller: 1, ts: 1, overload: true };
    await store.write([{ ...status, succ: 2_147_483_648, err: 0xffff_ffff }]);
    const [row] = await store.list();
    assertEquals([row?.succ, row?.err], [2_147_483_647, 2_147_483_647]);
  },
);

testMysql(
  "MysqlRouteStore.scan() keeps its order on an original table, which has no index",
  async (fixture) => {
    await using store = await fixture.openRoutes();
    await fixture.sql("DROP INDEX RouteDataByRoute ON RouteData");
    await fixture.sql("ALTER TABLE RouteData ENGINE=MyISAM");
    const rows = [rowOf(10, 1, 1), rowOf(9, 10, 1), rowOf(9, 9, 1)];
    await store.edit({ add: rows });
    await fixture.tables.insertHost(rows[0]!);
    assertEquals(
      (await scanAll(store)).map((route) => [
        route.modId,
        route.cmdId,
        route.hosts.length,
      ]),
      [[9, 9, 1], [9, 10, 1], [10, 1, 1]],
    );
  },
);

testMysql(
  "MysqlRouteStore.edit() does not wait for rows that others have not committed",
  async (fixture) => {
    await using store = await fixture.openRoutes();
    await fixture.sql("DROP INDEX RouteDataByRoute ON RouteData");
    await store.edit({ add: [rowOf(1, 1, 1), rowOf(1, 1, 2)] });
    const connection = await fixture.connect();
    await connection.beginTransaction();
    await connection.query("INSERT INTO RouteData VALUES (0, 1, 1, 9, 80)");
    await connection.query("INSERT INTO RouteChange VALUES (NULL, 1, 1, 1)");
    const edit = { add: [rowOf(1, 2, 2)], remove: [rowOf(1, 1, 1)] };
    assertEquals(await store.edit(edit), { added: 1, removed: 1, changed: 0 });
    await connection.rollback();
  },
);

testMysql(
  "MysqlRouteStore.scan() leaves out rows that no route can have, and counts them",
  async (fixture) => {
    let skippedRows = 0;
    await using store = await MysqlRouteStore.open({
      ...fixture.options,
      onSkippedRows: ({ rows }) => skippedRows += rows,
    });
    await fixture.sql(
      `INSERT INTO RouteData(modid, cmdid, serverip, serverport) VALUES
       (1, 1, 0, 80), (1, 1, 9, 65536), (4294967295, 1, 9, 80), (1, 1, 9, 80)`,
    );
    assertEquals(await scanAll(store), [
      { modId: 1, cmdId: 1, hosts: [{ ip: 9, port: 80 }] },
    ]);
    assertEquals(skippedRows, 3);
  },
);

testMysql(
  "ensureSchema() tells what is missing, creates it, and then nothing",
  async ({ options, sql }) => {
    const other = { ...options, database: `${options.database}_new` };
    const report = await ensureSchema(other, { apply: false });
    assertEquals(report.created, []);
    // The tables, and the database.
    assertEquals(report.missing.length, TABLE_NAMES.length + 1);
    const made = await ensureSchema(other, { apply: true });
    assertEquals(made, { created: report.missing, missing: [] });
    assertEquals(await ensureSchema(other, { apply: true }), {
      created: [],
      missing: [],
    });
    assertEquals(sql.length, 1);
  },
);

testMysql(
  "ensureSchema() adds to an original database only the index, and only when told to",
  async (fixture) => {
    await fixture.sql("DROP INDEX RouteDataByRoute ON RouteData");
    await using store = await fixture.openRoutes();
    await store.edit({ add: [rowOf(1, 1, 1)] });
    const index = ["index RouteDataByRoute"];
    assertEquals(
      await ensureSchema(fixture.options, { apply: false }),
      { created: [], missing: index },
    );
    assertEquals(
      await ensureSchema(fixture.options, { apply: true }),
      { created: index, missing: [] },
    );
  },
);

testMysql(
  "MysqlRouteStore refuses a table without the columns it needs",
  async (fixture) => {
    await fixture.sql("ALTER TABLE RouteData DROP COLUMN serverport");
    await using store = await fixture.openRoutes();
    const error = await assertRejects(() => store.watch(), StoreError);
    assertStringIncludes(error.message, "table RouteData");
    assertStringIncludes(
      error.message,
      "ALTER TABLE RouteData ADD COLUMN serverport int unsigned NOT NULL",
    );
    assertEquals(error.retry, false);
  },
);

testMysql(
  "MysqlRouteStore works on tables to which a newer Lars has added, and refuses those that it would harm",
  async (fixture) => {
    await fixture.sql("ALTER TABLE RouteConfig ADD COLUMN color int NULL");
    await fixture.sql("CREATE TABLE RouteOwner (modid int)");
    await fixture.sql("UPDATE LarsSchema SET level = 9");
    await using store = await fixture.openRoutes();
    const settings = [{ ...rowOf(1, 1, 1), policy: "lars" }];
    await store.edit({ add: [rowOf(1, 1, 1)], settings });
    assertEquals((await scanAll(store))[0]?.settings, { policy: "lars" });
    await ensureSchema(fixture.options, { apply: true });
    const [row] = await fixture.sql("SELECT level FROM LarsSchema");
    assertEquals(row?.level, 9);

    await fixture.sql("UPDATE LarsSchema SET floor = 9");
    await using routes = await fixture.openRoutes();
    await using statuses = await fixture.openStatuses();
    for (const use of [() => routes.watch(), () => statuses.list()]) {
      const error = await assertRejects(use, StoreError, "newer Lars");
      assertStringIncludes(error.message, fixture.options.database);
      assertEquals(error.retry, false);
    }
  },
);

testMysql(
  "MysqlRouteStore does not try again when the user is refused, but does when the server is read-only",
  async (fixture) => {
    const { database } = fixture.options;
    const user = `u_${database}`;
    const options = { ...fixture.options, user, password: "right" };
    await fixture.sql(`CREATE USER ${user}@'%' IDENTIFIED BY 'right'`);
    await using wrong = await MysqlRouteStore.open({
      ...options,
      password: "wrong",
    });
    const refused = await assertRejects(() => wrong.watch(), StoreError);
    assertStringIncludes(refused.message, "db_passwd");
    assertEquals(refused.retry, false);

    await using routes = await MysqlRouteStore.open(options);
    const denied = await assertRejects(() => routes.watch(), StoreError);
    assertStringIncludes(denied.message, "rights");
    assertEquals(denied.retry, false);

    await fixture.sql(`GRANT ALL ON ${database}.* TO ${user}@'%'`);
    await using statuses = await MysqlStatusStore.open(options);
    await fixture.sql("SET GLOBAL read_only = 1");
    try {
      const error = await assertRejects(
        () => routes.edit({ add: [rowOf(1, 1, 1)] }),
        StoreError,
        "read-only",
      );
      assert(error.retry);
      assertEquals(await statuses.list(), []);
    } finally {
      await fixture.sql("SET GLOBAL read_only = 0");
    }
    await routes.edit({ add: [rowOf(1, 1, 1)] });
    await fixture.sql(`DROP USER ${user}@'%'`);
  },
);
