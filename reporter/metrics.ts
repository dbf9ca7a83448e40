import {
  countersBy,
  deprecatedMetrics,
  type Metric,
  type MetricRow,
  metricsOf,
  storeMetrics,
  type StoreReadings,
  TCP_SERVER_METRICS,
} from "../net/mod.ts";
import type { AlarmCounters } from "./alarms/alarms.ts";
import { FLEET_RULES, OWN_RULES } from "./alarms/rules.ts";
import {
  type ReporterCounters,
  type ReporterServer,
  STORE_OPERATIONS,
} from "./reporter_server.ts";

/** What its metrics are read from. */
type ReporterReadings = ReporterCounters & AlarmCounters & StoreReadings & {
  /** Most rows that may wait. */
  rowsWaitingMax: number;
};

const COUNTERS: readonly MetricRow<keyof ReporterCounters>[] = [
  ["statuses", "statuses_total", "Status messages taken"],
  [
    "blocked",
    "statuses_held_back_total",
    "Status messages that waited for room",
  ],
  [
    "rowsRemoved",
    "rows_removed_total",
    "Rows removed as no route has had their host for a day",
  ],
  [
    "rowsUnsummed",
    "rows_unsummed_total",
    "Rows that lack a part of their caller's agents",
  ],
  ["batches", "batches_total", "Writes to the store"],
  [
    "callersRefused",
    "callers_refused_total",
    "Statuses with a caller address that is another's",
  ],
  ["rowsHeld", "rows_waiting", "Rows not written yet"],
  [
    "connectionsBlocked",
    "connections_held_back",
    "Connections not read for want of room",
  ],
  ["commits", "history_commits_total", "Commits of call totals"],
  [
    "commitConflicts",
    "history_conflicts_total",
    "Commits that found another reporter to have written of an agent, done again",
  ],
  [
    "historyRows",
    "history_rows_total",
    "Rows of hosts and routes that commits wrote",
  ],
  [
    "hostsRefused",
    "history_hosts_refused_total",
    "Hosts in call totals left out, as no route has them",
  ],
  [
    "callersUncounted",
    "callers_uncounted_total",
    "Callers of hosts and routes that were not counted, for want of room",
  ],
  [
    "framesLost",
    "history_frames_lost_total",
    "Call totals lost, of agents that had gone",
  ],
  ["historyFrames", "history_frames_waiting", "Call totals that wait"],
  [
    "historyBlocked",
    "history_agents_held_back",
    "Agents not read as their call totals find no room",
  ],
  ["historyFailing", "history_failing", "1 while history cannot be written"],
  [
    "statesInvalid",
    "states_invalid_total",
    "States of hosts left out, as no route can have such a host",
  ],
  ["events", "events_total", "Events of hosts taken"],
  [
    "eventsDropped",
    "events_dropped_total",
    "Events of hosts dropped for want of room, here or by agents",
  ],
  ["agentsGone", "agents_gone_total", "Agents found to be gone"],
  ...TCP_SERVER_METRICS,
];

/** The metrics that a reporter serves. */
export const REPORTER_METRICS: readonly Metric<ReporterReadings>[] = [
  countersBy("result", {
    name: "lars_reporter_rows_total",
    help:
      "Rows of statuses: written to the store; replaced by a newer one before; refused as no route has their host; lost for want of room; invalid by their key or host",
    values: {
      written: (counters) => counters.rowsWritten,
      replaced: (counters) => counters.rowsReplaced,
      refused: (counters) => counters.rowsRefused,
      lost: (counters) => counters.rowsLost,
      invalid: (counters) => counters.rowsInvalid,
    },
  }),
  countersBy("result", {
    name: "lars_alarm_deliveries_total",
    help: "Requests with alarms to receivers, by whether they were taken",
    values: {
      sent: (counters) => counters.deliveriesSent,
      failed: (counters) => counters.deliveriesFailed,
    },
  }),
  {
    name: "lars_alarms_firing",
    type: "gauge",
    help: "Alarms that fire and that this reporter looks after, by rule",
    labels: { rule: [...OWN_RULES, ...FLEET_RULES] },
    read: (source) =>
      Array.from(
        source.alarmsFiring,
        ([rule, value]) => ({ labels: { rule }, value }),
      ),
  },
  {
    name: "lars_watchdog_timestamp_seconds",
    type: "gauge",
    help:
      "When this reporter looked at the fleet last, in Unix time; 0: never, as another one does",
    read: (source) => source.watchdogAt,
  },
  {
    name: "lars_reporter_rows_waiting_max",
    type: "gauge",
    help: "Most rows that may wait: keys_max of its file",
    read: (source) => source.rowsWaitingMax,
  },
  {
    name: "lars_reporter_history_lag_seconds",
    type: "gauge",
    help: "Age of the call totals that wait longest for the store",
    read: (source) => source.historyLagMs / 1_000,
  },
  ...storeMetrics(STORE_OPERATIONS),
  ...metricsOf("reporter", COUNTERS),
  ...deprecatedMetrics(
    "reporter",
    [
      ["rowsInvalid", "rows_invalid_total", "lars_reporter_rows_total"],
      ["rowsRefused", "rows_refused_total", "lars_reporter_rows_total"],
      ["rowsLost", "rows_lost_total", "lars_reporter_rows_total"],
      ["rowsReplaced", "rows_replaced_total", "lars_reporter_rows_total"],
      ["rowsWritten", "rows_written_total", "lars_reporter_rows_total"],
      ["rowsHeld", "rows_held", "lars_reporter_rows_waiting"],
      ["writeFailures", "write_failures_total", "lars_store_errors_total"],
      ["writersFailing", "writers_failing", "lars_store_up"],
    ] as const satisfies readonly MetricRow<keyof ReporterCounters>[],
  ),
];

/** Reads all metrics of a reporter. */
export function readReporter(
  server: ReporterServer,
  { keysMax, alarms }: { keysMax: number; alarms: AlarmCounters },
): ReporterReadings {
  return {
    ...server.counters,
    ...alarms,
    rowsWaitingMax: keysMax,
    storeOperations: server.operations,
    isStoreUp: server.isStoreUp,
  };
}
