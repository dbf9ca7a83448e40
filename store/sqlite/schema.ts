import type { DatabaseSync } from "node:sqlite";
import { ADMIN_TABLES } from "../admin/tables.ts";
import { LEASE_TABLES } from "../instances/tables.ts";
import { sqliteStatements } from "../table_kinds.ts";
import { newIdentity } from "../identity.ts";
import { checkFloor, SCHEMA_FLOOR, SCHEMA_LEVEL } from "../schema_level.ts";
import { HISTORY_STATEMENTS } from "./history/tables.ts";

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

/**
 * Statements that add what came after {@linkcode SCHEMA_FLOOR}, by the level that
 * brought it. Programs of lower levels work on beside it: tables of our own, and
 * columns of those that are NULL or have a default.
 */
const ADDITIONS: readonly { level: number; statements: readonly string[] }[] = [
  {
    level: 3,
    statements: [
      `CREATE TABLE IF NOT EXISTS LarsSchema (
        id INTEGER PRIMARY KEY CHECK (id = 1), level INTEGER NOT NULL,
        floor INTEGER NOT NULL) STRICT`,
      `CREATE TABLE IF NOT EXISTS StoreIdentity (
        id INTEGER PRIMARY KEY CHECK (id = 1), identity TEXT NOT NULL,
        accepted INTEGER NOT NULL DEFAULT 0) STRICT`,
    ],
  },
  {
    level: 5,
    statements: [
      `CREATE TABLE IF NOT EXISTS HostDrain (
        modid INTEGER NOT NULL, cmdid INTEGER NOT NULL, ip INTEGER NOT NULL,
        port INTEGER NOT NULL, who TEXT NOT NULL, reason TEXT NOT NULL,
        since INTEGER NOT NULL, until INTEGER,
        PRIMARY KEY (ip, port, modid, cmdid)) STRICT, WITHOUT ROWID`,
    ],
  },
  { level: 6, statements: HISTORY_STATEMENTS },
  { level: 7, statements: sqliteStatements(ADMIN_TABLES) },
  { level: 8, statements: sqliteStatements(LEASE_TABLES) },
];

/** Reason why this database is not ours to use; undefined if it is ours, or is to be made ours. Reads only. */
export function findForeignSchema(
  database: DatabaseSync,
  { path, create }: { path: string; create: boolean },
): string | undefined {
  const floor = readFloor(database);
  checkFloor(floor, `"${path}"`);
  // Read in any case: a damaged file shows itself here.
  const names = readTableNames(database);
  // A migrated file is ours, whatever was done to it since.
  if (floor > 0) return undefined;
  if (names.length === 0 && !create) {
    return 'it has no tables: bring it back from a backup, or make a new one with "lars store create"';
  }
  if (names.length > 0 && !names.includes("RouteData")) {
    return `it is the database of another program: it has no table RouteData but "${
      names[0]
    }"; use another file`;
  }
  return undefined;
}

/** Whether the file has all that this Lars makes, or a newer one. Reads only. */
export function isMigrated(database: DatabaseSync): boolean {
  return readFloor(database) >= SCHEMA_FLOOR &&
    readLevel(database) >= SCHEMA_LEVEL;
}

/**
 * Creates what a file of an earlier level has not; a table that its level has
 * and that is gone stays away. Runs inside the caller's transaction.
 */
export function migrate(database: DatabaseSync): void {
  // Another process may have migrated it while this one waited for the lock.
  if (isMigrated(database)) return;
  const level = readLevel(database);
  if (readFloor(database) < SCHEMA_FLOOR) {
    for (const statement of CREATE_STATEMENTS) database.exec(statement);
    // What an earlier Lars refuses.
    database.exec(`PRAGMA user_version = ${SCHEMA_FLOOR}`);
  }
  for (const { statements } of ADDITIONS.filter((each) => each.level > level)) {
    for (const statement of statements) database.exec(statement);
  }
  database.prepare("INSERT OR IGNORE INTO StoreIdentity VALUES (1, ?, 0)")
    .run(newIdentity());
  database.exec(
    `INSERT INTO LarsSchema (id, level, floor)
     VALUES (1, ${SCHEMA_LEVEL}, ${SCHEMA_FLOOR})
     ON CONFLICT (id) DO UPDATE SET level = excluded.level`,
  );
}

/** `PRAGMA user_version` is the floor, which programs before LarsSchema read too. */
function readFloor(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.user_version);
}

function readLevel(database: DatabaseSync): number {
  if (!readTableNames(database).includes("LarsSchema")) return SCHEMA_FLOOR;
  const row = database.prepare("SELECT level FROM LarsSchema").get();
  return Number(row?.level ?? SCHEMA_FLOOR);
}

function readTableNames(database: DatabaseSync): unknown[] {
  return database.prepare(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
  ).all().map((row) => row.name);
}
