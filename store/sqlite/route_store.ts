import { checkEdit } from "../validation.ts";
import { type Route, type RouteKey, RouteMap } from "../../proto/mod.ts";
import {
  compareKeys,
  RouteGrouper,
  type SkipOptions,
} from "../route_grouper.ts";
import { RouteAttributes } from "../host_attributes.ts";
import { Connection, type SqliteOptions } from "./connection.ts";
import { readIdentity, readRoutes, SqliteFeed } from "./feed.ts";
import { scanRoutes } from "./scan.ts";
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
  type ChangeFeed,
  type EditResult,
  type RouteEdit,
  type RouteStore,
  StoreError,
  type StoreIdentity,
} from "../types.ts";

/** Age above which edits remove RouteChange rows. */
const CHANGE_AGE_SECONDS_MAX = 86_400;

/** Newest RouteChange rows that stay, whatever their age. */
const CHANGES_KEPT_MIN = 10_000;

/** Most old RouteChange rows that one edit removes, so that it stays short. */
const CHANGES_TRIMMED_MAX = 1_000;

/** Options of {@linkcode SqliteRouteStore.open}. */
export interface SqliteRouteOptions extends SqliteOptions, SkipOptions {
  /** Lets other work run between the batches of a scan; without it a scan does not pause. */
  yieldNow?: () => Promise<void>;
}

/** Routes in a SQLite file that any number of processes may open. */
export class SqliteRouteStore implements RouteStore {
  readonly #options: SqliteRouteOptions;
  readonly #writer: Connection;
  /** Connection that nothing is written through: see {@linkcode SqliteFeed}. */
  readonly #reader: Connection;
  readonly #scans = new Set<Connection>();
  #closed = false;

  private constructor(options: SqliteRouteOptions) {
    this.#options = options;
    this.#writer = Connection.open(options);
    this.#reader = this.#writer.another();
  }

  /**
   * Opens the file, and creates it when it is missing.
   *
   * @throws {StoreError} If it is damaged, of another program or a newer Lars,
   * or cannot be written; the file is left as it is.
   */
  static open(options: SqliteRouteOptions): Promise<SqliteRouteStore> {
    return Promise.resolve().then(() => new SqliteRouteStore(options));
  }

  watch(): Promise<ChangeFeed> {
    return Promise.resolve().then(() => new SqliteFeed(this.#reader));
  }

  read(keys: readonly RouteKey[]): Promise<Route[]> {
    return Promise.resolve().then(() =>
      this.#reader.readTransaction(
        "read routes from store",
        () => readRoutes(this.#reader, keys),
      )
    );
  }

  async *scan(): AsyncGenerator<Route> {
    const connection = this.#writer.another();
    this.#scans.add(connection);
    const grouper = new RouteGrouper();
    const attributes = new RouteAttributes();
    try {
      connection.run("scan store", () => connection.prepare("BEGIN").run());
      for (const _ of scanAttributes(connection, attributes)) {
        await this.#pause();
      }
      for (const routes of scanRoutes(connection, grouper)) {
        for (const route of routes) yield attributes.apply(route);
        await this.#pause();
      }
      const last = grouper.finish();
      if (last !== undefined) yield attributes.apply(last);
    } finally {
      connection[Symbol.dispose]();
      this.#scans.delete(connection);
    }
    const { onSkippedRows, onSkippedAttributes } = this.#options;
    if (grouper.skippedRows > 0) onSkippedRows?.(grouper.skippedRows);
    if (attributes.skippedRows > 0) {
      onSkippedAttributes?.(attributes.skippedRows);
    }
  }

  /** Lets other work run between the batches of a scan. */
  async #pause(): Promise<void> {
    await this.#options.yieldNow?.();
    this.#checkOpen();
  }

  edit(edit: RouteEdit): Promise<EditResult> {
    return Promise.resolve().then(() => {
      checkEdit(edit);
      return this.#writer.writeTransaction(
        "edit routes in store",
        () =>
          applyEdit(this.#writer, {
            edit,
            nowSeconds: this.#options.wallSeconds(),
          }),
      );
    });
  }

  identity(): Promise<StoreIdentity> {
    return Promise.resolve().then(() =>
      this.#reader.run(
        "read identity of store",
        () => readIdentity(this.#reader),
      )
    );
  }

  accept(): Promise<StoreIdentity> {
    return Promise.resolve().then(() =>
      this.#writer.writeTransaction("accept store", () => {
        this.#writer.prepare(
          "UPDATE StoreIdentity SET accepted = accepted + 1",
        ).run();
        return readIdentity(this.#writer);
      })
    );
  }

  #checkOpen(): void {
    if (!this.#closed) return;
    throw new StoreError(
      `Cannot scan store "${this.#options.path}" as it is closed`,
      { retry: false },
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const connection of [this.#writer, this.#reader, ...this.#scans]) {
      connection[Symbol.dispose]();
    }
    return Promise.resolve();
  }
}

/** Runs inside the caller's transaction. */
function applyEdit(
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
  for (const change of changes) touched.set(change, true);
  const keys = [...touched.keys()].sort(compareKeys);
  trimAttributes(connection, { keys, nowSeconds });
  announce(connection, { keys, nowSeconds });
  return { added, removed, changed: changes.length };
}

/** Moves RouteVersion, names the routes in RouteChange, and trims that table. */
function announce(
  connection: Connection,
  { keys, nowSeconds }: { keys: readonly RouteKey[]; nowSeconds: number },
): void {
  if (keys.length === 0) return;
  connection.prepare(
    `INSERT INTO RouteVersion (id, version) VALUES (1, ?1)
     ON CONFLICT (id) DO UPDATE SET version = max(version + 1, ?1)`,
  ).run(nowSeconds);
  const naming = connection.prepare(
    `INSERT INTO RouteChange (modid, cmdid, version)
     SELECT ?, ?, version FROM RouteVersion WHERE id = 1`,
  );
  for (const { modId, cmdId } of keys) naming.run(modId, cmdId);
  connection.prepare(
    `DELETE FROM RouteChange WHERE version < ?1 AND id IN (
       SELECT id FROM RouteChange WHERE id <= (SELECT max(id) FROM RouteChange) - ?2
       ORDER BY id LIMIT ?3)`,
  ).run(
    nowSeconds - CHANGE_AGE_SECONDS_MAX,
    CHANGES_KEPT_MIN,
    CHANGES_TRIMMED_MAX,
  );
}
