import { checkEdit } from "../validation.ts";
import { type Route, type RouteKey, RouteMap } from "../../proto/mod.ts";
import {
  compareKeys,
  RouteGrouper,
  type SkipOptions,
} from "../route_grouper.ts";
import { RouteAttributes } from "../host_attributes.ts";
import type { Connection } from "./connection.ts";
import { type SqliteOptions, StoreFile } from "./store_file.ts";
import { FEED_ROWS_MAX, readIdentity, readRoutes, SqliteFeed } from "./feed.ts";
import { scanRoutes } from "./scan.ts";
import { changeDrains } from "../drains/changes.ts";
import { SELECT_DRAINS, toDrains } from "../drains/drain_table.ts";
import { stepsOf } from "./steps.ts";
import { recordedEdit, resultOf } from "../admin/recorded_edit.ts";
import { runProgram } from "../steps.ts";
import {
  changeAttributes,
  scanAttributes,
  trimAttributes,
} from "./attributes.ts";
import {
  HOST_TABLE,
  hostChangesOf,
  SETTINGS_TABLE,
} from "../attribute_tables.ts";
import {
  ACCEPTED_MAX,
  type ChangeFeed,
  type EditOptions,
  type EditResult,
  type HostDrain,
  type RouteEdit,
  type RouteStore,
  StoreError,
  type StoreIdentity,
  VERSION_MAX,
} from "../types.ts";

/** RouteChange rows that stay, the newest: as many as a feed names. */
const CHANGES_KEPT = FEED_ROWS_MAX;

/** Most RouteChange rows that one edit removes, so that it stays short. */
const CHANGES_TRIMMED_MAX = 1_000;

/** Options of {@linkcode SqliteRouteStore.open}. */
export interface SqliteRouteOptions extends SqliteOptions, SkipOptions {
}

/** Routes in a SQLite file that any number of processes may open. */
export class SqliteRouteStore implements RouteStore {
  readonly #options: SqliteRouteOptions;
  readonly #file: StoreFile;

  private constructor(options: SqliteRouteOptions) {
    this.#options = options;
    this.#file = new StoreFile(options);
  }

  /**
   * Opens the file, which is there.
   *
   * @throws {StoreError} As {@linkcode StoreFile}.
   */
  static open(options: SqliteRouteOptions): Promise<SqliteRouteStore> {
    return Promise.resolve().then(() => new SqliteRouteStore(options));
  }

  watch(): Promise<ChangeFeed> {
    return Promise.resolve().then(() => new SqliteFeed(this.#file));
  }

  read(keys: readonly RouteKey[]): Promise<Route[]> {
    return Promise.resolve().then(() =>
      this.#file.read(
        "read routes from store",
        (connection) => readRoutes(connection, keys),
      )
    );
  }

  async *scan(): AsyncGenerator<Route> {
    // At the first use, as every other call.
    await Promise.resolve();
    const file = this.#file;
    const connection = file.beginScan();
    const { generation } = file;
    const grouper = new RouteGrouper();
    const attributes = new RouteAttributes();
    let isWhole = false;
    try {
      connection.run("scan store", () => connection.prepare("BEGIN").run());
      for (const _ of scanAttributes(connection, attributes)) {
        await this.#pause(generation);
      }
      for (const routes of scanRoutes(connection, grouper)) {
        for (const route of routes) yield attributes.apply(route);
        await this.#pause(generation);
      }
      const last = grouper.finish();
      if (last !== undefined) yield attributes.apply(last);
      connection.run("scan store", () => connection.prepare("COMMIT").run());
      isWhole = true;
    } finally {
      file.endScan(connection, { isWhole });
    }
    const { onSkippedRows, onSkippedAttributes } = this.#options;
    onSkippedRows?.(grouper.skipped);
    onSkippedAttributes?.(attributes.skipped);
  }

  /** Lets other work run between the batches of a scan. */
  async #pause(generation: number): Promise<void> {
    // A timer lets the event loop look at its sockets; setImmediate hardly does.
    await this.#options.clock.sleep(0);
    this.#file.check();
    if (this.#file.generation === generation) return;
    throw new StoreError(
      `Cannot scan store "${this.#options.path}" as its file was replaced: try again`,
      { retry: true },
    );
  }

  edit(edit: RouteEdit, options?: EditOptions): Promise<EditResult> {
    return Promise.resolve().then(() => {
      checkEdit(edit);
      const nowSeconds = this.#options.clock.wallSeconds();
      const action = "edit routes in store";
      if (options === undefined) {
        return this.#file.edit(
          action,
          (connection) => applyEdit(connection, { edit, nowSeconds }),
        );
      }
      const outcome = this.#file.edit(action, (connection) => {
        const program = recordedEdit(edit, { ...options, nowSeconds });
        const apply = (edit: RouteEdit) =>
          applyEdit(connection, { edit, nowSeconds });
        return runProgram(program, stepsOf(connection, apply));
      });
      return resultOf(outcome);
    });
  }

  drains(): Promise<HostDrain[]> {
    return Promise.resolve().then(() =>
      this.#file.read(
        "read drains from store",
        (connection) => toDrains(connection.prepare(SELECT_DRAINS).all()),
      )
    );
  }

  identity(): Promise<StoreIdentity> {
    return Promise.resolve().then(() =>
      this.#file.peek("read identity of store", readIdentity)
    );
  }

  accept(): Promise<StoreIdentity> {
    return Promise.resolve().then(() =>
      this.#file.write("accept store", (connection) => {
        connection.prepare(
          `UPDATE StoreIdentity SET accepted =
             CASE WHEN accepted < ${ACCEPTED_MAX} THEN accepted + 1 ELSE 0 END`,
        ).run();
        return readIdentity(connection);
      })
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#file[Symbol.dispose]();
    return Promise.resolve();
  }
}

