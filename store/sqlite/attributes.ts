import type { RouteKey } from "../../proto/mod.ts";
import {
  ATTRIBUTE_TABLE_NAMES,
  ATTRIBUTE_TABLES,
  type AttributeTable,
} from "../attribute_tables.ts";
import {
  DRAIN_TABLE_NAME,
  SELECT_TARGETS,
  takeTargets,
} from "../drains/drain_table.ts";
import { RouteAttributes } from "../host_attributes.ts";
import { UNUSED_ROWS_MAX } from "../types.ts";
import type { Connection } from "./connection.ts";

/** Rows that a scan reads before it lets other work run. */
const SCAN_ROWS_PER_BATCH = 1_000;

/** Most old rows that one edit removes, so that it stays short. */
const ROWS_TRIMMED_MAX = 1_000;

/** True if any host or route has attributes, or is drained. */
function hasAttributes(connection: Connection): boolean {
  const names = [...ATTRIBUTE_TABLE_NAMES, DRAIN_TABLE_NAME];
  const some = names.map((name) => `EXISTS (SELECT 1 FROM ${name})`);
  return connection.value(`SELECT ${some.join(" OR ")}`) === 1;
}

function selectFrom<Change extends RouteKey>(
  { name, key, columns }: AttributeTable<Change>,
): string {
  return `SELECT ${[...key, ...columns].join()} FROM ${name}`;
}

function readTargets(
  connection: Connection,
  attributes: RouteAttributes,
): void {
  takeTargets(attributes, connection.prepare(SELECT_TARGETS).all());
}

/** Reads the attributes of these routes and their hosts. Runs inside the caller's transaction. */
export function readAttributes(
  connection: Connection,
  keys: readonly RouteKey[],
): RouteAttributes {
  const attributes = new RouteAttributes();
  if (keys.length === 0 || !hasAttributes(connection)) return attributes;
  readTargets(connection, attributes);
  for (const table of ATTRIBUTE_TABLES) {
    const statement = connection.prepare(
      `${selectFrom(table)} WHERE modid = ? AND cmdid = ?`,
    );
    for (const { modId, cmdId } of keys) {
      for (const row of statement.all(modId, cmdId)) {
        table.take(attributes, row);
      }
    }
  }
  return attributes;
}

/**
 * Reads all attributes, some rows at a time: the caller lets other work run
 * between the steps. Runs inside the caller's transaction.
 */
export function* scanAttributes(
  connection: Connection,
  attributes: RouteAttributes,
): Generator<void> {
  const run = <Result>(body: () => Result) =>
    connection.run("scan store", body);
  if (!run(() => hasAttributes(connection))) return;
  run(() => readTargets(connection, attributes));
  for (const table of ATTRIBUTE_TABLES) {
    const key = table.key.join();
    const statement = run(() =>
      connection.prepare(
        `${selectFrom(table)} WHERE (${key}) > (${table.key.map(() => "?")})
         ORDER BY ${key} LIMIT ${SCAN_ROWS_PER_BATCH}`,
      )
    );
    let after: number[] | undefined = table.key.map(() => -1);
    while (after !== undefined) {
      const values: number[] = after;
      const rows = run(() => statement.all(...values));
      for (const row of rows) table.take(attributes, row);
      yield;
      const last = rows.at(-1);
      after = last !== undefined && rows.length === SCAN_ROWS_PER_BATCH
        ? table.key.map((column) => Number(last[column]))
        : undefined;
    }
  }
}

/** Changes attributes of what is in RouteData; returns the changes that had an effect. */
export function changeAttributes<Change extends RouteKey>(
  connection: Connection,
  { table, changes }: {
    table: AttributeTable<Change>;
    changes: readonly Change[];
  },
): Change[] {
  const { name, key, columns } = table;
  const where = `WHERE ${key.map((column) => `${column} = ?`).join(" AND ")}`;
  return changes.filter((change) => {
    const keyValues = table.keyOf(change);
    const present = `SELECT 1 FROM RouteData ${where} LIMIT 1`;
    if (connection.value(present, ...keyValues) === undefined) return false;
    const attributes = new RouteAttributes();
    const stored = connection.prepare(
      `${selectFrom(table)} ${where}`,
    ).get(...keyValues);
    if (stored !== undefined) table.take(attributes, stored);
    const values = table.change(attributes, change);
    if (values === undefined) return false;
    connection.prepare(`DELETE FROM ${name} ${where}`).run(...keyValues);
    if (values.every((value) => value === null)) return true;
    const row = [...keyValues, ...values];
    connection.prepare(
      `INSERT INTO ${name} (${[...key, ...columns].join()})
       VALUES (${row.map(() => "?").join()})`,
    ).run(...row);
    return true;
  });
}

/**
 * Marks the rows of removed hosts and routes with the version, and deletes those
 * marked first beyond {@linkcode UNUSED_ROWS_MAX}. Runs inside the caller's
 * transaction, after the version has moved.
 */
export function trimAttributes(
  connection: Connection,
  keys: readonly RouteKey[],
): void {
  if (keys.length === 0 || !hasAttributes(connection)) return;
  for (const { name, key } of ATTRIBUTE_TABLES) {
    const same = key.map((column) => `RouteData.${column} = ${name}.${column}`);
    const used = `EXISTS (SELECT 1 FROM RouteData WHERE ${same.join(" AND ")})`;
    const marking = connection.prepare(
      `UPDATE ${name} SET unused_since = CASE WHEN NOT ${used} THEN
         (SELECT CAST(version AS INTEGER) FROM RouteVersion WHERE id = 1) END
       WHERE modid = ?1 AND cmdid = ?2 AND (unused_since IS NULL) <> ${used}`,
    );
    let marked = 0;
    for (const { modId, cmdId } of keys) {
      marked += Number(marking.run(modId, cmdId).changes);
    }
    if (marked === 0) continue;
    // The host may have been put back by hand.
    connection.prepare(
      `DELETE FROM ${name} WHERE (${key.join()}) IN (
         SELECT ${key.join()} FROM ${name}
         WHERE unused_since IS NOT NULL AND NOT ${used}
         ORDER BY unused_since DESC LIMIT ${ROWS_TRIMMED_MAX} OFFSET ${UNUSED_ROWS_MAX})`,
    ).run();
  }
}
