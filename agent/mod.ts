export { routesOf } from "./hub/route_sender.ts";

/**
 * The agent of one machine: three UDP servers that answer programs, and links
 * to dns and reporter that feed them.
 *
 * @module
 */
export * from "./hub/agent.ts";
export * from "./policies/balancer.ts";
export * from "./shard/worker_messages.ts";
export * from "./policies/mod.ts";
export * from "./hub/route_cache.ts";
export * from "./policies/settings.ts";
export * from "./shard/shard.ts";
export * from "./shard/local.ts";
export * from "./shard/worker_messages.ts";
export * from "./shard/datagrams.ts";
export * from "./shard/local.ts";
export * from "./shard/server.ts";
