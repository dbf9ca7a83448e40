import { StoreError } from "../types.ts";

/** Meaning of an error of the database. */
export type Failure =
  /** Wait, and try again on the same connection. */
  | "conflict"
  /** Wait: close the connection, and try again on another server. */
  | "gone"
  /** Wait: a table is not there, and may come back. */
  | "missing"
  /** Stop: this user may not. */
  | "denied"
  /** Stop. */
  | "wrong";

/** Errors of one kind. */
interface Refusal {
  failure: Failure;
  /** What is wrong, and what to do, as it follows "failed, ". */
  sentence: string;
  /** Their numbers, which MySQL and MariaDB share below 3000. */
  numbers: readonly number[];
}

const READ_ONLY: Refusal = {
  failure: "gone",
  sentence: "it takes no writes now, as it is read-only: try again",
  numbers: [
    1290, // started with --read-only
    1792, // read-only transaction
    1836, // read-only mode
  ],
};

const UNKNOWN_TABLE = 1146;

const UNKNOWN_DATABASE = 1049;

/** Every refusal that is known, sorted into those to wait for and those to stop at. */
const REFUSALS: readonly Refusal[] = [
  {
    failure: "conflict",
    sentence: "another transaction was in the way: try again",
    numbers: [
      1020, // row changed since it was read
      1180, // conflict at COMMIT
      1205, // lock wait timeout
      1206, // too many locks
      1213, // deadlock
      1969, // statement time exceeded, MariaDB
      3024, // statement time exceeded, MySQL
      3101, // rolled back by certification, Group Replication
      3572, // lock not granted at once
      8002, // write conflict of SELECT FOR UPDATE, TiDB
      8022, // COMMIT failed, TiDB
      9007, // write conflict, TiDB
    ],
  },
  READ_ONLY,
  {
    failure: "gone",
    sentence:
      "it has no room for this connection now: try again, or raise its limits",
    numbers: [
      1037, // out of memory
      1038, // out of memory for sorting
      1040, // too many connections
      1041, // out of resources
      1135, // cannot make a thread
      1203, // too many connections of a user
      1226, // limit of an account
      1461, // too many prepared statements
    ],
  },
  {
    failure: "gone",
    sentence:
      "it blocks this machine after too many broken connections: run FLUSH HOSTS there",
    numbers: [1129],
  },
  {
    failure: "gone",
    sentence: "it has no room for data: make room on its disk, then try again",
    numbers: [
      1021, // disk full
      1030, // the storage engine failed
      1114, // table full
      1878, // temporary file
    ],
  },
  {
    failure: "gone",
    sentence: "it is away, starting or stopping: try again",
    numbers: [
      1047, // node is not in its Galera cluster
      1053, // shutting down
      1077, // shutting down
      1079, // shut down
      1080, // connection closed by force
      1105, // unknown error, as proxies say when no server is behind them
      1152, // connection aborted
      1158, // network: error reading
      1159, // network: timeout reading
      1160, // network: error writing
      1161, // network: timeout writing
      1184, // connection aborted
      1317, // statement interrupted
      1927, // connection killed, MariaDB
      2002, // cannot connect
      2003, // cannot connect
      2006, // server has gone away
      2013, // connection lost
      3032, // offline mode
      3100, // member left its group at COMMIT
      3168, // not available now
      3169, // session killed
      4031, // closed as it was idle
      9001, // TiDB: placement driver times out
      9002, // TiDB: storage times out
      9003, // TiDB: storage busy
      9004, // TiDB: lock times out
      9005, // TiDB: region is away
    ],
  },
  {
    failure: "missing",
    sentence:
      'a table is gone: bring it back, or make an empty one with "lars store schema --apply"',
    numbers: [UNKNOWN_TABLE],
  },
  {
    failure: "missing",
    sentence: "a table is damaged: repair it, or bring it back from a backup",
    numbers: [
      1194, // marked as crashed
      1195, // crashed, and its repair failed
      1812, // tablespace is missing
      1932, // not in the storage engine
    ],
  },
  {
    failure: "wrong",
    sentence:
      'there is no such database: name another with [mysql] db_name, or make it with "lars store create" or "lars store schema --apply"',
    numbers: [UNKNOWN_DATABASE],
  },
  {
    failure: "denied",
    sentence:
      "it refuses this user: see [mysql] db_user and db_passwd, and the host in the user's account",
    numbers: [
      1045, // password
      1130, // host
      1698, // Unix socket
    ],
  },
  {
    failure: "denied",
    sentence:
      "the account of db_user is locked, or its password has expired: see ALTER USER",
    numbers: [
      1820, // password must be changed
      1862, // password expired
      3118, // locked, MySQL
      4151, // locked, MariaDB
    ],
  },
  {
    failure: "denied",
    sentence: "it wants encryption: set [mysql] db_tls",
    numbers: [3159],
  },
  {
    failure: "denied",
    sentence:
      "this user lacks rights: GRANT SELECT, INSERT, UPDATE, DELETE on the database to db_user",
    numbers: [
      1044, // database
      1142, // table
      1143, // column
      1227, // privilege
      1370, // routine
      1410, // not allowed to create users
    ],
  },
  {
    failure: "wrong",
    sentence:
      'a column is missing: "lars store schema" names the statement that adds it',
    numbers: [1054],
  },
  {
    failure: "wrong",
    sentence: "a table has no id left: see its AUTO_INCREMENT",
    numbers: [1467],
  },
  {
    failure: "wrong",
    sentence:
      "a table is not as store/README.md describes it, or has a trigger or constraint that refuses",
    numbers: [
      1062, // duplicate key
      1136, // number of columns
      1264, // out of range
      1265, // cut short
      1364, // column without a default
      1366, // wrong value
      1406, // too long
      1442, // trigger
      1451, // foreign key
      1452, // foreign key
      1644, // signal of a trigger
      3819, // check, MySQL
      4025, // check, MariaDB
    ],
  },
];

