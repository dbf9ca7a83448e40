import type { Table } from "./mysql/table.ts";

/** Kinds of columns, each with its type in SQLite and in MySQL. */
const KINDS = {
  id: [
    "INTEGER PRIMARY KEY AUTOINCREMENT",
    "bigint unsigned NOT NULL AUTO_INCREMENT",
  ],
  whole: ["INTEGER NOT NULL", "bigint NOT NULL"],
  wholeOrNull: ["INTEGER", "bigint NULL"],
  identity: ["TEXT NOT NULL", "char(32) CHARACTER SET ascii NOT NULL"],
  hash: ["TEXT NOT NULL", "char(64) CHARACTER SET ascii NOT NULL"],
  hashOrNull: ["TEXT", "char(64) CHARACTER SET ascii NULL"],
  word: ["TEXT NOT NULL", "varchar(160) NOT NULL"],
  wordOrNull: ["TEXT", "varchar(160) NULL"],
  line: ["TEXT NOT NULL", "varchar(4000) NOT NULL"],
  lineOrNull: ["TEXT", "varchar(4000) NULL"],
  text: ["TEXT NOT NULL", "mediumtext NOT NULL"],
  textOrNull: ["TEXT", "mediumtext NULL"],
} as const;

/** A table of our own, as every engine makes it. */
export interface TableInKinds {
  columns: Readonly<Record<string, keyof typeof KINDS>>;
  /** Columns of the primary key; one called "id" counts up. */
  primaryKey: readonly string[];
  /** Other indexes: name to columns. */
  indexes?: Readonly<Record<string, readonly string[]>>;
  /** One index whose rows are unique, likewise. */
  unique?: Readonly<Record<string, readonly string[]>>;
}

/** Statements that make tables in SQLite. */
export function sqliteStatements(
  tables: Readonly<Record<string, TableInKinds>>,
): string[] {
  return Object.entries(tables).flatMap(([name, table]) => {
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

/** Tables as MySQL has them. */
export function mysqlTables<Name extends string>(
  tables: Readonly<Record<Name, TableInKinds>>,
): Record<Name, Table> {
  const list = (entries: Readonly<Record<string, readonly string[]>>) =>
    Object.entries(entries).map(([index, columns]) =>
      `${index} (${columns.join()})`
    );
  const made = Object.entries<TableInKinds>(tables).map(([name, table]) => {
    const { columns, primaryKey, indexes = {}, unique = {} } = table;
    const types = Object.entries(columns).map(([column, kind]) =>
      [column, KINDS[kind][1]] as const
    );
    const [uniqueKey] = list(unique);
    return [name, {
      columns: Object.fromEntries(types),
      primaryKey: primaryKey.join(),
      indexes: list(indexes),
      ...uniqueKey === undefined ? {} : { uniqueKey },
    }];
  });
  return Object.fromEntries(made) as Record<Name, Table>;
}
