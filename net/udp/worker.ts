/**
 * The part of `net/` that a thread needs which answers datagrams and nothing
 * else: without streams, logs and pages it takes 2 MB less.
 *
 * @module
 */
export * from "../clock.ts";
export * from "../deadline_timer.ts";
export * from "../deno_transport.ts";
export * from "../transport.ts";
export * from "./batch/clock.ts";
export * from "./batch/server.ts";
export * from "./batch/socket.ts";
export * from "./batch/wakeup.ts";
export * from "./server.ts";
export * from "../worker_pool.ts";
