/**
 * How calls went: takes statuses from agents and has the newest of each written
 * to a store, without ever waiting for it.
 *
 * @module
 */
export type { HistoryCounters } from "./history/history.ts";
export type * from "./history/history_sink.ts";
export type { StateWrite } from "./history/state_changes.ts";
export * from "./hosts/known_hosts.ts";
export * from "./reporter_server.ts";
export type { SweepResult } from "./hosts/status_sweep.ts";
export type { Opening } from "./store_worker.ts";
export type { StatusSink, WriteResult } from "./status_writer.ts";
