import type { SQLOutputValue } from "node:sqlite";
import type { StoreClock } from "../types.ts";
import type { Connection } from "./connection.ts";
import { StoreFile } from "./store_file.ts";

/** Result of {@linkcode runStatement}. */
export interface StatementResult {
  /** Rows of the last statement that has columns. */
  rows: Record<string, SQLOutputValue>[];
  /** Rows inserted, updated and deleted by all the statements. */
  changes: number;
}

/** Blanks, comments and lone semicolons before a statement. */
const NOTHING = /^(?:\s+|;|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$))+/;

/**
 * Runs SQL by hand on an embedded store: one or more statements, each with
 * MySQL's `NOW()` and `UNIX_TIMESTAMP()` at hand. Several are one transaction,
 * unless they begin one themselves.
 *
 * @throws {StoreError} If the file cannot be opened or the statement is wrong.
 */
export function runStatement(
  path: string,
  sql: string,
  { clock }: { clock: StoreClock },
): Promise<StatementResult> {
  return Promise.resolve().then(() => {
    using file = new StoreFile({ path, clock });
    const action = "run statement on store";
    return /^begin\b/i.test(sql.replace(NOTHING, "")) || isSingle(sql)
      ? file.run(action, (connection) => runAll(connection, sql))
      : file.edit(action, (connection) => runAll(connection, sql));
  });
}

/** True for one statement alone, which needs no transaction: some, such as VACUUM, refuse one. */
function isSingle(sql: string): boolean {
  return !sql.trimEnd().replace(/;+$/, "").includes(";");
}

function runAll(connection: Connection, sql: string): StatementResult {
  const before = totalChanges(connection);
  let rows: StatementResult["rows"] = [];
  // Deno crashes on compiling text without a statement.
  let rest = sql.replace(NOTHING, "");
  while (rest !== "") {
    const statement = connection.prepareOnce(rest);
    if (statement.columns().length > 0) {
      statement.setReadBigInts(true);
      rows = statement.all().map(narrowRow);
    } else {
      statement.run();
    }
    // SQLite compiles the first statement and returns its text.
    rest = rest.slice(statement.sourceSQL.length).replace(NOTHING, "");
  }
  return { rows, changes: totalChanges(connection) - before };
}

/** Makes numbers of the bigints that a number can hold. */
function narrowRow(
  row: Record<string, SQLOutputValue>,
): Record<string, SQLOutputValue> {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      typeof value === "bigint" && Number.isSafeInteger(Number(value))
        ? Number(value)
        : value,
    ]),
  );
}

function totalChanges(connection: Connection): number {
  return Number(connection.value("SELECT total_changes()"));
}
