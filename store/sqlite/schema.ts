import type { DatabaseSync } from "node:sqlite";

/** Value of `PRAGMA user_version`. Version 2 added RouteHostConfig and RouteConfig. */
const SCHEMA_VERSION = 2;

const UNSIGNED = (column: string) =>
  `${column} INTEGER NOT NULL CHECK (${column} BETWEEN 0 AND 4294967295)`;
const ID = "id INTEGER PRIMARY KEY AUTOINCREMENT";

const HOST = `${UNSIGNED("modid")}, ${UNSIGNED("cmdid")},
  ${UNSIGNED("serverip")}, ${UNSIGNED("serverport")}`;

/**
 * Statements that create the tables; README.md of store/ explains them. Checks
 * stand for "int unsigned", which SQLite does not have. AUTOINCREMENT never
 * gives an id twice, so that a feed that remembers the last one misses nothing.
 */
const CREATE_STATEMENTS: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS RouteData (${ID}, ${HOST}) STRICT`,
  `CREATE TABLE IF NOT EXISTS RouteVersion (${ID},
    version INTEGER NOT NULL DEFAULT 0) STRICT`,
  `CREATE TABLE IF NOT EXISTS RouteChange (${ID}, ${UNSIGNED("modid")},
    ${UNSIGNED("cmdid")}, version INTEGER NOT NULL) STRICT`,
  `CREATE TABLE IF NOT EXISTS ServerCallStatus (
    modid INTEGER NOT NULL, cmdid INTEGER NOT NULL, ${UNSIGNED("ip")},
    ${UNSIGNED("port")}, ${UNSIGNED("caller")}, succ_cnt INTEGER NOT NULL,
    err_cnt INTEGER NOT NULL, ts INTEGER NOT NULL, overload TEXT NOT NULL,
    PRIMARY KEY (modid, cmdid, ip, port, caller)) STRICT, WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS ModIDConfig (${ID}, ${UNSIGNED("modid")},
    content TEXT NOT NULL) STRICT`,
  `CREATE TABLE IF NOT EXISTS CmdIDConfig (${ID}, ${UNSIGNED("cmdid")},
    content TEXT NOT NULL) STRICT`,
  `CREATE TABLE IF NOT EXISTS RouteHostConfig (${HOST},
    weight INTEGER, zone TEXT, unused_since INTEGER,
    PRIMARY KEY (modid, cmdid, serverip, serverport)) STRICT, WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS RouteConfig (${UNSIGNED("modid")},
    ${UNSIGNED("cmdid")}, policy TEXT, active_check INTEGER,
    unused_since INTEGER, PRIMARY KEY (modid, cmdid)) STRICT, WITHOUT ROWID`,
  `CREATE INDEX IF NOT EXISTS RouteHostConfigUnused
    ON RouteHostConfig (unused_since) WHERE unused_since IS NOT NULL`,
  // All columns, so that one route and the whole table in order are read from
  // the index alone.
  `CREATE INDEX IF NOT EXISTS RouteDataByRoute
    ON RouteData (modid, cmdid, serverip, serverport)`,
  "INSERT OR IGNORE INTO RouteVersion (id, version) VALUES (1, 0)",
];

/** Reason why this database is not ours to use; undefined if it is ours or empty. Reads only. */
export function findForeignSchema(database: DatabaseSync): string | undefined {
  const version = readSchemaVersion(database);
  if (version > SCHEMA_VERSION) {
    return `its schema version must be <= ${SCHEMA_VERSION}, a newer Lars wrote it: current version is ${version}; use that Lars, or another file`;
  }
  // Read in any case: a damaged file shows itself here.
  const names = database.prepare(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
  ).all().map((row) => row.name);
  // A migrated file is ours, whatever was done to it since.
  if (version > 0) return undefined;
  if (names.length > 0 && !names.includes("RouteData")) {
    return `it is the database of another program: it has no table RouteData but "${
      names[0]
    }"; use another file`;
  }
  return undefined;
}

/** Creates what is missing, also in a file of an earlier version. Runs inside the caller's transaction. */
export function migrate(database: DatabaseSync): void {
  // Another process may have migrated it while this one waited for the lock.
  if (readSchemaVersion(database) === SCHEMA_VERSION) return;
  for (const statement of CREATE_STATEMENTS) database.exec(statement);
  database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
}

function readSchemaVersion(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.user_version);
}
