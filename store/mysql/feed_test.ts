import { assertEquals, assertRejects } from "@std/assert";
import { FEED_IDS_MAX, FEED_LATE_MS_MAX, MysqlFeed } from "./feed.ts";
import { FailoverPool } from "./pool.ts";
import { Presence } from "./presence.ts";
import {
  assertPoll,
  mariadbTests,
  type MysqlFixture,
  rowOf,
} from "../testing/mod.ts";
import { StoreError } from "../types.ts";

const mysql = mariadbTests();

function testFeed(
  sentence: string,
  body: (fixture: MysqlFixture) => Promise<void>,
): void {
  mysql.test(`MysqlFeed.poll() ${sentence}`, body);
}

const MOVE_VERSION =
  "UPDATE RouteVersion SET version = UNIX_TIMESTAMP(NOW()) WHERE id = 1";

/** What people write for one route, without the version. */
function statementsFor(cmdId: number, last: number): string[] {
  const { ip, port } = rowOf(1, cmdId, last);
  return [
    `insert into RouteData(modid, cmdid, serverip, serverport) values (1, ${cmdId}, ${ip}, ${port})`,
    `INSERT INTO RouteChange(modid, cmdid, version) VALUES (1, ${cmdId}, UNIX_TIMESTAMP(NOW()))`,
  ];
}

testFeed(
  "tells a transaction that commits late with a lower id, within a bound of time",
  async (fixture) => {
    await using store = await fixture.openRoutes();
    const feed = await store.watch();
    const other = await store.watch();
    const slow = [await fixture.connect(), await fixture.connect()];
    for (const [index, connection] of slow.entries()) {
      await connection.beginTransaction();
      for (const sql of statementsFor(index + 1, 1)) {
        await connection.query(sql);
      }
    }
    await store.edit({ add: [rowOf(1, 9, 9)] });
    await assertPoll(feed, [rowOf(1, 9, 9)]);
    fixture.clock.ms += FEED_LATE_MS_MAX - 1;
    await assertPoll(feed, []);

    await slow[0]!.commit();
    await assertPoll(feed, [rowOf(1, 1, 1)]);
    await assertPoll(feed, []);

    // Beyond the bound it is not named, but the version tells.
    fixture.clock.ms += FEED_LATE_MS_MAX + 1;
    await assertPoll(feed, []);
    await slow[1]!.query(MOVE_VERSION.replace("UNIX_TIMESTAMP(NOW())", "7"));
    await slow[1]!.commit();
    await assertPoll(feed, [], { unnamed: true });
    await assertPoll(feed, []);
    await assertPoll(other, [rowOf(1, 9, 9), rowOf(1, 1, 1), rowOf(1, 2, 1)]);
  },
);

testFeed(
  "is not stopped by gaps that rolled back transactions leave",
  async (fixture) => {
    await using store = await fixture.openRoutes();
    const feed = await store.watch();
    const connection = await fixture.connect();
    await connection.beginTransaction();
    await connection.query(statementsFor(1, 1)[1]!);
    await connection.rollback();
    await assertPoll(feed, []);
    await store.edit({ add: [rowOf(1, 2, 2)] });
    await assertPoll(feed, [rowOf(1, 2, 2)]);
  },
);

testFeed("goes on when ids begin again", async (fixture) => {
  await using store = await fixture.openRoutes();
  await store.edit({ add: [rowOf(1, 1, 1), rowOf(1, 2, 1), rowOf(1, 3, 1)] });
  const feed = await store.watch();
  fixture.clock.ms += FEED_LATE_MS_MAX + 1;
  await assertPoll(feed, []);
  await fixture.sql("TRUNCATE TABLE RouteChange");
  await store.edit({ add: [rowOf(1, 4, 1)] });
  await assertPoll(feed, [], { unnamed: true });
  await store.edit({ add: [rowOf(1, 5, 1)] });
  await assertPoll(feed, [rowOf(1, 5, 1)]);
});

