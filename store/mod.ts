/**
 * What is kept: routes and call results, in SQLite (embedded, the default) and
 * in memory (tests).
 *
 * @module
 */
export {
  MEMORY_CHANGES_MAX,
  MemoryStore,
  type MemoryStoreOptions,
} from "./memory.ts";
export type { RouteEdit } from "./route_rows.ts";
export type { SqliteOptions } from "./sqlite_connection.ts";
export {
  type SqliteRouteOptions,
  SqliteRouteStore,
} from "./sqlite_route_store.ts";
export { runStatement, type StatementResult } from "./sqlite_statement.ts";
export { SqliteStatusStore } from "./sqlite_status_store.ts";
export * from "./types.ts";
