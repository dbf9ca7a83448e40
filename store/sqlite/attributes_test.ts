import { assertEquals, assertRejects } from "@std/assert";
import { SqliteRouteStore } from "./route_store.ts";
import {
  hostOf,
  routeOf,
  rowOf,
  scanAll,
  SqliteFixture,
} from "../testing/mod.ts";
import { DRAINS_MAX, StoreError, UNUSED_ROWS_MAX } from "../types.ts";

/** What version 1 wrote: two routes, a route removed, a status. */
const VERSION_1 = new URL("../testing/version_1.db", import.meta.url);

Deno.test("SqliteRouteStore.open() migrates a file of version 1, keeps its rows, and adds weights", async () => {
  await using fixture = new SqliteFixture();
  await Deno.copyFile(VERSION_1, fixture.options.path);
  const read = async (sql: string) =>
    Object.values((await fixture.sql(sql))[0]!)[0];
  await using store = await fixture.openRoutes();
  assertEquals(await read("PRAGMA user_version"), 2);
  assertEquals(await read("SELECT count(*) FROM RouteChange"), 4);
  await using statuses = await fixture.openStatuses();
  assertEquals((await statuses.list()).map(({ succ }) => succ), [5]);
  const first = { modId: 1, cmdId: 1, ip: 0xc0a801b1, port: 7777 };
  const second = { modId: 1, cmdId: 2, ip: 0xc0a801b2, port: 7776 };
  assertEquals(await scanAll(store), [first, second].map(routeOf));

  const feed = await store.watch();
  await store.edit({ set: [{ ...first, weight: 5 }] });
  const weighted = {
    modId: 1,
    cmdId: 1,
    hosts: [{ ...hostOf(first), weight: 5 }],
  };
  assertEquals((await feed.poll()).routes, [weighted]);
  await using again = await fixture.openRoutes();
  assertEquals(await scanAll(again), [weighted, routeOf(second)]);
});

Deno.test("SqliteRouteStore.scan() tells of weights and settings by hand that cannot be", async () => {
  await using fixture = new SqliteFixture();
  let skipped = 0;
  await fixture.create();
  await using store = await SqliteRouteStore.open({
    ...fixture.options,
    onSkippedAttributes: ({ rows }) => skipped += rows,
  });
  const row = rowOf(1, 1, 1);
  await store.edit({ add: [row] });
  await fixture.sql(
    `INSERT INTO RouteHostConfig VALUES (1, 1, ${row.ip}, ${row.port}, -3, '', NULL);
     INSERT INTO RouteHostConfig VALUES (1, 1, 9, 9, 5, 'a b', NULL);
     INSERT INTO RouteConfig VALUES (1, 1, 'p q', 1, NULL);
     INSERT INTO RouteConfig VALUES (2, 2, 'lars', 2, NULL)`,
  );
  assertEquals(await scanAll(store), [
    { ...routeOf(row), settings: { check: true } },
  ]);
  assertEquals(skipped, 4);
});

Deno.test("SqliteRouteStore leaves out drains by hand that cannot be, tells of them, and takes no more than there may be", async () => {
  await using fixture = new SqliteFixture();
  let skipped = 0;
  await fixture.create();
  await using store = await SqliteRouteStore.open({
    ...fixture.options,
    onSkippedAttributes: ({ rows }) => skipped += rows,
  });
  const row = rowOf(1, 1, 1);
  await store.edit({ add: [row] });
  const byHand = (target: string) =>
    fixture.sql(
      `INSERT INTO HostDrain(ip, port, modid, cmdid, who, reason, since)
       VALUES (${target}, 'sql', 'by hand', 0)`,
    );
  const { ip, port } = row;
  for (
    const target of [
      "0, 0, -1, -1",
      `${ip}, 65536, -1, -1`,
      `${ip}, ${port}, 1, -1`,
      `${ip}, ${port}, -1, 1`,
    ]
  ) await byHand(target);
  assertEquals(await scanAll(store), [routeOf(row)]);
  assertEquals(skipped, 4);
  assertEquals(await store.drains(), []);
  await byHand(`${ip}, ${port}, 1, 1`);
  const drained = { ...hostOf(row), drained: true as const };
  for (let beat = 0; beat < 1_000; beat++) await store.edit({ add: [row] });
  assertEquals((await scanAll(store))[0]?.hosts, [drained]);

  await fixture.sql(
    `WITH RECURSIVE s(n) AS (SELECT 6 UNION ALL SELECT n + 1 FROM s WHERE n < ${DRAINS_MAX})
     INSERT INTO HostDrain(ip, port, modid, cmdid, who, reason, since)
     SELECT n, 0, -1, -1, 'sql', 'by hand', 0 FROM s`,
  );
  const drain = [{ ip: 1, who: "alice", reason: "one more" }];
  const error = await assertRejects(() => store.edit({ drain }), StoreError);
  assertEquals(error.retry, false);
  await store.edit({ undrain: [{ ip: 6 }], drain });
});

Deno.test("SqliteRouteStore.edit() removes what hosts and routes had that went first", async () => {
  await using fixture = new SqliteFixture();
  await fixture.create();
  await using store = await SqliteRouteStore.open({
    ...fixture.options,
  });
  const rows = [1, 2, 3, 4].map((last) => rowOf(1, last, last));
  await store.edit({
    add: rows.map((row) => ({ ...row, weight: 5 })),
    settings: rows.map((row) => ({ ...row, check: false })),
  });
  await store.edit({ remove: [rows[0]!, rows[2]!] });
  fixture.clock.ms += 120_000;
  await store.edit({ remove: [rows[1]!] });
  // Put back by hand, without weight.
  await fixture.sql(
    `INSERT INTO RouteData VALUES (NULL, 1, 3, ${rows[2]!.ip}, ${
      rows[2]!.port
    })`,
  );
  // A clock that jumps removes nothing.
  fixture.clock.ms += 10 * 365 * 86_400_000;
  await store.edit({ add: [rowOf(9, 9, 9)] });
  await fillUnused(fixture, UNUSED_ROWS_MAX - 2);
  // One row more: that of the first removed goes, unless it was put back.
  await store.edit({ remove: [rows[3]!] });
  for (const table of ["RouteHostConfig", "RouteConfig"]) {
    const left = await fixture.sql(
      `SELECT cmdid FROM ${table} WHERE modid = 1 ORDER BY cmdid`,
    );
    assertEquals(left.map(({ cmdid }) => cmdid), [2, 3, 4], table);
  }
  await store.edit({ add: [rows[1]!, rows[3]!] });
  await store.edit({ remove: [rowOf(9, 9, 9)] });
  const weights = (await scanAll(store)).map(({ hosts }) => hosts[0]?.weight);
  assertEquals(weights, [5, 5, 5]);
});

/** Writes rows that are marked with the version of now. */
async function fillUnused(fixture: SqliteFixture, rows: number): Promise<void> {
  const sequence =
    `WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < ${rows})`;
  const version = "(SELECT version FROM RouteVersion)";
  await fixture.sql(
    `INSERT INTO RouteHostConfig ${sequence} SELECT 7, n, 9, 80, 5, NULL, ${version} FROM s`,
  );
  await fixture.sql(
    `INSERT INTO RouteConfig ${sequence} SELECT 7, n, 'lars', NULL, ${version} FROM s`,
  );
}
