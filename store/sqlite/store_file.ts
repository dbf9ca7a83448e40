import { type StoreClock, StoreError } from "../types.ts";
import { Connection } from "./connection.ts";
import { isBroken } from "./error.ts";
import {
  type FileIds,
  holdsFrames,
  isSame,
  readFileIds,
} from "./file_state.ts";

/** File of an embedded store. */
export interface SqliteOptions {
  /** Path of the file. */
  path: string;
  clock: StoreClock;
  /** Called when other files stood at the path, or SQLite failed, and the store was opened anew. */
  onReopened?: () => void;
}

/** Connections to one file. */
interface Opened {
  writer: Connection;
  /**
   * Nothing is written through it, so that its `data_version` moves with commits
   * alone. It cannot write what is in the -wal file into the database: where it
   * is the last to be closed, the files stay as others left them.
   */
  reader: Connection;
  scans: Set<Connection>;
  /** The one of them that no scan is on: opening another reads the schema again, and touches the files. */
  idleScan: Connection | undefined;
  ids: FileIds;
  pageBytes: number;
}

/**
 * Files that are open here, by path. SQLite has one view of a file's index for all
 * connections of a process: they let go of files that were removed together.
 */
const filesAt = new Map<string, Set<StoreFile>>();

/**
 * The file of a store with its connections. Before each use it looks whether the
 * files that it has open still stand at their paths, and opens those that do
 * otherwise: what is written into a file that was removed or replaced is lost,
 * and what is read there is old.
 */
export class StoreFile implements Disposable {
  readonly #options: SqliteOptions & { synchronous?: "FULL" | "NORMAL" };
  #opened: Opened | undefined;
  #generation = 0;
  #closed = false;
  #edited = false;

  /**
   * Opens the file, which is there.
   *
   * @throws {StoreError} If it is not, is damaged, of another program or a newer
   * Lars, or cannot be written; it is left as it is.
   */
  constructor(options: SqliteOptions & { synchronous?: "FULL" | "NORMAL" }) {
    this.#options = options;
    this.#current();
    const { path } = options;
    filesAt.set(path, (filesAt.get(path) ?? new Set()).add(this));
  }

  /** Where it is. */
  get path(): string {
    return this.#options.path;
  }

  /** Grows when the store was opened anew: what was read before may be of other files. */
  get generation(): number {
    return this.#generation;
  }

  /** Looks whether the files are those that are open. */
  check(): void {
    this.#current();
  }

  /** Runs `body` on the connection for reading, without a transaction. */
  peek<Result>(
    action: string,
    body: (reader: Connection) => Result,
  ): Result {
    const { reader } = this.#current();
    return this.#guard(() => reader.run(action, () => body(reader)));
  }

