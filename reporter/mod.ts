/**
 * How calls went: takes statuses from agents and has the newest of each written
 * to a store, without ever waiting for it.
 *
 * @module
 */
export * from "./metrics.ts";
export * from "./reporter_server.ts";
export * from "./status_writer.ts";
export * from "./store_worker.ts";
