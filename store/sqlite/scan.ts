import type { StatementSync } from "node:sqlite";
import type { Route } from "../../proto/mod.ts";
import type { RouteGrouper } from "../route_grouper.ts";
import type { Connection } from "./connection.ts";

/** Rows that a scan reads before it lets other work run: some 3 ms with what becomes of them. */
const ROWS_PER_BATCH = 4_000;

/** Deno's types do not know of it yet. */
type ArrayStatement = StatementSync & {
  setReturnArrays(enabled: boolean): void;
};

/**
 * All routes in order, some at a time, inside the caller's transaction; the last
 * one is the grouper's to tell. No statement stays open between batches, so the
 * connection may be closed at any time.
 */
export function* scanRoutes(
  connection: Connection,
  grouper: RouteGrouper,
): Generator<Route[]> {
  const columns = "modid, cmdid, serverip, serverport";
  const statement = connection.run("scan store", () => {
    const prepared = connection.prepare(
      `SELECT ${columns} FROM RouteData WHERE (${columns}) > (?, ?, ?, ?)
       ORDER BY ${columns} LIMIT ${ROWS_PER_BATCH}`,
    );
    // Rows as arrays take half as long as objects.
    (prepared as ArrayStatement).setReturnArrays(true);
    return prepared;
  });
  let after: unknown[] | undefined = [-1, -1, -1, -1];
  while (after !== undefined) {
    const key = after.map(Number);
    const rows: unknown[][] = connection.run(
      "scan store",
      () => statement.all(...key) as unknown as unknown[][],
    );
    yield grouper.pushAll(rows);
    after = rows.length === ROWS_PER_BATCH ? rows.at(-1) : undefined;
  }
}
