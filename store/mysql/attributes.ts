import type { RouteKey } from "../../proto/mod.ts";
import { ATTRIBUTE_TABLES, type AttributeTable } from "../attribute_tables.ts";
import { RouteAttributes } from "../host_attributes.ts";
import { formatKey } from "./rows.ts";
import type { Row, Session } from "./session.ts";

/** Most rows that one statement of a scan reads. */
const SCAN_ROWS_PER_STATEMENT = 5_000;

/**
 * Finds those of our tables that exist: a database of the original has none.
 * Asked for each time, so that tables may come and go under a running store.
 */
export async function findAttributeTables(
  session: Session,
): Promise<AttributeTable<never>[]> {
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

/**
 * Reads the attributes of these routes and their hosts; at most as many keys as
 * one statement takes.
 */
export async function readAttributes(
  session: Session,
  keys: readonly RouteKey[],
): Promise<RouteAttributes> {
  const attributes = new RouteAttributes();
  if (keys.length === 0) return attributes;
  const which = `WHERE (modid, cmdid) IN (${keys.map(formatKey).join()})`;
  for (const table of await findAttributeTables(session)) {
    for (const row of await select(session, { table, which })) {
      table.take(attributes, row);
    }
  }
  return attributes;
}

/** Reads all attributes, some rows at a time, each within the time limit of a statement. */
export async function scanAttributes(
  session: Session,
): Promise<RouteAttributes> {
  const attributes = new RouteAttributes();
  for (const table of await findAttributeTables(session)) {
    const end = `ORDER BY ${table.key.join()} LIMIT ${SCAN_ROWS_PER_STATEMENT}`;
    let last: Row | undefined;
    do {
      const which = last === undefined ? "" : `WHERE ${after(table, last)}`;
      const rows: Row[] = await select(session, {
        table,
        which: `${which} ${end}`,
      });
      for (const row of rows) table.take(attributes, row);
      last = rows.length === SCAN_ROWS_PER_STATEMENT ? rows.at(-1) : undefined;
    } while (last !== undefined);
  }
  return attributes;
}

/** Reads rows of a table; `which` ends the statement. */
function select(
  session: Session,
  { table: { name, key, columns }, which }: {
    table: AttributeTable<never>;
    which: string;
  },
): Promise<Row[]> {
  const list = [...key, ...columns].join();
  return session.rows(`SELECT ${list} FROM ${name} ${which}`);
}

/**
 * Condition for rows after this one, written out, as servers do not use an
 * index to compare rows.
 */
function after({ key }: AttributeTable<never>, row: Row): string {
  return key.reduceRight((rest, column) => {
    const value = Number(row[column]);
    const greater = `${column} > ${value}`;
    return rest === ""
      ? greater
      : `(${greater} OR (${column} = ${value} AND ${rest}))`;
  }, "");
}
