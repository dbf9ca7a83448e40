import { escapeId } from "mysql2/promise";
import { StoreError } from "../types.ts";
import { classify, isReadOnly, isUnknownDatabase } from "./error.ts";
import { checkOptions, type MysqlOptions } from "./options.ts";
import { FailoverPool } from "./pool.ts";
import type { Row, Session } from "./session.ts";

const ID = "id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY";
const ROUTE = "modid int unsigned NOT NULL, cmdid int unsigned NOT NULL";
const HOST =
  `${ROUTE}, serverip int unsigned NOT NULL, serverport int unsigned NOT NULL`;

/** Each table with what stands between its brackets; README.md of store/ explains them. */
const TABLES = {
  RouteData:
    `${ID}, ${HOST}, KEY RouteDataByRoute (modid, cmdid, serverip, serverport)`,
  RouteVersion: `${ID}, version int unsigned NOT NULL`,
  RouteChange: `${ID}, ${ROUTE}, version bigint unsigned NOT NULL`,
  ServerCallStatus:
    "modid int NOT NULL, cmdid int NOT NULL, ip int unsigned NOT NULL, port int unsigned NOT NULL, caller int unsigned NOT NULL, succ_cnt int NOT NULL, err_cnt int NOT NULL, ts bigint NOT NULL, overload char(1) NOT NULL, PRIMARY KEY (modid, cmdid, ip, port, caller)",
  ModIDConfig: `${ID}, modid int unsigned NOT NULL, content char(255) NOT NULL`,
  CmdIDConfig: `${ID}, cmdid int unsigned NOT NULL, content char(255) NOT NULL`,
  RouteHostConfig:
    `${HOST}, weight int unsigned NULL, zone varchar(32) NULL, unused_since bigint NULL, PRIMARY KEY (modid, cmdid, serverip, serverport), KEY RouteHostConfigUnused (unused_since)`,
  RouteConfig:
    `${ROUTE}, policy varchar(32) NULL, active_check tinyint NULL, unused_since bigint NULL, PRIMARY KEY (modid, cmdid)`,
} as const;

/** Name of a table, of the original or our own. */
export type TableName = keyof typeof TABLES;

const TABLE_NAMES = Object.keys(TABLES) as TableName[];

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
export async function ensureSchema(
  options: MysqlOptions,
  { apply }: { apply: boolean },
): Promise<SchemaReport> {
  checkOptions(options);
  return await inspect(options, {
    create: apply,
    index: apply,
    needed: TABLE_NAMES,
    wanted: [],
  });
}

/**
 * Prepares a database for a store: creates missing tables where it may, and
 * leaves what exists as it is.
 *
 * @returns Which tables in `wanted` are missing.
 * @throws {StoreError} If a table in `needed` is not as it must be, or one in
 * `wanted` is there and has not the columns.
 */
export async function prepareSchema(
  options: MysqlOptions,
  { needed, wanted = [] }: {
    needed: readonly TableName[];
    wanted?: readonly TableName[];
  },
): Promise<TableName[]> {
  const { missing } = await inspect(options, {
    create: true,
    index: false,
    needed,
    wanted,
  });
  const isMissing = (name: TableName) => missing.includes(`table ${name}`);
  const lacking = needed.filter(isMissing);
  if (lacking.length === 0) return wanted.filter(isMissing);
  throw new StoreError(
    `Cannot use database "${options.database}" as tables are missing and this user may not create them, run deno task schema --apply as one who may: ${
      lacking.join(", ")
    }`,
    { retry: false },
  );
}

interface Inspection {
  create: boolean;
  index: boolean;
  needed: readonly TableName[];
  wanted: readonly TableName[];
}

/** Inspects the first host that serves. */
async function inspect(
  options: MysqlOptions,
  inspection: Inspection,
): Promise<SchemaReport> {
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
        (session) => new Schema(session, database).inspect(inspection),
      );
    } catch (error) {
      const retry = error instanceof StoreError && error.retry;
      if (!retry || attempt >= hosts.length) throw error;
    }
  }
}

class Schema {
  readonly #session: Session;
  readonly #database: string;
  readonly #report: SchemaReport = { created: [], missing: [] };

  constructor(session: Session, database: string) {
    this.#session = session;
    this.#database = database;
  }

  async inspect(
    { create, index, needed, wanted }: Inspection,
  ): Promise<SchemaReport> {
    const database = escapeId(this.#database);
    const columns = await this.#columns();
    if (columns.size === 0 && !(await this.#exists())) {
      await this.#make(`database ${this.#database}`, {
        create,
        statement: `CREATE DATABASE IF NOT EXISTS ${database}`,
      });
    }
    for (const name of TABLE_NAMES) {
      const found = columns.get(name.toLowerCase());
      if (found !== undefined) {
        if ([...needed, ...wanted].includes(name)) {
          this.#checkColumns(name, found);
        }
        continue;
      }
      const made = await this.#make(`table ${name}`, {
        create,
        needed: needed.includes(name),
        statement: `CREATE TABLE IF NOT EXISTS ${database}.${name} (${
          TABLES[name]
        }) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`,
      });
      if (made && name === "RouteVersion") {
        await this.#session.change(
          `INSERT IGNORE INTO ${database}.RouteVersion (id, version) VALUES (1, 0)`,
        );
      }
    }
    if (columns.has("routedata") && !(await this.#hasRouteIndex())) {
      await this.#make("index RouteDataByRoute", {
        create: index,
        statement:
          `CREATE INDEX RouteDataByRoute ON ${database}.RouteData (modid, cmdid, serverip, serverport)`,
      });
    }
    return this.#report;
  }

  /** Creates something; false if it was not to be created, or this user may not. */
  async #make(
    what: string,
    { create, statement, needed = true }: {
      create: boolean;
      statement: string;
      needed?: boolean;
    },
  ): Promise<boolean> {
    try {
      if (create) {
        await this.#session.change(statement);
        this.#report.created.push(what);
        return true;
      }
    } catch (cause) {
      const denied = classify(cause) === "denied" || isUnknownDatabase(cause) ||
        // A server that can be read is enough for who needs no more.
        (!needed && isReadOnly(cause));
      if (!denied) throw cause;
    }
    this.#report.missing.push(what);
    return false;
  }

  /** Reads the columns of each table, all in small letters, as some servers keep names so. */
  async #columns(): Promise<Map<string, Set<string>>> {
    const rows = await this.#select(
      "SELECT LOWER(table_name) AS name, LOWER(column_name) AS `column` FROM information_schema.columns WHERE table_schema = ?",
    );
    const byTable = Map.groupBy(rows, ({ name }) => String(name));
    return new Map([...byTable].map(([name, columns]) => [
      name,
      new Set(columns.map(({ column }) => String(column))),
    ]));
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

  #checkColumns(name: TableName, found: ReadonlySet<string>): void {
    const expected = TABLES[name].split(/[(,]/)
      .map((part) =>
        /^ ?([a-z_]+) (?:int|bigint|char|varchar|tinyint)/.exec(part)?.[1]
      )
      .filter((column) => column !== undefined);
    const lacking = expected.filter((column) => !found.has(column));
    if (lacking.length === 0) return;
    throw new StoreError(
      `Cannot use table ${name} of database "${this.#database}" as columns are missing, use another database: ${
        lacking.join(", ")
      }`,
      { retry: false },
    );
  }

  #select(sql: string): Promise<Row[]> {
    return this.#session.rows(sql, [this.#database]);
  }
}
