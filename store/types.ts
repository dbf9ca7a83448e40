import type {
  Endpoint,
  HostAddress,
  Route,
  RouteHost,
  RouteKey,
} from "../proto/mod.ts";

/** Row of RouteData: a route key and one of its hosts. */
export interface RouteRow extends RouteKey, HostAddress {}

/** Attributes of a host beyond its address; absent is none. */
export type HostAttributes = Pick<RouteHost, "weight" | "zone">;

/** Row to add: a host of a route, perhaps with attributes. */
export interface HostRow extends RouteKey, RouteHost {}

/** Changes of a host that a route has: null takes a value away, an absent one stays. */
export interface HostChange extends RouteRow {
  /** Relative capacity, 1 to 10,000; 0 for no calls. */
  weight?: number | null;
  /** Name of 1 to 32 letters, digits, ".", "_" and "-". */
  zone?: string | null;
}

/** Changes of the settings of a route that has hosts, likewise. */
export interface SettingsChange extends RouteKey {
  /** Name of a balancing policy, of the same letters as a zone. */
  policy?: string | null;
  /** True if agents may check hosts that are out with a connection of their own. */
  check?: boolean | null;
}

/**
 * Rows of removed hosts with weight and zone that stay, and of routes without
 * hosts with settings, those removed last: scripts take hosts out and put them
 * back. Not by time, as no clock that several machines read can be trusted.
 */
export const UNUSED_ROWS_MAX = 10_000;

/**
 * Highest RouteVersion: what the column of the original holds. After it comes
 * the time again.
 */
export const VERSION_MAX = 4_294_967_295;

/** Most drains that a store takes. */
export const DRAINS_MAX = 10_000;

/** Longest name of who has drained hosts, in UTF-16 units. */
export const WHO_LENGTH_MAX = 128;

/** Longest reason of a drain, in UTF-16 units. */
export const REASON_LENGTH_MAX = 255;

/** Hosts that a person takes out: one or a whole machine, in one route or in all. */
export interface DrainTarget {
  /** IPv4 address, unsigned. */
  ip: number;
  /** Absent: every port, also of hosts that are added later. */
  port?: number;
  /** Absent: every route, likewise. */
  route?: RouteKey;
}

/**
 * Row of HostDrain: these hosts get no calls, whatever their weights, until a
 * person takes the drain back. Nothing else ends it.
 */
export interface HostDrain extends DrainTarget {
  /** Who took them out: 1 to {@linkcode WHO_LENGTH_MAX} characters. */
  who: string;
  /** Why: 1 to {@linkcode REASON_LENGTH_MAX} characters. */
  reason: string;
  /** When it began, in Unix seconds, for people. */
  since: number;
  /** When it is to be taken back, likewise: the drain holds after it too. */
  until?: number;
}

/** Argument of {@linkcode RouteStore.edit}, applied in this order: */
export interface RouteEdit {
  /** Hosts to remove. */
  remove?: readonly RouteRow[];
  /**
   * Hosts to add. A weight or zone given here is set, also if the host is there
   * already; one that is not given stays as it was, also while the host was gone.
   */
  add?: readonly HostRow[];
  /** Attributes of hosts to change. */
  set?: readonly HostChange[];
  /** Settings of routes to change. */
  settings?: readonly SettingsChange[];
  /** Drains to take back, each with exactly this target. */
  undrain?: readonly DrainTarget[];
  /** Drains to begin; one that is there gets this who, reason and until. */
  drain?: readonly Omit<HostDrain, "since">[];
}

/** Who makes an edit, from where, and why. */
export interface Author {
  /** "user alice", "token 3 ci", "lars as root@host". */
  actor: string;
  /** Where it was asked from. */
  address?: string;
  /** What was asked for; default: "edit". */
  action?: string;
  /** Why. */
  comment?: string;
  /** Name of what it belongs to elsewhere. */
  ticket?: string;
  /** Names the request in logs. */
  requestId?: string;
  /** As W3C Trace Context has it. */
  traceparent?: string;
}

