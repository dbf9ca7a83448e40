import { StoreError } from "../types.ts";

/** Numbers of errors after which the same can be tried again on the same connection. */
const CONFLICTS = new Set([
  1020, // row changed since it was read
  1180, // conflict at COMMIT
  1203, // too many connections of a user
  1205, // lock wait timeout
  1213, // deadlock
  1969, // statement time exceeded, MariaDB
  3024, // statement time exceeded, MySQL
  3101, // rolled back by certification, Group Replication
  8002, // write conflict of SELECT FOR UPDATE, TiDB
  8022, // COMMIT failed, TiDB
  9007, // write conflict, TiDB
]);

/** Numbers of errors of a server that takes no writes. */
const READ_ONLY = new Set([
  1290, // started with --read-only
  1792, // read-only transaction
  1836, // read-only mode
]);

/** Numbers of errors of a server that cannot serve now, though another may. */
const SERVER_GONE = new Set([
  ...READ_ONLY,
  1021, // disk full
  1040, // too many connections
  1047, // node is not in its Galera cluster
  1053, // shutting down
  1158, // network: error reading
  1159, // network: timeout reading
  1160, // network: error writing
  1161, // network: timeout writing
  1317, // statement interrupted
  1927, // connection killed
  2006, // server has gone away
  2013, // connection lost
  3100, // member left its group at COMMIT
  9001, // TiDB: placement driver times out
  9002, // TiDB: storage times out
  9003, // TiDB: storage busy
  9004, // TiDB: lock times out
  9005, // TiDB: region is away
]);

const DENIED = new Set([
  1044, // database
  1045, // password
  1142, // table
  1143, // column
  1227, // privilege
  1698, // password, Unix socket
]);

/** Number of the error of a table that is not there. */
const UNKNOWN_TABLE = 1146;

/** Codes of system errors and broken connections; a refused certificate stays refused. */
const LOST_CODE =
  /^(?:ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOST|ENET|EAI_|EADDR|ERR_STREAM|ERR_SOCKET|PROTOCOL_)/;

/** Meaning of an error of the database. */
export type Failure =
  /** Try again on the same connection. */
  | "conflict"
  /** Close the connection, and try again on another server. */
  | "gone"
  | "denied"
  /** A table is not there: it may come back. */
  | "missing"
  /** Do not try again. */
  | "wrong";

/** Classifies an error; see {@linkcode Failure}. */
export function classify(cause: unknown): Failure {
  const { errno, code, fatal } = fieldsOf(cause);
  if (typeof errno === "number" && errno > 0) {
    if (CONFLICTS.has(errno)) return "conflict";
    if (SERVER_GONE.has(errno)) return "gone";
    if (errno === UNKNOWN_TABLE) return "missing";
    return DENIED.has(errno) ? "denied" : "wrong";
  }
  // A statement on a connection that has ended: fatal, and no code.
  if (typeof code !== "string") return fatal === true ? "gone" : "wrong";
  return LOST_CODE.test(code) ? "gone" : "wrong";
}

/** True if the server refused because it takes no writes. */
export function isReadOnly(cause: unknown): boolean {
  return READ_ONLY.has(Number(fieldsOf(cause).errno));
}

/** True if the database has no table of this name. */
export function isUnknownTable(cause: unknown): boolean {
  return Number(fieldsOf(cause).errno) === UNKNOWN_TABLE;
}

/** True if the server has no database of this name. */
export function isUnknownDatabase(cause: unknown): boolean {
  return Number(fieldsOf(cause).errno) === 1049;
}

/** A connection that took too long or was closed here: its server counts as gone. */
export class LostConnectionError extends Error {
  override name = "LostConnectionError";
  readonly code = "ECONNABORTED";
}

/** Makes a StoreError that names the database and what to do. */
export function toStoreError(
  cause: unknown,
  { action, where }: { action: string; where: string },
): StoreError {
  if (cause instanceof StoreError) return cause;
  const failure = classify(cause);
  const reason = {
    conflict: "another transaction was in the way: try again",
    gone: "it is away or cannot serve now: try again",
    denied:
      "it refuses this user: see db_user, db_passwd and the user's rights",
    missing:
      'a table is gone: bring it back, or make an empty one with "deno task schema --apply"',
    wrong: "it refused",
  }[failure];
  return new StoreError(
    `Cannot ${action} as database ${where} failed, ${reason}: ${
      describe(cause)
    }`,
    { retry: ["conflict", "gone", "missing"].includes(failure), cause },
  );
}

/** Message of an error; a failed connect may have only a code. */
export function describe(cause: unknown): string {
  const { code } = fieldsOf(cause);
  const message = cause instanceof Error ? cause.message : String(cause);
  return message || String(code ?? "unknown error");
}

function fieldsOf(
  cause: unknown,
): { errno?: unknown; code?: unknown; fatal?: unknown } {
  return typeof cause === "object" && cause !== null ? cause : {};
}