/** Errors without a number, by the start of their code. */
const CODES: readonly [RegExp, Omit<Refusal, "numbers">][] = [
  [/^(AUTH_SWITCH_PLUGIN|ER_NOT_SUPPORTED_AUTH)/, {
    failure: "denied",
    sentence:
      "this client does not know how the account of db_user proves who it is: give it a password for mysql_native_password or caching_sha2_password with ALTER USER",
  }],
  [/^(HANDSHAKE|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS|ERR_SSL)/, {
    failure: "denied",
    sentence:
      "encryption to it fails: see [mysql] db_tls and db_tls_ca, and its certificate",
  }],
  // A connection that takes too long or breaks.
  [
    /^(?:ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOST|ENET|EAI_|EADDR|ERR_STREAM|ERR_SOCKET|PROTOCOL_)/,
    {
      failure: "gone",
      sentence: "it is away or cannot serve now: try again",
    },
  ],
];

const AWAY = CODES.at(-1)![1];

const UNKNOWN = { failure: "wrong", sentence: "it refused" } as const;

const BY_NUMBER = new Map(
  REFUSALS.flatMap((refusal) =>
    refusal.numbers.map((number) => [number, refusal])
  ),
);

/** Looks an error up. */
function refusalOf(cause: unknown): Omit<Refusal, "numbers"> {
  const { errno, code, fatal } = fieldsOf(cause);
  if (typeof code === "string") {
    const found = CODES.find(([pattern]) => pattern.test(code));
    if (found !== undefined) return found[1];
  }
  if (typeof errno === "number" && errno > 0) {
    return BY_NUMBER.get(errno) ?? UNKNOWN;
  }
  // A statement on a connection that has ended: fatal, and no code.
  return typeof code !== "string" && fatal === true ? AWAY : UNKNOWN;
}

/** Classifies an error; see {@linkcode Failure}. */
export function classify(cause: unknown): Failure {
  return refusalOf(cause).failure;
}

/** What is wrong, and what to do. */
export function sentenceOf(cause: unknown): string {
  return refusalOf(cause).sentence;
}

/** True if the server refused because it takes no writes. */
export function isReadOnly(cause: unknown): boolean {
  return READ_ONLY.numbers.includes(Number(fieldsOf(cause).errno));
}

/** True if the database has no table of this name. */
export function isUnknownTable(cause: unknown): boolean {
  return Number(fieldsOf(cause).errno) === UNKNOWN_TABLE;
}

/** True if the server has no database of this name. */
export function isUnknownDatabase(cause: unknown): boolean {
  return Number(fieldsOf(cause).errno) === UNKNOWN_DATABASE;
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
  const { failure, sentence } = refusalOf(cause);
  return new StoreError(
    `Cannot ${action} as database ${where} failed, ${sentence}: ${
      describe(cause)
    }`,
    { retry: ["conflict", "gone", "missing"].includes(failure), cause },
  );
}

/** Message of an error; a failed connect may have only a code. */
export function describe(cause: unknown): string {
  const { code } = fieldsOf(cause);
  const message = cause instanceof Error ? cause.message : String(cause);
  // mysql2 adds a note for its own authors.
  const plain = message.replace(/\s*See TODO.*$/s, "");
  return plain || String(code ?? "unknown error");
}

function fieldsOf(
  cause: unknown,
): { errno?: unknown; code?: unknown; fatal?: unknown } {
  return typeof cause === "object" && cause !== null ? cause : {};
}
