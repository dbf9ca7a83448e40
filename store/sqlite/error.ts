import { StoreError } from "../types.ts";

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

/** Makes a StoreError that names the file and what to do. */
export function toStoreError(
  cause: unknown,
  { action, path }: { action: string; path: string },
): StoreError {
  if (cause instanceof StoreError) return cause;
  const detail = cause instanceof Error ? cause.message : String(cause);
  const found = REASONS.find(([pattern]) => pattern.test(detail));
  const reason = found?.[1] ?? "SQLite refused";
  return new StoreError(
    `Cannot ${action} "${path}" as ${reason}: ${detail}`,
    { retry: found?.[2].retry ?? false, cause },
  );
}
