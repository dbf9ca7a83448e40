import {
  createPool,
  type Pool,
  type PoolConnection,
  type PoolOptions,
} from "mysql2/promise";
import { StoreError } from "../types.ts";
import {
  classify,
  describe,
  type Failure,
  sentenceOf,
  toStoreError,
} from "./error.ts";
import { connectionOptions, type MysqlOptions } from "./options.ts";
import { Session, withTimeout } from "./session.ts";

/** Most uses that wait for a free connection; more fail at once. */
const WAITING_MAX = 1_000;

/**
 * Most statements that a connection has prepared: the length of a page and the
 * number of rows are parts of one, and a server takes 16,382 of all connections.
 */
export const STATEMENTS_MAX = 200;

/** Interval at which a pool that moved on looks whether a preferred host is back. */
const RETURN_INTERVAL_MS = 10_000;

/** Most attempts of a use that meets conflicts such as deadlocks. */
const CONFLICT_ATTEMPTS_MAX = 5;

/** Pause before the second attempt; each later pause is longer by as much. */
const CONFLICT_PAUSE_MS = 5;

/**
 * Connections to the first host that serves. It moves on when that one is gone
 * or has become read-only, and comes back to the one named first.
 *
 * createPoolCluster of mysql2 sees only connections that fail: it stays with a
 * host that answers and takes no writes, and refuses all work for its
 * `restoreNodeTimeout` once every host was away (see outage_test.ts,
 * "leaves a host that answers but takes no writes" and "survives its death").
 */
export class FailoverPool implements AsyncDisposable {
  readonly #options: MysqlOptions;
  readonly #pools: Pool[];
  readonly #active = new Set<Session>();
  #current = 0;
  #lookedMs: number;
  #looking: Promise<void> | undefined;
  #closed = false;

