import type {
  PoolConnection,
  ResultSetHeader,
  RowDataPacket,
} from "mysql2/promise";
import type { PoolConnection as PlainConnection } from "mysql2";
import type { Readable } from "node:stream";
import { LostConnectionError } from "./error.ts";
import type { StoreClock } from "../types.ts";

/** A row as the database gives it: whole numbers above 2⁵³ come as text. */
export type Row = Record<string, unknown>;

/** A parameter of a prepared statement. */
export type Parameter = number | string;

/** One connection while it is used: each statement has its time limit. */
export class Session {
  readonly #connection: PoolConnection;
  readonly #options: { clock: StoreClock; queryTimeoutMs: number };
  /** Rejects when the session is destroyed, as mysql2 then answers nothing more. */
  readonly #destroyed = Promise.withResolvers<never>();
  #stream: Readable | undefined;
  /** True from BEGIN until COMMIT or ROLLBACK has succeeded. */
  #inTransaction = false;

  constructor(
    connection: PoolConnection,
    options: { clock: StoreClock; queryTimeoutMs: number },
  ) {
    this.#connection = connection;
    this.#options = options;
    this.#destroyed.promise.catch(() => {});
  }

  /** Gives the connection back, for others to use. */
  release(): void {
    this.#connection.release();
  }

  /** Closes the connection at once; whatever waits for it fails. */
  destroy(): void {
    const error = new LostConnectionError("connection closed");
    this.#destroyed.reject(error);
    this.#stream?.destroy(error);
    destroyConnection(this.#connection);
  }

  /** Whether a transaction is open, or may be. */
  get inTransaction(): boolean {
    return this.#inTransaction;
  }

  /** Rows of a prepared statement. */
  async rows(sql: string, values: Parameter[] = []): Promise<Row[]> {
    const [rows] = await this.#limit(
      this.#connection.execute<RowDataPacket[]>(sql, values),
    );
    return rows;
  }

  /** Rows of a statement made for once: with as many values as there are today. */
  async rowsOnce(sql: string): Promise<Row[]> {
    const [rows] = await this.#limit(
      this.#connection.query<RowDataPacket[]>(sql),
    );
    return rows;
  }

  /** Runs a prepared statement; returns how many rows it changed. */
  async change(sql: string, values: Parameter[] = []): Promise<number> {
    const [{ affectedRows }] = await this.#limit(
      this.#connection.execute<ResultSetHeader>(sql, values),
    );
    return affectedRows;
  }

  /** Runs a statement made for once; returns how many rows it changed. */
  async changeOnce(sql: string): Promise<number> {
    const [{ affectedRows }] = await this.#limit(
      this.#connection.query<ResultSetHeader>(sql),
    );
    return affectedRows;
  }

  /**
   * Runs `body` as a transaction. READ COMMITTED sees what is committed at each
   * statement and locks no gaps; `snapshot` sees all as of now.
   */
  async transaction<Result>(
    kind: "snapshot" | "edit",
    body: () => Promise<Result>,
  ): Promise<Result> {
    await this.begin(kind);
    const result = await body();
    await this.commit();
    return result;
  }

  /** Begins a transaction: see {@linkcode transaction}. */
  async begin(kind: "snapshot" | "edit"): Promise<void> {
    const level = kind === "edit" ? "READ COMMITTED" : "REPEATABLE READ";
    await this.changeOnce(`SET TRANSACTION ISOLATION LEVEL ${level}`);
    this.#inTransaction = true;
    await this.changeOnce(
      kind === "edit"
        ? "START TRANSACTION"
        : "START TRANSACTION WITH CONSISTENT SNAPSHOT",
    );
  }

  /** Ends a transaction that went well. */
  async commit(): Promise<void> {
    await this.changeOnce("COMMIT");
    this.#inTransaction = false;
  }

  /** Ends a transaction that failed. */
  async rollback(): Promise<void> {
    await this.changeOnce("ROLLBACK");
    this.#inTransaction = false;
  }

  /** Rows one after the other, as arrays; the reader sets the pace. */
  stream(sql: string): Readable {
    const plain = plainOf(this.#connection);
    const stream = plain.query({ sql, rowsAsArray: true })
      .stream({ highWaterMark: 1_000 });
    // mysql2 tells a stream of errors in its statement, but not of a
    // connection that is lost.
    const fail = (error: Error) => stream.destroy(error);
    plain.once("error", fail);
    stream.once("close", () => plain.off("error", fail));
    this.#stream = stream;
    return stream;
  }

  #limit<Result>(work: Promise<Result>): Promise<Result> {
    const { clock, queryTimeoutMs } = this.#options;
    return Promise.race([
      withTimeout(work, { clock, timeoutMs: queryTimeoutMs }),
      this.#destroyed.promise,
    ]);
  }
}

/** Closes a connection without waiting for what it is doing. */
function destroyConnection(connection: PoolConnection): void {
  connection.destroy();
  // mysql2 ends its side and would read on to the end of a long answer.
  const { stream } = connection.connection as unknown as { stream: Readable };
  stream.destroy();
}

/** The connection with callbacks and streams, which mysql2 types as one with promises. */
function plainOf(connection: PoolConnection): PlainConnection {
  return connection.connection as unknown as PlainConnection;
}

/**
 * The outcome of `work`, if it comes in time. What `work` comes to later is
 * nobody's: the caller gives up its connection.
 *
 * @throws {LostConnectionError} If it does not come in time.
 */
export async function withTimeout<Result>(
  work: Promise<Result>,
  { clock, timeoutMs }: { clock: StoreClock; timeoutMs: number },
): Promise<Result> {
  const done = new AbortController();
  work.catch(() => {});
  try {
    return await Promise.race([
      work,
      clock.sleep(timeoutMs, done.signal).then(() => {
        throw new LostConnectionError(`no answer within ${timeoutMs} ms`);
      }),
    ]);
  } finally {
    done.abort();
  }
}
