/**
 * What is kept: routes and call results, in SQLite (embedded, the default), in
 * databases that speak the MySQL protocol, and in memory (tests).
 *
 * @module
 */
export {
  MEMORY_CHANGES_MAX,
  MemoryStore,
  type MemoryStoreOptions,
} from "./memory/store.ts";
export { FEED_IDS_MAX, FEED_LATE_MS_MAX } from "./mysql/feed.ts";
export type { MysqlClock, MysqlOptions } from "./mysql/options.ts";
export {
  type MysqlRouteOptions,
  MysqlRouteStore,
} from "./mysql/route_store.ts";
export {
  ensureMysqlSchema,
  formatSchemaReport,
  type SchemaReport,
} from "./mysql/schema.ts";
export { MysqlStatusStore } from "./mysql/status_store.ts";
export {
  type MysqlLocation,
  mysqlOptions,
  openRouteStore,
  openStatusStore,
  sqlitePath,
  type StoreContext,
  type StoreLocation,
} from "./open.ts";
export type { SqliteOptions } from "./sqlite/connection.ts";
export {
  type SqliteRouteOptions,
  SqliteRouteStore,
} from "./sqlite/route_store.ts";
export { runStatement, type StatementResult } from "./sqlite/statement.ts";
export { SqliteStatusStore } from "./sqlite/status_store.ts";
export * from "./types.ts";
