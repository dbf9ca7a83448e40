import { expectIdentity, isOther } from "../identity.ts";
import { compareStatuses, statusKeyOf } from "../status_rows.ts";
import { HOST_TABLE } from "../attribute_tables.ts";
import { checkEdit, checkStatuses } from "../validation.ts";
import { type Route, type RouteKey, RouteMap } from "../../proto/mod.ts";
import { applyEdit, emptyTables, readRoute, type Tables } from "./tables.ts";
import { compareTargets } from "../drains/host_drains.ts";
import { type AdminEngine, ProgramAdminStore } from "../admin/admin_store.ts";
import { ProgramLeaseStore } from "../instances/lease_store.ts";
import type { LeaseStore } from "../instances/types.ts";
import { writeAudit } from "../admin/audit.ts";
import { recordedEdit, resultOf } from "../admin/recorded_edit.ts";
import { type Program, runProgram } from "../steps.ts";
import type { AdminStore } from "../admin/types.ts";
import { stepsOn } from "../sqlite/steps.ts";
import { MemoryAdminTables } from "./admin.ts";
import { compareKeys } from "../route_grouper.ts";
import {
  ACCEPTED_MAX,
  type Author,
  type ChangeFeed,
  type Changes,
  type EditOptions,
  type EditResult,
  type HostDrain,
  type HostRow,
  type RouteEdit,
  type RouteStore,
  type StatusKey,
  type StatusRow,
  type StatusStore,
  type StatusWriteOptions,
  StoreError,
  type StoreIdentity,
  VERSION_MAX,
} from "../types.ts";

/** Most changes remembered for feeds; a feed that is behind by more reports `unnamed`. */
export const MEMORY_CHANGES_MAX = 10_000;

/** Options of {@linkcode MemoryStore}. */
export interface MemoryStoreOptions {
  /** Unix time in whole seconds, for RouteVersion, which only counts up without it. */
  wallSeconds?: () => number;
}

/**
 * Both stores in memory, for tests and simulations. Every call is done when its
 * promise is made. {@linkcode MemoryStore.connect} gives another process's view
 * of the same tables.
 */
export class MemoryStore implements RouteStore, StatusStore {
  readonly #wallSeconds: () => number;
  #tables: Tables = emptyTables();
  #closed = false;

  constructor({ wallSeconds = () => 0 }: MemoryStoreOptions = {}) {
    this.#wallSeconds = wallSeconds;
  }

  /** Value of RouteVersion. */
  get version(): number {
    return this.#tables.version;
  }

  /** Keys in RouteChange, oldest first. */
  get changes(): readonly RouteKey[] {
    return this.#tables.changes;
  }

