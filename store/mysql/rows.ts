import type { RouteKey } from "../../proto/mod.ts";
import type { Session } from "./session.ts";
import { routeKeyOf } from "../attribute_tables.ts";
import type { RouteRow } from "../types.ts";

/** Most rows or route keys that one statement names. */
const KEYS_PER_STATEMENT = 500;

/** Cuts items into parts that fit one statement each. */
export function* chunks<Item>(
  items: readonly Item[],
  size: number = KEYS_PER_STATEMENT,
): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += size) {
    yield items.slice(at, at + size);
  }
}

/** A row of RouteData with its primary key. */
export interface StoredRow extends RouteRow {
  id: number;
}

/** Reads rows of RouteData by route keys, at most {@linkcode KEYS_PER_STATEMENT}. */
export async function readRows(
  session: Session,
  keys: readonly RouteKey[],
): Promise<StoredRow[]> {
  if (keys.length === 0) return [];
  const list = keys.map(formatKey).join();
  const rows = await session.rows(
    `SELECT id, modid, cmdid, serverip, serverport FROM RouteData
     WHERE (modid, cmdid) IN (${list})`,
  );
  return rows.map((row) => ({
    id: Number(row.id),
    ...routeKeyOf(row),
    ip: Number(row.serverip),
    port: Number(row.serverport),
  }));
}

/** Formats text as SQL writes it, whatever is in it and whatever the server takes for an escape. */
export function formatText(text: string): string {
  if (/^[\w.:-]*$/.test(text)) return `'${text}'`;
  return `_utf8mb4 X'${new TextEncoder().encode(text).toHex()}'`;
}

/**
 * Formats the condition that a row has these values: written out, as not every
 * server finds compared rows in an index.
 */
export function formatEqual(
  columns: readonly string[],
  values: readonly (number | string)[],
): string {
  return columns.map((column, index) => {
    const value = values[index]!;
    return `${column} = ${
      typeof value === "string" ? formatText(value) : value
    }`;
  }).join(" AND ");
}

/** Formats the condition that a row has the values of one of these keys. */
export function formatAnyOf(
  columns: readonly string[],
  keys: readonly (readonly (number | string)[])[],
): string {
  return keys.map((key) => `(${formatEqual(columns, key)})`).join(" OR ");
}

/** Formats a key as SQL writes it. */
export function formatKey({ modId, cmdId }: RouteKey): string {
  return `(${modId},${cmdId})`;
}

/** Formats a row as SQL writes it. */
export function formatRow({ modId, cmdId, ip, port }: RouteRow): string {
  return `(${modId},${cmdId},${ip},${port})`;
}
