import type { Endpoint } from "../../proto/mod.ts";
import {
  type Connection,
  createConnection,
  type RowDataPacket,
} from "mysql2/promise";
import type { Outcome } from "./ledger.ts";
import { inTime } from "./wait.ts";

const CONNECT_MS_MAX = 2_000;

/** A statement waits this long when a node has just died, and for locks. */
const STATEMENT_MS_MAX = 15_000;

/** The database takes back a transaction that conflicts with another. */
const DEADLOCK = 1213;

/** Who talks SQL to a node. */
export interface Account {
  user: string;
  password: string;
  database?: string;
}

/** A statement with its values; the rows it answers. */
export type Sql = (
  statement: string,
  values?: readonly (string | number)[],
) => Promise<RowDataPacket[]>;

/** A connection to one node, opened again when it was lost. */
export class Session implements Disposable {
  readonly #at: Endpoint;
  readonly #account: Account;
  #connection: Connection | undefined;

  constructor(at: Endpoint, account: Account) {
    this.#at = at;
    this.#account = account;
  }

  /** Runs one statement, committed by itself. */
  readonly sql: Sql = async (statement, values = []) => {
    try {
      const connection = await this.#open();
      const [rows] = await inTime(
        connection.query<RowDataPacket[]>(statement, [...values]),
        STATEMENT_MS_MAX,
      );
      return rows;
    } catch (error) {
      // Whatever it was: the next statement begins afresh.
      if (errorNumber(error) !== DEADLOCK) this[Symbol.dispose]();
      throw error;
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
      return errorNumber(error) === DEADLOCK ? "refused" : "doubtful";
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
      return errorNumber(error) === DEADLOCK ? "refused" : "doubtful";
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
    // A connection that breaks while idle tells at its next use.
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

function errorNumber(error: unknown): number | undefined {
  return error instanceof Error && "errno" in error &&
      typeof error.errno === "number"
    ? error.errno
    : undefined;
}
