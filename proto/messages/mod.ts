/**
 * The messages of `lars.proto`, a file each, with both directions side by side.
 *
 * @module
 */
export { type CallReport, CallResults, RESULTS_MAX } from "./call_results.ts";
export * from "./call_totals.ts";
export {
  decodeBody,
  fromIdentity,
  IDENTITY_BYTES,
  type MessageType,
} from "./decode.ts";
export * from "./explain.ts";
export * from "./get_host.ts";
export * from "./get_route.ts";
export * from "./hello.ts";
export * from "./host_events.ts";
export * from "./host_states.ts";
export * from "./registration/mod.ts";
export * from "./report.ts";
export * from "./report_status.ts";
export * from "./tags.ts";
