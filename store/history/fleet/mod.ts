/**
 * What all agents that report to a store tell, for people: problems first.
 *
 * @module
 */
export { type Agents, GONE_S, SILENT_S } from "./agents.ts";
export type { HostCalls, RouteCalls } from "./calls.ts";
export {
  type AsOf,
  type Fleet,
  FleetReader,
  type FleetSource,
  type RouteDetail,
} from "./fleet_reader.ts";
export type { HostDetail } from "./host_details.ts";
export { type HostView, isOutAtFew, type ReasonCount } from "./host_views.ts";
export { latencyQuantileUs } from "./latency.ts";
export type { Problem, RouteFacts } from "./problems.ts";
export { type CallCounts, WINDOW_S } from "./window.ts";
