import type { RouteKey } from "../../proto/mod.ts";
import type { Author, RouteEdit, RouteRevision } from "../types.ts";
import type { RouteDiff } from "./diff.ts";

/** A user of the console and the API. */
export interface UserRow {
  /** Lower case. */
  name: string;
  /** Hash of the password; undefined: none works. */
  password: string | undefined;
  /** What it may do: "read", "write", "write:MOD/CMD", "drain", "admin". */
  scopes: readonly string[];
  /** Unix time in seconds. */
  createdAt: number;
}

/** A browser that is logged in. */
export interface SessionRow {
  /** SHA-256 of its secret, in hexadecimal. */
  hash: string;
  /** Name of the user. */
  user: string;
  /** Where it began. */
  address: string;
  /** When it was made: Unix time in seconds, as the others. */
  createdAt: number;
  /** When it was used last. */
  usedAt: number;
}

/** What a program presents instead of a session. */
export interface TokenRow {
  /** Counts up. */
  id: number;
  /** For people. */
  name: string;
  /** What it may do: "read", "write", "write:MOD/CMD", "drain", "admin". */
  scopes: readonly string[];
  /** Who made it. */
  createdBy: string;
  /** When it was made: Unix time in seconds, as the others. */
  createdAt: number;
  /** When it ends. */
  expiresAt: number;
  /** When it was used last; undefined: never. */
  usedAt: number | undefined;
}

/** Drains that began, and those that ended. */
export type DrainEdit = Required<Pick<RouteEdit, "drain" | "undrain">>;

/** One transaction that changed routes. */
export interface ChangeRow extends Author {
  /** Counts up. */
  id: number;
  /** Unix time in seconds, for people. */
  at: number;
  /** What was asked for. */
  action: string;
  /** What it changed, by route. */
  routes: readonly RouteDiff[];
  /** Routes that it changed; in a page `routes` has a few of them, or the one that was asked for. */
  routeCount: number;
  /** Absent: none began or ended. */
  drains?: DrainEdit;
}

/** A line of the audit. */
export interface AuditRow extends Omit<Author, "ticket"> {
  /** Counts up. */
  id: number;
  /** Unix time in seconds, for people. */
  at: number;
  /** What was asked for. */
  action: string;
  /** What it was done to, as "route 1/1". */
  target: string;
  /** Revision before, of one route. */
  before?: string;
  /** Revision after, likewise. */
  after?: string;
}

/** What a module or a command is called, who owns it, and what to do at 3 am. */
export interface NameRow {
  /** The called service. */
  modId: number;
  /** Undefined: of the module. */
  cmdId: number | undefined;
  /** What it is called. */
  name: string | undefined;
  /** Who answers for it. */
  owner: string | undefined;
  /** URL of what to do. */
  runbook: string | undefined;
}

/** A page of rows that have ids, the newest first. */
export interface PageOptions {
  /** Ids below this one. */
  before?: number | undefined;
  /** Most rows. */
  limit: number;
}

/** Changes by their ids, both ends excluded, and how much of them is wanted. */
export interface ChangeRange {
  /** Id above which they are. */
  after: number;
  /** Id below which they are; undefined: to the newest. */
  before?: number | undefined;
  /** Most parts of them. */
  limit: number;
}

/** What a change did to one route. */
export interface ChangedRoute {
  /** Id of the change. */
  id: number;
  /** What differs since. */
  diff: RouteDiff;
}

/** What a change did to drains. */
export interface ChangedDrains extends DrainEdit {
  /** Id of the change. */
  id: number;
  /** Unix time in seconds, for people. */
  at: number;
}

/** Name of the actor of changes that were made past Lars. */
export const BY_HAND = "by hand";

/** Who may do what, and who did what. */
export interface AdminStore extends AsyncDisposable {
  /** Every user, by name. */
  users(): Promise<UserRow[]>;
  /** Adds the first user; false, and nothing is done, if there is one. */
  addFirstUser(user: UserRow, by: Author): Promise<boolean>;
  /** Adds a user or replaces it. With another password its sessions end. */
  putUser(user: UserRow, by: Author): Promise<void>;
  /** Removes a user with its sessions; false if there is none. */
  removeUser(name: string, by: Author): Promise<boolean>;
  /** Adds a session, and removes those that were used before `idleSince`. */
  addSession(session: SessionRow, idleSince: number): Promise<void>;
  /** A session and its user. */
  session(
    hash: string,
  ): Promise<{ session: SessionRow; user: UserRow } | undefined>;
  /** Every session, of one user or of all, the newest first. */
  sessions(user?: string): Promise<SessionRow[]>;
  /** Notes that a session is used. */
  touchSession(hash: string, usedAt: number): Promise<void>;
  /** Removes a session; with `by` the audit has who ended it. */
  removeSession(hash: string, by?: Author): Promise<void>;
  /** Adds a token, by the SHA-256 of its secret; returns its id. */
  addToken(
    token: Omit<TokenRow, "id" | "usedAt"> & { hash: string },
    by: Author,
  ): Promise<number>;
  /** The token with this hash. */
  token(hash: string): Promise<TokenRow | undefined>;
  /** Every token, the newest first. */
  tokens(): Promise<TokenRow[]>;
  /** Notes that a token is used. */
  touchToken(id: number, usedAt: number): Promise<void>;
  /** Removes a token; false if there is none. */
  removeToken(id: number, by: Author): Promise<boolean>;
  /** Changes of routes, of one route or of all. */
  changes(page: PageOptions & { key?: RouteKey }): Promise<ChangeRow[]>;
  /** One change. */
  change(id: number): Promise<ChangeRow | undefined>;
  /** What changes did to routes, the newest first: each route of each of them. */
  changedRoutes(range: ChangeRange): Promise<ChangedRoute[]>;
  /** What changes did to drains, the newest first. */
  changedDrains(range: ChangeRange): Promise<ChangedDrains[]>;
  /** When each route changed last, as far as it is known: Unix seconds. */
  lastChanges(
    keys: readonly RouteKey[],
  ): Promise<(RouteKey & { at: number })[]>;
  /** Lines of the audit. */
  audit(page: PageOptions): Promise<AuditRow[]>;
  /** Every name of ours; where there is none, what tables of the original hold. */
  names(): Promise<NameRow[]>;
  /** Adds a name or replaces it; with nothing but undefined it is removed. */
  putName(name: NameRow, by: Author): Promise<void>;
  /** Revisions of routes as they were last seen, by key, behind `after`. */
  revisions(
    page: { after?: RouteKey | undefined; limit: number },
  ): Promise<RouteRevision[]>;
  /**
   * Compares routes with how they were last seen, and keeps what differs as a
   * change "by hand", once, whoever asks. Until {@linkcode startWatch} they are
   * taken as they are.
   */
  noteByHand(keys: readonly RouteKey[]): Promise<number>;
  /** Says that every route has been seen: one that was not is new from then on. */
  startWatch(): Promise<void>;
  /** Whether that was said. */
  isWatching(): Promise<boolean>;
  /** Removes some of what is too old; true if there is more. */
  expire(): Promise<boolean>;
}
