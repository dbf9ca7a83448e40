import { assertEquals } from "@std/assert";
import {
  type HostAddress,
  parseIp,
  type Route,
  type RouteKey,
} from "../../proto/mod.ts";
import type { HistoryStore } from "../history/types.ts";
import type { StoreTestClock } from "./clock.ts";
import type { AdminStore } from "../admin/types.ts";
import type { LeaseStore } from "../instances/types.ts";
import type {
  ChangeFeed,
  HostRow,
  RouteRow,
  RouteStore,
  StatusRow,
  StatusStore,
} from "../types.ts";

/** Empty tables that stores are opened on; gone when disposed. */
export interface StoreFixture extends AsyncDisposable {
  openRoutes(): Promise<RouteStore>;
  openStatuses(): Promise<StatusStore>;
  openHistory(): Promise<HistoryStore>;
  /** Clock of the stores. */
  readonly clock: StoreTestClock;
  openAdmin(): Promise<AdminStore>;
  openLeases(): Promise<LeaseStore>;
  readonly tables: StoreTables;
}

/** Tables of a store, read and written past it. */
export interface StoreTables {
  /** Value of RouteVersion. */
  version(): Promise<number>;
  /** Keys in RouteChange, oldest first. */
  changes(): Promise<RouteKey[]>;
  /** Deletes every RouteChange row, as the original's dns does. */
  deleteChanges(): Promise<void>;
  /** Inserts a row of RouteData; announces nothing. */
  insertHost(row: RouteRow): Promise<void>;
  /** Deletes the rows of RouteData of a route; announces nothing. */
  deleteRoute(key: RouteKey): Promise<void>;
  /** Inserts a weight and a zone, perhaps invalid ones; announces nothing. */
  insertAttributes(row: HostRow): Promise<void>;
  /** Moves RouteVersion to the time, or as named. */
  moveVersion(version?: number): Promise<void>;
  /** Makes it look like another store. */
  setIdentity(identity: string): Promise<void>;
  /** Says how often it was accepted. */
  setAccepted(count: number): Promise<void>;
  /** Inserts a RouteChange row. */
  insertChange(key: RouteKey): Promise<void>;
}

/** Makes the tables of a database by SQL as people write it. */
export function sqlTables(
  sql: (statement: string) => Promise<Record<string, unknown>[]>,
): StoreTables {
  async function run(statement: string): Promise<void> {
    await sql(statement);
  }
  return {
    async version() {
      const [row] = await sql("SELECT version FROM RouteVersion");
      return Number(row?.version);
    },
    async changes() {
      return (await sql("SELECT * FROM RouteChange ORDER BY id"))
        .map(({ modid, cmdid }) => ({
          modId: Number(modid),
          cmdId: Number(cmdid),
        }));
    },
    deleteChanges: () => run("DELETE FROM RouteChange"),
    insertHost: ({ modId, cmdId, ip, port }) =>
      run(
        `insert into RouteData(modid, cmdid, serverip, serverport) values (${modId}, ${cmdId}, ${ip}, ${port})`,
      ),
    deleteRoute: ({ modId, cmdId }) =>
      run(`DELETE FROM RouteData WHERE modid = ${modId} AND cmdid = ${cmdId}`),
    insertAttributes: ({ modId, cmdId, ip, port, weight, zone }) =>
      run(
        `INSERT INTO RouteHostConfig(modid, cmdid, serverip, serverport, weight, zone)
         VALUES (${modId}, ${cmdId}, ${ip}, ${port}, ${weight ?? "NULL"}, ${
          zone === undefined ? "NULL" : `'${zone}'`
        })`,
      ),
    moveVersion: (version) =>
      run(
        `UPDATE RouteVersion SET version = ${
          version ?? "UNIX_TIMESTAMP(NOW())"
        } WHERE id = 1`,
      ),
    setIdentity: (identity) =>
      run(`UPDATE StoreIdentity SET identity = '${identity}'`),
    setAccepted: (count) => run(`UPDATE StoreIdentity SET accepted = ${count}`),
    insertChange: ({ modId, cmdId }) =>
      run(
        `INSERT INTO RouteChange(modid, cmdid, version) VALUES (${modId}, ${cmdId}, UNIX_TIMESTAMP(NOW()))`,
      ),
  };
}

/** Body of a test of the suite. */
export type TestBody = (fixture: StoreFixture) => Promise<void>;

/** Row of 192.168.1.`last`:7777 in route (modId, cmdId). */
export function rowOf(modId: number, cmdId: number, last: number): RouteRow {
  return { modId, cmdId, ip: parseIp(`192.168.1.${last}`), port: 7777 };
}

/** Reads everything that a scan yields. */
export function scanAll(store: RouteStore): Promise<Route[]> {
  return Array.fromAsync(store.scan());
}

/** Asserts that the next poll names these routes with these hosts, and nothing else. */
export async function assertPoll(
  feed: ChangeFeed,
  rows: readonly RouteRow[],
  { gone = [], unnamed = false }: {
    gone?: readonly RouteKey[];
    unnamed?: boolean;
  } = {},
): Promise<void> {
  const changes = await feed.poll();
  const named = changes.routes.flatMap(({ modId, cmdId, hosts }) =>
    hosts.length === 0
      ? [`${modId},${cmdId} gone`]
      : hosts.map(({ ip, port }) => `${modId},${cmdId} ${ip}:${port}`)
  );
  const expected = [
    ...rows.map(({ modId, cmdId, ip, port }) =>
      `${modId},${cmdId} ${ip}:${port}`
    ),
    ...gone.map(({ modId, cmdId }) => `${modId},${cmdId} gone`),
  ];
  assertEquals(named.sort(), expected.sort());
  assertEquals(changes.unnamed, unnamed);
}

/** Asserts that the next poll tells of this route alone, as it is. */
export async function assertToldOf(
  feed: ChangeFeed,
  route: Route,
): Promise<void> {
  const { routes, unnamed } = await feed.poll();
  assertEquals({ routes, unnamed }, { routes: [route], unnamed: false });
}

/** Address of a row. */
export function hostOf({ ip, port }: RouteRow): HostAddress {
  return { ip, port };
}

/** Route that has only this row. */
export function routeOf({ modId, cmdId, ip, port }: RouteRow): Route {
  return { modId, cmdId, hosts: [{ ip, port }] };
}

/** Status of 0.0.0.5:80 in route (1, 1), reported by 0.0.0.7, but for `values`. */
export function statusOf(values: Partial<StatusRow>): StatusRow {
  return {
    modId: 1,
    cmdId: 1,
    ip: 5,
    port: 80,
    caller: 7,
    succ: 0,
    err: 0,
    ts: 1_700_000_000,
    overload: false,
    ...values,
  };
}
