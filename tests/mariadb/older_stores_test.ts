/**
 * The store of an older Lars and this one's on the same tables, whichever made
 * them: history is added, and nothing of it is in the older one's way.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { SystemClock } from "../../net/mod.ts";
import * as newer from "../../store/mod.ts";
import {
  callsOf,
  type Mariadb,
  rowOf,
  scanAll,
  startMariadb,
  statusOf,
  testOnMariadb,
} from "../../store/testing/mod.ts";
import { addressOf, ADMIN, storeOptions } from "../support/database.ts";
import { LEVEL_3_COMMIT, OlderLars } from "../support/older_lars.ts";

type Stores = Pick<
  typeof newer,
  "createStore" | "openRouteStore" | "openStatusStore"
>;

const unpacked = await OlderLars.unpack(LEVEL_3_COMMIT);
Deno.test.afterAll(() => unpacked?.[Symbol.asyncDispose]());

const AGENT = "a".repeat(32);

/** Adds a batch of three calls, and returns how many there are then. */
async function addCalls(history: newer.HistoryStore): Promise<number> {
  const expected = (await history.progress([AGENT])).get(AGENT);
  const seq = (expected?.seq ?? 0) + 1;
  const agents = [{ agent: AGENT, epoch: 1, seq, expected }];
  const calls = callsOf([{ ...rowOf(1, 1, 1), calls: 3, failed: 0, us: 1 }]);
  const result = await history.commit({ minute: 1, agents, ...calls });
  assertEquals(result, { conflicts: [] });
  const [total] = await history.hostTotals({ from: 1, to: 1 });
  return total?.calls ?? 0;
}

/** Edits, statuses and history of both, on a store that `maker` made. */
async function workTogether(
  location: newer.StoreLocation,
  { maker, older }: { maker: Stores; older: Stores },
): Promise<void> {
  const dataDir = await Deno.makeTempDir({ prefix: "lars-stores-" });
  const place = { dataDir, clock: new SystemClock() };
  try {
    assertEquals(await maker.createStore(location, place), true);
    await using routes = await older.openRouteStore(location, place);
    await routes.edit({ add: [rowOf(1, 1, 1)] });
    // Adds its tables under a store that is in use.
    await using history = await newer.openHistoryStore(location, place);
    await using ours = await newer.openRouteStore(location, place);
    assertEquals(await addCalls(history), 3);
    await using statuses = await older.openStatusStore(location, place);
    await statuses.write([statusOf({ succ: 5 })]);
    await routes.edit({ add: [rowOf(1, 1, 2)] });
    await ours.edit({ add: [rowOf(1, 1, 3)] });
    await using again = await older.openRouteStore(location, place);
    for (const store of [routes, ours, again]) {
      const hosts = (await scanAll(store)).flatMap(({ hosts }) => hosts);
      assertEquals(hosts.length, 3);
    }
    assertEquals((await statuses.list())[0]?.succ, 5);
    assertEquals(await addCalls(history), 6);
    await using late = await newer.openHistoryStore(location, place);
    assertEquals(await addCalls(late), 9);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
}

async function testBothWays(
  location: () => newer.StoreLocation,
): Promise<void> {
  const older: Stores = await import(`file://${unpacked!.root}store/mod.ts`);
  for (const maker of [older, newer]) {
    await workTogether(location(), { maker, older });
  }
}

const NAME =
  "history and a Lars that knows none work on one store, whichever made it";

if (unpacked === undefined) {
  const reason = "this is no clone with the history of the repository";
  Deno.test.ignore(`${NAME} (skipped: ${reason})`, () => {});
} else {
  Deno.test(
    `${NAME}, on SQLite`,
    () => testBothWays(() => ({ kind: "sqlite" })),
  );
  testOnMariadb(`${NAME}, on MariaDB`, async () => {
    await using server: Mariadb = await startMariadb();
    let databases = 0;
    await testBothWays(() => {
      const { clock: _, ...mysql } = storeOptions([addressOf(server)], ADMIN);
      const database = `lars_${databases += 1}`;
      return {
        kind: "mysql",
        mysql: { ...mysql, database, tlsCaPath: undefined },
      };
    });
  });
}
