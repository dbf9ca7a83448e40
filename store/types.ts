import type {
  HostAddress,
  Route,
  RouteHost,
  RouteKey,
  RouteSettings,
} from "../proto/mod.ts";

/** A route key and one of its hosts: a row of RouteData. */
export interface RouteRow extends RouteKey, HostAddress {}

/** What a host has beyond its address; absent is none of its own. */
export type HostAttributes = Pick<RouteHost, "weight" | "zone">;

/** A row to add: a host of a route, perhaps with a weight and a zone. */
export interface HostRow extends RouteKey, RouteHost {}

/** A value to set; null takes it away, absent leaves it as it is. */
type Changed<Values> = {
  [Name in keyof Values]?: NonNullable<Values[Name]> | null;
};

/** What is to change of a host that a route has. */
export interface HostChange extends RouteRow, Changed<HostAttributes> {}

/** What is to change of the settings of a route that has hosts. */
export interface SettingsChange extends RouteKey, Changed<RouteSettings> {}

/**
 * How long weight and zone of a host that was removed, and settings of a route
 * without hosts, stay: scripts take hosts out and put them back. In seconds.
 */
export const UNUSED_SECONDS_MAX = 30 * 86_400;

/** What {@linkcode RouteStore.edit} takes; done in this order: */
export interface RouteEdit {
  remove?: readonly RouteRow[];
  /**
   * Hosts to add. A weight or zone given here is set, also if the host is there
   * already; one that is not given stays as it was, also while the host was gone.
   */
  add?: readonly HostRow[];
  set?: readonly HostChange[];
  settings?: readonly SettingsChange[];
}

/** What an edit came to. */
export interface EditResult {
  /** Rows of RouteData. */
  added: number;
  removed: number;
  /** Hosts whose weight or zone, and routes whose settings, are others now. */
  changed: number;
}

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

/** The part of net/'s Clock that stores use. */
export interface StoreClock {
  /** Milliseconds since some start; never goes back. */
  nowMs(): number;
  /** Unix time in whole seconds. */
  wallSeconds(): number;
  /** Resolves after `ms`, or at once when `signal` is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
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
   * Adds hosts to routes, removes others, and sets weights, zones and settings,
   * in one transaction that also moves RouteVersion and writes one RouteChange
   * row per route touched. What is there already, or not there to remove or to
   * change, changes nothing.
   *
   * A host that is removed keeps its weight and zone for a while, and so does a
   * route without hosts its settings: see {@linkcode UNUSED_SECONDS_MAX}.
   *
   * @throws {RangeError} If a value is none that a route or host can have.
   */
  edit(edit: RouteEdit): Promise<EditResult>;
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
