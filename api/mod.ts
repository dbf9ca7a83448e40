/**
 * The client library: asks the agent of this machine which host to call for a
 * (modid, cmdid), and tells it how the call went.
 *
 * @example
 * ```ts
 * import { formatAddress, LarsClient } from "./mod.ts";
 *
 * await using client = LarsClient.open();
 * await client.register(1, 1);
 * await client.call(1, 1, (host) => console.log(formatAddress(host)));
 * ```
 *
 * @module
 */
export {
  AGENT_SERVERS,
  formatAddress,
  formatIp,
  type HostAddress,
  parseAddress,
  parseIp,
} from "../proto/mod.ts";
export { PENDING_MAX } from "./remote/agent_link.ts";
export { DURATION_US_MAX } from "./arguments.ts";
export * from "./client.ts";
export type { EmbeddedSettings } from "./embedded/settings.ts";
export { BATCH_MAX, HOLD_MS } from "./remote/host_queue.ts";
export type { LarsClientCounters } from "./source.ts";
export {
  type CallResult,
  type HostOutcome,
  type NoAnswer,
  NoHostError,
  type RouteHost,
  type RouteOutcome,
} from "./outcome.ts";
