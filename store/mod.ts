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
} from "./memory.ts";
export { FEED_IDS_MAX, FEED_LATE_MS_MAX } from "./mysql_feed.ts";
export type { MysqlClock, MysqlOptions } from "./mysql_options.ts";
export {
  type MysqlRouteOptions,
  MysqlRouteStore,
} from "./mysql_route_store.ts";
export {
  ensureMysqlSchema,
  formatSchemaReport,
  type SchemaReport,
} from "./mysql_schema.ts";
export { MysqlStatusStore } from "./mysql_status_store.ts";
export {
  type MysqlLocation,
  mysqlOptions,
  openRouteStore,
  openStatusStore,
  sqlitePath,
  type StoreLocation,
  type StoreSurroundings,
} from "./open.ts";
export type { SqliteOptions } from "./sqlite_connection.ts";
export {
  type SqliteRouteOptions,
  SqliteRouteStore,
} from "./sqlite_route_store.ts";
export { runStatement, type StatementResult } from "./sqlite_statement.ts";
export { SqliteStatusStore } from "./sqlite_status_store.ts";
export * from "./types.ts";
