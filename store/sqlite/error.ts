import { StoreError } from "../types.ts";
import { describeAccess } from "./file_state.ts";

/** Reason and advice by the words of SQLite, and whether to try again. */
const REASONS: readonly [RegExp, string, { retry: boolean }][] = [
  [
    /locked|busy/i,
    "another process is writing to it: try again",
    { retry: true },
  ],
  [
    /no such table/i,
    "a table of it is gone: bring it back from a backup",
    { retry: true },
  ],
  [
    /not a database|malformed/i,
    "it is damaged or not a SQLite database: restore it from a backup, or move it away to begin with an empty one",
    { retry: false },
  ],
  [
    /readonly|read-only/i,
    "it cannot be written: give this process the right to write the file and its folder",
    { retry: false },
  ],
  [
    /unable to open|NotCapable|requires \w+ access/i,
    "it cannot be opened: its folder must exist, and this process must be allowed to read and write there",
    { retry: false },
  ],
  [/disk is full|full/i, "the disk is full: make room", { retry: true }],
  [/disk I\/O/i, "the disk failed: see the system's log", { retry: true }],
  [
    /not open|finalized/i,
    "it is closed",
    { retry: false },
  ],
];

/** Code of SQLite when the file that processes share cannot be made longer: it says "disk I/O error". */
const NO_ROOM_TO_SHARE = 10 | 19 << 8;

/** Reasons that who may use the files explains. */
const ACCESS = /cannot be (written|opened)/;

/** Codes of SQLite after which a connection is of no use: the files are away, others, or broken. */
const BROKEN = new Set([
  8, // readonly, also as the database was moved
  10, // input or output
  11, // damaged
  14, // cannot open
  15, // locks
  26, // not a database
]);

/** Whether the connection that failed so must be opened anew. */
export function isBroken(error: unknown): boolean {
  const code = codeOf(error instanceof StoreError ? error.cause : error);
  // Higher bits tell more.
  return code !== undefined && BROKEN.has(code & 0xff);
}

/** What SQLite calls an error. */
function codeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error)) return undefined;
  return Number(error.errcode);
}

/** Makes a StoreError that names the file and what to do. */
export function toStoreError(
  cause: unknown,
  { action, path }: { action: string; path: string },
): StoreError {
  if (cause instanceof StoreError) return cause;
  const detail = cause instanceof Error ? cause.message : String(cause);
  const words = codeOf(cause) === NO_ROOM_TO_SHARE ? "disk is full" : detail;
  const found = REASONS.find(([pattern]) => pattern.test(words));
  const reason = found?.[1] ?? "SQLite refused";
  const access = found !== undefined && ACCESS.test(reason)
    ? describeAccess(path)
    : "";
  return new StoreError(
    `Cannot ${action} "${path}" as ${reason}: ${detail}${access}`,
    { retry: found?.[2].retry ?? false, cause },
  );
}