  /** Runs `body` on the connection for reading, on one snapshot. */
  read<Result>(action: string, body: (reader: Connection) => Result): Result {
    const { reader } = this.#current();
    return this.#guard(() =>
      reader.readTransaction(action, () => body(reader))
    );
  }

  /**
   * Runs `body` on the connection for writing, all or nothing. What `prepare` does
   * there before changes nothing in the file.
   */
  write<Result>(
    action: string,
    body: (writer: Connection) => Result,
    { prepare }: { prepare?: (writer: Connection) => void } = {},
  ): Result {
    return this.#change(action, (opened) => {
      const { writer } = opened;
      prepare?.(writer);
      return writer.writeTransaction(action, () => {
        // Others may have removed files, and written to new ones, until this one
        // had the lock: it would write what was between into the database.
        this.#checkWhole(opened, action);
        return body(writer);
      });
    });
  }

  /**
   * As {@linkcode write}; closing then brings what is committed into the database
   * itself, where a copy of that file has it and the removal of another takes
   * nothing.
   */
  edit<Result>(action: string, body: (writer: Connection) => Result): Result {
    this.#edited = true;
    return this.write(action, body);
  }

  /** As {@linkcode edit}, with the transactions that `body` makes. */
  run<Result>(action: string, body: (writer: Connection) => Result): Result {
    this.#edited = true;
    return this.#change(action, ({ writer }) => body(writer));
  }

  /** @throws {StoreError} If the files were replaced during it: what it wrote may be lost. */
  #change<Result>(
    action: string,
    body: (opened: Opened) => Result,
  ): Result {
    const opened = this.#current();
    return this.#guard(() => {
      this.#checkWhole(opened, action);
      const result = opened.writer.run(action, () => body(opened));
      this.#checkWhole(opened, action);
      return result;
    });
  }

  /** Gives a connection for a scan, to be given back with {@linkcode endScan}. */
  beginScan(): Connection {
    const opened = this.#current();
    const scan = opened.idleScan ?? Connection.openReader(this.#options.path);
    opened.idleScan = undefined;
    opened.scans.add(scan);
    return scan;
  }

  /** Takes the connection of a scan back, for the next scan if this one came to its end. */
  endScan(scan: Connection, { isWhole }: { isWhole: boolean }): void {
    const opened = this.#opened;
    if (isWhole && opened?.scans.has(scan) && opened.idleScan === undefined) {
      opened.idleScan = scan;
      return;
    }
    opened?.scans.delete(scan);
    scan[Symbol.dispose]();
  }

  /** Closes every connection. Twice is once. */
  [Symbol.dispose](): void {
    const opened = this.#opened;
    this.#closed = true;
    filesAt.get(this.#options.path)?.delete(this);
    if (opened === undefined) return;
    this.#opened = undefined;
    try {
      const ids = readFileIds(this.#options.path);
      if (!isSame(opened.ids, ids) || !this.#isWhole(opened)) {
        return detach(opened);
      }
    } catch {
      return detach(opened);
    }
    if (this.#edited) checkpoint(opened.writer);
    // The last connection of all processes moves everything into the database.
    for (const scan of opened.scans) scan[Symbol.dispose]();
    opened.reader[Symbol.dispose]();
    opened.writer[Symbol.dispose]();
  }

  /** The connections to the files that stand at the paths now. */
  #current(): Opened {
    const { path } = this.#options;
    if (this.#closed) {
      throw new StoreError(`Cannot use store "${path}" as it is closed`, {
        retry: false,
      });
    }
    let ids: FileIds;
    try {
      ids = readFileIds(path);
    } catch (error) {
      this.#detach();
      throw error;
    }
    if (this.#opened !== undefined && !isSame(this.#opened.ids, ids)) {
      rescue(this.#opened, ids);
      this.#detach();
    }
    if (this.#opened === undefined) {
      this.#opened = this.#open();
      this.#generation += 1;
      if (this.#generation > 1) this.#options.onReopened?.();
    }
    return this.#opened;
  }

  #open(): Opened {
    const { path, clock, synchronous = "FULL" } = this.#options;
    const writer = Connection.open(path);
    try {
      writer.addTimeFunctions(() => clock.wallSeconds());
      writer.run(
        "open store",
        () => writer.prepare(`PRAGMA synchronous = ${synchronous}`).run(),
      );
      const pageBytes = Number(writer.value("PRAGMA page_size"));
      const reader = Connection.openReader(path);
      const ids = readFileIds(path);
      const opened = {
        writer,
        reader,
        scans: new Set<Connection>(),
        idleScan: undefined,
        ids,
        pageBytes,
      };
      if (this.#isWhole(opened)) return opened;
      // Until all processes have let go of the -shm file it leads astray.
      detach(opened);
      throw new ReplacedError("open store", path);
    } catch (error) {
      writer[Symbol.dispose]();
      throw error;
    }
  }

  /** Runs `body`; after a failure of the files the next use opens them anew. */
  #guard<Result>(body: () => Result): Result {
    try {
      return body();
    } catch (error) {
      if (error instanceof ReplacedError || isBroken(error)) this.#detach();
      throw error;
    }
  }

  /** @throws {StoreError} If what is committed may be in no file that stays. */
  #checkWhole(opened: Opened, action: string): void {
    const { path } = this.#options;
    if (isSame(opened.ids, readFileIds(path)) && this.#isWhole(opened)) return;
    throw new ReplacedError(action, path);
  }

  #isWhole({ reader, pageBytes }: Opened): boolean {
    const { path } = this.#options;
    const isWhole = () => {
      const row = reader.run(
        "use store",
        () => reader.prepare("PRAGMA wal_checkpoint(NOOP)").get(),
      );
      return holdsFrames(path, { frames: Number(row?.log ?? 0), pageBytes });
    };
    // Another process may have emptied the file between the two looks.
    return isWhole() || isWhole();
  }

  #detach(): void {
    this.#letGo();
    for (const other of filesAt.get(this.#options.path) ?? []) other.#letGo();
  }

  #letGo(): void {
    const opened = this.#opened;
    this.#opened = undefined;
    if (opened !== undefined) detach(opened);
  }
}

/** Files of a store are others by now: it is to be opened anew. */
class ReplacedError extends StoreError {
  constructor(action: string, path: string) {
    super(
      `Cannot ${action} "${path}" as one of its files was removed or replaced while it was open: try again`,
      { retry: true },
    );
  }
}

/** Moves what is committed from the -wal file into the database, as far as no reader needs it there. */
function checkpoint(writer: Connection): void {
  try {
    writer.prepare("PRAGMA wal_checkpoint(PASSIVE)").all();
  } catch {
    // It stays where it is, and is moved later.
  }
}

/**
 * Closes connections without writing to the files at the paths, which may be
 * others by now, or have more in them than these connections know.
 */
function detach({ writer, reader, scans }: Opened): void {
  writer[Symbol.dispose]();
  for (const scan of scans) scan[Symbol.dispose]();
  reader[Symbol.dispose]();
}

/**
 * Writes into the database what is committed and stands in a -wal file that was
 * removed. No other process can: it has no path any more.
 */
function rescue({ writer, ids: before }: Opened, now: FileIds): void {
  const [database, wal, shm] = now;
  if (database !== before[0] || wal !== undefined) return;
  // With a new -shm file others may have begun to write.
  if (shm === undefined || shm === before[2]) checkpoint(writer);
}
