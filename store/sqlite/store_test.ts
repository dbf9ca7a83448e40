import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { createFile } from "./create.ts";
import { SqliteRouteStore } from "./route_store.ts";
import { SqliteStatusStore } from "./status_store.ts";
import {
  assertPoll,
  NOW_SECONDS,
  rowOf,
  scanAll,
  SqliteFixture,
  testStore,
} from "../testing/mod.ts";
import { SCHEMA_LEVEL } from "../schema_level.ts";
import { StoreError } from "../types.ts";

testStore(() => Promise.resolve(new SqliteFixture()), { name: "SqliteStore" });

Deno.test("SqliteFeed.poll() tells of rows inserted by hand and announced nowhere", async () => {
  await using fixture = new SqliteFixture();
  await using store = await fixture.openRoutes();
  const feed = await store.watch();
  await fixture.sql("INSERT INTO RouteData VALUES (NULL, 1, 1, 1, 1)");
  await assertPoll(feed, [], { unnamed: true });
  await assertPoll(feed, []);
});

Deno.test("SqliteFeed.poll() tells of a commit to any table, once", async () => {
  await using fixture = new SqliteFixture();
  await using store = await fixture.openRoutes();
  const feed = await store.watch();
  const hasCommit = async () => (await feed.poll()).hasCommit ?? false;
  assertEquals(await hasCommit(), false);
  await fixture.sql("CREATE TABLE Other (id INTEGER)");
  assertEquals([await hasCommit(), await hasCommit()], [true, false]);
  await store.edit({ add: [rowOf(1, 1, 1)] });
  assertEquals([await hasCommit(), await hasCommit()], [true, false]);
});

Deno.test("SqliteFeed.poll() names what it can when only some rows were deleted unread", async () => {
  await using fixture = new SqliteFixture();
  await using store = await fixture.openRoutes();
  const feed = await store.watch();
  await store.edit({ add: [rowOf(1, 1, 1), rowOf(1, 2, 2)] });
  await fixture.sql("DELETE FROM RouteChange WHERE cmdid = 1");
  await assertPoll(feed, [rowOf(1, 2, 2)], { unnamed: true });
});

Deno.test("SqliteFeed.poll() that fails skips nothing", async () => {
  await using fixture = new SqliteFixture();
  await using store = await fixture.openRoutes();
  const feed = await store.watch();
  await store.edit({ add: [rowOf(1, 1, 1)] });
  await fixture.sql("ALTER TABLE RouteData RENAME TO Hidden");
  await assertRejects(() => feed.poll(), StoreError, "no such table");
  await fixture.sql("ALTER TABLE Hidden RENAME TO RouteData");
  await assertPoll(feed, [rowOf(1, 1, 1)]);
});

Deno.test("SqliteFeed.poll() names what the same store was told after its files were replaced", async () => {
  await using fixture = new SqliteFixture();
  await using store = await fixture.openRoutes();
  const feed = await store.watch();
  await store.edit({ add: [rowOf(1, 1, 1), rowOf(1, 1, 2)] });
  await assertPoll(feed, [rowOf(1, 1, 1), rowOf(1, 1, 2)]);
  const { path } = fixture.options;
  await fixture.sql(`VACUUM INTO '${path}.copy'`);
  for (const suffix of ["-wal", "-shm"]) {
    await Deno.remove(`${path}${suffix}`).catch(() => {});
  }
  await Deno.rename(`${path}.copy`, path);
  await using other = await fixture.openRoutes();
  await other.edit({ remove: [rowOf(1, 1, 1)] });
  // A comparison alone would not say that the host was taken out on purpose.
  await assertPoll(feed, [rowOf(1, 1, 2)], { unnamed: true });
});

