import { type MetricRow, TCP_SERVER_METRICS } from "../net/mod.ts";
import type { ReporterCounters } from "./reporter_server.ts";

/** What a reporter tells Prometheus. */
export const REPORTER_METRICS: readonly MetricRow<keyof ReporterCounters>[] = [
  ["statuses", "statuses_total", "Status messages taken"],
  [
    "blocked",
    "statuses_held_back_total",
    "Status messages that waited for room",
  ],
  ["rows", "rows_total", "Rows in them that a store can take"],
  ["rowsInvalid", "rows_invalid_total", "Rows dropped for their key or host"],
  ["rowsRefused", "rows_refused_total", "Rows of hosts that no route has"],
  [
    "rowsRemoved",
    "rows_removed_total",
    "Rows removed as no route has had their host for a day",
  ],
  ["rowsLost", "rows_lost_total", "Rows dropped for want of room"],
  [
    "callersRefused",
    "callers_refused_total",
    "Statuses with a caller address that is another's",
  ],
  [
    "rowsUnsummed",
    "rows_unsummed_total",
    "Rows that lack a part of their caller's agents",
  ],
  [
    "rowsReplaced",
    "rows_replaced_total",
    "Rows replaced before they were written",
  ],
  ["rowsWritten", "rows_written_total", "Rows written to the store"],
  ["rowsHeld", "rows_held", "Rows not written yet"],
  ["batches", "batches_total", "Writes to the store"],
  [
    "writeFailures",
    "write_failures_total",
    "Writes to the store that failed",
  ],
  ["writersFailing", "writers_failing", "Writers whose last write failed"],
  [
    "connectionsBlocked",
    "connections_held_back",
    "Connections not read for want of room",
  ],
  ...TCP_SERVER_METRICS,
];
