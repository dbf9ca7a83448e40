import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import type { MysqlOptions } from "./options.ts";
import { MysqlRouteStore } from "./route_store.ts";
import { ensureSchema } from "./schema.ts";
import {
  assertPoll,
  assertToldOf,
  hostOf,
  mariadbTests,
  type MysqlFixture,
  routeOf,
  rowOf,
  scanAll,
} from "../testing/mod.ts";
import { SCHEMA_LEVEL } from "../schema_level.ts";
import { StoreError, UNUSED_ROWS_MAX } from "../types.ts";

const { test: testMysql } = mariadbTests();

/** Leaves what a database of the original has, and a user who may only change rows. */
async function makeOriginal(fixture: MysqlFixture): Promise<MysqlOptions> {
  await fixture.sql(
    "DROP TABLE RouteHostConfig, RouteConfig, HostDrain, StoreIdentity, LarsSchema",
  );
  await fixture.sql("DROP INDEX RouteDataByRoute ON RouteData");
  const { database } = fixture.options;
  const user = `u_${database}`;
  await fixture.sql(`CREATE USER ${user}@'%' IDENTIFIED BY ''`);
  await fixture.sql(
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ${database}.* TO ${user}@'%'`,
  );
  return { ...fixture.options, user };
}

testMysql(
  "MysqlRouteStore works without weights on a database whose user may not create their tables, and says so once",
  async (fixture) => {
    const told: (readonly string[])[] = [];
    await using store = await MysqlRouteStore.open({
      ...await makeOriginal(fixture),
      onMissingTables: (tables) => told.push(tables),
    });
    const feed = await store.watch();
    const row = rowOf(1, 1, 1);
    // Who edits is kept where there are tables for it.
    const by = { actor: "lars as alice@ops" };
    await store.edit({ add: [row, rowOf(1, 1, 2)] }, { by });
    await store.edit({ remove: [rowOf(1, 1, 2)] });
    await assertPoll(feed, [row]);
    assertEquals(await scanAll(store), [routeOf(row)]);
    assertEquals(await store.read([row]), [routeOf(row)]);
    assertEquals(told, [[
      "RouteHostConfig",
      "RouteConfig",
      "StoreIdentity",
      "HostDrain",
      "LarsSchema",
    ]]);

    for (
      const edit of [
        { set: [{ ...row, weight: 5 }] },
        { add: [rowOf(1, 1, 3)], settings: [{ ...row, check: false }] },
      ]
    ) {
      const error = await assertRejects(() => store.edit(edit), StoreError);
      assertStringIncludes(error.message, "lars store schema --apply");
      assertEquals(error.retry, false);
    }
    assertEquals(await scanAll(store), [routeOf(row)]);

    assertEquals((await store.identity()).identity, undefined);
    assertEquals((await store.accept()).identity, undefined);

    // Created by a user who may: nothing needs to be started again.
    await ensureSchema(fixture.options, { apply: true });
    const { identity } = await store.identity();
    assertMatch(identity ?? "", /^[0-9a-f]{32}$/);
    assertEquals((await feed.poll()).identity.identity, identity);
    await store.edit({ set: [{ ...row, weight: 5 }] });
    const hosts = [{ ...hostOf(row), weight: 5 }];
    assertEquals(await scanAll(store), [{ modId: 1, cmdId: 1, hosts }]);
  },
);

testMysql(
  "MysqlRouteStore fails, to be tried again, while a table that was there is gone",
  async (fixture) => {
    const row = rowOf(1, 1, 1);
    const hosts = [{ ...hostOf(row), weight: 5 }];
    const route = { modId: 1, cmdId: 1, hosts };
    await using store = await fixture.openRoutes();
    await store.edit({ add: [{ ...row, weight: 5 }] });
    const feed = await store.watch();
    for (
      const table of [
        "RouteHostConfig",
        "RouteConfig",
        "HostDrain",
        "RouteData",
      ] as const
    ) {
      await fixture.sql(`RENAME TABLE ${table} TO Hidden`);
      await fixture.tables.moveVersion();
      await fixture.tables.insertChange(row);
      await using late = await fixture.openRoutes();
      for (
        const use of [
          () => scanAll(store),
          () => store.read([row]),
          () => feed.poll(),
          () => scanAll(late),
          () => late.edit({ add: [rowOf(1, 1, 2)] }),
        ]
      ) {
        const error = await assertRejects(use, StoreError, table);
        assert(error.retry, error.message);
      }
      await fixture.sql(`RENAME TABLE Hidden TO ${table}`);
      await assertToldOf(feed, route);
      assertEquals(await scanAll(late), [route]);
    }
  },
);

testMysql(
  "MysqlRouteStore gives a database of the original an identity at its first use by a user who may",
  async (fixture) => {
    const { database, user } = await makeOriginal(fixture);
    await fixture.sql(`GRANT ALL ON ${database}.* TO ${user}@'%'`);
    const options = { ...fixture.options, user };
    await using first = await MysqlRouteStore.open(options);
    await using second = await MysqlRouteStore.open(options);
    const [before, after] = await Promise.all([
      first.identity(),
      second.identity(),
    ]);
    assertMatch(before.identity ?? "", /^[0-9a-f]{32}$/);
    assertEquals(after, before);
    // And no table that a restore may bring back.
    const tables = await fixture.sql("SHOW TABLES LIKE 'Route%Config'");
    assertEquals(tables, []);
    await fixture.sql("RENAME TABLE StoreIdentity TO Hidden");
    await using late = await MysqlRouteStore.open(options);
    await assertRejects(() => late.identity(), StoreError, "StoreIdentity");
  },
);

testMysql(
  "MysqlRouteStore adds the table of drains to a store of level 3, or says that it may not",
  async (fixture) => {
    await fixture.tables.insertHost(rowOf(1, 1, 1));
    await fixture.sql("DROP TABLE HostDrain");
    await fixture.sql("UPDATE LarsSchema SET level = 3");
    const { database } = fixture.options;
    const user = `u_${database}`;
    await fixture.sql(`CREATE USER ${user}@'%' IDENTIFIED BY ''`);
    await fixture.sql(
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ${database}.* TO ${user}@'%'`,
    );
    const told: (readonly string[])[] = [];
    const { ip } = rowOf(1, 1, 1);
    const drain = [{ ip, who: "alice", reason: "new disk" }];
    {
      await using store = await MysqlRouteStore.open({
        ...fixture.options,
        user,
        onMissingTables: (tables) => told.push(tables),
      });
      assertEquals(await store.drains(), []);
      const error = await assertRejects(() => store.edit({ drain }));
      assertStringIncludes(`${error}`, "HostDrain is missing");
      await store.edit({ undrain: [{ ip }] });
      assertEquals(await scanAll(store), [routeOf(rowOf(1, 1, 1))]);
    }
    assertEquals(told, [["HostDrain"]]);

    await using store = await fixture.openRoutes();
    await store.edit({ drain });
    const [{ level }] = await fixture.sql("SELECT level FROM LarsSchema") as [
      { level: number },
    ];
    assertEquals(level, SCHEMA_LEVEL);
    await fixture.sql("RENAME TABLE HostDrain TO Hidden");
    await using late = await fixture.openRoutes();
    const error = await assertRejects(
      () => scanAll(late),
      StoreError,
      "HostDrain",
    );
    assert(error.retry, error.message);
  },
);