/** How an edit is made beyond what it does. */
export interface EditOptions {
  /** Who makes it: the change and its line in the audit are kept, in its transaction. */
  by: Author;
  /** Revisions that routes must have, or nothing is done. */
  ifMatch?: readonly RouteRevision[];
  /**
   * Names this request: an edit of the same author under a key that was used is
   * not made again, and has the outcome of the first. The newest
   * {@linkcode REQUEST_KEYS_MAX} are known.
   */
  idempotencyKey?: string;
}

/** A route, and its revision: a hash of what it holds. */
export interface RouteRevision extends RouteKey {
  /** 32 hexadecimal digits. */
  revision: string;
}

/** Idempotency keys that are remembered. */
export const REQUEST_KEYS_MAX = 10_000;

/** A route has another revision than the one that an edit is meant for. */
export class ConflictError extends Error {
  /** Always "ConflictError". */
  override name = "ConflictError";
  /** The routes that have, as they are. */
  readonly routes: readonly Route[];

  /** Makes an error. */
  constructor(routes: readonly Route[]) {
    super("Cannot edit routes as they were changed by someone else");
    this.routes = routes;
  }
}

/** Outcome of an edit. */
export interface EditResult {
  /** Rows of RouteData that were added. */
  added: number;
  /** Rows of RouteData that were removed. */
  removed: number;
  /** Hosts and routes whose attributes have changed, and drains that have. */
  changed: number;
  /** Of an edit whose author is kept, and that changed something: id of the change. */
  change?: number;
  /** Of such an edit: revisions of the routes that it names. */
  revisions?: readonly RouteRevision[];
  /** True: this is the outcome of an earlier edit under the same key. */
  repeated?: true;
}

/** Highest {@linkcode StoreIdentity.accepted}: what its column holds. */
export const ACCEPTED_MAX = 4_294_967_295;

/** Which store this is, wherever it stands and however it is reached. */
export interface StoreIdentity {
  /**
   * 32 hexadecimal digits, drawn when the store was made; undefined: unknown, as
   * of a database of the original.
   */
  identity: string | undefined;
  /**
   * How often a person has said that what it holds now is meant; after
   * {@linkcode ACCEPTED_MAX} comes 0.
   */
  accepted: number;
}

/** Changes since the last poll of a {@linkcode ChangeFeed}. */
export interface Changes {
  /** Routes that a RouteChange row names, as they are now; without hosts they are gone. */
  routes: Route[];
  /** True if something changed that no RouteChange row names: only a full comparison finds it. */
  unnamed: boolean;
  /**
   * The store that was asked. Of another one than before, what it named earlier
   * is not told: `unnamed` is true then.
   */
  identity: StoreIdentity;
  /**
   * Others remove rows of RouteChange, as a dns of the original does: an edit may
   * have been named, and its row gone before it was read. Absent otherwise.
   */
  namesLost?: true;
  /** Somebody has committed since the last call, to whatever tables; absent where that is not known. */
  hasCommit?: true;
}

/**
 * A reader's place in the changes of a store. Any number of readers see every
 * change, also one that commits late with a lower id.
 */
export interface ChangeFeed {
  /**
   * Reads everything committed since the last call, each route once. Cheap when
   * nothing has changed: meant to be called every 100 ms.
   *
   * @throws {StoreError} If the store cannot be read now; nothing is skipped.
   */
  poll(): Promise<Changes>;
  /**
   * Where the store can tell: yields when it was written to, perhaps a while before
   * poll() finds something, until `signal` is aborted. Ends early, or throws, when
   * it can tell no longer.
   */
  hints?(signal: AbortSignal): AsyncIterable<void>;
}

/** Store, and where it is. */
export type StoreLocation =
  /** The embedded store: a file in the folder of data. */
  | { kind: "sqlite" }
  /** A database that speaks the MySQL protocol. */
  | { kind: "mysql"; mysql: MysqlLocation };

