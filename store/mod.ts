/**
 * What is kept: routes and call results, in SQLite (embedded, the default) or
 * in a database that speaks the MySQL protocol. `README.md` beside this file
 * has the tables.
 *
 * @module
 */
export { covers, isSameTarget, targetKey } from "./drains/host_drains.ts";
export {
  type DrainProgress,
  haveStopped,
  readDrainProgress,
} from "./drains/progress.ts";
export * from "./history/fleet/mod.ts";
export { mergeEvent } from "./history/events.ts";
export * from "./history/types.ts";
export { placeKey, placeOf } from "./instances/rows.ts";
export * from "./instances/types.ts";
export type { SchemaReport } from "./mysql/schema.ts";
export {
  createStore,
  ensureSchema,
  type Oddity,
  openAdminStore,
  openHistoryStore,
  openLeaseStore,
  openRouteStore,
  openStatusStore,
  sqlitePath,
  type StoreContext,
} from "./open.ts";
export { diffRoutes, reverseEdit, type RouteDiff } from "./admin/diff.ts";
export { type EditPart, editParts } from "./edit_parts.ts";
export { ABSENT_REVISION, hashOf, revisionOf } from "./admin/revision.ts";
export * from "./admin/types.ts";
export { knownSettings, type UnknownPolicy } from "./known_policies.ts";
export {
  CSV_HEADER,
  CSV_HEADER_FULL,
  type CsvOptions,
  type CsvRow,
  formatRouteCsv,
  needsFullCsv,
  parseRouteCsv,
  settingsOfRows,
} from "./route_csv.ts";
export { runStatement, type StatementResult } from "./sqlite/statement.ts";
export { compareKeys } from "./route_grouper.ts";
export * from "./types.ts";
