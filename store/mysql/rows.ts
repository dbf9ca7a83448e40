import {
  isValidKey,
  type Route,
  type RouteKey,
  RouteMap,
} from "../../proto/mod.ts";
import type { MysqlRow, MysqlSession } from "./session.ts";
import { readAttributes } from "./attributes.ts";
import { hostsOf } from "../route_grouper.ts";
import type { RouteRow } from "../types.ts";

/** Rows or route keys that one statement looks at. */
const KEYS_PER_STATEMENT = 500;

/** The routes asked for as they are committed now. */
export async function readRoutes(
  session: MysqlSession,
  keys: readonly RouteKey[],
): Promise<Route[]> {
  const found = new RouteMap<Route>();
  for (const some of chunks(keys.filter(isValidKey))) {
    const attributes = await readAttributes(session, some);
    const rows = Map.groupBy(await readRows(session, some), formatKey);
    for (const { modId, cmdId } of some) {
      const hosts = hostsOf(rows.get(formatKey({ modId, cmdId })) ?? []);
      found.set({ modId, cmdId }, attributes.apply({ modId, cmdId, hosts }));
    }
  }
  return keys.map(({ modId, cmdId }) =>
    found.get({ modId, cmdId }) ?? { modId, cmdId, hosts: [] }
  );
}

/** The items in parts, each of which fits one statement. */
export function* chunks<Item>(
  items: readonly Item[],
): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += KEYS_PER_STATEMENT) {
    yield items.slice(at, at + KEYS_PER_STATEMENT);
  }
}

/** A row of RouteData with its primary key. */
export interface StoredRow extends RouteRow {
  id: number;
}

/** Rows of RouteData with these keys, at most {@linkcode KEYS_PER_STATEMENT}. */
export async function readRows(
  session: MysqlSession,
  keys: readonly RouteKey[],
): Promise<StoredRow[]> {
  if (keys.length === 0) return [];
  const list = keys.map(formatKey).join();
  const rows = await session.rowsOnce(
    `SELECT id, modid, cmdid, serverip, serverport FROM RouteData
     WHERE (modid, cmdid) IN (${list})`,
  );
  return rows.map((row) => ({
    id: Number(row.id),
    ...keyOf(row),
    ip: Number(row.serverip),
    port: Number(row.serverport),
  }));
}

/** The key in a row with columns modid and cmdid. */
export function keyOf(row: MysqlRow): RouteKey {
  return { modId: Number(row.modid), cmdId: Number(row.cmdid) };
}

/** The key as SQL writes it. */
export function formatKey({ modId, cmdId }: RouteKey): string {
  return `(${modId},${cmdId})`;
}

/** The row as SQL writes it. */
export function formatRow({ modId, cmdId, ip, port }: RouteRow): string {
  return `(${modId},${cmdId},${ip},${port})`;
}
