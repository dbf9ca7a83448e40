import { PERIOD_TABLES, type PeriodTable } from "../../history/tables.ts";

const HOST = "modid INTEGER NOT NULL, cmdid INTEGER NOT NULL, " +
  "ip INTEGER NOT NULL, port INTEGER NOT NULL";

/** Statements that create the tables of history; README.md of store/ explains them. */
export const HISTORY_STATEMENTS: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS Agent (
    agent TEXT NOT NULL PRIMARY KEY, epoch INTEGER NOT NULL DEFAULT 0,
    seq INTEGER NOT NULL DEFAULT 0, name TEXT NOT NULL DEFAULT '',
    version TEXT NOT NULL DEFAULT '', zone TEXT NOT NULL DEFAULT '',
    address TEXT NOT NULL DEFAULT '', reporter TEXT NOT NULL DEFAULT '',
    beat INTEGER NOT NULL DEFAULT 0, seen_at INTEGER NOT NULL DEFAULT 0)
    STRICT, WITHOUT ROWID`,
  "CREATE INDEX IF NOT EXISTS AgentBeat ON Agent (beat)",
  `CREATE TABLE IF NOT EXISTS HistoryPeriod (
    name TEXT NOT NULL, period INTEGER NOT NULL,
    PRIMARY KEY (name, period)) STRICT, WITHOUT ROWID`,
  ...Object.values(PERIOD_TABLES).map(createPeriodTable),
  `CREATE TABLE IF NOT EXISTS HostState (${HOST}, agent TEXT NOT NULL,
    state INTEGER NOT NULL, reason INTEGER NOT NULL, since INTEGER NOT NULL,
    in_flight INTEGER NOT NULL, next_try_ms INTEGER NOT NULL,
    PRIMARY KEY (modid, cmdid, ip, port, agent)) STRICT, WITHOUT ROWID`,
  "CREATE INDEX IF NOT EXISTS HostStateAgent ON HostState (agent)",
  `CREATE TABLE IF NOT EXISTS HostEvent (
    id INTEGER PRIMARY KEY AUTOINCREMENT, minute INTEGER NOT NULL, ${HOST},
    kind INTEGER NOT NULL, reason INTEGER NOT NULL, callers INTEGER NOT NULL,
    names TEXT NOT NULL, calls INTEGER NOT NULL, failures INTEGER NOT NULL,
    mean_us INTEGER NOT NULL, peers_mean_us INTEGER NOT NULL,
    policy TEXT NOT NULL,
    UNIQUE (minute, modid, cmdid, ip, port, kind, reason)) STRICT`,
  "CREATE INDEX IF NOT EXISTS HostEventRoute ON HostEvent (modid, cmdid)",
  "CREATE INDEX IF NOT EXISTS HostEventHost ON HostEvent (ip, port)",
  `CREATE TABLE IF NOT EXISTS Alarm (
    fingerprint TEXT NOT NULL PRIMARY KEY, rule TEXT NOT NULL,
    labels TEXT NOT NULL, summary TEXT NOT NULL, value REAL NOT NULL,
    since INTEGER NOT NULL, last_sent INTEGER, resolved_at INTEGER,
    sends INTEGER NOT NULL, silenced_until INTEGER, silenced_by TEXT)
    STRICT, WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS Duty (
    name TEXT NOT NULL PRIMARY KEY, holder TEXT NOT NULL,
    renewal INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
];

function createPeriodTable({ name, period, key, calls }: PeriodTable): string {
  const columns = [period, ...key, ...calls.map((column) => column.name)]
    .map((column) => `${column} INTEGER NOT NULL`);
  return `CREATE TABLE IF NOT EXISTS ${name} (${columns.join(", ")},
    PRIMARY KEY (${[period, ...key].join(", ")})) STRICT, WITHOUT ROWID`;
}
