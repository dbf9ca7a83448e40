import type { RouteKey } from "../../proto/mod.ts";
import { type AttributeTable, routeKeyOf } from "../attribute_tables.ts";
import { changeDrains, type DrainChanges } from "../drains/changes.ts";
import { DRAIN_TABLE_NAME } from "../drains/drain_table.ts";
import { awaitProgram } from "../steps.ts";
import { type RouteEdit, UNUSED_ROWS_MAX } from "../types.ts";
import { stepsOn } from "./admin/steps.ts";
import type { AttributeReader } from "./attributes.ts";
import { missingTable } from "./presence.ts";
import { chunks, formatKey, readRows } from "./rows.ts";
import type { Row, Session } from "./session.ts";

/** Most old rows that one edit looks at, so that it stays short. */
const ROWS_TRIMMED_MAX = 500;

/**
 * Changes attributes of what is in RouteData; returns the changes that had an effect.
 *
 * @throws {StoreError} If the database has no such table.
 */
export async function changeAttributes<Change extends RouteKey>(
  session: Session,
  { table, changes, reader }: {
    table: AttributeTable<Change>;
    changes: readonly Change[];
    reader: AttributeReader;
  },
): Promise<Change[]> {
  if (changes.length === 0) return [];
  const tables = await reader.tables(session);
  if (tables.every(({ name }) => name !== table.name)) {
    throw missingTable(table.name);
  }
  return await new TableEdit(session, { table, reader }).change(changes);
}

/**
 * Ends and begins drains. Runs inside the caller's transaction.
 *
 * @throws {StoreError} If the database has no table of drains, or it is full.
 */
export async function editDrains(
  session: Session,
  { edit, reader }: { edit: RouteEdit; reader: AttributeReader },
): Promise<DrainChanges> {
  const { undrain = [], drain = [] } = edit;
  const isNeeded = undrain.length + drain.length > 0;
  if (isNeeded && await reader.hasDrainTable(session)) {
    return await awaitProgram(changeDrains(edit), stepsOn(session, { reader }));
  }
  if (drain.length > 0) throw missingTable(DRAIN_TABLE_NAME);
  return { changed: 0, keys: [] };
}

/**
 * Marks the rows of removed hosts and routes with the version, which has moved,
 * and deletes those marked first beyond {@linkcode UNUSED_ROWS_MAX}.
 */
export async function trimAttributes(
  session: Session,
  { keys, reader }: { keys: readonly RouteKey[]; reader: AttributeReader },
): Promise<void> {
  if (keys.length === 0) return;
  for (const table of await reader.tables(session)) {
    await new TableEdit(session, { table, reader }).trim(keys);
  }
}

/** Edit of one table inside the caller's transaction. */
class TableEdit<Change extends RouteKey> {
  readonly #session: Session;
  readonly #table: AttributeTable<Change>;
  readonly #reader: AttributeReader;
  readonly #key: string;

  constructor(
    session: Session,
    { table, reader }: {
      table: AttributeTable<Change>;
      reader: AttributeReader;
    },
  ) {
    this.#session = session;
    this.#reader = reader;
    this.#table = table;
    this.#key = table.key.join();
  }

  async change(changes: readonly Change[]): Promise<Change[]> {
    const table = this.#table;
    const changed: Change[] = [];
    for (const some of chunks(changes)) {
      const attributes = await this.#reader.read(this.#session, some);
      const present = await this.#readPresent(some);
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
      await this.#replace(rows);
    }
    return changed;
  }

  async trim(keys: readonly RouteKey[]): Promise<void> {
    // Found first and changed by key, so that no other transaction waits for it.
    const [any] = await this.#session.rows(
      `SELECT 1 FROM ${this.#table.name} LIMIT 1`,
    );
    if (any === undefined) return;
    let marked = 0;
    for (const some of chunks(keys)) marked += await this.#mark(some);
    if (marked > 0) await this.#removeOld();
  }

  /** Sets or clears `unused_since` of the rows of these routes; returns of how many. */
  async #mark(keys: readonly RouteKey[]): Promise<number> {
    const { name } = this.#table;
    const rows = await this.#session.rows(
      `SELECT ${this.#key}, unused_since IS NULL AS used FROM ${name}
       WHERE (modid, cmdid) IN (${keys.map(formatKey).join()})`,
    );
    if (rows.length === 0) return 0;
    const present = await this.#readPresent(keys);
    let marked = 0;
    for (const used of [true, false]) {
      const wrong = rows.filter((row) => (Number(row.used) === 1) === used)
        .map((row) => this.#formatKey(row))
        .filter((row) => present.has(row) !== used);
      if (wrong.length === 0) continue;
      const version =
        "COALESCE((SELECT version FROM RouteVersion WHERE id = 1), 0)";
      marked += await this.#session.change(
        `UPDATE ${name} SET unused_since = ${used ? version : "NULL"}
         WHERE (${this.#key}) IN (${wrong.join()})`,
      );
    }
    return marked;
  }

  /** Deletes rows of what was removed first, unless hosts were put back by hand. */
  async #removeOld(): Promise<void> {
    const { name } = this.#table;
    const rows = await this.#session.rows(
      `SELECT ${this.#key} FROM ${name} WHERE unused_since IS NOT NULL
       ORDER BY unused_since DESC LIMIT ${ROWS_TRIMMED_MAX} OFFSET ${UNUSED_ROWS_MAX}`,
    );
    if (rows.length === 0) return;
    await this.#mark(rows.map(routeKeyOf));
    const list = rows.map((row) => this.#formatKey(row)).join();
    await this.#session.change(
      `DELETE FROM ${name} WHERE (${this.#key}) IN (${list}) AND unused_since IS NOT NULL`,
    );
  }

  /** Replaces rows, also those written by hand with invalid values. */
  async #replace(rows: ReadonlyMap<string, string>): Promise<void> {
    if (rows.size === 0) return;
    const { name, columns } = this.#table;
    await this.#session.change(
      `DELETE FROM ${name} WHERE (${this.#key}) IN (${
        [...rows.keys()].join()
      })`,
    );
    const inserted = [...rows.values()].filter((row) => row !== "").join();
    if (inserted === "") return;
    await this.#session.change(
      `INSERT INTO ${name} (${this.#key},${columns.join()}) VALUES ${inserted}`,
    );
  }

  /** Reads the keys that RouteData has in these routes, as SQL writes them. */
  async #readPresent(keys: readonly RouteKey[]): Promise<Set<string>> {
    const rows = await readRows(this.#session, keys);
    return new Set(rows.map((row) => format(this.#table.keyOf(row))));
  }

  /** Formats the key of a stored row as SQL writes it. */
  #formatKey(row: Row): string {
    return format(this.#table.key.map((column) => Number(row[column])));
  }
}

/** Formats values in brackets; a name is letters, digits, ".", "_" and "-", and needs no escaping. */
function format(values: readonly (number | string | null)[]): string {
  const list = values.map((value) =>
    typeof value === "string" ? `'${value}'` : value ?? "NULL"
  );
  return `(${list.join()})`;
}
