/**
 * How it travels: sockets, time, logs, metrics and the life of a service. The
 * only folder with sockets; the others are handed a transport and a clock.
 *
 * @module
 */
export * from "./backoff.ts";
export * from "./batch_libc.ts";
export * from "./batch_mail.ts";
export * from "./batch_probe.ts";
export * from "./batch_server.ts";
export * from "./batch_socket.ts";
export * from "./clock.ts";
export * from "./deno_transport.ts";
export * from "./framed_connection.ts";
export * from "./log.ts";
export * from "./memory_network.ts";
export * from "./metrics.ts";
export * from "./router.ts";
export * from "./service.ts";
export * from "./tcp_client.ts";
export * from "./tcp_server.ts";
export * from "./transport.ts";
export * from "./udp_client.ts";
export * from "./udp_server.ts";
export * from "./virtual_clock.ts";
export * from "./worker_pool.ts";
