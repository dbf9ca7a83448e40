import { assertEquals } from "@std/assert";
import {
  type HostAddress,
  parseIp,
  type Route,
  type RouteKey,
} from "../../proto/mod.ts";
import type {
  ChangeFeed,
  HostRow,
  RouteRow,
  RouteStore,
  StatusRow,
  StatusStore,
} from "../types.ts";

/** An empty set of tables, which stores are opened on; gone when disposed. */
export interface StoreFixture extends AsyncDisposable {
  openRoutes(): Promise<RouteStore>;
  openStatuses(): Promise<StatusStore>;
  /** RouteVersion. */
  version(): Promise<number>;
  /** The keys in RouteChange, oldest first. */
  changes(): Promise<RouteKey[]>;
  /** Deletes every RouteChange row, as the original's dns does. */
  deleteChanges(): Promise<void>;
  /** Inserts a row of RouteData, perhaps moves RouteVersion, names no change. */
  insertSilently(
    row: RouteRow,
    options: { moveVersion: boolean },
  ): Promise<void>;
  /** Inserts a weight and a zone, which may be none that can be; announces nothing. */
  configureSilently(row: HostRow): Promise<void>;
}

/** SQL that inserts into RouteHostConfig what somebody wrote there by hand. */
export function insertConfig(
  { modId, cmdId, ip, port, weight, zone }: HostRow,
): string {
  return `INSERT INTO RouteHostConfig (modid, cmdid, serverip, serverport, weight, zone)
    VALUES (${modId}, ${cmdId}, ${ip}, ${port}, ${weight ?? "NULL"}, ${
    zone === undefined ? "NULL" : `'${zone}'`
  })`;
}

/** A test of a suite: gets a fixture of its own. */
export type TestBody = (fixture: StoreFixture) => Promise<void>;

/** 192.168.1.`last`:7777 in route (modId, cmdId). */
export function rowOf(modId: number, cmdId: number, last: number): RouteRow {
  return { modId, cmdId, ip: parseIp(`192.168.1.${last}`), port: 7777 };
}

/** Everything a scan yields. */
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

/** The address of a row. */
export function hostOf({ ip, port }: RouteRow): HostAddress {
  return { ip, port };
}

/** The route that has only this row. */
export function routeOf({ modId, cmdId, ip, port }: RouteRow): Route {
  return { modId, cmdId, hosts: [{ ip, port }] };
}

/** A status of 0.0.0.5:80 in route (1, 1), told by 0.0.0.7, but for `values`. */
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
