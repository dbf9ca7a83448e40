import {
  COUNT_MAX,
  PERIOD_TABLES,
  type PeriodTable,
} from "../../history/tables.ts";
import type { Table } from "../table.ts";

const UNSIGNED = "int unsigned NOT NULL";
const SECONDS = "bigint NOT NULL";
const TEXT = "varchar(64) NOT NULL DEFAULT ''";

const HOST = {
  modid: UNSIGNED,
  cmdid: UNSIGNED,
  ip: UNSIGNED,
  port: UNSIGNED,
};

const HOST_KEY = Object.keys(HOST).join();

/** The tables of history; README.md of store/ explains them. */
export const HISTORY_TABLES = {
  Agent: {
    columns: {
      agent: "char(32) NOT NULL",
      epoch: "bigint unsigned NOT NULL DEFAULT 0",
      seq: `${UNSIGNED} DEFAULT 0`,
      name: TEXT,
      version: TEXT,
      zone: TEXT,
      address: TEXT,
      reporter: TEXT,
      beat: "bigint unsigned NOT NULL DEFAULT 0",
      seen_at: `${SECONDS} DEFAULT 0`,
    },
    primaryKey: "agent",
    indexes: ["AgentBeat (beat)"],
  },
  HistoryPeriod: {
    columns: { name: "varchar(32) NOT NULL", period: UNSIGNED },
    primaryKey: "name, period",
  },
  HostMinute: periodTable(PERIOD_TABLES.HostMinute),
  HostTen: periodTable(PERIOD_TABLES.HostTen),
  RouteMinute: periodTable(PERIOD_TABLES.RouteMinute),
  RouteHour: periodTable(PERIOD_TABLES.RouteHour),
  HostState: {
    columns: {
      ...HOST,
      agent: "char(32) NOT NULL",
      state: "tinyint unsigned NOT NULL",
      reason: "tinyint unsigned NOT NULL",
      since: SECONDS,
      in_flight: UNSIGNED,
      next_try_ms: UNSIGNED,
    },
    primaryKey: `${HOST_KEY},agent`,
    indexes: ["HostStateAgent (agent)"],
  },
  HostEvent: {
    columns: {
      id: "bigint unsigned NOT NULL AUTO_INCREMENT",
      minute: UNSIGNED,
      ...HOST,
      kind: "tinyint unsigned NOT NULL",
      reason: "tinyint unsigned NOT NULL",
      callers: UNSIGNED,
      names: "varchar(255) NOT NULL",
      calls: UNSIGNED,
      failures: UNSIGNED,
      mean_us: UNSIGNED,
      peers_mean_us: UNSIGNED,
      policy: "varchar(32) NOT NULL",
    },
    primaryKey: "id",
    uniqueKey: `HostEventKey (minute,${HOST_KEY},kind,reason)`,
    indexes: ["HostEventRoute (modid, cmdid)", "HostEventHost (ip, port)"],
  },
  Alarm: {
    columns: {
      fingerprint: "varchar(64) NOT NULL",
      rule: TEXT,
      labels: "text NOT NULL",
      summary: "text NOT NULL",
      value: "double NOT NULL",
      since: SECONDS,
      last_sent: "bigint NULL",
      resolved_at: "bigint NULL",
      sends: UNSIGNED,
      silenced_until: "bigint NULL",
      silenced_by: "varchar(64) NULL",
    },
    primaryKey: "fingerprint",
  },
  Duty: {
    columns: {
      name: "varchar(64) NOT NULL",
      holder: "varchar(64) NOT NULL",
      renewal: "bigint unsigned NOT NULL",
    },
    primaryKey: "name",
  },
} as const satisfies Record<string, Table>;

/** Names of the tables of history. */
export const HISTORY_TABLE_NAMES = Object.keys(
  HISTORY_TABLES,
) as (keyof typeof HISTORY_TABLES)[];

function periodTable({ period, key, calls }: PeriodTable): Table {
  const sums = calls.map(({ name, max }) =>
    [name, max === COUNT_MAX ? UNSIGNED : "bigint unsigned NOT NULL"] as const
  );
  return {
    columns: {
      ...Object.fromEntries([period, ...key].map((name) => [name, UNSIGNED])),
      ...Object.fromEntries(sums),
    },
    primaryKey: [period, ...key].join(),
  };
}
