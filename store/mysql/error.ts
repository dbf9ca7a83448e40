import { StoreError } from "../types.ts";

/**
 * Numbers of errors that leave the connection and its server in order, after
 * which the same can be tried again at once: deadlock, lock wait timeout, a
 * cluster's conflict at commit, statement time exceeded, too many connections
 * of a user.
 */
const CONFLICTS = new Set([
  1020,
  1180,
  1203,
  1205,
  1213,
  1969,
  3024,
  3101,
  8002,
  8022,
  9007,
]);

/**
 * Numbers of errors of a server that cannot serve now, though another may: too
 * many connections, shutting down, not in the cluster (1047), killed, lost,
 * read-only (1290, 1792, 1836), disk full, network trouble, a member that left
 * its group at COMMIT (3100), a storage of TiDB that is away.
 */
const SERVER_GONE = new Set([
  1021,
  1040,
  1047,
  1053,
  1158,
  1159,
  1160,
  1161,
  1290,
  1317,
  1792,
  1836,
  1927,
  2006,
  2013,
  3100,
  9001,
  9002,
  9003,
  9004,
  9005,
]);

const DENIED = new Set([1044, 1045, 1142, 1143, 1227, 1698]);

/** System errors and broken conversations; what TLS finds wrong stays wrong. */
const LOST_CODE =
  /^(?:ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOST|ENET|EAI_|EADDR|ERR_STREAM|ERR_SOCKET|PROTOCOL_)/;

/** What an error of the database means for whoever asked. */
export type MysqlFailure =
  /** Try again on the same connection. */
  | "conflict"
  /** Give up the connection, and try again on another server. */
  | "gone"
  | "denied"
  /** No trying helps. */
  | "wrong";

/** Says what `cause` means; see {@linkcode MysqlFailure}. */
export function classify(cause: unknown): MysqlFailure {
  const { errno, code, fatal } = fieldsOf(cause);
  if (typeof errno === "number" && errno > 0) {
    if (CONFLICTS.has(errno)) return "conflict";
    if (SERVER_GONE.has(errno)) return "gone";
    return DENIED.has(errno) ? "denied" : "wrong";
  }
  // A statement on a connection that has ended meanwhile: fatal, and no code.
  if (typeof code !== "string") return fatal === true ? "gone" : "wrong";
  return LOST_CODE.test(code) ? "gone" : "wrong";
}

/** The error number that the server sent, if it did. */
export function errorNumber(cause: unknown): number | undefined {
  const { errno } = fieldsOf(cause);
  return typeof errno === "number" && errno > 0 ? errno : undefined;
}

/** A statement or connection that took too long: its server counts as gone. */
export class MysqlTimeoutError extends Error {
  override name = "MysqlTimeoutError";
  readonly code = "ETIMEDOUT";
}

/** The connection was closed here while something waited for it. */
export class MysqlClosedError extends Error {
  override name = "MysqlClosedError";
  readonly code = "ECONNABORTED";
}

/** The error as a StoreError that names the database and what to do. */
export function toMysqlStoreError(
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
    wrong: "it refused",
  }[failure];
  return new StoreError(
    `Cannot ${action} as database ${where} failed, ${reason}: ${
      describe(cause)
    }`,
    { retry: failure === "conflict" || failure === "gone", cause },
  );
}

/** The message of an error; a failed connect may have none but its code. */
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
