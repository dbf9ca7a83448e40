import {
  STATUS_KEY_COLUMNS,
  statusKeyOf,
  toStatusRow,
} from "../status_rows.ts";
import { expectIdentity } from "../identity.ts";
import { checkStatuses } from "../validation.ts";
import type { RouteKey } from "../../proto/mod.ts";
import { readIdentity } from "./feed.ts";
import { FileCheck } from "./file_check.ts";
import { type SqliteOptions, StoreFile } from "./store_file.ts";
import type {
  StatusKey,
  StatusRow,
  StatusStore,
  StatusWriteOptions,
} from "../types.ts";

/** Call results, in the file that also holds the routes. */
export class SqliteStatusStore implements StatusStore {
  readonly #file: StoreFile;
  readonly #check: FileCheck;

  private constructor(options: SqliteOptions) {
    // A power failure may cost the last statuses, which come again; edits of
    // routes wait for the disk.
    this.#file = new StoreFile({ ...options, synchronous: "NORMAL" });
    this.#check = new FileCheck(this.#file, options.clock);
  }

  /**
   * Opens the file, which is there and can be written.
   *
   * @throws {StoreError} As {@linkcode StoreFile}.
   */
  static async open(options: SqliteOptions): Promise<SqliteStatusStore> {
    await Promise.resolve();
    const store = new SqliteStatusStore(options);
    try {
      store.#file.write("write statuses to store", () => {});
      return store;
    } catch (error) {
      await store[Symbol.asyncDispose]();
      throw error;
    }
  }

  write(
    rows: readonly StatusRow[],
    { onlyIn }: StatusWriteOptions = {},
  ): Promise<void> {
    const action = "write statuses to store";
    return Promise.resolve().then(() => {
      checkStatuses(rows);
      if (rows.length === 0) return;
      this.#file.write(action, (connection) => {
        expectIdentity(action, { onlyIn, identity: readIdentity(connection) });
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
    this.#file[Symbol.dispose]();
    await this.#check[Symbol.asyncDispose]();
  }
}
