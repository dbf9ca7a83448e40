/**
 * The agent of one machine: three UDP servers that answer programs, and links
 * to dns and reporter that feed them.
 *
 * @module
 */
export * from "./agent.ts";
export * from "./balancer.ts";
export * from "./messages.ts";
export * from "./policy.ts";
export { routesOf } from "./route_batch.ts";
export * from "./route_cache.ts";
export * from "./settings.ts";
export * from "./shard.ts";
export * from "./shard_core.ts";
export * from "./shard_server.ts";
