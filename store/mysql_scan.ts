import type { Route } from "../proto/mod.ts";
import { MysqlTimeoutError } from "./mysql_error.ts";
import type { MysqlClock } from "./mysql_options.ts";
import type { MysqlSession } from "./mysql_session.ts";
import { RouteGrouper } from "./route_rows.ts";
import type { RouteRow } from "./types.ts";

/** What {@linkcode scanRoutes} needs to know. */
export interface MysqlScanOptions {
  clock: MysqlClock;
  /** How long the server may take from one row to the next. */
  queryTimeoutMs: number;
  onSkippedRows?: ((rows: number) => void) | undefined;
}

/**
 * Every route, from one statement: one snapshot, in order, at the reader's pace
 * and with as little memory as that takes. With an index on (modid, cmdid,
 * serverip, serverport) the server reads that; without, it sorts.
 */
export async function* scanRoutes(
  session: MysqlSession,
  options: MysqlScanOptions,
): AsyncGenerator<Route> {
  const grouper = new RouteGrouper();
  for await (const row of scanRows(session, options)) {
    const route = grouper.push(row);
    if (route !== undefined) yield route;
  }
  const last = grouper.finish();
  if (last !== undefined) yield last;
  if (grouper.skippedRows > 0) options.onSkippedRows?.(grouper.skippedRows);
}

async function* scanRows(
  session: MysqlSession,
  { clock, queryTimeoutMs }: MysqlScanOptions,
): AsyncGenerator<RouteRow> {
  const columns = "modid, cmdid, serverip, serverport";
  const stream = session.stream(
    `SELECT ${columns} FROM RouteData ORDER BY ${columns}`,
  );
  let count = 0;
  let waiting = true;
  const ended = new AbortController();
  const watchdog = (async () => {
    for (let before = -1; !ended.signal.aborted; before = count) {
      // The reader may take its time, the server may not.
      if (waiting && before === count) {
        stream.destroy(
          new MysqlTimeoutError(`no row within ${queryTimeoutMs} ms`),
        );
      }
      await clock.sleep(queryTimeoutMs, ended.signal);
    }
  })();
  try {
    for await (const row of stream) {
      count += 1;
      waiting = false;
      const [modId = -1, cmdId = -1, ip = -1, port = -1] = (row as unknown[])
        .map(Number);
      yield { modId, cmdId, ip, port };
      waiting = true;
    }
  } finally {
    ended.abort();
    stream.destroy();
    await watchdog;
  }
}
