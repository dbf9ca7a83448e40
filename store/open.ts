import type { MysqlOptions } from "./mysql/options.ts";
import type { SchemaReport } from "./mysql/schema.ts";
import { SqliteRouteStore } from "./sqlite/route_store.ts";
import { SqliteStatusStore } from "./sqlite/status_store.ts";
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
  /** Folder of the embedded store, made if it is missing. */
  dataDir: string;
  /** Clock of the process. */
  clock: StoreClock;
  /** Takes what is odd but harmless. */
  warn?: (message: string, properties: Record<string, unknown>) => void;
}

// Here and below, mysql/ is loaded at its first use: mysql2 reads the
// environment when it is loaded, for which Deno asks a person at a terminal.

/**
 * Opens the routes of a store.
 *
 * @throws {StoreError} If it cannot be opened; a MySQL store fails later, at its
 * first use.
 */
export async function openRouteStore(
  location: StoreLocation,
  { dataDir, clock, warn }: StoreContext,
): Promise<RouteStore> {
  const onSkippedRows = (rows: number) =>
    warn?.("rows left out: no route can have them", { rows });
  const onSkippedAttributes = (rows: number) =>
    warn?.("weights, zones or settings left out: they cannot be", { rows });
  if (location.kind === "mysql") {
    const { MysqlRouteStore } = await import("./mysql/route_store.ts");
    return await MysqlRouteStore.open({
      ...await mysqlOptions(location.mysql, clock),
      onSkippedRows,
      onSkippedAttributes,
      onTrimFailure: (error) =>
        warn?.("cannot remove old rows of RouteChange", { error }),
      onMissingTables: (tables) =>
        warn?.(
          "going on without weights, zones and settings of routes: tables are missing, and this user may not create them",
          { tables },
        ),
    });
  }
  return await SqliteRouteStore.open({
    ...await sqliteOptions(dataDir, clock),
    // A timer lets the event loop look at its sockets; setImmediate hardly does.
    yieldNow: () => clock.sleep(0),
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
    const { MysqlStatusStore } = await import("./mysql/status_store.ts");
    return await MysqlStatusStore.open({
      ...await mysqlOptions(location.mysql, clock),
      connectionsMax: 1,
    });
  }
  return await SqliteStatusStore.open(await sqliteOptions(dataDir, clock));
}

/**
 * Compares a database with the tables that Lars needs, and creates what is
 * missing if `apply` is true. What exists is never altered, but for an index.
 *
 * @throws {StoreError} If the database cannot be reached, or a table has not
 * the columns it must have.
 */
export async function ensureSchema(
  location: MysqlLocation,
  { clock, apply }: { clock: StoreClock; apply: boolean },
): Promise<SchemaReport> {
  const schema = await import("./mysql/schema.ts");
  return await schema.ensureSchema(await mysqlOptions(location, clock), {
    apply,
  });
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

async function sqliteOptions(dataDir: string, clock: StoreClock) {
  const path = sqlitePath(dataDir);
  try {
    await Deno.mkdir(dataDir, { recursive: true });
  } catch (cause) {
    throw new StoreError(
      `Cannot open store "${path}" as its folder cannot be made: ${
        cause instanceof Error ? cause.message : cause
      }`,
      { retry: false, cause },
    );
  }
  return { path, wallSeconds: () => clock.wallSeconds() };
}
