import type { Endpoint } from "../../proto/mod.ts";
import {
  type Connection,
  createConnection,
  type RowDataPacket,
} from "mysql2/promise";
import type { Outcome } from "./ledger.ts";
import { inTime } from "./wait.ts";

const CONNECT_MS_MAX = 2_000;

/** Time for a statement when a node has just died, and for locks. */
const STATEMENT_MS_MAX = 15_000;

/** Error number of a transaction rolled back for a conflict with another. */
const DEADLOCK = 1213;

/** User of a database. */
export interface Account {
  user: string;
  password: string;
  database?: string;
}

/** Runs a statement with its values; returns its rows. */
export type Sql = (
  statement: string,
  values?: readonly (string | number)[],
) => Promise<RowDataPacket[]>;

/** Connection to one host of a database, opened again when it was lost. */
export class Session implements Disposable {
  readonly #at: Endpoint;
  readonly #account: Account;
  #connection: Connection | undefined;
  #waiting = 0;

  constructor(at: Endpoint, account: Account) {
    this.#at = at;
    this.#account = account;
  }

  /** True while a statement is not answered. */
  get isWaiting(): boolean {
    return this.#waiting > 0;
  }

  /** Runs one statement, committed by itself. */
  readonly sql: Sql = async (statement, values = []) => {
    this.#waiting += 1;
    try {
      const connection = await this.#open();
      const [rows] = await inTime(
        connection.query<RowDataPacket[]>(statement, [...values]),
        STATEMENT_MS_MAX,
      );
      return rows;
    } catch (error) {
      // The next statement opens another connection.
      if (!isDeadlock(error)) this[Symbol.dispose]();
      throw error;
    } finally {
      this.#waiting -= 1;
    }
  };

  /** Runs one statement that commits itself. */
  async change(
    statement: string,
    values: readonly (string | number)[],
  ): Promise<Outcome> {
    try {
      await this.#open();
    } catch {
      this[Symbol.dispose]();
      return "refused";
    }
    try {
      await this.sql(statement, values);
      return "committed";
    } catch (error) {
      return isDeadlock(error) ? "refused" : "doubtful";
    }
  }

  /** Runs a transaction; whatever ends it early ends it without a trace. */
  async transact(
    work: (sql: Sql) => Promise<"commit" | "rollback">,
  ): Promise<Outcome> {
    let end: "commit" | "rollback";
    try {
      await this.sql("BEGIN");
      end = await work(this.sql);
      if (end === "rollback") await this.sql("ROLLBACK");
    } catch {
      this[Symbol.dispose]();
      return "refused";
    }
    if (end === "rollback") return "refused";
    try {
      await this.sql("COMMIT");
      return "committed";
    } catch (error) {
      return isDeadlock(error) ? "refused" : "doubtful";
    }
  }

  [Symbol.dispose](): void {
    this.#connection?.destroy();
    this.#connection = undefined;
  }

  async #open(): Promise<Connection> {
    if (this.#connection !== undefined) return this.#connection;
    const connection = await createConnection({
      host: this.#at.hostname,
      port: this.#at.port,
      ...this.#account,
      connectTimeout: CONNECT_MS_MAX,
    });
    // A connection that breaks while idle fails at its next use.
    connection.on("error", () => {});
    // What was committed through another node must be seen before it is changed.
    this.#connection = connection;
    await inTime(
      connection.query("SET SESSION wsrep_sync_wait = 7"),
      STATEMENT_MS_MAX,
    );
    return connection;
  }
}

/** True if the database has rolled a transaction back for a conflict with another. */
export function isDeadlock(error: unknown): boolean {
  return error instanceof Error && "errno" in error &&
    error.errno === DEADLOCK;
}
