import type { RouteKey } from "../../proto/mod.ts";
import type { MysqlSession } from "./session.ts";
import {
  RouteAttributes,
  type StoredAttributes,
  type StoredSettings,
} from "../host_attributes.ts";
import type { RouteRow } from "../types.ts";

/** Rows that one statement of a scan reads. */
const SCAN_ROWS_PER_STATEMENT = 5_000;

/** Which of our tables there are: a database of the original has none. */
export interface AttributeTables {
  hosts: boolean;
  settings: boolean;
}

/**
 * Asked each time, as somebody may create or drop them meanwhile: then nothing
 * needs to be started again, and nothing fails.
 */
export async function findAttributeTables(
  session: MysqlSession,
): Promise<AttributeTables> {
  const rows = await session.rows(
    `SELECT LOWER(table_name) AS name FROM information_schema.tables
     WHERE table_schema = DATABASE() AND
     LOWER(table_name) IN ('routehostconfig', 'routeconfig')`,
  );
  const names = rows.map(({ name }) => String(name));
  return {
    hosts: names.includes("routehostconfig"),
    settings: names.includes("routeconfig"),
  };
}

/** What these routes and their hosts have; at most as many keys as one statement takes. */
export async function readAttributes(
  session: MysqlSession,
  keys: readonly RouteKey[],
): Promise<RouteAttributes> {
  const attributes = new RouteAttributes();
  if (keys.length === 0) return attributes;
  const tables = await findAttributeTables(session);
  const list = keys.map(({ modId, cmdId }) => `(${modId},${cmdId})`).join();
  const where = `WHERE (modid, cmdid) IN (${list})`;
  if (tables.hosts) {
    for (const row of await readHosts(session, where)) attributes.takeHost(row);
  }
  if (tables.settings) {
    const rows = await readSettings(session, where);
    for (const row of rows) attributes.takeSettings(row);
  }
  return attributes;
}

/** What all routes and hosts have. Some rows at a time, each in the time of a statement. */
export async function scanAttributes(
  session: MysqlSession,
): Promise<RouteAttributes> {
  const attributes = new RouteAttributes();
  const tables = await findAttributeTables(session);
  const limit = `LIMIT ${SCAN_ROWS_PER_STATEMENT}`;
  let host: RouteRow | undefined = { modId: -1, cmdId: -1, ip: -1, port: -1 };
  while (tables.hosts && host !== undefined) {
    const columns = "modid, cmdid, serverip, serverport";
    const where = `WHERE ${after(columns, Object.values(host))}`;
    const rows: StoredAttributes[] = await readHosts(
      session,
      `${where} ORDER BY ${columns} ${limit}`,
    );
    for (const row of rows) attributes.takeHost(row);
    const last = rows.length === SCAN_ROWS_PER_STATEMENT && rows.at(-1);
    host = last ? rowOf(last) : undefined;
  }
  let key: RouteKey | undefined = { modId: -1, cmdId: -1 };
  while (tables.settings && key !== undefined) {
    const where = `WHERE ${after("modid, cmdid", [key.modId, key.cmdId])}`;
    const rows: StoredSettings[] = await readSettings(
      session,
      `${where} ORDER BY modid, cmdid ${limit}`,
    );
    for (const row of rows) attributes.takeSettings(row);
    key = rows.length === SCAN_ROWS_PER_STATEMENT ? rows.at(-1) : undefined;
  }
  return attributes;
}

/** Rows of RouteHostConfig, with the end of a statement that says which. */
async function readHosts(
  session: MysqlSession,
  which: string,
): Promise<StoredAttributes[]> {
  const rows = await session.rowsOnce(
    `SELECT modid, cmdid, serverip, serverport, weight, zone
     FROM RouteHostConfig ${which}`,
  );
  return rows.map((row) => ({
    modId: Number(row.modid),
    cmdId: Number(row.cmdid),
    ip: Number(row.serverip),
    port: Number(row.serverport),
    weight: row.weight,
    zone: row.zone,
  }));
}

/** Rows of RouteConfig, likewise. */
async function readSettings(
  session: MysqlSession,
  which: string,
): Promise<StoredSettings[]> {
  const rows = await session.rowsOnce(
    `SELECT modid, cmdid, policy, active_check FROM RouteConfig ${which}`,
  );
  return rows.map((row) => ({
    modId: Number(row.modid),
    cmdId: Number(row.cmdid),
    policy: row.policy,
    check: row.active_check,
  }));
}

function rowOf({ modId, cmdId, ip, port }: RouteRow): RouteRow {
  return { modId, cmdId, ip, port };
}

/**
 * That a row comes after these values: written out, as servers do not find the
 * place in an index by comparing rows.
 */
function after(columns: string, values: readonly number[]): string {
  return columns.split(", ").reduceRight((rest, column, index) => {
    const greater = `${column} > ${values[index]}`;
    return rest === ""
      ? greater
      : `(${greater} OR (${column} = ${values[index]} AND ${rest}))`;
  }, "");
}
