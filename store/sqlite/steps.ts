import type { Step, Value } from "../steps.ts";
import type { StatementSync } from "node:sqlite";
import type { Route, RouteKey } from "../../proto/mod.ts";
import type { EditResult, HostDrain, RouteEdit } from "../types.ts";
import { SELECT_DRAINS, toDrains } from "../drains/drain_table.ts";
import type { Connection } from "./connection.ts";
import { readRoutes } from "./feed.ts";

/** What programs run on. */
export interface StepsOptions {
  /** Compiles a statement. */
  prepare: (sql: string) => StatementSync;
  /** Reads routes by their keys, in that order. */
  read: (keys: readonly RouteKey[]) => Route[];
  /** Reads every drain. */
  drains: () => HostDrain[];
  /** Applies an edit inside the same transaction. */
  edit?: (edit: RouteEdit) => EditResult;
}

/** Makes the steps of a program in SQLite, inside the caller's transaction. */
export function stepsOn(
  { prepare, read, drains, edit }: StepsOptions,
): (step: Step) => unknown {
  const run = (sql: string, values: readonly Value[]) =>
    prepare(sql).run(...values);
  const insert = (
    table: string,
    { row, end = "" }: { row: Readonly<Record<string, Value>>; end?: string },
  ) => {
    const columns = Object.keys(row);
    return run(
      `INSERT INTO ${table} (${columns.join()}) VALUES (${
        columns.map(() => "?").join()
      })${end}`,
      Object.values(row),
    );
  };
  return (step) => {
    switch (step.kind) {
      case "lock":
        // BEGIN IMMEDIATE has it.
        return undefined;
      case "rows":
        return prepare(step.sql).all(...step.values);
      case "change":
        return Number(run(step.sql, step.values).changes);
      case "insert":
        return Number(insert(step.table, { row: step.row }).lastInsertRowid);
      case "insertAll":
        for (const row of step.rows) insert(step.table, { row });
        return undefined;
      case "upsert": {
        const { table, key, rows } = step;
        const changes = step.changes
          .map((column) => `${column} = excluded.${column}`);
        const end = ` ON CONFLICT (${key.join()}) DO UPDATE SET ${changes}`;
        for (const row of rows) insert(table, { row, end });
        return undefined;
      }
      case "rowsOf": {
        const { select, keys, groupBy } = step;
        const group = groupBy === undefined ? "" : ` GROUP BY ${groupBy}`;
        const statement = prepare(
          `${select} WHERE modid = ? AND cmdid = ?${group}`,
        );
        return keys.flatMap(({ modId, cmdId }) => statement.all(modId, cmdId));
      }
      case "deleteOf":
        for (const { modId, cmdId } of step.keys) {
          run(`DELETE FROM ${step.table} WHERE modid = ? AND cmdid = ?`, [
            modId,
            cmdId,
          ]);
        }
        return undefined;
      case "read":
        return read(step.keys);
      case "drains":
        return drains();
      case "edit":
        return edit?.(step.edit);
    }
  };
}

/** The steps on a connection; `edit` applies an edit inside the same transaction. */
export function stepsOf(
  connection: Connection,
  edit?: (edit: RouteEdit) => EditResult,
): (step: Step) => unknown {
  return stepsOn({
    prepare: (sql) => connection.prepare(sql),
    read: (keys) => readRoutes(connection, keys),
    drains: () => toDrains(connection.prepare(SELECT_DRAINS).all()),
    ...edit === undefined ? {} : { edit },
  });
}
