import type { StatementSync } from "node:sqlite";
import type { Route } from "../../proto/mod.ts";
import type { RouteGrouper } from "../route_grouper.ts";
import type { Connection } from "./connection.ts";

/** Rows that a scan reads before it lets other work run: 3 ms with their grouping. */
const ROWS_PER_BATCH = 4_000;

/** Statement with a method that Deno's types lack. */
type ArrayStatement = StatementSync & {
  setReturnArrays(enabled: boolean): void;
};

/**
 * Reads all routes in order, in batches, inside the caller's transaction; the
 * last route is in `grouper`. No statement stays open between batches, so that
 * the connection may be closed at any time.
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
    // Rows as arrays cost half as much as objects.
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
