import type { RouteKey } from "../../proto/mod.ts";
import {
  changeAttributes,
  changeSettings,
  RouteAttributes,
  type StoredAttributes,
  type StoredSettings,
} from "../host_attributes.ts";
import type { SqliteConnection } from "./connection.ts";
import {
  type HostChange,
  type RouteRow,
  type SettingsChange,
  UNUSED_SECONDS_MAX,
} from "../types.ts";

/** Rows that a scan reads before it lets other work run. */
const SCAN_ROWS_PER_BATCH = 1_000;

/** Old rows that one edit removes, so that it stays short. */
const ROWS_TRIMMED_MAX = 1_000;

const TABLES = [
  { table: "RouteHostConfig", columns: "modid cmdid serverip serverport" },
  { table: "RouteConfig", columns: "modid cmdid" },
].map(({ table, columns }) => ({
  table,
  key: columns.replaceAll(" ", ", "),
  used: `EXISTS (SELECT 1 FROM RouteData WHERE ${
    columns.split(" ").map((column) =>
      `RouteData.${column} = ${table}.${column}`
    ).join(" AND ")
  })`,
}));

const HOST_COLUMNS =
  "modid AS modId, cmdid AS cmdId, serverip AS ip, serverport AS port, weight, zone";
const SETTINGS_COLUMNS =
  'modid AS modId, cmdid AS cmdId, policy, active_check AS "check"';

/** Whether any host or route has something of its own. */
function hasAttributes(connection: SqliteConnection): boolean {
  return connection.value(
    "SELECT EXISTS (SELECT 1 FROM RouteHostConfig) OR EXISTS (SELECT 1 FROM RouteConfig)",
  ) === 1;
}

/** What these routes and their hosts have. Runs inside the caller's transaction. */
export function readAttributes(
  connection: SqliteConnection,
  keys: readonly RouteKey[],
): RouteAttributes {
  const attributes = new RouteAttributes();
  if (keys.length === 0 || !hasAttributes(connection)) return attributes;
  const hosts = connection.prepare(
    `SELECT ${HOST_COLUMNS} FROM RouteHostConfig WHERE modid = ? AND cmdid = ?`,
  );
  const settings = connection.prepare(
    `SELECT ${SETTINGS_COLUMNS} FROM RouteConfig WHERE modid = ? AND cmdid = ?`,
  );
  for (const { modId, cmdId } of keys) {
    for (const row of hosts.all(modId, cmdId)) attributes.takeHost(toHost(row));
    for (const row of settings.all(modId, cmdId)) {
      attributes.takeSettings(toSettings(row));
    }
  }
  return attributes;
}

/**
 * Takes what all have, some at a time: the caller lets other work run between
 * the steps. Runs inside the caller's transaction.
 */
export function* scanAttributes(
  connection: SqliteConnection,
  attributes: RouteAttributes,
): Generator<void> {
  if (!connection.run("scan store", () => hasAttributes(connection))) return;
  let after: RouteRow | undefined = { modId: -1, cmdId: -1, ip: -1, port: -1 };
  while (after !== undefined) {
    const { modId, cmdId, ip, port }: RouteRow = after;
    const rows: StoredAttributes[] = connection.run(
      "scan store",
      () =>
        connection.prepare(
          `SELECT ${HOST_COLUMNS} FROM RouteHostConfig
           WHERE (modid, cmdid, serverip, serverport) > (?, ?, ?, ?)
           ORDER BY modid, cmdid, serverip, serverport
           LIMIT ${SCAN_ROWS_PER_BATCH}`,
        ).all(modId, cmdId, ip, port).map(toHost),
    );
    for (const row of rows) attributes.takeHost(row);
    yield;
    after = rows.length === SCAN_ROWS_PER_BATCH ? rows.at(-1) : undefined;
  }
  yield* scanSettings(connection, attributes);
}

function* scanSettings(
  connection: SqliteConnection,
  attributes: RouteAttributes,
): Generator<void> {
  let after: RouteKey | undefined = { modId: -1, cmdId: -1 };
  while (after !== undefined) {
    const { modId, cmdId }: RouteKey = after;
    const rows: StoredSettings[] = connection.run(
      "scan store",
      () =>
        connection.prepare(
          `SELECT ${SETTINGS_COLUMNS} FROM RouteConfig
           WHERE (modid, cmdid) > (?, ?) ORDER BY modid, cmdid
           LIMIT ${SCAN_ROWS_PER_BATCH}`,
        ).all(modId, cmdId).map(toSettings),
    );
    for (const row of rows) attributes.takeSettings(row);
    yield;
    after = rows.length === SCAN_ROWS_PER_BATCH ? rows.at(-1) : undefined;
  }
}

