import type { RouteKey } from "../../proto/mod.ts";
import { type AttributeTable, routeKeyOf } from "../attribute_tables.ts";
import { StoreError, UNUSED_SECONDS_MAX } from "../types.ts";
import { findAttributeTables, readAttributes } from "./attributes.ts";
import { chunks, formatKey, readRows } from "./rows.ts";
import type { Row, Session } from "./session.ts";

/** Most old rows that one edit looks at, so that it stays short. */
const ROWS_TRIMMED_MAX = 500;

/**
 * Changes attributes of what is in RouteData; returns the changes that had an
 * effect.
 *
 * @throws {StoreError} If the database has no such table.
 */
export async function changeAttributes<Change extends RouteKey>(
  session: Session,
  table: AttributeTable<Change>,
  changes: readonly Change[],
): Promise<Change[]> {
  if (changes.length === 0) return [];
  const { name } = table;
  if ((await findAttributeTables(session)).every((all) => all.name !== name)) {
    throw missingTable(name);
  }
  const changed: Change[] = [];
  for (const some of chunks(changes)) {
    const attributes = await readAttributes(session, some);
    const present = await readPresent(session, table, some);
    /** New rows by their keys, as SQL writes both; "" for no row. */
    const rows = new Map<string, string>();
    for (const change of some) {
      const key = table.keyOf(change);
      if (!present.has(format(key))) continue;
      const values = table.change(attributes, change);
      if (values === undefined) continue;
      changed.push(change);
      const isEmpty = values.every((value) => value === null);
      rows.set(format(key), isEmpty ? "" : format([...key, ...values]));
    }
    await replace(session, table, rows);
  }
  return changed;
}

/**
 * Marks the rows of removed hosts and routes, and deletes those marked longer
 * ago than {@linkcode UNUSED_SECONDS_MAX}.
 */
export async function trimAttributes(
  session: Session,
  keys: readonly RouteKey[],
): Promise<void> {
  if (keys.length === 0) return;
  for (const table of await findAttributeTables(session)) {
    // Found first and changed by key, so that no other transaction waits for it.
    const [any] = await session.rows(`SELECT 1 FROM ${table.name} LIMIT 1`);
    if (any === undefined) continue;
    for (const some of chunks(keys)) await mark(session, table, some);
    await removeOld(session, table);
  }
}

/** Sets or clears `unused_since` of the rows of these routes. */
async function mark<Change extends RouteKey>(
  session: Session,
  table: AttributeTable<Change>,
  keys: readonly RouteKey[],
): Promise<void> {
  const { name, key } = table;
  const rows = await session.rows(
    `SELECT ${key.join()}, unused_since IS NULL AS used FROM ${name}
     WHERE (modid, cmdid) IN (${keys.map(formatKey).join()})`,
  );
  if (rows.length === 0) return;
  const present = await readPresent(session, table, keys);
  for (const used of [true, false]) {
    const wrong = rows.filter((row) => (Number(row.used) === 1) === used)
      .map((row) => formatStored(table, row))
      .filter((row) => present.has(row) !== used);
    if (wrong.length === 0) continue;
    await session.change(
      `UPDATE ${name} SET unused_since = ${used ? "UNIX_TIMESTAMP()" : "NULL"}
       WHERE (${key.join()}) IN (${wrong.join()})`,
    );
  }
}

/** Deletes rows that have been unused for long, unless their hosts were put back by hand. */
async function removeOld<Change extends RouteKey>(
  session: Session,
  table: AttributeTable<Change>,
): Promise<void> {
  const { name, key } = table;
  const old = `unused_since < UNIX_TIMESTAMP() - ${UNUSED_SECONDS_MAX}`;
  const rows = await session.rows(
    `SELECT ${key.join()} FROM ${name} WHERE ${old} LIMIT ${ROWS_TRIMMED_MAX}`,
  );
  if (rows.length === 0) return;
  await mark(session, table, rows.map(routeKeyOf));
  const list = rows.map((row) => formatStored(table, row));
  await session.change(
    `DELETE FROM ${name} WHERE (${key.join()}) IN (${list.join()}) AND ${old}`,
  );
}

/** Replaces rows, also those written by hand with invalid values. */
async function replace<Change extends RouteKey>(
  session: Session,
  { name, key, columns }: AttributeTable<Change>,
  rows: ReadonlyMap<string, string>,
): Promise<void> {
  if (rows.size === 0) return;
  await session.change(
    `DELETE FROM ${name} WHERE (${key.join()}) IN (${[...rows.keys()].join()})`,
  );
  const inserted = [...rows.values()].filter((row) => row !== "");
  if (inserted.length === 0) return;
  await session.change(
    `INSERT INTO ${name} (${
      [...key, ...columns].join()
    }) VALUES ${inserted.join()}`,
  );
}

/** Reads the keys of a table that RouteData has in these routes, as SQL writes them. */
async function readPresent<Change extends RouteKey>(
  session: Session,
  table: AttributeTable<Change>,
  keys: readonly RouteKey[],
): Promise<Set<string>> {
  const rows = await readRows(session, keys);
  return new Set(rows.map((row) => format(table.keyOf(row))));
}

/** Formats the key of a stored row as SQL writes it. */
function formatStored(
  { key }: { key: readonly string[] },
  row: Row,
): string {
  return format(key.map((column) => Number(row[column])));
}

/**
 * Formats values in brackets; a name is letters, digits, ".", "_" and "-", and
 * needs no escaping.
 */
function format(values: readonly (number | string | null)[]): string {
  const list = values.map((value) =>
    typeof value === "string" ? `'${value}'` : value ?? "NULL"
  );
  return `(${list.join()})`;
}

function missingTable(name: string): StoreError {
  return new StoreError(
    `Cannot edit routes as table ${name} is missing, run deno task schema --apply as a user who may create it`,
    { retry: false },
  );
}
