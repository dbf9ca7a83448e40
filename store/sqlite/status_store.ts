import { toStatusRow } from "../status_rows.ts";
import { checkStatuses } from "../validation.ts";
import type { RouteKey } from "../../proto/mod.ts";
import { Connection, type SqliteOptions } from "./connection.ts";
import type { StatusRow, StatusStore } from "../types.ts";

/** Call results, in the file that also holds the routes. */
export class SqliteStatusStore implements StatusStore {
  readonly #connection: Connection;

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Opens the file, and creates it when it is missing.
   *
   * @throws {StoreError} As {@linkcode SqliteRouteStore.open}.
   */
  static open(options: SqliteOptions): Promise<SqliteStatusStore> {
    return Promise.resolve().then(() => {
      const connection = Connection.open(options);
      // A power failure may cost the last statuses, which come again; edits of
      // routes wait for the disk.
      connection.run(
        "open store",
        () => connection.prepare("PRAGMA synchronous = NORMAL").run(),
      );
      return new SqliteStatusStore(connection);
    });
  }

  write(rows: readonly StatusRow[]): Promise<void> {
    return Promise.resolve().then(() => {
      checkStatuses(rows);
      if (rows.length === 0) return;
      this.#connection.writeTransaction("write statuses to store", () => {
        const statement = this.#connection.prepare(
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
      this.#connection.run("list statuses of store", () => {
        const statement = this.#connection.prepare(
          `SELECT * FROM ServerCallStatus ${
            key === undefined ? "" : "WHERE modid = ? AND cmdid = ?"
          } ORDER BY modid, cmdid, ip, port, caller`,
        );
        const rows = key === undefined
          ? statement.all()
          : statement.all(key.modId, key.cmdId);
        return rows.map(toStatusRow);
      })
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#connection[Symbol.dispose]();
    return Promise.resolve();
  }
}
