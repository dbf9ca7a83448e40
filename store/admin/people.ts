import {
  change,
  insert,
  insertAll,
  type Program,
  type Row,
  rows,
} from "../steps.ts";
import { type AuditOptions, writeAudit } from "./audit.ts";
import type { SessionRow, TokenRow, UserRow } from "./types.ts";

const USER = "SELECT name, password, scopes, created_at FROM WebUser";
const SESSION =
  "SELECT hash, name, address, created_at, used_at FROM WebSession";
const TOKEN =
  "SELECT id, name, scopes, created_by, created_at, expires_at, used_at FROM WebToken";

/** Every user. */
export function* users(): Program<UserRow[]> {
  return (yield* rows(`${USER} ORDER BY name`)).map(toUser);
}

/** Adds the first user, if there is none. */
export function* addFirstUser(
  user: UserRow,
  audit: AuditOptions,
): Program<boolean> {
  yield { kind: "lock" };
  if ((yield* rows(`${USER} LIMIT 1`)).length > 0) return false;
  yield* putUser(user, audit);
  return true;
}

/** Adds or replaces a user. */
export function* putUser(user: UserRow, audit: AuditOptions): Program<void> {
  const [before] = yield* rows(`${USER} WHERE name = ?`, user.name);
  if (before !== undefined && before.password !== (user.password ?? null)) {
    yield* change("DELETE FROM WebSession WHERE name = ?", user.name);
  }
  yield* change("DELETE FROM WebUser WHERE name = ?", user.name);
  yield* insertAll("WebUser", [{
    name: user.name,
    password: user.password ?? null,
    scopes: user.scopes.join(" "),
    created_at: before === undefined
      ? user.createdAt
      : Number(before.created_at),
  }]);
  yield* writeAudit(`user ${user.name}`, audit);
}

/** Removes a user with its sessions. */
export function* removeUser(
  name: string,
  audit: AuditOptions,
): Program<boolean> {
  const removed = yield* change("DELETE FROM WebUser WHERE name = ?", name);
  yield* change("DELETE FROM WebSession WHERE name = ?", name);
  if (removed > 0) yield* writeAudit(`user ${name}`, audit);
  return removed > 0;
}

/** Adds a session, and removes idle ones. */
export function* addSession(
  { hash, user, address, createdAt, usedAt }: SessionRow,
  idleSince: number,
): Program<void> {
  yield* change("DELETE FROM WebSession WHERE used_at < ?", idleSince);
  yield* insertAll("WebSession", [{
    hash,
    name: user,
    address,
    created_at: createdAt,
    used_at: usedAt,
  }]);
}

/** A session and its user. */
export function* session(
  hash: string,
): Program<{ session: SessionRow; user: UserRow } | undefined> {
  const [found] = yield* rows(`${SESSION} WHERE hash = ?`, hash);
  if (found === undefined) return undefined;
  const session = toSession(found);
  const [user] = yield* rows(`${USER} WHERE name = ?`, session.user);
  return user === undefined ? undefined : { session, user: toUser(user) };
}

/** Sessions, the newest first. */
export function* sessions(user: string | undefined): Program<SessionRow[]> {
  const order = "ORDER BY created_at DESC, hash";
  const found = user === undefined
    ? yield* rows(`${SESSION} ${order}`)
    : yield* rows(`${SESSION} WHERE name = ? ${order}`, user);
  return found.map(toSession);
}

/** Removes a session, and keeps who ended whose if that is said. */
export function* removeSession(
  hash: string,
  audit: AuditOptions | undefined,
): Program<void> {
  const [found] = yield* rows(`${SESSION} WHERE hash = ?`, hash);
  if (found === undefined) return;
  yield* change("DELETE FROM WebSession WHERE hash = ?", hash);
  if (audit !== undefined) {
    yield* writeAudit(`session of ${toSession(found).user}`, audit);
  }
}

/** Adds a token. */
export function* addToken(
  token: Omit<TokenRow, "id" | "usedAt"> & { hash: string },
  audit: AuditOptions,
): Program<number> {
  const id = yield* insert("WebToken", {
    hash: token.hash,
    name: token.name,
    scopes: token.scopes.join(" "),
    created_by: token.createdBy,
    created_at: token.createdAt,
    expires_at: token.expiresAt,
    used_at: null,
  });
  yield* writeAudit(`token ${id}`, audit);
  return id;
}

/** The token with a hash. */
export function* token(hash: string): Program<TokenRow | undefined> {
  const [found] = yield* rows(`${TOKEN} WHERE hash = ?`, hash);
  return found === undefined ? undefined : toToken(found);
}

/** Tokens, the newest first. */
export function* tokens(): Program<TokenRow[]> {
  return (yield* rows(`${TOKEN} ORDER BY id DESC`)).map(toToken);
}

/** Removes a token. */
export function* removeToken(
  id: number,
  audit: AuditOptions,
): Program<boolean> {
  const removed = yield* change("DELETE FROM WebToken WHERE id = ?", id);
  if (removed > 0) yield* writeAudit(`token ${id}`, audit);
  return removed > 0;
}

function toUser(row: Row): UserRow {
  return {
    name: String(row.name),
    password: row.password === null ? undefined : String(row.password),
    scopes: scopesOf(row),
    createdAt: Number(row.created_at),
  };
}

function toSession(row: Row): SessionRow {
  return {
    hash: String(row.hash),
    user: String(row.name),
    address: String(row.address),
    createdAt: Number(row.created_at),
    usedAt: Number(row.used_at),
  };
}

function toToken(row: Row): TokenRow {
  return {
    id: Number(row.id),
    name: String(row.name),
    scopes: scopesOf(row),
    createdBy: String(row.created_by),
    createdAt: Number(row.created_at),
    expiresAt: Number(row.expires_at),
    usedAt: row.used_at === null ? undefined : Number(row.used_at),
  };
}

function scopesOf(row: Row): string[] {
  return String(row.scopes).split(" ").filter((scope) => scope !== "");
}