Deno.test("SqliteFeed.poll() names what a store was told that is back after another stood in for it", async () => {
  await using fixture = new SqliteFixture();
  await using aside = new SqliteFixture();
  const { path } = fixture.options;
  await using store = await fixture.openRoutes();
  const feed = await store.watch();
  await store.edit({ add: [rowOf(1, 1, 1), rowOf(1, 1, 2), rowOf(1, 2, 1)] });
  await assertPoll(feed, [rowOf(1, 1, 1), rowOf(1, 1, 2), rowOf(1, 2, 1)]);
  const { identity } = await store.identity();

  await fixture.sql(`VACUUM INTO '${aside.options.path}'`);
  for (const suffix of ["", "-wal", "-shm"]) {
    await Deno.remove(`${path}${suffix}`).catch(() => {});
  }
  await using other = await fixture.openRoutes();
  await other.edit({ add: [rowOf(7, 7, 7)] });
  await assertPoll(feed, [], { unnamed: true });
  await other.edit({ add: [rowOf(7, 7, 8)] });
  await assertPoll(feed, [rowOf(7, 7, 7), rowOf(7, 7, 8)]);
  {
    await using away = await aside.openRoutes();
    await away.edit({ remove: [rowOf(1, 1, 1)] });
  }
  for (const suffix of ["-wal", "-shm"]) {
    await Deno.remove(`${path}${suffix}`).catch(() => {});
  }
  await Deno.rename(aside.options.path, path);
  assertEquals((await store.identity()).identity, identity);
  await assertPoll(feed, [rowOf(1, 1, 2)], { unnamed: true });
  await store.edit({ remove: [rowOf(1, 2, 1)] });
  await assertPoll(feed, [], { gone: [{ modId: 1, cmdId: 2 }] });
});

Deno.test("SqliteRouteStore.edit() removes duplicate rows and trims RouteChange by number", async () => {
  await using fixture = new SqliteFixture();
  await using store = await fixture.openRoutes();
  const insert = "INSERT INTO RouteData VALUES (NULL, 1, 1, 9, 80);";
  await fixture.sql(insert + insert);
  const row = { modId: 1, cmdId: 1, ip: 9, port: 80 };
  assertEquals(await scanAll(store), [
    { modId: 1, cmdId: 1, hosts: [{ ip: 9, port: 80 }] },
  ]);
  await fixture.sql(
    // Whatever the clocks of those who wrote them said.
    `INSERT INTO RouteChange VALUES (1, 1, 1, ${NOW_SECONDS + 90_000});
     INSERT INTO RouteChange VALUES (2, 1, 1, ${NOW_SECONDS - 90_000});
     INSERT INTO RouteChange VALUES (20000, 1, 1, ${NOW_SECONDS - 90_000});`,
  );
  assertEquals(await store.edit({ remove: [row] }), {
    added: 0,
    removed: 2,
    changed: 0,
  });
  const rows = await fixture.sql("SELECT id FROM RouteChange");
  assertEquals(rows.map(({ id }) => id), [2, 20_000, 20_001]);
});

Deno.test("SqliteRouteStore.scan() reads what is there at its start, after a whole scan and one cut short", async () => {
  await using fixture = new SqliteFixture();
  await fixture.create();
  await using store = await fixture.openRoutes();
  for (let modId = 1; modId <= 4; modId += 1) {
    await store.edit({ add: [rowOf(modId, 1, 1)] });
    for await (const _ of store.scan()) if (modId % 2 === 0) break;
    assertEquals((await scanAll(store)).length, modId);
  }
});

Deno.test("SqliteRouteStore.scan() leaves out rows that no route can have, and counts them", async () => {
  await using fixture = new SqliteFixture();
  let skippedRows = 0;
  await fixture.create();
  await using store = await SqliteRouteStore.open({
    ...fixture.options,
    onSkippedRows: ({ rows }) => skippedRows += rows,
  });
  await fixture.sql(
    `INSERT INTO RouteData(modid, cmdid, serverip, serverport) VALUES
     (1, 1, 0, 80), (1, 1, 9, 0), (1, 1, 9, 65536), (4294967295, 1, 9, 80), (1, 1, 9, 80)`,
  );
  const [route] = await scanAll(store);
  assertEquals(route?.hosts, [{ ip: 9, port: 80 }]);
  assertEquals(await store.read([{ modId: 1, cmdId: 1 }]), [route!]);
  assertEquals(skippedRows, 4);
});