testMysql(
  "MysqlRouteStore opens on a server that is read-only and has no tables for weights",
  async (fixture) => {
    await fixture.tables.insertHost(rowOf(1, 1, 1));
    const options = await makeOriginal(fixture);
    const { database, user } = options;
    await fixture.sql(`GRANT ALL ON ${database}.* TO ${user}@'%'`);
    await fixture.sql("SET GLOBAL read_only = 1");
    try {
      await using store = await MysqlRouteStore.open(options);
      await store.watch();
      assertEquals(await scanAll(store), [routeOf(rowOf(1, 1, 1))]);
    } finally {
      await fixture.sql("SET GLOBAL read_only = 0");
    }
  },
);

testMysql(
  "MysqlRouteStore tells of weights by hand that cannot be, and removes those of hosts that went first",
  async (fixture) => {
    let skipped = 0;
    await using store = await MysqlRouteStore.open({
      ...fixture.options,
      onSkippedAttributes: ({ rows }) => skipped += rows,
    });
    const rows = [1, 2, 3, 4].map((last) => rowOf(1, last, last));
    const settings = rows.map((row) => ({ ...row, policy: "adaptive" }));
    const add = rows.map((row) => ({ ...row, weight: 5 }));
    await store.edit({ add, settings });
    await fixture.sql(
      "UPDATE RouteConfig SET active_check = 7, policy = 'a b' WHERE cmdid = 4",
    );
    await fixture.sql(
      "UPDATE RouteHostConfig SET weight = 10001 WHERE cmdid = 4",
    );
    await scanAll(store);
    assertEquals(skipped, 2);

    const other = rowOf(9, 9, 9);
    await store.edit({ add: [{ ...other, weight: 5 }] });
    await store.edit({ settings: [{ ...other, check: true }] });
    await store.edit({ remove: rows.slice(0, 3) });
    for (const table of ["RouteHostConfig", "RouteConfig"]) {
      await fixture.sql(
        `UPDATE ${table} SET unused_since = cmdid = 2 WHERE unused_since IS NOT NULL`,
      );
    }
    const sequence = `seq, UNIX_TIMESTAMP() FROM seq_1_to_${
      UNUSED_ROWS_MAX - 2
    }`;
    await fixture.sql(
      `INSERT INTO RouteHostConfig(modid, serverip, serverport, weight, cmdid, unused_since)
       SELECT 7, 9, 80, 5, ${sequence}`,
    );
    await fixture.sql(
      `INSERT INTO RouteConfig(modid, policy, cmdid, unused_since)
       SELECT 7, 'lars', ${sequence}`,
    );
    await fixture.tables.insertHost(rows[2]!);
    await store.edit({ remove: [other] });
    for (const table of ["RouteHostConfig", "RouteConfig"]) {
      const left = await fixture.sql(
        `SELECT cmdid, unused_since IS NULL AS used FROM ${table}
         WHERE modid = 1 ORDER BY cmdid`,
      );
      assertEquals(left.map(({ cmdid, used }) => [cmdid, used]), [
        [2, 0],
        [3, 1],
        [4, 1],
      ]);
    }
  },
);
