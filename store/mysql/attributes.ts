import type { RouteKey } from "../../proto/mod.ts";
import { ATTRIBUTE_TABLES, type AttributeTable } from "../attribute_tables.ts";
import { RouteAttributes } from "../host_attributes.ts";
import { formatKey } from "./rows.ts";
import type { Row, Session } from "./session.ts";

/** Rows that one statement of a scan reads. */
const SCAN_ROWS_PER_STATEMENT = 5_000;

/** What each table has, whatever changes it takes. */
type AnyTable = Pick<AttributeTable<never>, "name" | "key" | "columns">;

/**
 * Those of our tables that are there: a database of the original has none. Asked
 * each time, as they may come and go: then nothing needs to be started again.
 */
export async function findAttributeTables(
  session: Session,
): Promise<typeof ATTRIBUTE_TABLES[number][]> {
  const names = ATTRIBUTE_TABLES.map(({ name }) => name.toLowerCase());
  const rows = await session.rows(
    `SELECT LOWER(table_name) AS name FROM information_schema.tables
     WHERE table_schema = DATABASE() AND LOWER(table_name) IN ('${
      names.join("','")
    }')`,
  );
  const found = rows.map(({ name }) => String(name));
  return ATTRIBUTE_TABLES.filter(({ name }) =>
    found.includes(name.toLowerCase())
  );
}

/** What these routes and their hosts have; at most as many keys as one statement takes. */
export async function readAttributes(
  session: Session,
  keys: readonly RouteKey[],
): Promise<RouteAttributes> {
  const attributes = new RouteAttributes();
  if (keys.length === 0) return attributes;
  const which = `WHERE (modid, cmdid) IN (${keys.map(formatKey).join()})`;
  for (const table of await findAttributeTables(session)) {
    for (const row of await select(session, table, which)) {
      table.take(attributes, row);
    }
  }
  return attributes;
}

/** What all routes and hosts have. Some rows at a time, each in the time of a statement. */
export async function scanAttributes(
  session: Session,
): Promise<RouteAttributes> {
  const attributes = new RouteAttributes();
  for (const table of await findAttributeTables(session)) {
    const end = `ORDER BY ${table.key.join()} LIMIT ${SCAN_ROWS_PER_STATEMENT}`;
    let last: Row | undefined;
    do {
      const which = last === undefined ? "" : `WHERE ${after(table, last)}`;
      const rows: Row[] = await select(session, table, `${which} ${end}`);
      for (const row of rows) table.take(attributes, row);
      last = rows.length === SCAN_ROWS_PER_STATEMENT ? rows.at(-1) : undefined;
    } while (last !== undefined);
  }
  return attributes;
}

/** Rows of a table, with the end of a statement that says which. */
function select(
  session: Session,
  { name, key, columns }: AnyTable,
  which: string,
): Promise<Row[]> {
  const list = [...key, ...columns].join();
  return session.rowsOnce(`SELECT ${list} FROM ${name} ${which}`);
}

/**
 * That a row comes after this one: written out, as servers do not find the
 * place in an index by comparing rows.
 */
function after({ key }: AnyTable, row: Row): string {
  return key.reduceRight((rest, column) => {
    const value = Number(row[column]);
    const greater = `${column} > ${value}`;
    return rest === ""
      ? greater
      : `(${greater} OR (${column} = ${value} AND ${rest}))`;
  }, "");
}
