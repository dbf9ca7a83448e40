import type { RouteKey } from "../../proto/mod.ts";
import { chunks, formatKey, formatRow, keyOf, readRows } from "./rows.ts";
import type { MysqlSession } from "./session.ts";
import { findAttributeTables, readAttributes } from "./attributes.ts";
import { changeAttributes, changeSettings } from "../host_attributes.ts";
import {
  type HostChange,
  type SettingsChange,
  StoreError,
  UNUSED_SECONDS_MAX,
} from "../types.ts";

/** Old rows that one edit looks at, so that it stays short. */
const ROWS_TRIMMED_MAX = 500;

/**
 * Changes weights and zones of hosts that are there; returns the rows it changed.
 *
 * @throws {StoreError} If the database has no table for them.
 */
export async function setAttributes(
  session: MysqlSession,
  changes: readonly HostChange[],
): Promise<HostChange[]> {
  const wanted = changes.filter(({ weight, zone }) =>
    weight !== undefined || zone !== undefined
  );
  if (wanted.length === 0) return [];
  if (!(await findAttributeTables(session)).hosts) {
    throw missingTable("RouteHostConfig");
  }
  const changed: HostChange[] = [];
  for (const rows of chunks(wanted)) {
    const attributes = await readAttributes(session, rows);
    const present = new Set((await readRows(session, rows)).map(formatRow));
    const last = new Map<string, string>();
    for (const row of rows) {
      const after = changeAttributes(attributes.hostOf(row), row);
      if (after === undefined || !present.has(formatRow(row))) continue;
      attributes.setHost(row, after);
      changed.push(row);
      const { modId, cmdId, ip, port } = row;
      last.set(
        formatRow(row),
        after.weight === undefined && after.zone === undefined
          ? ""
          : `(${modId},${cmdId},${ip},${port},${after.weight ?? "NULL"},${
            quote(after.zone)
          })`,
      );
    }
    await replace(session, {
      table: "RouteHostConfig",
      key: "modid, cmdid, serverip, serverport",
      columns: "weight, zone",
      last,
    });
  }
  return changed;
}

/**
 * Changes settings of routes that have hosts; returns the changes that were some.
 *
 * @throws {StoreError} If the database has no table for them.
 */
export async function setSettings(
  session: MysqlSession,
  changes: readonly SettingsChange[],
): Promise<SettingsChange[]> {
  if (changes.length === 0) return [];
  if (!(await findAttributeTables(session)).settings) {
    throw missingTable("RouteConfig");
  }
  const changed: SettingsChange[] = [];
  for (const some of chunks(changes)) {
    const attributes = await readAttributes(session, some);
    const present = new Set((await readRows(session, some)).map(formatKey));
    const last = new Map<string, string>();
    for (const change of some) {
      const after = changeSettings(attributes.settingsOf(change), change);
      if (after === undefined || !present.has(formatKey(change))) continue;
      attributes.setSettings(change, after);
      changed.push(change);
      const { policy, check } = after;
      last.set(
        formatKey(change),
        policy === undefined && check === undefined
          ? ""
          : `(${change.modId},${change.cmdId},${quote(policy)},${
            check === undefined ? "NULL" : Number(check)
          })`,
      );
    }
    await replace(session, {
      table: "RouteConfig",
      key: "modid, cmdid",
      columns: "policy, active_check",
      last,
    });
  }
  return changed;
}

/** Our tables, by their primary keys. */
const TABLES = [
  {
    name: "RouteHostConfig",
    key: ["modid", "cmdid", "serverip", "serverport"],
    format: formatRow,
  },
  { name: "RouteConfig", key: ["modid", "cmdid"], format: formatKey },
] as const;

type Table = typeof TABLES[number];

/**
 * Notes which rows of these routes are of hosts or routes that are gone, and
 * removes those that have been gone for long.
 */
export async function trimAttributes(
  session: MysqlSession,
  keys: readonly RouteKey[],
): Promise<void> {
  if (keys.length === 0) return;
  const there = await findAttributeTables(session);
  for (const table of TABLES) {
    const found = table.key.length > 2 ? there.hosts : there.settings;
    if (!found) continue;
    // Found first and changed by key, so that nobody waits for it.
    const [any] = await session.rowsOnce(`SELECT 1 FROM ${table.name} LIMIT 1`);
    if (any === undefined) continue;
    for (const some of chunks(keys)) await mark(session, table, some);
    await removeOld(session, table);
  }
}

/** Sets or clears the time since when rows are unused. */
async function mark(
  session: MysqlSession,
  { name, key, format }: Table,
  keys: readonly RouteKey[],
): Promise<void> {
  const rows = await session.rowsOnce(
    `SELECT ${key.join()}, unused_since IS NULL AS used FROM ${name}
     WHERE (modid, cmdid) IN (${keys.map(formatKey).join()})`,
  );
  if (rows.length === 0) return;
  const present = new Set((await readRows(session, keys)).map(format));
  const wrong = rows.map((row) => ({
    key: `(${key.map((column) => Number(row[column])).join()})`,
    used: Number(row.used) === 1,
  })).filter(({ key, used }) => present.has(key) !== used);
  for (const used of [true, false]) {
    const list = wrong.filter((row) => row.used === used);
    if (list.length === 0) continue;
    await session.changeOnce(
      `UPDATE ${name} SET unused_since = ${used ? "UNIX_TIMESTAMP()" : "NULL"}
       WHERE (${key.join()}) IN (${list.map(({ key }) => key).join()})`,
    );
  }
}

/** Removes rows that have been unused for long, unless somebody put their hosts back by hand. */
async function removeOld(
  session: MysqlSession,
  table: Table,
): Promise<void> {
  const { name, key } = table;
  const old = `unused_since < UNIX_TIMESTAMP() - ${UNUSED_SECONDS_MAX}`;
  const rows = await session.rowsOnce(
    `SELECT ${key.join()} FROM ${name} WHERE ${old} LIMIT ${ROWS_TRIMMED_MAX}`,
  );
  if (rows.length === 0) return;
  await mark(session, table, rows.map(keyOf));
  const list = rows.map((row) =>
    `(${key.map((column) => Number(row[column])).join()})`
  );
  await session.changeOnce(
    `DELETE FROM ${name} WHERE (${key.join()}) IN (${list.join()}) AND ${old}`,
  );
}

interface Replacement {
  table: string;
  /** Columns of the primary key. */
  key: string;
  columns: string;
  /** The new row by its key, each in brackets; empty text for none. */
  last: ReadonlyMap<string, string>;
}

/** Replaces rows, also what somebody wrote there that cannot be. */
async function replace(
  session: MysqlSession,
  { table, key, columns, last }: Replacement,
): Promise<void> {
  if (last.size === 0) return;
  await session.changeOnce(
    `DELETE FROM ${table} WHERE (${key}) IN (${[...last.keys()].join()})`,
  );
  const rows = [...last.values()].filter((row) => row !== "");
  if (rows.length === 0) return;
  await session.changeOnce(
    `INSERT INTO ${table} (${key}, ${columns}) VALUES ${rows.join()}`,
  );
}

/** A name is letters, digits and little else: it needs no escaping. */
function quote(name: string | undefined): string {
  return name === undefined ? "NULL" : `'${name}'`;
}

function missingTable(name: string): StoreError {
  return new StoreError(
    `Cannot edit routes as table ${name} is missing, run deno task schema --apply as a user who may create it`,
    { retry: false },
  );
}
