import { once } from "node:events";
import type { Readable } from "node:stream";
import type { Route } from "../../proto/mod.ts";
import { LostConnectionError } from "./error.ts";
import type { StoreClock } from "../types.ts";
import type { Session } from "./session.ts";
import { RouteGrouper, type SkipOptions } from "../route_grouper.ts";

/** Most rows in one batch. */
const ROWS_PER_BATCH = 1_000;

/** Time after which a scan lets others work. */
const SLICE_MS = 3;

/** Options of {@linkcode scanRoutes}. */
export interface ScanOptions extends Pick<SkipOptions, "onSkippedRows"> {
  clock: StoreClock;
  /** Time for the server from one row to the next. */
  queryTimeoutMs: number;
}

/**
 * Reads every route, in batches, by one statement: one snapshot, in order, at
 * the reader's pace, in constant memory. With an index on (modid, cmdid,
 * serverip, serverport) the server reads that; without one it sorts.
 */
export async function* scanRoutes(
  session: Session,
  options: ScanOptions,
): AsyncGenerator<Route[]> {
  const grouper = new RouteGrouper();
  for await (const rows of scanRows(session, options)) {
    yield grouper.pushAll(rows);
  }
  const last = grouper.finish();
  if (last !== undefined) yield [last];
  options.onSkippedRows?.(grouper.skipped);
}

async function* scanRows(
  session: Session,
  { clock, queryTimeoutMs }: ScanOptions,
): AsyncGenerator<unknown[][]> {
  const columns = "modid, cmdid, serverip, serverport";
  const stream = session.stream(
    `SELECT ${columns} FROM RouteData ORDER BY ${columns}`,
  );
  let count = 0;
  let waiting = true;
  const ended = new AbortController();
  const watchdog = (async () => {
    for (let before = -1; !ended.signal.aborted; before = count) {
      // The time limit holds for the server, not for the reader.
      if (waiting && before === count) {
        stream.destroy(
          new LostConnectionError(`no row within ${queryTimeoutMs} ms`),
        );
      }
      await clock.sleep(queryTimeoutMs, ended.signal);
    }
  })();
  try {
    for await (const rows of readBatches(stream, { session, clock })) {
      count += rows.length;
      waiting = false;
      yield rows;
      waiting = true;
    }
  } finally {
    ended.abort();
    stream.destroy();
    await watchdog;
  }
}

/**
 * Reads what a stream has at hand, in batches: a promise for each row would
 * cost more than the row.
 */
async function* readBatches(
  stream: Readable,
  { session, clock }: { session: Session; clock: StoreClock },
): AsyncGenerator<unknown[][]> {
  // An error between two batches is found when the next is wanted.
  stream.on("error", () => {});
  let startedMs = clock.nowMs();
  for (;;) {
    // To wait for the server is not enough: while its rows keep coming, Deno looks
    // at other sockets at every 61st turn of the event loop only.
    if (clock.nowMs() - startedMs >= SLICE_MS) {
      session.pause();
      await clock.sleep(0);
      session.resume();
      startedMs = clock.nowMs();
    }
    const rows = takeRows(stream);
    if (rows.length > 0) {
      yield rows;
    } else if (stream.readableEnded) {
      return;
    } else {
      if (stream.destroyed) {
        throw stream.errored ?? new LostConnectionError("connection closed");
      }
      await untilReadable(stream);
    }
  }
}

function takeRows(stream: Readable): unknown[][] {
  const rows: unknown[][] = [];
  while (rows.length < ROWS_PER_BATCH) {
    const row: unknown[] | null = stream.read();
    if (row === null) break;
    rows.push(row);
  }
  return rows;
}

/** Resolves when there is something to read or the stream has ended; rejects when it broke. */
async function untilReadable(stream: Readable): Promise<void> {
  const settled = new AbortController();
  try {
    await Promise.race(
      ["readable", "end", "close"].map((event) =>
        once(stream, event, { signal: settled.signal })
      ),
    );
  } finally {
    settled.abort();
  }
}
