import {
  DatabaseSync,
  type SQLInputValue,
  type StatementSync,
} from "node:sqlite";
import { StoreError } from "../types.ts";
import { toStoreError } from "./error.ts";
import { findForeignSchema, isMigrated, migrate } from "./schema.ts";

/** Time for which SQLite waits for another writer; the process stands still in it. */
const BUSY_TIMEOUT_MS = 250;

/** Most statements that a connection keeps compiled: the length of a page is part of one. */
export const STATEMENTS_MAX = 500;

/**
 * Attempts to open a file that other processes create at the same moment, and
 * the pause between.
 */
const OPEN_ATTEMPTS_MAX = 100;
const OPEN_PAUSE_MS = 20;

/**
 * Connection to the file of a store: its own view of what is committed, its own
 * `data_version`. Every failure is a StoreError that names the file.
 */
export class Connection implements Disposable {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  private constructor(path: string, database: DatabaseSync) {
    this.#path = path;
    this.#database = database;
  }

  /**
   * Opens the file for reading and writing, and adds what its level lacks. A file
   * of another program is left as it is. Opening makes a missing file, which only `create` is for.
   *
   * @throws {StoreError} If that cannot be.
   */
  static open(path: string, { create = false } = {}): Connection {
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
      const foreign = findForeignSchema(database, { path, create });
      if (foreign !== undefined) {
        throw new StoreError(`Cannot open store "${path}" as ${foreign}`, {
          retry: false,
        });
      }
      prepareFile(database);
      return new Connection(path, database);
    } catch (cause) {
      database?.close();
      throw toStoreError(cause, { action: "open store", path });
    }
  }

  /** Opens a file that is ours for reading alone. */
  static openReader(path: string): Connection {
    try {
      const database = new DatabaseSync(path, {
        readOnly: true,
        timeout: BUSY_TIMEOUT_MS,
      });
      const reader = new Connection(path, database);
      // The first read takes the lock that it holds from then on.
      reader.value("SELECT count(*) FROM sqlite_schema");
      return reader;
    } catch (cause) {
      throw toStoreError(cause, { action: "open store", path });
    }
  }

  /** Adds the time functions of MySQL that SQL by hand uses. */
  addTimeFunctions(wallSeconds: () => number): void {
    this.#database.function(
      "NOW",
      () =>
        new Date(wallSeconds() * 1000).toISOString().slice(0, 19)
          .replace("T", " "),
    );
    this.#database.function(
      "UNIX_TIMESTAMP",
      { varargs: true },
      (...parameters) => {
        const [time] = parameters;
        if (time === undefined) return wallSeconds();
        const ms = Date.parse(`${String(time).replace(" ", "T")}Z`);
        return Number.isNaN(ms) ? 0 : Math.floor(ms / 1000);
      },
    );
  }

  /** Compiles a statement that is run again, as a rule once for each connection. */
  prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      if (this.#statements.size >= STATEMENTS_MAX) this.#statements.clear();
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** Compiles a statement that is run once, as text from outside. */
  prepareOnce(sql: string): StatementSync {
    return this.#database.prepare(sql);
  }

  /** Reads the first column of the first row; undefined if there is no row. */
  value(sql: string, ...parameters: SQLInputValue[]): unknown {
    const row = this.prepare(sql).get(...parameters);
    return row === undefined ? undefined : Object.values(row)[0];
  }

  /**
   * Runs `body`; its failures become StoreErrors that name `action`.
   *
   * @throws {StoreError} If SQLite refused, or the connection is closed.
   */
  run<Result>(action: string, body: () => Result): Result {
    try {
      return body();
    } catch (cause) {
      throw toStoreError(cause, { action, path: this.#path });
    }
  }

  /** Runs `body` as {@linkcode run} does, on one snapshot. */
  readTransaction<Result>(action: string, body: () => Result): Result {
    return this.#transaction({ action, begin: "BEGIN" }, body);
  }

  /** Runs `body` as {@linkcode run} does, all or nothing. */
  writeTransaction<Result>(action: string, body: () => Result): Result {
    return this.#transaction({ action, begin: "BEGIN IMMEDIATE" }, body);
  }

  #transaction<Result>(
    { action, begin }: { action: string; begin: string },
    body: () => Result,
  ): Result {
    return this.run(action, () => {
      this.#database.exec(begin);
      try {
        const result = body();
        this.#database.exec("COMMIT");
        return result;
      } finally {
        if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      }
    });
  }

  /** Closes the connection and rolls back an open transaction. Twice is once. */
  [Symbol.dispose](): void {
    if (this.#database.isOpen) this.#database.close();
  }
}

/**
 * Switches to WAL, in which readers never wait for the writer, and migrates.
 * Several processes may do so at the same moment, and SQLite does not wait for
 * the lock that changing the mode needs: this loop does, blocking as SQLite
 * does.
 */
function prepareFile(database: DatabaseSync): void {
  for (let attempt = 1;; attempt += 1) {
    try {
      database.exec("PRAGMA journal_mode = WAL");
      if (isMigrated(database)) return;
      database.exec("BEGIN IMMEDIATE");
      migrate(database);
      database.exec("COMMIT");
      return;
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      const locked = error instanceof Error && /locked/.test(error.message);
      if (!locked || attempt === OPEN_ATTEMPTS_MAX) throw error;
      Atomics.wait(
        new Int32Array(new SharedArrayBuffer(4)),
        0,
        0,
        OPEN_PAUSE_MS,
      );
    }
  }
}
