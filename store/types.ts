import type { HostAddress, Route, RouteKey } from "../proto/mod.ts";

/** A route key and one of its hosts: a row of RouteData. */
export interface RouteRow extends RouteKey, HostAddress {}

/** What a {@linkcode ChangeFeed} found since it was last asked. */
export interface Changes {
  /** Routes that a RouteChange row names, as they are now; no hosts means gone. */
  routes: Route[];
  /**
   * True when something changed that no RouteChange row names, so that only a
   * full comparison can tell what.
   */
  unnamed: boolean;
}

/**
 * One reader's place in the changes of a store. It deletes nothing, so that any
 * number of readers see every change, also one that commits late with a lower id.
 */
export interface ChangeFeed {
  /**
   * Everything committed since the last call, each route once. Cheap when
   * nothing has changed: meant to be called every 100 ms.
   *
   * @throws {StoreError} If the store cannot be read now; nothing is skipped.
   */
  poll(): Promise<Changes>;
}

/** Where routes are kept. */
export interface RouteStore extends AsyncDisposable {
  /** A feed that reports what is committed after this call. */
  watch(): Promise<ChangeFeed>;
  /**
   * Every route with hosts, each once, ordered by modid then cmdid, from one
   * snapshot. Streams, and lets other work run between batches.
   */
  scan(): AsyncIterable<Route>;
  /** The routes asked for, in that order, from one snapshot. */
  read(keys: readonly RouteKey[]): Promise<Route[]>;
  /**
   * Adds hosts to routes and removes others, in one transaction that also moves
   * RouteVersion and writes one RouteChange row per route touched. Rows that are
   * there already, or not there to remove, change nothing.
   *
   * @returns How many rows were added and removed.
   */
  edit(
    edit: { add?: readonly RouteRow[]; remove?: readonly RouteRow[] },
  ): Promise<{ added: number; removed: number }>;
}

/** A row of ServerCallStatus. Counters are 0 to 2³²−1; `ts` is in Unix seconds. */
export interface StatusRow extends RouteRow {
  /** IPv4 address of the agent that counted, unsigned. */
  caller: number;
  succ: number;
  err: number;
  ts: number;
  overload: boolean;
}

/** Where call results are kept: the newest per (modid, cmdid, ip, port, caller). */
export interface StatusStore extends AsyncDisposable {
  /**
   * Replaces the rows with these keys, all or none.
   *
   * @throws {StoreError} If the store cannot be written now: try again.
   */
  write(rows: readonly StatusRow[]): Promise<void>;
  /** Rows of one route, or all, ordered by key. */
  list(key?: RouteKey): Promise<StatusRow[]>;
}

/** The store cannot be used; `retry` tells whether trying again can help. */
export class StoreError extends Error {
  override name = "StoreError";
  readonly retry: boolean;

  constructor(message: string, options: ErrorOptions & { retry: boolean }) {
    super(message, options);
    this.retry = options.retry;
  }
}