/** Applies an edit that was checked. Runs inside the caller's transaction. */
export function applyEdit(
  connection: Connection,
  { edit, nowSeconds }: { edit: RouteEdit; nowSeconds: number },
): EditResult {
  const { add = [], remove = [], settings = [] } = edit;
  const touched = new RouteMap<true>();
  const deletion = connection.prepare(
    "DELETE FROM RouteData WHERE modid = ? AND cmdid = ? AND serverip = ? AND serverport = ?",
  );
  let removed = 0;
  for (const row of remove) {
    const { changes } = deletion.run(row.modId, row.cmdId, row.ip, row.port);
    removed += Number(changes);
    if (Number(changes) > 0) touched.set(row, true);
  }
  const insertion = connection.prepare(
    `INSERT INTO RouteData (modid, cmdid, serverip, serverport)
     SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM RouteData
       WHERE modid = ?1 AND cmdid = ?2 AND serverip = ?3 AND serverport = ?4)`,
  );
  let added = 0;
  for (const row of add) {
    const { changes } = insertion.run(row.modId, row.cmdId, row.ip, row.port);
    added += Number(changes);
    if (Number(changes) > 0) touched.set(row, true);
  }
  const changes = [
    ...changeAttributes(connection, {
      table: HOST_TABLE,
      changes: hostChangesOf(edit),
    }),
    ...changeAttributes(connection, {
      table: SETTINGS_TABLE,
      changes: settings,
    }),
  ];
  const drains = runProgram(changeDrains(edit), stepsOf(connection));
  for (const key of [...changes, ...drains.keys]) touched.set(key, true);
  const keys = [...touched.keys()].sort(compareKeys);
  announce(connection, { keys, nowSeconds });
  trimAttributes(connection, keys);
  return { added, removed, changed: changes.length + drains.changed };
}

/** Moves RouteVersion, names the routes in RouteChange, and trims that table. */
function announce(
  connection: Connection,
  { keys, nowSeconds }: { keys: readonly RouteKey[]; nowSeconds: number },
): void {
  if (keys.length === 0) return;
  connection.prepare(
    `INSERT INTO RouteVersion (id, version) VALUES (1, ?1)
     ON CONFLICT (id) DO UPDATE SET version = CASE
       WHEN CAST(version AS INTEGER) + 1 BETWEEN ?1 AND ${VERSION_MAX}
       THEN CAST(version AS INTEGER) + 1 ELSE ?1 END`,
  ).run(nowSeconds);
  const naming = connection.prepare(
    `INSERT INTO RouteChange (modid, cmdid, version)
     SELECT ?, ?, version FROM RouteVersion WHERE id = 1`,
  );
  for (const { modId, cmdId } of keys) naming.run(modId, cmdId);
  connection.prepare(
    `DELETE FROM RouteChange WHERE id IN (
       SELECT id FROM RouteChange
       WHERE id <= (SELECT max(id) FROM RouteChange) - ${CHANGES_KEPT}
       ORDER BY id LIMIT ${CHANGES_TRIMMED_MAX})`,
  ).run();
}
