import type { Table } from "../mysql/table.ts";

/** Kinds of columns, each with its type in SQLite and in MySQL. */
const KINDS = {
  id: [
    "INTEGER PRIMARY KEY AUTOINCREMENT",
    "bigint unsigned NOT NULL AUTO_INCREMENT",
  ],
  whole: ["INTEGER NOT NULL", "bigint NOT NULL"],
  wholeOrNull: ["INTEGER", "bigint NULL"],
  hash: ["TEXT NOT NULL", "char(64) CHARACTER SET ascii NOT NULL"],
  hashOrNull: ["TEXT", "char(64) CHARACTER SET ascii NULL"],
  word: ["TEXT NOT NULL", "varchar(160) NOT NULL"],
  wordOrNull: ["TEXT", "varchar(160) NULL"],
  line: ["TEXT NOT NULL", "varchar(4000) NOT NULL"],
  lineOrNull: ["TEXT", "varchar(4000) NULL"],
  text: ["TEXT NOT NULL", "mediumtext NOT NULL"],
  textOrNull: ["TEXT", "mediumtext NULL"],
} as const;

/** A table of this folder. */
interface AdminTable {
  columns: Readonly<Record<string, keyof typeof KINDS>>;
  /** Columns of the primary key; one called "id" counts up. */
  primaryKey: readonly string[];
  /** Other indexes: name to columns. */
  indexes?: Readonly<Record<string, readonly string[]>>;
  /** One index whose rows are unique, likewise. */
  unique?: Readonly<Record<string, readonly string[]>>;
}

/** Who wrote something, and when. */
const AUTHOR = {
  at: "whole",
  actor: "word",
  address: "wordOrNull",
  action: "word",
  comment: "lineOrNull",
  request_id: "wordOrNull",
  traceparent: "wordOrNull",
} as const;

const ROUTE = { modid: "whole", cmdid: "whole" } as const;

/** Tables of who may do what, and who did what; README.md of store/ explains them. */
export const ADMIN_TABLES = {
  WebUser: {
    columns: {
      name: "word",
      password: "lineOrNull",
      scopes: "line",
      created_at: "whole",
    },
    primaryKey: ["name"],
  },
  WebSession: {
    columns: {
      hash: "hash",
      name: "word",
      address: "word",
      created_at: "whole",
      used_at: "whole",
    },
    primaryKey: ["hash"],
    indexes: { WebSessionByUser: ["name"] },
  },
  WebToken: {
    columns: {
      id: "id",
      hash: "hash",
      name: "word",
      scopes: "line",
      created_by: "word",
      created_at: "whole",
      expires_at: "whole",
      used_at: "wholeOrNull",
    },
    primaryKey: ["id"],
    unique: { WebTokenByHash: ["hash"] },
  },
  RouteEdit: {
    columns: {
      id: "id",
      ...AUTHOR,
      ticket: "lineOrNull",
      drains: "textOrNull",
    },
    primaryKey: ["id"],
  },
  RouteEditDiff: {
    columns: { edit_id: "whole", ...ROUTE, diff: "text" },
    primaryKey: ["edit_id", "modid", "cmdid"],
    indexes: { RouteEditDiffByRoute: ["modid", "cmdid", "edit_id"] },
  },
  RouteState: {
    columns: { ...ROUTE, revision: "hash", route: "text" },
    primaryKey: ["modid", "cmdid"],
  },
  Audit: {
    columns: {
      id: "id",
      ...AUTHOR,
      target: "line",
      before_hash: "hashOrNull",
      after_hash: "hashOrNull",
    },
    primaryKey: ["id"],
  },
  RequestKey: {
    columns: {
      id: "id",
      key_hash: "hash",
      request_hash: "hash",
      at: "whole",
      outcome: "text",
    },
    primaryKey: ["id"],
    unique: { RequestKeyByHash: ["key_hash"] },
  },
  RouteName: {
    columns: {
      ...ROUTE,
      name: "lineOrNull",
      owner: "lineOrNull",
      runbook: "lineOrNull",
    },
    primaryKey: ["modid", "cmdid"],
  },
} as const satisfies Record<string, AdminTable>;

/** Name of one of these tables. */
export type AdminTableName = keyof typeof ADMIN_TABLES;

/** Names of these tables, in the order in which they are made. */
export const ADMIN_TABLE_NAMES = Object.keys(ADMIN_TABLES) as AdminTableName[];

/** Statements that make these tables in SQLite. */
export function sqliteStatements(): string[] {
  return Object.entries<AdminTable>(ADMIN_TABLES).flatMap(([name, table]) => {
    const { columns, primaryKey, indexes = {}, unique = {} } = table;
    const parts = Object.entries(columns).map(([column, kind]) =>
      `${column} ${KINDS[kind][0]}`
    );
    const counts = primaryKey[0] === "id";
    if (!counts) parts.push(`PRIMARY KEY (${primaryKey.join()})`);
    const index = (kind: string, entries: object) =>
      Object.entries(entries).map(([index, columns]) =>
        `CREATE ${kind} IF NOT EXISTS ${index} ON ${name} (${columns.join()})`
      );
    return [
      `CREATE TABLE IF NOT EXISTS ${name} (${parts.join(", ")}) STRICT${
        counts ? "" : ", WITHOUT ROWID"
      }`,
      ...index("INDEX", indexes),
      ...index("UNIQUE INDEX", unique),
    ];
  });
}

/** These tables as MySQL has them. */
export function mysqlTables(): Record<AdminTableName, Table> {
  const list = (entries: Readonly<Record<string, readonly string[]>>) =>
    Object.entries(entries).map(([index, columns]) =>
      `${index} (${columns.join()})`
    );
  const tables: Partial<Record<AdminTableName, Table>> = {};
  for (const name of ADMIN_TABLE_NAMES) {
    const { columns, primaryKey, indexes = {}, unique = {} }: AdminTable =
      ADMIN_TABLES[name];
    const types = Object.entries(columns).map(([column, kind]) =>
      [column, KINDS[kind][1]] as const
    );
    tables[name] = {
      columns: Object.fromEntries(types),
      primaryKey: primaryKey.join(),
      indexes: list(indexes),
      ...Object.keys(unique).length === 0
        ? {}
        : { uniqueKey: list(unique)[0]! },
    };
  }
  return tables as Record<AdminTableName, Table>;
}
