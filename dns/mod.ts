/**
 * Which hosts a route has: keeps every route of a store in memory, answers
 * agents, and pushes changes to those who asked.
 *
 * @module
 */
export * from "./dns_server.ts";
export * from "./feed_loop.ts";
export type { LeasePeer } from "./leases/agent_sets.ts";
export { beyondLoopback, LOOPBACK, Networks } from "./leases/networks.ts";
export type { LeaseCounters } from "./leases/lease_keeper.ts";
export { RegisterKeys } from "./leases/register_keys.ts";
export type { CallerEvidence } from "./leases/votes.ts";
export * from "./publisher.ts";
export * from "./reconciliation.ts";
export * from "./route_table.ts";
export * from "./subscriptions.ts";