  /** `useDatabase` is false for a database that may not be there yet. */
  constructor(options: MysqlOptions, { useDatabase = true } = {}) {
    this.#options = options;
    this.#lookedMs = options.clock.nowMs();
    this.#pools = options.hosts.map((host) =>
      openPool({
        ...connectionOptions(host, options),
        ...useDatabase ? { database: options.database } : {},
        connectionLimit: options.connectionsMax,
        queueLimit: WAITING_MAX,
        maxPreparedStatements: STATEMENTS_MAX,
      }, options)
    );
  }

  /** Database and hosts, for error messages. */
  get where(): string {
    const { database, hosts } = this.#options;
    const names = hosts.map(({ hostname, port }) => `${hostname}:${port}`);
    return `"${database}" at ${names.join(", ")}`;
  }

  /**
   * Runs `body` with a connection. A conflict with another transaction rolls it
   * back and runs it again; anything else ends it.
   *
   * @throws {StoreError} If the database failed, or the pool is closed.
   */
  async use<Result>(
    action: string,
    body: (session: Session) => Promise<Result>,
  ): Promise<Result> {
    for (let attempt = 1;; attempt += 1) {
      const outcome = await this.#useOnce(body);
      if ("result" in outcome) return outcome.result;
      const { failure, cause } = outcome;
      if (failure !== "conflict" || attempt === CONFLICT_ATTEMPTS_MAX) {
        throw this.#storeError(cause, action);
      }
      await this.#options.clock.sleep(CONFLICT_PAUSE_MS * attempt);
    }
  }

  /**
   * Runs a `body` that yields, as {@linkcode use} does, once; the connection is
   * closed if it ends early.
   */
  async *stream<Item>(
    action: string,
    body: (session: Session) => AsyncIterable<Item>,
  ): AsyncGenerator<Item> {
    const { session, host } = await this.#acquire().catch((cause) => {
      throw this.#storeError(cause, action);
    });
    try {
      yield* body(session);
      this.#release(session);
    } catch (cause) {
      if (classify(cause) === "gone") this.#moveOn(host);
      throw this.#storeError(cause, action);
    } finally {
      this.#destroy(session);
    }
  }

  /** Closes every connection, also those in use. Twice is once. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#looking;
    for (const session of this.#active) this.#destroy(session);
    await Promise.all(this.#pools.map((pool) => this.#end(pool)));
  }

  async #end(pool: Pool): Promise<void> {
    const { clock, connectTimeoutMs: timeoutMs } = this.#options;
    try {
      await withTimeout(pool.end(), { clock, timeoutMs });
    } catch {
      // The server is gone, and its end of the connections with it.
    }
  }

  async #useOnce<Result>(
    body: (session: Session) => Promise<Result>,
  ): Promise<{ result: Result } | { failure: Failure; cause: unknown }> {
    let acquired;
    try {
      acquired = await this.#acquire();
    } catch (cause) {
      return { failure: "wrong", cause };
    }
    const { session, host } = acquired;
    try {
      const result = await body(session);
      this.#release(session);
      return { result };
    } catch (cause) {
      const failure = classify(cause);
      if (failure === "gone") this.#moveOn(host);
      else await this.#recover(session);
      this.#destroy(session);
      return { failure, cause };
    }
  }

  /** Gives a connection back without the transaction that failed. */
  async #recover(session: Session): Promise<void> {
    try {
      if (session.inTransaction) await session.rollback();
      this.#release(session);
    } catch {
      // Closing the connection rolls back as well.
    }
  }

  /** Connects to the first host that answers, beginning with the current one. */
  async #acquire(): Promise<{ session: Session; host: number }> {
    this.#lookForPreferred();
    const failures: unknown[] = [];
    for (let turn = 0; turn < this.#pools.length; turn += 1) {
      if (this.#closed) break;
      const host = (this.#current + turn) % this.#pools.length;
      try {
        const session = await this.#connect(host);
        this.#active.add(session);
        if (turn > 0) this.#current = host;
        return { session, host };
      } catch (cause) {
        if (classify(cause) !== "gone") throw cause;
        failures.push(cause);
      }
    }
    const reasons = new Set(failures.map(sentenceOf));
    const reason = this.#closed
      ? "it is closed"
      : reasons.size === 1
      ? [...reasons][0]
      : "no host serves: try again";
    throw new StoreError(
      `Cannot reach database ${this.where} as ${reason}: ${
        failures.map(describe).join("; ")
      }`,
      { retry: !this.#closed },
    );
  }

  async #connect(host: number): Promise<Session> {
    const { clock, connectTimeoutMs, queryTimeoutMs } = this.#options;
    const connecting: Promise<PoolConnection> = this.#pools[host]!
      .getConnection();
    const timeoutMs = connectTimeoutMs + queryTimeoutMs;
    try {
      return new Session(
        await withTimeout(connecting, { clock, timeoutMs }),
        this.#options,
      );
    } catch (cause) {
      connecting.then((late) => late.release(), () => {});
      throw cause;
    }
  }

  /** Starts to look, beside the work, whether a host named earlier serves again. */
  #lookForPreferred(): void {
    const { clock } = this.#options;
    if (this.#current === 0 || this.#looking !== undefined) return;
    if (clock.nowMs() - this.#lookedMs < RETURN_INTERVAL_MS) return;
    this.#looking = this.#findPreferred().finally(() => {
      this.#looking = undefined;
      this.#lookedMs = clock.nowMs();
    });
  }

  async #findPreferred(): Promise<void> {
    for (let host = 0; host < this.#current && !this.#closed; host += 1) {
      let session: Session | undefined;
      try {
        session = await this.#connect(host);
        const [row] = await session.rows(
          "SELECT @@global.read_only AS readOnly",
        );
        session.release();
        if (Number(row?.readOnly) !== 0) continue;
        this.#current = host;
        return;
      } catch {
        session?.destroy();
      }
    }
  }

  #moveOn(host: number): void {
    if (this.#current !== host) return;
    this.#current = (host + 1) % this.#pools.length;
    this.#lookedMs = this.#options.clock.nowMs();
  }

  #release(session: Session): void {
    if (this.#active.delete(session)) session.release();
  }

  /** Closes a session that is not released yet. */
  #destroy(session: Session): void {
    if (this.#active.delete(session)) session.destroy();
  }

  #storeError(cause: unknown, action: string): StoreError {
    if (this.#closed) {
      return new StoreError(
        `Cannot ${action} as database ${this.where} is closed`,
        { retry: false, cause },
      );
    }
    return toStoreError(cause, { action, where: this.where });
  }
}

function openPool(
  poolOptions: PoolOptions,
  { queryTimeoutMs }: MysqlOptions,
): Pool {
  const pool = createPool(poolOptions);
  pool.pool.on("connection", (connection) => {
    for (const setting of sessionSettings(queryTimeoutMs)) {
      connection.query(`SET SESSION ${setting}`, () => {});
    }
  });
  return pool;
}

/**
 * Settings that only some engines know; the others refuse them, which is
 * ignored. In a Galera cluster a read waits for what was committed on other
 * nodes, so that moving to another host never goes back in time. Lock waits end
 * before the statement's time limit, so that the server says why.
 */
function sessionSettings(queryTimeoutMs: number): string[] {
  const lockSeconds = Math.max(1, Math.floor(queryTimeoutMs / 1_000) - 1);
  return ["wsrep_sync_wait = 1", `innodb_lock_wait_timeout = ${lockSeconds}`];
}