testFeed(
  "tells more changes than it remembers as unnamed, and goes on",
  async (fixture) => {
    await using store = await fixture.openRoutes();
    const feed = await store.watch();
    await fixture.sql(
      `INSERT INTO RouteChange(modid, cmdid, version)
       SELECT 1, seq, 1 FROM seq_1_to_${FEED_IDS_MAX + 1}`,
    );
    await assertPoll(feed, [], { unnamed: true });
    await store.edit({ add: [rowOf(1, 5, 1)] });
    await assertPoll(feed, [rowOf(1, 5, 1)]);
    await assertPoll(feed, []);
  },
);

testFeed(
  "removes rows that are far below by id, whatever their version",
  async (fixture) => {
    await fixture.sql(
      `INSERT INTO RouteChange VALUES (1, 1, 1, 5), (2, 1, 1, UNIX_TIMESTAMP()),
       (11000, 1, 1, 5), (20000, 1, 1, 5)`,
    );
    await using store = await fixture.openRoutes();
    const feed = await store.watch();
    fixture.clock.ms += FEED_LATE_MS_MAX + 1;
    await assertPoll(feed, []);
    const rows = await fixture.sql("SELECT id FROM RouteChange ORDER BY id");
    assertEquals(rows.map(({ id }) => id), [11_000, 20_000]);
  },
);

testFeed("that fails skips nothing", async (fixture) => {
  await using store = await fixture.openRoutes();
  const feed = await store.watch();
  await store.edit({ add: [rowOf(1, 1, 1)] });
  await fixture.sql("RENAME TABLE RouteData TO Hidden");
  await assertRejects(() => feed.poll(), StoreError, "doesn't exist");
  await fixture.sql("RENAME TABLE Hidden TO RouteData");
  await assertPoll(feed, [rowOf(1, 1, 1)]);
});

testFeed(
  "knows that rows came and went unseen where others remove them",
  async (fixture) => {
    await using store = await fixture.openRoutes();
    const feed = await store.watch();
    async function edit(last: number): Promise<void> {
      for (const sql of [...statementsFor(last, last), MOVE_VERSION]) {
        await fixture.sql(sql);
      }
    }
    await edit(1);
    await assertPoll(feed, [rowOf(1, 1, 1)]);
    assertEquals((await feed.poll()).namesLost, undefined);
    await fixture.tables.deleteChanges();
    await assertPoll(feed, []);
    assertEquals((await feed.poll()).namesLost, true);
    await edit(2);
    await assertPoll(feed, [rowOf(1, 2, 2)]);
    await edit(3);
    await fixture.tables.deleteChanges();
    await edit(4);
    await assertPoll(feed, [rowOf(1, 4, 4)], { unnamed: true });
    await edit(5);
    await assertPoll(feed, [rowOf(1, 5, 5)]);
  },
);

testFeed(
  "tells of an unnamed change whose version had been there before a clock that is behind",
  async (fixture) => {
    await using pool = new FailoverPool(fixture.options);
    const between: string[] = [];
    const feed = await MysqlFeed.open({
      presence: new Presence(),
      nowMs: () => 0,
      use: (action, body) =>
        pool.use(action, (session) => {
          const transaction = session.transaction.bind(session);
          // Between the first look at the version and the reading of the rows.
          session.transaction = async (kind, inside) => {
            for (const sql of between.splice(0)) await fixture.sql(sql);
            return await transaction(kind, inside);
          };
          return body(session);
        }),
    });
    await fixture.sql("UPDATE RouteVersion SET version = 101");
    assertEquals((await feed.poll()).unnamed, true);

    for (const sql of statementsFor(1, 1)) await fixture.sql(sql);
    between.push("UPDATE RouteVersion SET version = 100");
    await assertPoll(feed, [rowOf(1, 1, 1)]);
    await fixture.sql("UPDATE RouteVersion SET version = 101");
    assertEquals((await feed.poll()).unnamed, true);
  },
);
