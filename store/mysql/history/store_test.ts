import {
  assert,
  assertEquals,
  assertGreater,
  assertRejects,
} from "@std/assert";
import {
  assertRetention,
  callsOf,
  mariadbTests,
  type MysqlFixture,
  rowOf,
} from "../../testing/mod.ts";
import {
  type AgentProgress,
  type HistoryBatch,
  HistoryOffError,
  type HistoryStore,
} from "../../history/types.ts";
import { SCHEMA_LEVEL } from "../../schema_level.ts";
import { StoreError } from "../../types.ts";
import type { MysqlOptions } from "../options.ts";
import { MysqlRouteStore } from "../route_store.ts";
import { ensureSchema } from "../schema.ts";
import { MysqlHistoryStore } from "./store.ts";
import { HISTORY_TABLE_NAMES } from "./tables.ts";

const { test: testMysql } = mariadbTests();

const AGENT = "a".repeat(32);

/** A batch of three calls that comes after `expected`. */
function batchAfter(expected: AgentProgress | undefined): HistoryBatch {
  const call = { ...rowOf(1, 1, 1), calls: 3, failed: 0, us: 1 };
  const seq = (expected?.seq ?? 0) + 1;
  const agents = [{ agent: AGENT, epoch: 1, seq, expected }];
  return { minute: 1, agents, ...callsOf([call]) };
}

/** Adds three calls. */
async function addCalls(store: HistoryStore): Promise<void> {
  const expected = (await store.progress([AGENT])).get(AGENT);
  const result = await store.commit(batchAfter(expected));
  assertEquals(result, { conflicts: [] });
}

async function callsIn(store: HistoryStore): Promise<number | undefined> {
  return (await store.hostTotals({ from: 0, to: 9 }))[0]?.calls;
}

/** Leaves the tables of the level before history, and a user who may only change rows. */
async function makeOlder(fixture: MysqlFixture): Promise<MysqlOptions> {
  await fixture.sql(`DROP TABLE ${HISTORY_TABLE_NAMES}`);
  await fixture.sql("UPDATE LarsSchema SET level = 5");
  const { database } = fixture.options;
  const user = `u_${database}`;
  await fixture.sql(`CREATE USER ${user}@'%' IDENTIFIED BY ''`);
  await fixture.sql(
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ${database}.* TO ${user}@'%'`,
  );
  return { ...fixture.options, user };
}

testMysql(
  "MysqlHistoryStore is off where tables are missing, says so once, and goes on when they are there",
  async (fixture) => {
    const options = await makeOlder(fixture);
    const told: (readonly string[])[] = [];
    await using store = await MysqlHistoryStore.open({
      ...options,
      onMissingTables: (tables) => told.push(tables),
    });
    await using routes = await MysqlRouteStore.open({
      ...options,
      onMissingTables: (tables) => told.push(tables),
    });
    for (let look = 0; look < 2; look += 1) {
      fixture.clock.ms += 60_000;
      const error = await assertRejects(
        () => addCalls(store),
        HistoryOffError,
        "lars store schema --apply",
      );
      assert(error.retry);
    }
    await routes.edit({ add: [{ ...rowOf(1, 1, 1), weight: 5 }] });
    assertEquals(told, [HISTORY_TABLE_NAMES]);

    await ensureSchema(fixture.options, { apply: true });
    await assertRejects(() => addCalls(store), HistoryOffError);
    fixture.clock.ms += 60_000;
    await addCalls(store);
    assertEquals(await callsIn(store), 3);
  },
);

testMysql(
  "the first store that may adds the tables of history, and one that is gone later is an outage",
  async (fixture) => {
    await makeOlder(fixture);
    {
      await using routes = await fixture.openRoutes();
      await routes.edit({ add: [rowOf(1, 1, 1)] });
    }
    const [row] = await fixture.sql("SELECT level FROM LarsSchema");
    assertEquals(row?.level, SCHEMA_LEVEL);
    {
      await using store = await fixture.openHistory();
      await addCalls(store);
    }
    await fixture.sql("RENAME TABLE HostMinute TO Hidden");
    await using store = await fixture.openHistory();
    const error = await assertRejects(
      () => addCalls(store),
      StoreError,
      "HostMinute is gone",
    );
    assertEquals([error.retry, error instanceof HistoryOffError], [
      true,
      false,
    ]);
    // Adds what is new then, and nothing in the place of what is gone.
    await fixture.sql("UPDATE LarsSchema SET level = 6");
    await using routes = await fixture.openRoutes();
    await routes.edit({ add: [rowOf(1, 1, 2)] });
    await fixture.sql("RENAME TABLE Hidden TO HostMinute");
    await addCalls(store);
    assertEquals(await callsIn(store), 6);
  },
);

testMysql(
  "a table of another program that is called as one of history keeps history off, and nothing else",
  async (fixture) => {
    await makeOlder(fixture);
    await fixture.sql("CREATE TABLE Agent (id int)");
    await using routes = await fixture.openRoutes();
    await routes.edit({ add: [rowOf(1, 1, 1)] });
    await using store = await fixture.openHistory();
    const error = await assertRejects(
      () => addCalls(store),
      StoreError,
      "table Agent lacks",
    );
    assertEquals(error.retry, false);
  },
);

testMysql(
  "MysqlHistoryStore.commit() does not read what others have not committed, and waits for it",
  async (fixture) => {
    await using store = await fixture.openHistory();
    await addCalls(store);
    const connection = await fixture.connect();
    await connection.beginTransaction();
    await connection.query(`UPDATE Agent SET seq = 2 WHERE agent = '${AGENT}'`);
    const expected = { epoch: 1, seq: 1 };
    const agents = [{ agent: AGENT, epoch: 1, seq: 2, expected }];
    const committing = store.commit({ minute: 1, agents, ...callsOf([]) });
    await connection.commit();
    assertEquals(await committing, { conflicts: [AGENT] });
  },
);

testMysql(
  "MysqlHistoryStore.expire() removes what is too much, some rows at a time",
  assertRetention,
);

testMysql(
  "MysqlHistoryStore.commit() counts once where connections end at any moment",
  async (fixture) => {
    await using store = await fixture.openHistory();
    const { database } = fixture.options;
    async function endConnections(): Promise<void> {
      const rows = await fixture.sql(
        `SELECT id FROM information_schema.processlist
         WHERE db = '${database}' AND id <> CONNECTION_ID()`,
      );
      for (const { id } of rows) {
        // It may have ended by itself.
        await fixture.sql(`KILL ${id}`).catch(() => {});
      }
    }
    const rounds = 30;
    let failures = 0;
    for (let round = 0; round < rounds; round += 1) {
      const adding = addInTheEnd(store, round + 1);
      await endConnections();
      failures += await adding;
    }
    assertGreater(failures, 0);
    assertEquals(await callsIn(store), 3 * rounds);
  },
);

/** Adds batches until number `seq` is there, as a reporter does; returns how often that failed. */
async function addInTheEnd(store: HistoryStore, seq: number): Promise<number> {
  for (let failures = 0;;) {
    try {
      const progress = (await store.progress([AGENT])).get(AGENT);
      if (progress?.seq === seq) return failures;
      await store.commit(batchAfter(progress));
    } catch (error) {
      if (!(error instanceof StoreError && error.retry)) throw error;
      failures += 1;
    }
  }
}
