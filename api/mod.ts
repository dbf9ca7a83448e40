/**
 * The client library: asks the agent of this machine which host to call for a
 * (modid, cmdid), and reports how the call went.
 *
 * @example
 * ```ts
 * import { formatAddress, LarsClient } from "@lars/lars";
 *
 * await using client = LarsClient.open();
 * if (await client.register(1, 1)) {
 *   await client.call(1, 1, (host) => console.log(formatAddress(host)));
 * }
 * ```
 *
 * @module
 */
export type {
  ByteStream,
  Clock,
  DatagramSocket,
  DatagramTransport,
  Random,
  StreamListener,
  Transport,
} from "../net/client.ts";
export {
  AGENT_SERVERS,
  type CallReport,
  type Endpoint,
  type ExplainedCall,
  type ExplainedDecision,
  formatAddress,
  formatIp,
  type HostAddress,
  type HostExplanation,
  type HostStatus,
  parseAddress,
  parseIp,
  type RouteExplanation,
  type RouteKey,
} from "../proto/mod.ts";
export { DURATION_US_MAX } from "./arguments.ts";
export * from "./client.ts";
export type { PickEvent, ReportEvent } from "./diagnostics.ts";
export {
  type CallResult,
  type ExplainOutcome,
  type HostOutcome,
  type NoAnswer,
  NoHostError,
  type RouteHost,
  type RouteOutcome,
} from "./outcome.ts";
export { BATCH_MAX, FLUSH_MS } from "./remote/host_queue.ts";
export {
  DRAIN_DEFAULT_MS,
  type ServeCheck,
  ServedInstance,
  ServeError,
  type ServeOptions,
  type ServeSettings,
  type ServeState,
  type ServeStatus,
  WAIT_DEFAULT_MS,
} from "./serve/mod.ts";
export {
  type AgentState,
  type ExplainOptions,
  type GetRouteOptions,
  type HostSource,
  type LarsClientCounters,
  type NoStatus,
  PENDING_MAX,
  type RegistrationSource,
} from "./source.ts";
