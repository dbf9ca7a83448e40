/**
 * What is kept: routes and call results, in SQLite (embedded, the default) or
 * in a database that speaks the MySQL protocol. `README.md` beside this file
 * has the tables.
 *
 * @module
 */
export type { SchemaReport } from "./mysql/schema.ts";
export {
  ensureSchema,
  type MysqlLocation,
  openRouteStore,
  openStatusStore,
  sqlitePath,
  type StoreContext,
  type StoreLocation,
} from "./open.ts";
export { runStatement, type StatementResult } from "./sqlite/statement.ts";
export * from "./types.ts";
