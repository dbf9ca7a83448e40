import { type Connection, createConnection } from "mysql2/promise";
import { classify, errorNumber, toMysqlStoreError } from "./error.ts";
import { checkMysqlOptions, type MysqlOptions } from "./options.ts";
import { connectionOptions } from "./pool.ts";
import { withTimeout } from "./session.ts";
import { StoreError } from "../types.ts";

const ID = "id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY";

const HOST =
  "modid int unsigned NOT NULL, cmdid int unsigned NOT NULL, serverip int unsigned NOT NULL, serverport int unsigned NOT NULL";

/**
 * The tables of lars_rule.md, and two of our own beside them, with what stands
 * between the brackets. `unused_since`, in Unix seconds, is set while RouteData
 * has no such host or route.
 */
const TABLES = {
  RouteData:
    `${ID}, ${HOST}, KEY RouteDataByRoute (modid, cmdid, serverip, serverport)`,
  RouteVersion: `${ID}, version int unsigned NOT NULL`,
  RouteChange:
    `${ID}, modid int unsigned NOT NULL, cmdid int unsigned NOT NULL, version bigint unsigned NOT NULL`,
  ServerCallStatus:
    "modid int NOT NULL, cmdid int NOT NULL, ip int unsigned NOT NULL, port int unsigned NOT NULL, caller int unsigned NOT NULL, succ_cnt int NOT NULL, err_cnt int NOT NULL, ts bigint NOT NULL, overload char(1) NOT NULL, PRIMARY KEY (modid, cmdid, ip, port, caller)",
  ModIDConfig: `${ID}, modid int unsigned NOT NULL, content char(255) NOT NULL`,
  CmdIDConfig: `${ID}, cmdid int unsigned NOT NULL, content char(255) NOT NULL`,
  RouteHostConfig:
    `${HOST}, weight int unsigned NULL, zone varchar(32) NULL, unused_since bigint NULL, PRIMARY KEY (modid, cmdid, serverip, serverport), KEY RouteHostConfigUnused (unused_since)`,
  RouteConfig:
    "modid int unsigned NOT NULL, cmdid int unsigned NOT NULL, policy varchar(32) NULL, active_check tinyint NULL, unused_since bigint NULL, PRIMARY KEY (modid, cmdid)",
} as const;

/** A table of lars_rule.md, or one of our own. */
export type TableName = keyof typeof TABLES;

const TABLE_NAMES = Object.keys(TABLES) as TableName[];

/** The error number of a database that is not there. */
const NO_DATABASE = 1049;

/** The error numbers of a server that takes no writes. */
const READ_ONLY = [1290, 1792, 1836];

/** What {@linkcode ensureMysqlSchema} found and did, each as "table RouteData" or the like. */
export interface SchemaReport {
  /** Made now. */
  created: string[];
  /** Not there, and not made. */
  missing: string[];
}

/**
 * Compares a database with the tables of lars_rule.md. With `apply` it creates
 * what is missing: the database, tables, and the index on RouteData without
 * which a pull reads the whole table. What exists is never altered otherwise.
 *
 * @throws {StoreError} If the database cannot be reached, or a table has not
 * the columns it must have.
 */
export async function ensureMysqlSchema(
  options: MysqlOptions,
  { apply }: { apply: boolean },
): Promise<SchemaReport> {
  checkMysqlOptions(options);
  return await inspect(options, {
    create: apply,
    index: apply,
    needed: TABLE_NAMES,
    wanted: [],
  });
}

/**
 * What a store does first: creates missing tables where it may, and leaves what
 * exists as it is.
 *
 * @returns Which tables in `wanted` are missing.
 * @throws {StoreError} If a table in `needed` is not as it must be, or one in
 * `wanted` is there and has not the columns.
 */
export async function prepareMysqlSchema(
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

async function inspect(
  options: MysqlOptions,
  inspection: Inspection,
): Promise<SchemaReport> {
  const { clock, database, queryTimeoutMs: timeoutMs } = options;
  const where = `"${database}" at ${
    options.hosts.map(({ hostname, port }) => `${hostname}:${port}`).join(", ")
  }`;
  let connection: Connection | undefined;
  try {
    connection = await connectToAny(options);
    const schema = new Schema(connection, options);
    // Tables appear at once, but a cluster may take its time.
    return await withTimeout(schema.inspect(inspection), {
      clock,
      timeoutMs: timeoutMs * 3,
    });
  } catch (cause) {
    throw toMysqlStoreError(cause, { action: "check schema", where });
  } finally {
    connection?.destroy();
  }
}

/** A connection without a database, which may not be there yet. */
async function connectToAny(options: MysqlOptions): Promise<Connection> {
  const { clock, connectTimeoutMs: timeoutMs } = options;
  let failure: unknown;
  for (const host of options.hosts) {
    const connecting = createConnection(connectionOptions(host, options));
    try {
      return await withTimeout(connecting, { clock, timeoutMs });
    } catch (cause) {
      connecting.then((late) => late.destroy(), () => {});
      failure ??= cause;
      if (classify(cause) !== "gone") throw cause;
    }
  }
  throw failure;
}

class Schema {
  readonly #connection: Connection;
  readonly #database: string;
  readonly #report: SchemaReport = { created: [], missing: [] };

  constructor(connection: Connection, { database }: MysqlOptions) {
    this.#connection = connection;
    this.#database = database;
  }

  async inspect(
    { create, index, needed, wanted }: Inspection,
  ): Promise<SchemaReport> {
    const database = this.#connection.escapeId(this.#database);
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
        await this.#connection.query(
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

  /** False if it was not to be made, or this user may not. */
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
        await this.#connection.query(statement);
        this.#report.created.push(what);
        return true;
      }
    } catch (cause) {
      const denied = classify(cause) === "denied" ||
        errorNumber(cause) === NO_DATABASE ||
        // A server that can be read serves those who need no more.
        (!needed && READ_ONLY.includes(errorNumber(cause) ?? 0));
      if (!denied) throw cause;
    }
    this.#report.missing.push(what);
    return false;
  }

  /** Columns of each table, all in small letters, as some servers keep names so. */
  async #columns(): Promise<Map<string, Set<string>>> {
    const columns = new Map<string, Set<string>>();
    for (
      const { name, column } of await this.#select(
        "SELECT LOWER(table_name) AS name, LOWER(column_name) AS `column` FROM information_schema.columns WHERE table_schema = ?",
      )
    ) {
      const set = columns.get(String(name)) ?? new Set();
      columns.set(String(name), set.add(String(column)));
    }
    return columns;
  }

  async #exists(): Promise<boolean> {
    const rows = await this.#select(
      "SELECT schema_name FROM information_schema.schemata WHERE schema_name = ?",
    );
    return rows.length > 0;
  }

  /** Whether some index begins with modid and cmdid. */
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

  async #select(sql: string): Promise<Record<string, unknown>[]> {
    const [rows] = await this.#connection.query(sql, [this.#database]);
    return rows as Record<string, unknown>[];
  }
}
