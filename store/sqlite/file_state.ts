import { StoreError } from "../types.ts";

/** Files of a store: the database, what is committed and not in it yet, and the index of that. */
const SUFFIXES = ["", "-wal", "-shm"] as const;

/** Sizes of the -wal file's head and of the head of each page in it. */
const WAL_HEAD_BYTES = 32;
const FRAME_HEAD_BYTES = 24;
/** First bytes of a -wal file, but for the lowest bit. */
const WAL_MAGIC = 0x377f_0682;

/** Where Lars is installed there are no tasks of Deno. */
const START_ADVICE = Deno.build.standalone ? "" : ' or "deno task start"';

/** Which files these are: device and inode of each, or undefined where there is none. */
export type FileIds = readonly (string | undefined)[];

/**
 * Reads which files stand at the paths of a store now.
 *
 * @throws {StoreError} If there is no database, or an empty one.
 */
export function readFileIds(path: string): FileIds {
  return SUFFIXES.map((suffix) => {
    const info = statIfThere(`${path}${suffix}`);
    if (suffix === "") checkDatabase(info, path);
    return info && `${info.dev}:${info.ino}`;
  });
}

function checkDatabase(info: Deno.FileInfo | undefined, path: string): void {
  if (info === undefined) {
    throw new StoreError(
      `Cannot open store "${path}" as there is none: make one with "lars store create"${START_ADVICE}, bring the one back that was there, or name its folder with --data`,
      { retry: false },
    );
  }
  // An empty file is what a full disk, a truncation or a broken copy leaves.
  if (info.size > 0 || !info.isFile) return;
  throw new StoreError(
    `Cannot open store "${path}" as it is empty: bring it back from a backup, or make a new one with "lars store create"`,
    { retry: false },
  );
}

/** Whether the files are those of before; always true where the system numbers no files. */
export function isSame(before: FileIds, now: FileIds): boolean {
  return before.every((id, index) => id === now[index]);
}

/**
 * Whether the -wal file at its path holds `frames` pages, as the processes that
 * have it open say. It does not after it was removed under them: what is
 * committed then goes into a file that no path leads to.
 */
export function holdsFrames(
  path: string,
  { frames, pageBytes }: { frames: number; pageBytes: number },
): boolean {
  if (frames <= 0) return true;
  // Opening the other two files would end SQLite's locks on them; this has none.
  try {
    using file = Deno.openSync(`${path}-wal`);
    const head = new Uint8Array(WAL_HEAD_BYTES);
    if (file.readSync(head) !== WAL_HEAD_BYTES) return false;
    const magic = new DataView(head.buffer).getUint32(0);
    return (magic & ~1) === WAL_MAGIC && file.statSync().size >=
        WAL_HEAD_BYTES + frames * (FRAME_HEAD_BYTES + pageBytes);
  } catch {
    return false;
  }
}

/** Owner and mode of the files and their folder, for a message: " (…)", or nothing. */
export function describeAccess(path: string): string {
  const folder = path.replace(/[^/\\]*$/, "") || ".";
  const parts = [...SUFFIXES.map((suffix) => `${path}${suffix}`), folder]
    .flatMap((file) => {
      const info = statIfThere(file);
      if (info?.uid == null || info.mode === null) return [];
      const mode = (info.mode & 0o7777).toString(8);
      return `"${file}" has mode ${mode} and belongs to user ${info.uid}`;
    });
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

function statIfThere(file: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(file);
  } catch {
    // One that may not be looked at is not opened either: that says why.
    return undefined;
  }
}