/** Changes weights and zones of hosts that are there; returns the rows it changed. */
export function setAttributes(
  connection: SqliteConnection,
  changes: readonly HostChange[],
): HostChange[] {
  return changes.filter((row) => {
    const { modId, cmdId, ip, port, weight, zone } = row;
    if (weight === undefined && zone === undefined) return false;
    const key = [modId, cmdId, ip, port];
    const where =
      "WHERE modid = ? AND cmdid = ? AND serverip = ? AND serverport = ?";
    const present = `SELECT 1 FROM RouteData ${where} LIMIT 1`;
    if (connection.value(present, ...key) === undefined) return false;
    const before = new RouteAttributes();
    const stored = connection.prepare(
      `SELECT ${HOST_COLUMNS} FROM RouteHostConfig ${where}`,
    ).get(...key);
    if (stored !== undefined) before.takeHost(toHost(stored));
    const after = changeAttributes(before.hostOf(row), row);
    if (after === undefined) return false;
    connection.prepare(`DELETE FROM RouteHostConfig ${where}`).run(...key);
    if (after.weight === undefined && after.zone === undefined) return true;
    connection.prepare(
      `INSERT INTO RouteHostConfig (modid, cmdid, serverip, serverport, weight, zone)
       VALUES (?, ?, ?, ?, ?, ?)`,
    ).run(...key, after.weight ?? null, after.zone ?? null);
    return true;
  });
}

/** Changes settings of routes that have hosts; returns the changes that were some. */
export function setSettings(
  connection: SqliteConnection,
  changes: readonly SettingsChange[],
): SettingsChange[] {
  return changes.filter((change) => {
    const key = [change.modId, change.cmdId];
    const where = "WHERE modid = ? AND cmdid = ?";
    const present = `SELECT 1 FROM RouteData ${where} LIMIT 1`;
    if (connection.value(present, ...key) === undefined) return false;
    const before = new RouteAttributes();
    const stored = connection.prepare(
      `SELECT ${SETTINGS_COLUMNS} FROM RouteConfig ${where}`,
    ).get(...key);
    if (stored !== undefined) before.takeSettings(toSettings(stored));
    const after = changeSettings(before.settingsOf(change), change);
    if (after === undefined) return false;
    connection.prepare(`DELETE FROM RouteConfig ${where}`).run(...key);
    const { policy = null, check } = after;
    if (policy === null && check === undefined) return true;
    connection.prepare(
      "INSERT INTO RouteConfig (modid, cmdid, policy, active_check) VALUES (?, ?, ?, ?)",
    ).run(...key, policy, check === undefined ? null : Number(check));
    return true;
  });
}

/**
 * Notes which rows of these routes are of hosts or routes that are gone, and
 * removes those that have been gone for long. Runs inside the caller's transaction.
 */
export function trimAttributes(
  connection: SqliteConnection,
  { keys, nowSeconds }: { keys: readonly RouteKey[]; nowSeconds: number },
): void {
  if (keys.length === 0 || !hasAttributes(connection)) return;
  for (const { table, key, used } of TABLES) {
    const marking = connection.prepare(
      `UPDATE ${table} SET unused_since = CASE WHEN ${used} THEN NULL ELSE ?1 END
       WHERE modid = ?2 AND cmdid = ?3 AND (unused_since IS NULL) <> ${used}`,
    );
    for (const { modId, cmdId } of keys) marking.run(nowSeconds, modId, cmdId);
    // Somebody may have put a host back by hand.
    connection.prepare(
      `DELETE FROM ${table} WHERE (${key}) IN (
         SELECT ${key} FROM ${table} WHERE unused_since < ? AND NOT ${used}
         LIMIT ${ROWS_TRIMMED_MAX})`,
    ).run(nowSeconds - UNUSED_SECONDS_MAX);
  }
}

type Row = Record<string, unknown>;

function toHost(row: Row): StoredAttributes {
  const { ip, port, weight, zone } = row;
  return { ...toKey(row), ip: Number(ip), port: Number(port), weight, zone };
}

function toSettings(row: Row): StoredSettings {
  return { ...toKey(row), policy: row.policy, check: row.check };
}

function toKey({ modId, cmdId }: Row): RouteKey {
  return { modId: Number(modId), cmdId: Number(cmdId) };
}
