import type { RouteKey } from "../../proto/mod.ts";
import {
  ATTRIBUTE_TABLE_NAMES,
  ATTRIBUTE_TABLES,
  type AttributeTable,
} from "../attribute_tables.ts";
import {
  DRAIN_TABLE_NAME,
  SELECT_DRAINS,
  SELECT_TARGETS,
  takeTargets,
  toDrains,
} from "../drains/drain_table.ts";
import { RouteAttributes } from "../host_attributes.ts";
import type { HostDrain } from "../types.ts";
import type { Presence } from "./presence.ts";
import { formatKey } from "./rows.ts";
import type { Row, Session } from "./session.ts";

/** Most rows that one statement of a scan reads. */
const SCAN_ROWS_PER_STATEMENT = 5_000;

/** Reads RouteHostConfig, RouteConfig and HostDrain, which a database of the original has not. */
export class AttributeReader {
  readonly #presence: Presence;

  constructor(presence: Presence) {
    this.#presence = presence;
  }

  /** Finds those of our tables that are there, also ones made under a running store. */
  async tables(session: Session): Promise<AttributeTable<never>[]> {
    const there = await this.#presence.look(session, [
      ...ATTRIBUTE_TABLE_NAMES,
      DRAIN_TABLE_NAME,
    ]);
    return ATTRIBUTE_TABLES.filter(({ name }) => there.includes(name));
  }

  /**
   * Reads the attributes of these routes and their hosts; at most as many keys as
   * one statement takes.
   */
  async read(
    session: Session,
    keys: readonly RouteKey[],
  ): Promise<RouteAttributes> {
    const attributes = new RouteAttributes();
    if (keys.length === 0) return attributes;
    const tables = await this.tables(session);
    await this.#readTargets(session, attributes);
    const which = `WHERE (modid, cmdid) IN (${keys.map(formatKey).join()})`;
    for (const table of tables) {
      for (const row of await select(session, { table, which })) {
        table.take(attributes, row);
      }
    }
    return attributes;
  }

  /** Reads all attributes, some rows at a time, each within the time limit of a statement. */
  async scan(session: Session): Promise<RouteAttributes> {
    const attributes = new RouteAttributes();
    const tables = await this.tables(session);
    await this.#readTargets(session, attributes);
    for (const table of tables) {
      const key = table.key.join();
      const end = `ORDER BY ${key} LIMIT ${SCAN_ROWS_PER_STATEMENT}`;
      let last: Row | undefined;
      do {
        const which = last === undefined ? "" : `WHERE ${after(table, last)}`;
        const rows: Row[] = await select(session, {
          table,
          which: `${which} ${end}`,
        });
        for (const row of rows) table.take(attributes, row);
        const isFull = rows.length === SCAN_ROWS_PER_STATEMENT;
        last = isFull ? rows.at(-1) : undefined;
      } while (last !== undefined);
    }
    return attributes;
  }

  /** Whether there is a table of drains, also one made under a running store. */
  async hasDrainTable(session: Session): Promise<boolean> {
    const there = await this.#presence.look(session, [DRAIN_TABLE_NAME]);
    return there.length > 0;
  }

  /** Reads every drain; none if there is no table of them. */
  async drains(session: Session): Promise<HostDrain[]> {
    return await this.hasDrainTable(session)
      ? toDrains(await session.rows(SELECT_DRAINS))
      : [];
  }

  /** Reads which hosts are drained, if there is a table of them. */
  async #readTargets(
    session: Session,
    attributes: RouteAttributes,
  ): Promise<void> {
    if (!this.#presence.has(DRAIN_TABLE_NAME)) return;
    takeTargets(attributes, await session.rows(SELECT_TARGETS));
  }
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