Deno.test("SqliteRouteStore.edit() while another process writes fails, to be tried again", async () => {
  await using fixture = new SqliteFixture();
  await using store = await fixture.openRoutes();
  using other = new DatabaseSync(fixture.options.path);
  other.exec("BEGIN IMMEDIATE");
  const error = await assertRejects(
    () => store.edit({ add: [rowOf(1, 1, 1)] }),
    StoreError,
    fixture.options.path,
  );
  assert(error.retry);
  assertEquals(await scanAll(store), []);
  other.exec("ROLLBACK");
  await store.edit({ add: [rowOf(1, 1, 1)] });
});

Deno.test("createStore() of one new file by eight processes at once makes one store", async () => {
  await using fixture = new SqliteFixture();
  const code = `
    import { createStore, openRouteStore } from "${
    import.meta.resolve("../mod.ts")
  }";
    import { SystemClock } from "${import.meta.resolve("../../net/mod.ts")}";
    const [dataDir, id] = Deno.args;
    const place = { dataDir, clock: new SystemClock() };
    await createStore({ kind: "sqlite" }, place);
    await using store = await openRouteStore({ kind: "sqlite" }, place);
    const add = [{ modId: Number(id), cmdId: 1, ip: 1, port: 1 }];
    for (let left = 40; left > 0; left -= 1) {
      try { await store.edit({ add }); break; } catch (error) { if (!error.retry) throw error; }
    }`;
  const script = `${fixture.folder}/open.ts`;
  await Deno.writeTextFile(script, code);
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const results = await Promise.all(
    Array.from({ length: 8 }, (_, id) =>
      new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          "--no-check",
          `--config=${config}`,
          script,
          fixture.folder,
          String(id),
        ],
      }).output()),
  );
  for (const { success, stderr } of results) {
    assert(success, new TextDecoder().decode(stderr));
  }
  await using store = await fixture.openRoutes();
  assertEquals((await scanAll(store)).length, 8);
});

for (
  const { name, prepare, message } of [
    {
      name: "a file that is no database",
      prepare: (path: string) =>
        Deno.writeTextFileSync(path, "no database at all\n".repeat(100)),
      message: "damaged or not a SQLite database",
    },
    {
      name: "a database cut short",
      prepare(path: string) {
        using database = new DatabaseSync(path);
        database.exec("CREATE TABLE RouteData (id, x)");
        database.exec("INSERT INTO RouteData VALUES (1, zeroblob(20000))");
        Deno.truncateSync(path, 8_192);
      },
      message: "damaged or not a SQLite database",
    },
    {
      name: "a database of a newer version",
      prepare(path: string) {
        using database = new DatabaseSync(path);
        database.exec("PRAGMA user_version = 99");
      },
      message: `schema version must be <= ${SCHEMA_LEVEL}`,
    },
    {
      name: "the database of another program",
      prepare(path: string) {
        using database = new DatabaseSync(path);
        database.exec("CREATE TABLE bookmarks (id)");
      },
      message: "another program",
    },
  ]
) {
  Deno.test(`SqliteRouteStore.open() refuses ${name} and leaves it as it is`, async () => {
    await using fixture = new SqliteFixture();
    const { path } = fixture.options;
    prepare(path);
    const before = Deno.readFileSync(path);
    for (
      const open of [
        () => fixture.openRoutes(),
        () => fixture.openStatuses(),
      ]
    ) {
      const error = await assertRejects(open, StoreError, message);
      assertStringIncludes(error.message, `"${path}"`);
      assertEquals(error.retry, false);
    }
    assertEquals(Deno.readFileSync(path), before);
    assertEquals([...Deno.readDirSync(fixture.folder)].length, 1);
  });
}