/** Address of a database that speaks the MySQL protocol, and limits. */
export interface MysqlLocation {
  /** Servers of one cluster, the preferred one first; at least one. */
  hosts: readonly Endpoint[];
  /** User. */
  user: string;
  /** Password. */
  password: string;
  /** Database. */
  database: string;
  /**
   * Encryption, and verification of the server's certificate and name: "verify"
   * needs hosts by name, as an address would be taken for "localhost".
   */
  tls: "off" | "required" | "verify";
  /** PEM file of the authority to trust; undefined: those that the system trusts. */
  tlsCaPath: string | undefined;
  /** Time for one host to accept; then the next is tried. */
  connectTimeoutMs: number;
  /** Time for one statement; then its connection is closed. */
  queryTimeoutMs: number;
  /** Most connections; each costs the database memory. */
  connectionsMax: number;
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

/** Storage of routes. */
export interface RouteStore extends AsyncDisposable {
  /** Opens a feed of what is committed after this call. */
  watch(): Promise<ChangeFeed>;
  /**
   * Reads every route with hosts, each once, ordered by modid then cmdid, from
   * one snapshot. Streams, and lets other work run between batches.
   */
  scan(): AsyncIterable<Route>;
  /**
   * Reads routes by their keys, in that order, from one snapshot; without hosts
   * if there are none.
   */
  read(keys: readonly RouteKey[]): Promise<Route[]>;
  /**
   * Adds hosts to routes, removes others, sets weights, zones and settings, and
   * drains hosts, in one transaction that also moves RouteVersion and writes one
   * RouteChange row per route touched. What is there already, or not there to
   * remove or to change, changes nothing.
   *
   * A host that is removed keeps its weight and zone for a while, and so does a
   * route without hosts its settings: see {@linkcode UNUSED_ROWS_MAX}.
   *
   * With `options` who makes it is kept in the same transaction.
   *
   * @throws {RangeError} If a value is none that a route, a host or a drain can
   * have, or an idempotency key was used for another edit.
   * @throws {ConflictError} If a route has another revision than was meant:
   * nothing is done.
   */
  edit(edit: RouteEdit, options?: EditOptions): Promise<EditResult>;
  /** Reads every drain, ordered by address, port and route. */
  drains(): Promise<HostDrain[]>;
  /** Reads which store this is. */
  identity(): Promise<StoreIdentity>;
  /**
   * Says that what the store holds now is meant, whatever is missing: `accepted`
   * grows by one. A store without an identity stays as it is.
   */
  accept(): Promise<StoreIdentity>;
}

/** Primary key of ServerCallStatus. */
export interface StatusKey extends RouteRow {
  /** IPv4 address of the agent that counted, unsigned. */
  caller: number;
}

/** Row of ServerCallStatus. */
export interface StatusRow extends StatusKey {
  /** Calls that succeeded, 0 to 2³²−1. */
  succ: number;
  /** Calls that failed, 0 to 2³²−1. */
  err: number;
  /** Unix time of the count in seconds. */
  ts: number;
  /** True if that agent held the host to be overloaded. */
  overload: boolean;
}

/** Storage of call results: the newest per (modid, cmdid, ip, port, caller). */
export interface StatusStore extends AsyncDisposable {
  /**
   * Replaces the rows with these keys, all or none.
   *
   * @throws {StoreError} If the store cannot be written now: try again.
   */
  write(
    rows: readonly StatusRow[],
    options?: StatusWriteOptions,
  ): Promise<void>;
  /** Reads the rows of one route, or all, ordered by key. */
  list(key?: RouteKey): Promise<StatusRow[]>;
  /** Reads the rows after one, or the first, ordered by key; at most `limit`. */
  page(
    options: { after?: StatusKey | undefined; limit: number },
  ): Promise<StatusRow[]>;
  /** Removes the rows with these keys; those that are not there do not matter. */
  remove(keys: readonly StatusKey[]): Promise<void>;
}

/** Options of a write of statuses. */
export interface StatusWriteOptions {
  /** Identity of the only store that they are for; absent: any. */
  onlyIn?: string | undefined;
}

/** Failure of a store. */
export class StoreError extends Error {
  /** Always "StoreError". */
  override name = "StoreError";
  /** True if trying again can help. */
  readonly retry: boolean;

  /** Makes an error; `options.cause` is that of the engine. */
  constructor(message: string, options: ErrorOptions & { retry: boolean }) {
    super(message, options);
    this.retry = options.retry;
  }
}
