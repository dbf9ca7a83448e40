import { compareStatuses } from "../status_rows.ts";
import { HOST_TABLE } from "../attribute_tables.ts";
import { checkEdit, checkStatuses } from "../validation.ts";
import { type Route, type RouteKey, RouteMap } from "../../proto/mod.ts";
import { applyEdit, emptyTables, readRoute, type Tables } from "./tables.ts";
import { compareKeys } from "../route_grouper.ts";
import {
  type ChangeFeed,
  type Changes,
  type EditResult,
  type HostRow,
  type RouteEdit,
  type RouteStore,
  type StatusRow,
  type StatusStore,
  StoreError,
} from "../types.ts";

/** Changes remembered for feeds; one that lags by more is told `unnamed`. */
export const MEMORY_CHANGES_MAX = 10_000;

/** Options of {@linkcode MemoryStore}. */
export interface MemoryStoreOptions {
  /** Unix time in whole seconds, for the version; by default it only counts up. */
  wallSeconds?: () => number;
}

/**
 * Both stores in memory, for tests and simulations. Nothing in it waits: what a
 * call does is done when its promise is made. {@linkcode MemoryStore.connect}
 * gives another process's view of the same tables.
 */
export class MemoryStore implements RouteStore, StatusStore {
  readonly #wallSeconds: () => number;
  #tables: Tables = emptyTables();
  #closed = false;

  constructor({ wallSeconds = () => 0 }: MemoryStoreOptions = {}) {
    this.#wallSeconds = wallSeconds;
  }

  /** What RouteVersion holds. */
  get version(): number {
    return this.#tables.version;
  }

  /** The keys in RouteChange, oldest first. */
  get changes(): readonly RouteKey[] {
    return this.#tables.changes;
  }

  /** Another store over the same tables; closing one leaves the other open. */
  connect(): MemoryStore {
    const other = new MemoryStore({ wallSeconds: this.#wallSeconds });
    other.#tables = this.#tables;
    return other;
  }

  /** Deletes every RouteChange row, as the original's dns does. */
  deleteChanges(): void {
    this.#tables.changes = [];
  }

  /**
   * Edits as somebody who writes RouteData by hand and names no change; moves
   * RouteVersion only if told to.
   */
  editSilently(
    edit: RouteEdit,
    { moveVersion }: { moveVersion: boolean },
  ): void {
    checkEdit(edit);
    applyEdit(this.#tables, edit);
    if (moveVersion) this.#moveVersion();
  }

  /** Writes weight and zone as somebody does by hand: anything, for any host. */
  configureSilently(row: HostRow): void {
    const { modId: modid, cmdId: cmdid, ip, port, weight, zone } = row;
    HOST_TABLE.take(this.#tables.attributes, {
      modid,
      cmdid,
      serverip: ip,
      serverport: port,
      weight: weight ?? null,
      zone: zone ?? null,
    });
  }

  watch(): Promise<ChangeFeed> {
    return this.#use(() =>
      new MemoryFeed(() => {
        this.#checkOpen();
        return this.#tables;
      })
    );
  }

  async *scan(): AsyncGenerator<Route> {
    const { routes, attributes } = await this.#use(() => this.#tables);
    // A route is replaced, never changed: this list is the snapshot.
    const snapshot = Array.from(
      routes.values(),
      (route) => attributes.apply(route),
    );
    for (const route of snapshot.sort(compareKeys)) {
      this.#checkOpen();
      yield route;
    }
  }

  read(keys: readonly RouteKey[]): Promise<Route[]> {
    return this.#use(() => keys.map((key) => readRoute(this.#tables, key)));
  }

  edit(edit: RouteEdit): Promise<EditResult> {
    return this.#use(() => {
      checkEdit(edit);
      const tables = this.#tables;
      const { touched, ...result } = applyEdit(tables, edit);
      if (touched.length > 0) this.#moveVersion();
      tables.changeId += touched.length;
      tables.changes = [...tables.changes, ...touched].slice(
        -MEMORY_CHANGES_MAX,
      );
      return result;
    });
  }

  write(rows: readonly StatusRow[]): Promise<void> {
    return this.#use(() => {
      checkStatuses(rows);
      for (const row of rows) {
        const { modId, cmdId, ip, port, caller } = row;
        const key = [modId, cmdId, ip, port, caller].join();
        this.#tables.statuses.set(key, { ...row });
      }
    });
  }

  list(key?: RouteKey): Promise<StatusRow[]> {
    return this.#use(() =>
      [...this.#tables.statuses.values()]
        .filter((row) => key === undefined || compareKeys(row, key) === 0)
        .map((row) => ({ ...row }))
        .sort(compareStatuses)
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  #moveVersion(): void {
    const tables = this.#tables;
    tables.version = Math.max(tables.version + 1, this.#wallSeconds());
  }

  /** Runs `body` at once; its failure rejects. */
  #use<Result>(body: () => Result): Promise<Result> {
    try {
      this.#checkOpen();
      return Promise.resolve(body());
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #checkOpen(): void {
    if (!this.#closed) return;
    throw new StoreError("Cannot use store in memory as it is closed", {
      retry: false,
    });
  }
}

class MemoryFeed implements ChangeFeed {
  readonly #tables: () => Tables;
  #changeId: number;
  #version: number;

  constructor(tables: () => Tables) {
    this.#tables = tables;
    ({ changeId: this.#changeId, version: this.#version } = tables());
  }

  poll(): Promise<Changes> {
    try {
      return Promise.resolve(this.#poll());
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #poll(): Changes {
    const tables = this.#tables();
    const newRows = tables.changeId - this.#changeId;
    const moved = tables.version !== this.#version;
    this.#changeId = tables.changeId;
    this.#version = tables.version;
    if (newRows === 0) return { routes: [], unnamed: moved };

    const keys = new RouteMap<true>();
    for (const key of tables.changes.slice(-newRows)) keys.set(key, true);
    return {
      routes: [...keys.keys()].map((key) => readRoute(tables, key)),
      unnamed: newRows > tables.changes.length,
    };
  }
}
