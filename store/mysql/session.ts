import type {
  FieldPacket,
  PoolConnection,
  ResultSetHeader,
  RowDataPacket,
} from "mysql2/promise";
import type { PoolConnection as PlainConnection } from "mysql2";
import type { Readable } from "node:stream";
import { LostConnectionError } from "./error.ts";
import type { StoreClock } from "../types.ts";

/** Row by its columns; whole numbers above 2⁵³ are text. */
export type Row = Record<string, unknown>;

/** A value that is sent apart from its statement. */
type Parameter = number | string | null;

/** A connection in use; each statement must end within `queryTimeoutMs`. */
export class Session {
  readonly #connection: PoolConnection;
  readonly #options: { clock: StoreClock; queryTimeoutMs: number };
  /** Rejects when the session is destroyed: mysql2 then settles no promise. */
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

  /** Gives the connection back to its pool. */
  release(): void {
    this.#connection.release();
  }

  /** Closes the connection at once; pending statements fail. */
  destroy(): void {
    const error = new LostConnectionError("connection closed");
    this.#destroyed.reject(error);
    this.#stream?.destroy(error);
    destroyConnection(this.#connection);
  }

  /** True while a transaction is open, or may be. */
  get inTransaction(): boolean {
    return this.#inTransaction;
  }

  /** Rows of a statement; with `values` the server prepares it once and keeps it. */
  async rows(sql: string, values?: Parameter[]): Promise<Row[]> {
    return (await this.#run<RowDataPacket[]>(sql, values)).result;
  }

  /** Names of a table's columns. */
  async columns(table: string): Promise<string[]> {
    const { fields } = await this.#run<RowDataPacket[]>(
      `SELECT * FROM ${table} LIMIT 0`,
    );
    return fields.map(({ name }) => name);
  }

  /** Runs a statement, with `values` as {@linkcode rows}; returns how many rows it changed. */
  async change(sql: string, values?: Parameter[]): Promise<number> {
    const { result } = await this.#run<ResultSetHeader>(sql, values);
    return result.affectedRows;
  }

  /**
   * Runs `body` as a transaction: an "edit" is READ COMMITTED, which sees what
   * is committed at each statement and locks no gaps; a "snapshot" sees all as
   * of its begin.
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
    await this.change(`SET TRANSACTION ISOLATION LEVEL ${level}`);
    this.#inTransaction = true;
    await this.change(
      kind === "edit"
        ? "START TRANSACTION"
        : "START TRANSACTION WITH CONSISTENT SNAPSHOT",
    );
  }

  /** Commits the transaction. */
  async commit(): Promise<void> {
    await this.change("COMMIT");
    this.#inTransaction = false;
  }

  /** Rolls the transaction back. */
  async rollback(): Promise<void> {
    await this.change("ROLLBACK");
    this.#inTransaction = false;
  }

  /** Streams rows as arrays, at the reader's pace. */
  stream(sql: string): Readable {
    const plain = plainOf(this.#connection);
    const stream = plain.query({ sql, rowsAsArray: true })
      .stream({ highWaterMark: 1_000 });
    // mysql2 reports to a stream the errors of its statement, but not the loss
    // of its connection.
    const fail = (error: Error) => stream.destroy(error);
    plain.once("error", fail);
    stream.once("close", () => plain.off("error", fail));
    this.#stream = stream;
    return stream;
  }

  /** Reads nothing more from the server for now. */
  pause(): void {
    plainOf(this.#connection).pause();
  }

  /** Ends {@linkcode Session.pause}. */
  resume(): void {
    plainOf(this.#connection).resume();
  }

  async #run<Result extends RowDataPacket[] | ResultSetHeader>(
    sql: string,
    values?: Parameter[],
  ): Promise<{ result: Result; fields: readonly FieldPacket[] }> {
    const { clock, queryTimeoutMs: timeoutMs } = this.#options;
    const work = values === undefined
      ? this.#connection.query<Result>(sql)
      : this.#connection.execute<Result>(sql, values);
    const [result, fields] = await Promise.race([
      withTimeout(work, { clock, timeoutMs }),
      this.#destroyed.promise,
    ]);
    return { result, fields };
  }
}

/** Closes a connection without waiting for what it is doing. */
function destroyConnection(connection: PoolConnection): void {
  connection.destroy();
  // mysql2 ends its side only, and would read on to the end of a long answer.
  const { stream } = connection.connection as unknown as { stream: Readable };
  stream.destroy();
}

/** Connection with callbacks and streams, which mysql2 types as one with promises. */
function plainOf(connection: PoolConnection): PlainConnection {
  return connection.connection as unknown as PlainConnection;
}

/**
 * Result of `work`, if it ends in time; a later one is dropped, and the caller
 * gives up the connection.
 *
 * @throws {LostConnectionError} If it does not end within `timeoutMs`.
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
