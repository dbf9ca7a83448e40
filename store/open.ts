import type { MysqlOptions } from "./mysql/options.ts";
import type { SchemaReport } from "./mysql/schema.ts";
import type { HistoryStore } from "./history/types.ts";
import type { AdminStore } from "./admin/types.ts";
import {
  openSqliteAdminStore,
  openSqliteLeaseStore,
} from "./sqlite/programs.ts";
import type { LeaseStore } from "./instances/types.ts";
import { createFile } from "./sqlite/create.ts";
import { readFileIds } from "./sqlite/file_state.ts";
import { SqliteHistoryStore } from "./sqlite/history/store.ts";
import { SqliteRouteStore } from "./sqlite/route_store.ts";
import { SqliteStatusStore } from "./sqlite/status_store.ts";
import type { Skipped } from "./route_grouper.ts";
import { hideTimeZone } from "./time_zone.ts";
import {
  type MysqlLocation,
  type RouteStore,
  type StatusStore,
  type StoreClock,
  StoreError,
  type StoreLocation,
} from "./types.ts";

/** Options of a store besides its location. */
export interface StoreContext {
  /** Folder of the embedded store. */
  dataDir: string;
  /** Clock of the process. */
  clock: StoreClock;
  /** Takes what is odd but harmless, and happens. */
  warn?: (message: string, properties: Record<string, unknown>) => void;
  /**
   * Takes what is odd but harmless, and lasts: told at each look, without `found`
   * when there is nothing.
   */
  onOddity?: (oddity: Oddity, found?: Record<string, unknown>) => void;
}

/** Something odd in a store: rows or attributes that cannot be, old changes that cannot be removed. */
export type Oddity = "rows" | "attributes" | "oldChanges";

// mysql/ is loaded where such a store is configured: mysql2 takes time and memory.

/**
 * Opens the routes of a store.
 *
 * @throws {StoreError} If it cannot be opened; a MySQL store fails later, at its
 * first use.
 */
export async function openRouteStore(
  location: StoreLocation,
  { dataDir, clock, warn, onOddity }: StoreContext,
): Promise<RouteStore> {
  const skipped = (oddity: Oddity) => ({ rows, first }: Skipped) =>
    onOddity?.(oddity, rows > 0 ? { rows, first } : undefined);
  const onSkippedRows = skipped("rows");
  const onSkippedAttributes = skipped("attributes");
  if (location.kind === "mysql") {
    hideTimeZone();
    const { MysqlRouteStore } = await import("./mysql/route_store.ts");
    return await MysqlRouteStore.open({
      ...await mysqlOptions(location.mysql, clock),
      onSkippedRows,
      onSkippedAttributes,
      onTrimmed: (error) =>
        onOddity?.("oldChanges", error === undefined ? undefined : { error }),
      onMissingTables: (tables) =>
        warn?.(
          'going on without what some tables hold, as they are missing, and this user may not create them: run "lars store schema --apply" as one who may',
          { tables },
        ),
    });
  }
  return await SqliteRouteStore.open({
    path: sqlitePath(dataDir),
    clock,
    onReopened: () =>
      warn?.("the files of the store were replaced or failed, opened it anew", {
        path: sqlitePath(dataDir),
      }),
    onSkippedRows,
    onSkippedAttributes,
  });
}

/**
 * Opens the statuses of a store, for one writer.
 *
 * @throws {StoreError} As {@linkcode openRouteStore}.
 */
export async function openStatusStore(
  location: StoreLocation,
  { dataDir, clock }: StoreContext,
): Promise<StatusStore> {
  if (location.kind === "mysql") {
    hideTimeZone();
    const { MysqlStatusStore } = await import("./mysql/status_store.ts");
    return await MysqlStatusStore.open({
      ...await mysqlOptions(location.mysql, clock),
      connectionsMax: 1,
    });
  }
  return await SqliteStatusStore.open({ path: sqlitePath(dataDir), clock });
}

/**
 * Opens the history of a store, for any number of readers and writers.
 *
 * @throws {StoreError} As {@linkcode openRouteStore}.
 */