  /** Opens another store over the same tables; closing one leaves the other open. */
  connect(): MemoryStore {
    const other = new MemoryStore({ wallSeconds: this.#wallSeconds });
    other.#tables = this.#tables;
    return other;
  }

  /** Deletes every RouteChange row, as the original's dns does. */
  deleteChanges(): void {
    this.#tables.changes = [];
  }

  /** Edits as SQL by hand that writes no RouteChange row; moves RouteVersion only if told to, perhaps to a number. */
  editSilently(
    edit: RouteEdit,
    { moveVersion }: { moveVersion: boolean | number },
  ): void {
    checkEdit(edit);
    applyEdit(this.#tables, { edit, nowSeconds: this.#wallSeconds() });
    if (typeof moveVersion === "number") this.#tables.version = moveVersion;
    else if (moveVersion) this.#moveVersion();
  }

  /** Writes weight and zone as SQL by hand: any value, for any host. */
  insertAttributes({ modId, cmdId, ip, port, weight, zone }: HostRow): void {
    HOST_TABLE.take(this.#tables.attributes, {
      modid: modId,
      cmdid: cmdId,
      serverip: ip,
      serverport: port,
      weight: weight ?? null,
      zone: zone ?? null,
    });
  }

  /** Makes it look like another store. */
  setIdentity(identity: string): void {
    this.#tables.identity = { identity, accepted: 0 };
  }

  /** Writes how often it was accepted. */
  setAccepted(accepted: number): void {
    this.#tables.identity.accepted = accepted;
  }

  /** Writes rows of RouteChange. */
  insertChanges(keys: readonly RouteKey[]): void {
    const tables = this.#tables;
    tables.changeId += keys.length;
    tables.changes = [...tables.changes, ...keys].slice(-MEMORY_CHANGES_MAX);
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

  edit(edit: RouteEdit, options?: EditOptions): Promise<EditResult> {
    return this.#use(() => {
      checkEdit(edit);
      if (options === undefined) return this.#apply(edit);
      const nowSeconds = this.#wallSeconds();
      return resultOf(
        this.#transact(() => recordedEdit(edit, { ...options, nowSeconds })),
      );
    });
  }

  #apply(edit: RouteEdit): EditResult {
    const { touched, ...result } = applyEdit(this.#tables, {
      edit,
      nowSeconds: this.#wallSeconds(),
    });
    if (touched.length > 0) this.#moveVersion();
    this.insertChanges(touched);
    return result;
  }

  drains(): Promise<HostDrain[]> {
    return this.#use(() => this.#drains());
  }

  #drains(): HostDrain[] {
    return [...this.#tables.drains.values()]
      .map((drain) => ({ ...drain }))
      .sort(compareTargets);
  }

  /** Adds a line to the audit. */
  addAudit(target: string, by: Author): void {
    const nowSeconds = this.#wallSeconds();
    this.#transact(() => writeAudit(target, { by, nowSeconds }));
  }

  /** Who may do what, over the same tables. */
  admin(): AdminStore {
    return new ProgramAdminStore(this.#engine());
  }

  /** What agents register, over the same tables; `isKept`: with who changed routes. */
  leases({ isKept = true }: { isKept?: boolean } = {}): LeaseStore {
    return new ProgramLeaseStore({
      ...this.#engine(),
      isKept: () => Promise.resolve(isKept),
    });
  }

  #engine(): AdminEngine {
    const run = <Result>(program: () => Program<Result>) =>
      this.#use(() => this.#transact(program));
    return {
      wallSeconds: this.#wallSeconds,
      read: run,
      write: run,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  #transact<Result>(program: () => Program<Result>): Result {
    const tables = this.#tables;
    const admin = tables.admin ??= new MemoryAdminTables();
    const steps = stepsOn({
      prepare: (sql) => admin.prepare(sql),
      read: (keys) => keys.map((key) => readRoute(tables, key)),
      drains: () => this.#drains(),
      edit: (edit) => this.#apply(edit),
    });
    return admin.transaction(() => runProgram(program(), steps));
  }

  identity(): Promise<StoreIdentity> {
    return this.#use(() => ({ ...this.#tables.identity }));
  }

  accept(): Promise<StoreIdentity> {
    return this.#use(() => {
      const { identity } = this.#tables;
      this.setAccepted((identity.accepted + 1) % (ACCEPTED_MAX + 1));
      return { ...this.#tables.identity };
    });
  }

  write(
    rows: readonly StatusRow[],
    { onlyIn }: StatusWriteOptions = {},
  ): Promise<void> {
    return this.#use(() => {
      checkStatuses(rows);
      const { identity } = this.#tables;
      expectIdentity("write statuses to store", { onlyIn, identity });
      for (const row of rows) {
        this.#tables.statuses.set(statusKeyOf(row).join(), { ...row });
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

  async page(
    { after, limit }: { after?: StatusKey | undefined; limit: number },
  ): Promise<StatusRow[]> {
    const rows = await this.list();
    return rows.filter((row) =>
      after === undefined || compareStatuses(row, after) > 0
    ).slice(0, limit);
  }

  remove(keys: readonly StatusKey[]): Promise<void> {
    return this.#use(() => {
      for (const key of keys) {
        this.#tables.statuses.delete(statusKeyOf(key).join());
      }
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  #moveVersion(): void {
    const tables = this.#tables;
    const next = tables.version + 1;
    const nowSeconds = this.#wallSeconds();
    tables.version = next < nowSeconds || next > VERSION_MAX
      ? nowSeconds
      : next;
  }

  /** Runs `body` at once; an error rejects. */
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
  #identity: StoreIdentity;

  constructor(tables: () => Tables) {
    this.#tables = tables;
    ({
      changeId: this.#changeId,
      version: this.#version,
      identity: this.#identity,
    } = tables());
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
    const identity = { ...tables.identity };
    if (isOther(this.#identity, identity)) {
      this.#identity = identity;
      return { routes: [], unnamed: true, identity };
    }
    if (newRows === 0) return { routes: [], unnamed: moved, identity };

    const keys = new RouteMap<true>();
    for (const key of tables.changes.slice(-newRows)) keys.set(key, true);
    return {
      routes: [...keys.keys()].map((key) => readRoute(tables, key)),
      unnamed: newRows > tables.changes.length,
      identity,
    };
  }
}
