import { escapeId } from "mysql2/promise";
import { SCHEMA_LEVEL } from "../schema_level.ts";
import { StoreError } from "../types.ts";
import { classify, isUnknownDatabase } from "./error.ts";
import { checkOptions, type MysqlOptions } from "./options.ts";
import { FailoverPool } from "./pool.ts";
import { fillStatements, findTable } from "./presence.ts";
import type { Row, Session } from "./session.ts";
import { createStatement, TABLE_NAMES } from "./tables.ts";

/** Result of {@linkcode ensureSchema}, each entry as "table RouteData" or the like. */
export interface SchemaReport {
  /** Created now. */
  created: string[];
  /** Not there, and not created. */
  missing: string[];
}

/**
 * Compares a database with the tables that Lars needs. With `apply` it creates
 * what is missing: the database, tables, and the index on RouteData without
 * which a pull reads the whole table. What exists is never altered otherwise.
 *
 * @throws {StoreError} If the database cannot be reached, or a table has not
 * the columns it must have.
 */
export function ensureSchema(
  options: MysqlOptions,
  { apply }: { apply: boolean },
): Promise<SchemaReport> {
  return withSchema(options, { apply, use: (schema) => schema.ensure() });
}

async function withSchema<Result>(
  options: MysqlOptions,
  { apply, use }: {
    apply: boolean;
    use: (schema: Schema) => Promise<Result>;
  },
): Promise<Result> {
  checkOptions(options);
  const { hosts, database, queryTimeoutMs } = options;
  await using pool = new FailoverPool({
    ...options,
    connectionsMax: 1,
    // A cluster may take its time to create a table, a large table for an index.
    queryTimeoutMs: queryTimeoutMs * 3,
  }, { useDatabase: false });
  for (let attempt = 1;; attempt += 1) {
    try {
      return await pool.use(
        "check schema",
        (session) => use(new Schema(session, { database, apply })),
      );
    } catch (error) {
      const retry = error instanceof StoreError && error.retry;
      if (!retry || attempt >= hosts.length) throw error;
    }
  }
}

/**
 * Makes a database and its tables, or the rest of them where that was broken off.
 *
 * @returns Whether they were made now; a database with a row in any table stays
 * as it is, whatever is missing in it.
 * @throws {StoreError} If this user may not make them.
 */
export async function createSchema(options: MysqlOptions): Promise<boolean> {
  const isNew = await withSchema(options, {
    apply: false,
    use: (schema) => schema.isUnused(),
  });
  if (!isNew) return false;
  const made = await ensureSchema(options, { apply: true });
  if (made.missing.length === 0) return true;
  throw new StoreError(
    `Cannot make store "${options.database}" as this user may not make its ${
      made.missing.join(", ")
    }: name one who may with [mysql] db_user`,
    { retry: false },
  );
}

class Schema {
  readonly #session: Session;
  readonly #database: string;
  readonly #apply: boolean;
  readonly #report: SchemaReport = { created: [], missing: [] };

  constructor(
    session: Session,
    { database, apply }: { database: string; apply: boolean },
  ) {
    this.#session = session;
    this.#database = database;
    this.#apply = apply;
  }

  async ensure(): Promise<SchemaReport> {
    const database = escapeId(this.#database);
    if (!(await this.#exists())) {
      await this.#make(
        `database ${this.#database}`,
        `CREATE DATABASE IF NOT EXISTS ${database}`,
      );
    }
    const where = `"${this.#database}"`;
    for (const table of TABLE_NAMES) {
      const named = `${database}.${table}`;
      if (await findTable(this.#session, { table, named, where })) continue;
      await this.#make(`table ${table}`, createStatement(table, named));
    }
    if (!this.#report.missing.includes("table RouteData")) {
      await this.#makeIndex(database);
    }
    if (this.#apply && this.#report.missing.length === 0) {
      await this.#fill(database);
    }
    return this.#report;
  }

  /** Whether no table has a row: those that it begins with are written when all are made. */
  async isUnused(): Promise<boolean> {
    const where = `"${this.#database}"`;
    for (const table of TABLE_NAMES) {
      const named = `${escapeId(this.#database)}.${table}`;
      if (!await findTable(this.#session, { table, named, where })) continue;
      const rows = await this.#session.rows(`SELECT 1 FROM ${named} LIMIT 1`);
      if (rows.length > 0) return false;
    }
    return true;
  }

  async #makeIndex(database: string): Promise<void> {
    if (await this.#hasRouteIndex()) return;
    await this.#make(
      "index RouteDataByRoute",
      `CREATE INDEX RouteDataByRoute ON ${database}.RouteData (modid, cmdid, serverip, serverport)`,
    );
  }

  /** Writes the rows that tables begin with. */
  async #fill(database: string): Promise<void> {
    await this.#session.change(
      `INSERT IGNORE INTO ${database}.RouteVersion (id, version) VALUES (1, 0)`,
    );
    const rows = { level: SCHEMA_LEVEL, prefix: `${database}.` };
    for (const statement of fillStatements(rows)) {
      await this.#session.change(statement);
    }
  }

  /** Creates something, unless it is not to be created, or this user may not. */
  async #make(what: string, statement: string): Promise<void> {
    try {
      if (this.#apply) {
        await this.#session.change(statement);
        this.#report.created.push(what);
        return;
      }
    } catch (cause) {
      const denied = classify(cause) === "denied" || isUnknownDatabase(cause);
      if (!denied) throw cause;
    }
    this.#report.missing.push(what);
  }

  async #exists(): Promise<boolean> {
    const rows = await this.#select(
      "SELECT schema_name FROM information_schema.schemata WHERE schema_name = ?",
    );
    return rows.length > 0;
  }

  /** True if some index begins with modid and cmdid. */
  async #hasRouteIndex(): Promise<boolean> {
    const rows = await this.#select(
      `SELECT index_name FROM information_schema.statistics
       WHERE table_schema = ? AND LOWER(table_name) = 'routedata'
       AND seq_in_index <= 2 AND LOWER(column_name) IN ('modid', 'cmdid')
       GROUP BY index_name HAVING COUNT(*) = 2`,
    );
    return rows.length > 0;
  }

  #select(sql: string): Promise<Row[]> {
    return this.#session.rows(sql, [this.#database]);
  }
}
