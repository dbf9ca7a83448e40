/**
 * The part of `net/` that a client needs: sockets, UDP and time, without
 * servers, logs and metrics.
 *
 * @module
 */
export * from "./clock.ts";
export * from "./deadline_timer.ts";
export * from "./idle_timer.ts";
export { machineName } from "./service/machine_name.ts";
export * from "./output/standard_output.ts";
export * from "./transport.ts";
export * from "./udp/client.ts";
export { localHostname } from "./udp/named_socket.ts";
export { SystemDatagrams } from "./udp/system_datagrams.ts";
