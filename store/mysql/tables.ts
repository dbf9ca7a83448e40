import { TARGET_COLUMNS } from "../drains/drain_table.ts";
import { REASON_LENGTH_MAX, WHO_LENGTH_MAX } from "../types.ts";
import { HISTORY_TABLE_NAMES, HISTORY_TABLES } from "./history/tables.ts";
import type { Table } from "./table.ts";
import { ADMIN_TABLE_NAMES, ADMIN_TABLES } from "../admin/tables.ts";
import { LEASE_TABLE_NAMES, LEASE_TABLES } from "../instances/tables.ts";
import { mysqlTables } from "../table_kinds.ts";

const UNSIGNED = "int unsigned NOT NULL";
const ID = { id: `${UNSIGNED} AUTO_INCREMENT` };
const ONE_ROW = { id: UNSIGNED };
const ROUTE = { modid: UNSIGNED, cmdid: UNSIGNED };
const HOST = { ...ROUTE, serverip: UNSIGNED, serverport: UNSIGNED };
const HOST_KEY = Object.keys(HOST).join();

/** Every table; README.md of store/ explains them. */
const TABLES = {
  RouteData: {
    columns: { ...ID, ...HOST },
    primaryKey: "id",
    indexes: [`RouteDataByRoute (${HOST_KEY})`],
  },
  RouteVersion: { columns: { ...ID, version: UNSIGNED }, primaryKey: "id" },
  RouteChange: {
    columns: { ...ID, ...ROUTE, version: "bigint unsigned NOT NULL" },
    primaryKey: "id",
  },
  ServerCallStatus: {
    columns: {
      modid: "int NOT NULL",
      cmdid: "int NOT NULL",
      ip: UNSIGNED,
      port: UNSIGNED,
      caller: UNSIGNED,
      succ_cnt: "int NOT NULL",
      err_cnt: "int NOT NULL",
      ts: "bigint NOT NULL",
      overload: "char(1) NOT NULL",
    },
    primaryKey: "modid, cmdid, ip, port, caller",
  },
  ModIDConfig: {
    columns: { ...ID, modid: UNSIGNED, content: "char(255) NOT NULL" },
    primaryKey: "id",
  },
  CmdIDConfig: {
    columns: { ...ID, cmdid: UNSIGNED, content: "char(255) NOT NULL" },
    primaryKey: "id",
  },
  RouteHostConfig: {
    columns: {
      ...HOST,
      weight: "int unsigned NULL",
      zone: "varchar(32) NULL",
      unused_since: "bigint NULL",
    },
    primaryKey: HOST_KEY,
    indexes: ["RouteHostConfigUnused (unused_since)"],
  },
  RouteConfig: {
    columns: {
      ...ROUTE,
      policy: "varchar(32) NULL",
      active_check: "tinyint NULL",
      unused_since: "bigint NULL",
    },
    primaryKey: "modid, cmdid",
  },
  ...mysqlTables(ADMIN_TABLES),
  StoreIdentity: {
    columns: {
      ...ONE_ROW,
      identity: "char(32) NOT NULL",
      accepted: `${UNSIGNED} DEFAULT 0`,
    },
    primaryKey: "id",
  },
  HostDrain: {
    columns: {
      modid: "int NOT NULL",
      cmdid: "int NOT NULL",
      ip: UNSIGNED,
      port: UNSIGNED,
      who: `varchar(${WHO_LENGTH_MAX}) NOT NULL`,
      reason: `varchar(${REASON_LENGTH_MAX}) NOT NULL`,
      since: "bigint NOT NULL",
      until: "bigint NULL",
    },
    primaryKey: TARGET_COLUMNS.join(),
  },
  ...HISTORY_TABLES,
  ...mysqlTables(LEASE_TABLES),
  LarsSchema: {
    columns: { ...ONE_ROW, level: UNSIGNED, floor: UNSIGNED },
    primaryKey: "id",
  },
} as const satisfies Record<string, Table>;

/** Name of a table, of the original or our own. */
export type TableName = keyof typeof TABLES;

/** Every table, in the order in which they are made: LarsSchema says that the others are there. */
export const TABLE_NAMES = Object.keys(TABLES) as TableName[];

/** Stores that use a table. */
export type TablePart = "routes" | "history" | "admin" | "leases";

/** A table that a store of an earlier Lars has not, and that its first use adds. */
export interface AddedTable {
  table: TableName;
  /** Least level that a store notes that has it. */
  level: number;
  part: TablePart;
}

/** Every such table. */
export const ADDED_TABLES: readonly AddedTable[] = [
  // A database of the original gets them alone, and notes level 1.
  { table: "StoreIdentity", level: 1, part: "routes" },
  { table: "HostDrain", level: 5, part: "routes" },
  ...HISTORY_TABLE_NAMES.map((table) =>
    ({ table, level: 6, part: "history" }) as const
  ),
  ...ADMIN_TABLE_NAMES.map((table) =>
    ({ table, level: 7, part: "admin" }) as const
  ),
  ...LEASE_TABLE_NAMES.map((table) =>
    ({ table, level: 8, part: "leases" }) as const
  ),
  { table: "LarsSchema", level: 1, part: "routes" },
];

/** Names of a table's columns. */
export function columnsOf(table: TableName): string[] {
  return Object.keys(TABLES[table].columns);
}

/** Statement that makes a table, named as statements name it, if it is not there. */
export function createStatement(table: TableName, named: string): string {
  const { columns, primaryKey, uniqueKey, indexes = [] }: Table = TABLES[table];
  const parts = [
    ...Object.entries(columns).map(([name, type]) => `${name} ${type}`),
    `PRIMARY KEY (${primaryKey})`,
    ...uniqueKey === undefined ? [] : [`UNIQUE KEY ${uniqueKey}`],
    ...indexes.map((index) => `KEY ${index}`),
  ];
  return `CREATE TABLE IF NOT EXISTS ${named} (${
    parts.join(", ")
  }) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4`;
}

/** Statement that adds the columns that a table lacks. */
export function addColumnsStatement(
  table: TableName,
  lacking: readonly string[],
): string {
  const { columns }: Table = TABLES[table];
  const parts = lacking.map((name) => `ADD COLUMN ${name} ${columns[name]}`);
  return `ALTER TABLE ${table} ${parts.join(", ")}`;
}
