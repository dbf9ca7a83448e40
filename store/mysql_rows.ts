import {
  isValidKey,
  type Route,
  type RouteKey,
  RouteMap,
} from "../proto/mod.ts";
import type { MysqlRow, MysqlSession } from "./mysql_session.ts";
import { hostsOf } from "./route_rows.ts";
import type { RouteRow } from "./types.ts";

/** Route keys in one statement. */
const KEYS_PER_STATEMENT = 500;

/** The routes asked for as they are committed now. */
export async function readRoutes(
  session: MysqlSession,
  keys: readonly RouteKey[],
): Promise<Route[]> {
  const found = new RouteMap<RouteRow[]>();
  const valid = keys.filter(isValidKey);
  for (let start = 0; start < valid.length; start += KEYS_PER_STATEMENT) {
    const chunk = valid.slice(start, start + KEYS_PER_STATEMENT);
    for (const row of await readRows(session, chunk)) {
      const rows = found.get(row);
      if (rows === undefined) found.set(row, [row]);
      else rows.push(row);
    }
  }
  return keys.map(({ modId, cmdId }) => ({
    modId,
    cmdId,
    hosts: hostsOf(found.get({ modId, cmdId }) ?? []),
  }));
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
  const list = keys.map(({ modId, cmdId }) => `(${modId},${cmdId})`).join();
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
