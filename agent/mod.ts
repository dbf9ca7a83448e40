/**
 * The agent of one machine: three UDP servers that answer programs, and links
 * to dns and reporter that feed them.
 *
 * @module
 */
export * from "./hub/agent.ts";
export type { KnownStore } from "./hub/cache_format.ts";
export { type LoadedIdentity, loadIdentity } from "./hub/identity.ts";
export type { KnownHost, RouteLookup } from "./hub/lookups.ts";
export * from "./hub/route_cache.ts";
export type { OutageKeeper } from "./hub/outage_file.ts";
export { routesOf } from "./hub/route_sender.ts";
export * from "./policies/mod.ts";
export type {
  AddressRange,
  AllowedRoutes,
  RegisterSettings,
  Registration,
  SavedInstance,
} from "./registrar/instance.ts";
export type { MachineAddresses } from "./registrar/own_addresses.ts";
export type {
  ProgramRegistrar,
  RegistrarCounters,
  RegistrationOptions,
} from "./registrar/registrar.ts";
export type { RegistrationKeeper } from "./registrar/registrations_file.ts";
export * from "./routes/host_table.ts";
export type { Linked } from "./routes/linked_queue.ts";
export type { EmptyAnswer, RouteEntry } from "./routes/route_entry.ts";
export * from "./routes/route_hosts.ts";
export * from "./routes/single_route.ts";
export * from "./shard/datagrams.ts";
export type { ChangesOutbox } from "./shard/host_changes.ts";
export * from "./shard/local.ts";
export * from "./shard/server.ts";
export * from "./shard/shard.ts";
export type { TotalsOutbox } from "./shard/totals_sender.ts";
export * from "./shard/worker_messages.ts";
