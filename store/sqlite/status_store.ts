import {
  STATUS_KEY_COLUMNS,
  statusKeyOf,
  toStatusRow,
} from "../status_rows.ts";
import { checkStatuses } from "../validation.ts";
import type { RouteKey } from "../../proto/mod.ts";
import { type SqliteOptions, StoreFile } from "./store_file.ts";
import type {
  StatusKey,
  StatusRow,
  StatusStore,
  StoreClock,
} from "../types.ts";

/** Time between two looks at the files. */
const CHECK_INTERVAL_MS = 1_000;

/** Call results, in the file that also holds the routes. */
export class SqliteStatusStore implements StatusStore {
  readonly #file: StoreFile;
  readonly #stop = new AbortController();
  readonly #checking: Promise<void>;

  private constructor(options: SqliteOptions) {
    // A power failure may cost the last statuses, which come again; edits of
    // routes wait for the disk.
    this.#file = new StoreFile({ ...options, synchronous: "NORMAL" });
    this.#checking = this.#check(options.clock);
  }

  /**
   * Opens the file, which is there and can be written.
   *
   * @throws {StoreError} As {@linkcode StoreFile}.
   */
  static open(options: SqliteOptions): Promise<SqliteStatusStore> {
    return Promise.resolve().then(() => {
      const store = new SqliteStatusStore(options);
      try {
        store.#file.write("write statuses to store", () => {});
        return store;
      } catch (error) {
        store.#close();
        throw error;
      }
    });
  }

  /**
   * Looks at the files also while nothing is written: other processes cannot use
   * files of which one was removed until all have let go of it.
   */
  async #check(clock: StoreClock): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await clock.sleep(CHECK_INTERVAL_MS, signal);
      try {
        if (!signal.aborted) this.#file.check();
      } catch {
        // The next write fails with the reason.
      }
    }
  }

  #close(): void {
    this.#stop.abort();
    this.#file[Symbol.dispose]();
  }

  write(rows: readonly StatusRow[]): Promise<void> {
    return Promise.resolve().then(() => {
      checkStatuses(rows);
      if (rows.length === 0) return;
      this.#file.write("write statuses to store", (connection) => {
        const statement = connection.prepare(
          `INSERT OR REPLACE INTO ServerCallStatus
           (modid, cmdid, ip, port, caller, succ_cnt, err_cnt, ts, overload)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        );
        for (const row of rows) {
          statement.run(
            row.modId,
            row.cmdId,
            row.ip,
            row.port,
            row.caller,
            row.succ,
            row.err,
            row.ts,
            row.overload ? "1" : "0",
          );
        }
      });
    });
  }

  list(key?: RouteKey): Promise<StatusRow[]> {
    return Promise.resolve().then(() =>
      this.#file.peek("list statuses of store", (connection) => {
        const statement = connection.prepare(
          `SELECT * FROM ServerCallStatus ${
            key === undefined ? "" : "WHERE modid = ? AND cmdid = ?"
          } ORDER BY ${STATUS_KEY_COLUMNS}`,
        );
        const rows = key === undefined
          ? statement.all()
          : statement.all(key.modId, key.cmdId);
        return rows.map(toStatusRow);
      })
    );
  }

  page(
    { after, limit }: { after?: StatusKey | undefined; limit: number },
  ): Promise<StatusRow[]> {
    return Promise.resolve().then(() =>
      this.#file.peek("list statuses of store", (connection) => {
        const first = after === undefined
          ? ""
          : `WHERE (${STATUS_KEY_COLUMNS}) > (?, ?, ?, ?, ?)`;
        return connection.prepare(
          `SELECT * FROM ServerCallStatus ${first}
           ORDER BY ${STATUS_KEY_COLUMNS} LIMIT ?`,
        ).all(...after === undefined ? [] : statusKeyOf(after), limit)
          .map(toStatusRow);
      })
    );
  }

  remove(keys: readonly StatusKey[]): Promise<void> {
    return Promise.resolve().then(() => {
      this.#file.write("remove statuses from store", (connection) => {
        const deletion = connection.prepare(
          `DELETE FROM ServerCallStatus
           WHERE (${STATUS_KEY_COLUMNS}) = (?, ?, ?, ?, ?)`,
        );
        for (const key of keys) deletion.run(...statusKeyOf(key));
      });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
    await this.#checking;
  }
}