export async function openHistoryStore(
  location: StoreLocation,
  { dataDir, clock, warn }: StoreContext,
): Promise<HistoryStore> {
  if (location.kind === "mysql") {
    hideTimeZone();
    const { MysqlHistoryStore } = await import("./mysql/history/store.ts");
    return await MysqlHistoryStore.open({
      ...await mysqlOptions(location.mysql, clock),
      onMissingTables: (tables) =>
        warn?.(
          "going on without history: tables are missing, and this user may not create them",
          { tables },
        ),
    });
  }
  return await SqliteHistoryStore.open({ path: sqlitePath(dataDir), clock });
}

/**
 * Opens who may do what in a store, and who did what.
 *
 * @throws {StoreError} As {@linkcode openRouteStore}.
 */
export async function openAdminStore(
  location: StoreLocation,
  { dataDir, clock }: StoreContext,
): Promise<AdminStore> {
  if (location.kind === "mysql") {
    hideTimeZone();
    const { openMysqlAdminStore } = await import("./mysql/admin/store.ts");
    return await openMysqlAdminStore(await mysqlOptions(location.mysql, clock));
  }
  return await openSqliteAdminStore({ path: sqlitePath(dataDir), clock });
}

/**
 * Opens what agents register in a store.
 *
 * @throws {StoreError} As {@linkcode openRouteStore}.
 */
export async function openLeaseStore(
  location: StoreLocation,
  { dataDir, clock }: StoreContext,
): Promise<LeaseStore> {
  if (location.kind === "mysql") {
    hideTimeZone();
    const { openMysqlLeaseStore } = await import("./mysql/admin/store.ts");
    return await openMysqlLeaseStore(await mysqlOptions(location.mysql, clock));
  }
  return await openSqliteLeaseStore({ path: sqlitePath(dataDir), clock });
}

/**
 * Makes a store where there is none: the file of an embedded one with its folder,
 * or the database with its tables. Nothing else makes one.
 *
 * @returns Whether it was made now; one that is there stays as it is.
 * @throws {StoreError} If it cannot be made.
 */
export async function createStore(
  location: StoreLocation,
  { dataDir, clock }: StoreContext,
): Promise<boolean> {
  if (location.kind === "sqlite") return await createFile(sqlitePath(dataDir));
  hideTimeZone();
  const schema = await import("./mysql/schema.ts");
  const options = await mysqlOptions(location.mysql, clock);
  return await schema.createSchema(options);
}

/**
 * Compares a database with the tables that Lars needs, and creates what is
 * missing if `apply` is true. What exists is never altered, but for an index.
 * An embedded store lacks nothing.
 *
 * @throws {StoreError} If the database cannot be reached, or a table has not
 * the columns it must have; if there is no embedded store.
 */
export async function ensureSchema(
  location: StoreLocation,
  { dataDir, clock, apply }: StoreContext & { apply: boolean },
): Promise<SchemaReport> {
  if (location.kind === "sqlite") {
    readFileIds(sqlitePath(dataDir));
    return { created: [], missing: [] };
  }
  hideTimeZone();
  const schema = await import("./mysql/schema.ts");
  const options = await mysqlOptions(location.mysql, clock);
  return await schema.ensureSchema(options, { apply });
}

/** The file of the embedded store. */
export function sqlitePath(dataDir: string): string {
  return `${dataDir.replace(/\/+$/, "")}/lars.db`;
}

async function mysqlOptions(
  { tlsCaPath, ...location }: MysqlLocation,
  clock: StoreClock,
): Promise<MysqlOptions> {
  if (tlsCaPath === undefined) return { ...location, clock };
  try {
    const tlsCaPem = await Deno.readTextFile(tlsCaPath);
    return { ...location, tlsCaPem, clock };
  } catch (cause) {
    throw new StoreError(
      `Cannot open store as [mysql] db_tls_ca must name a file that can be read: current value is "${tlsCaPath}"`,
      { retry: false, cause },
    );
  }
}