Deno.test("SqliteRouteStore.open() of a file to which a newer Lars has added works, and takes nothing away", async () => {
  await using fixture = new SqliteFixture();
  {
    await using _ = await fixture.openRoutes();
  }
  await fixture.sql(
    `ALTER TABLE RouteConfig ADD COLUMN color INTEGER;
     CREATE TABLE RouteOwner (modid INTEGER);
     UPDATE LarsSchema SET level = 9`,
  );
  await using store = await fixture.openRoutes();
  const settings = [{ ...rowOf(1, 1, 1), policy: "lars" }];
  await store.edit({ add: [rowOf(1, 1, 1)], settings });
  assertEquals((await scanAll(store))[0]?.settings, { policy: "lars" });
  assertEquals(await fixture.sql("SELECT level, floor FROM LarsSchema"), [
    { level: 9, floor: 2 },
  ]);
});

Deno.test("SqliteRouteStore.open() makes no table beside others: one that is gone may come back", async () => {
  await using fixture = new SqliteFixture();
  const row = { ...rowOf(1, 1, 1), weight: 5 };
  {
    await using store = await fixture.openRoutes();
    await store.edit({ add: [row] });
  }
  for (const table of ["RouteData", "RouteHostConfig"]) {
    await fixture.sql(`ALTER TABLE ${table} RENAME TO Hidden`);
    await using store = await fixture.openRoutes();
    for (
      const use of [
        () => scanAll(store),
        () => store.edit({ add: [rowOf(1, 1, 2)] }),
      ]
    ) {
      const error = await assertRejects(use, StoreError, table);
      assert(error.retry, error.message);
    }
    await fixture.sql(`ALTER TABLE Hidden RENAME TO ${table}`);
    assertEquals((await scanAll(store))[0]?.hosts[0]?.weight, 5);
  }
});

Deno.test("no open makes a store, and each says why there is none", async () => {
  await using fixture = new SqliteFixture();
  const file = `${fixture.folder}/file`;
  Deno.writeTextFileSync(file, "");
  for (
    const [path, reason] of [
      [fixture.folder, "it cannot be opened"],
      [file, "it is empty"],
      [fixture.options.path, "there is none"],
      [`${fixture.folder}/missing/lars.db`, "there is none"],
      [`${file}/lars.db`, "there is none"],
    ] as const
  ) {
    for (const Store of [SqliteRouteStore, SqliteStatusStore]) {
      const error = await assertRejects(
        () => Store.open({ ...fixture.options, path }) as Promise<unknown>,
        StoreError,
        `Cannot open store "${path}" as ${reason}`,
      );
      assertEquals(error.retry, false);
    }
  }
  const left = [...Deno.readDirSync(fixture.folder)].map(({ name }) => name);
  assertEquals(left, ["file"]);
});

Deno.test("createFile() makes nothing beside what another store has left", async () => {
  await using fixture = new SqliteFixture();
  const { path } = fixture.options;
  assertEquals(await createFile(path), true);
  assertEquals(await createFile(path), false);
  Deno.removeSync(path);
  Deno.writeTextFileSync(`${path}-wal`, "committed, and not in the database");
  await assertRejects(() => createFile(path), StoreError, `"${path}-wal"`);
  assertEquals([...Deno.readDirSync(fixture.folder)].length, 1);
});

Deno.test("createFile() takes an empty file, and opening again keeps the rows", async () => {
  await using fixture = new SqliteFixture();
  Deno.writeTextFileSync(fixture.options.path, "");
  {
    await using store = await fixture.openRoutes();
    await store.edit({ add: [rowOf(1, 1, 1)] });
  }
  await using store = await fixture.openRoutes();
  assertEquals((await scanAll(store)).length, 1);
});
