/**
 * How it travels: sockets, time, logs, metrics and the life of a service. The
 * only folder with sockets; the others are handed a transport and a clock.
 *
 * @module
 */
export * from "./backoff.ts";
export * from "./client.ts";
export * from "./deno_transport.ts";
export {
  configureLogs,
  exitAfterLogs,
  type Logger,
  loggerOf,
  type LogLevel,
} from "./log.ts";
export * from "./log_budget.ts";
export * from "./http/post.ts";
export * from "./http/server.ts";
export * from "./http/status.ts";
export { serviceClock } from "./metrics/event_loop_delay.ts";
export * from "./metrics/histogram.ts";
export * from "./metrics/metric.ts";
export * from "./metrics/operations.ts";
export * from "./metrics/service_pages.ts";
export { TCP_SERVER_METRICS } from "./tcp/server_metrics.ts";
export * from "./output/line_writer.ts";
export { listenEndpoint } from "./connect/resolve.ts";
export * from "./service/allocator.ts";
export * from "./service/service.ts";
export * from "./service/process_probe.ts";
export { inheritedDescriptors } from "./service/service_manager.ts";
export type { ServiceOptions } from "./service/options.ts";
export * from "./slices.ts";
export * from "./standing_condition.ts";
export * from "./tcp/address_group.ts";
export * from "./tcp/client.ts";
export * from "./tcp/framed_connection.ts";
export * from "./tcp/lease_signature.ts";
export { SILENCE_MS_MAX } from "./tcp/liveness.ts";
export { STALL_MS_MAX } from "./tcp/peer_watch.ts";
export * from "./tcp/router.ts";
export * from "./tcp/server.ts";
export * from "./tcp/tls_stream.ts";
export {
  BatchUnavailableError,
  LIBC_FILES,
  type LibcOptions,
} from "./udp/batch/libc.ts";
export * from "./udp/batch/probe.ts";
export * from "./udp/batch/server.ts";
export * from "./udp/batch/socket.ts";
export * from "./udp/batch/wakeup.ts";
export * from "./udp/server.ts";
export * from "./version.ts";
export * from "./worker_pool.ts";
