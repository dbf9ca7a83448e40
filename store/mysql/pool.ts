import type { PoolConnection as PlainConnection } from "mysql2";
import { createPool, type Pool, type PoolConnection } from "mysql2/promise";
import {
  classify,
  describe,
  type MysqlFailure,
  toMysqlStoreError,
} from "./error.ts";
import type { MysqlOptions } from "./options.ts";
import { MysqlSession, withTimeout } from "./session.ts";
import { StoreError } from "../types.ts";

/** Uses that may wait for a free connection; more fail at once. */
const WAITING_MAX = 1_000;

/** How often a pool that had to move on looks whether a preferred host is back. */
const RETURN_INTERVAL_MS = 10_000;

/** How often a use that met a deadlock or the like is tried. */
const CONFLICT_ATTEMPTS_MAX = 5;

/** Pause before the second attempt; each later one is longer by as much. */
const CONFLICT_PAUSE_MS = 5;

/**
 * Connections to the first host that serves. It moves on when that one is gone
 * or has become read-only, and comes back to the one named first.
 */
export class MysqlPool implements AsyncDisposable {
  readonly #options: MysqlOptions;
  readonly #pools: Pool[];
  readonly #active = new Set<MysqlSession>();
  #current = 0;
  #lookedMs: number;
  #looking: Promise<void> | undefined;
  #closed = false;

  constructor(options: MysqlOptions) {
    this.#options = options;
    this.#lookedMs = options.clock.nowMs();
    this.#pools = options.hosts.map((host) => openPool(host, options));
  }

  /** Database and hosts, for messages. */
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
    body: (session: MysqlSession) => Promise<Result>,
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

  /** As {@linkcode use}, for a body that yields; the connection is not used again. */
  async *stream<Item>(
    action: string,
    body: (session: MysqlSession) => AsyncIterable<Item>,
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
    body: (session: MysqlSession) => Promise<Result>,
  ): Promise<{ result: Result } | { failure: MysqlFailure; cause: unknown }> {
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
      await this.#recover(session, { reusable: failure !== "gone" });
      return { failure, cause };
    }
  }

  /** Leaves no transaction behind. */
  async #recover(
    session: MysqlSession,
    { reusable }: { reusable: boolean },
  ): Promise<void> {
    try {
      if (!reusable) return;
      if (session.inTransaction) await session.rollback();
      this.#release(session);
    } catch {
      // Closing the connection rolls back as well.
    } finally {
      this.#destroy(session);
    }
  }

  /** The first host that answers, beginning with the one that did last. */
  async #acquire(): Promise<{ session: MysqlSession; host: number }> {
    this.#lookForPreferred();
    const failures: string[] = [];
    for (let turn = 0; turn < this.#pools.length; turn += 1) {
      if (this.#closed) break;
      const host = (this.#current + turn) % this.#pools.length;
      try {
        const connection = await this.#connect(host);
        const session = new MysqlSession(connection, this.#options);
        this.#active.add(session);
        if (turn > 0) this.#current = host;
        return { session, host };
      } catch (cause) {
        if (classify(cause) !== "gone") throw cause;
        failures.push(describe(cause));
      }
    }
    throw new StoreError(
      `Cannot reach database ${this.where} as ${
        this.#closed ? "it is closed" : "no host answers: try again"
      }: ${failures.join("; ")}`,
      { retry: !this.#closed },
    );
  }

  #connect(host: number): Promise<PoolConnection> {
    const { clock, connectTimeoutMs, queryTimeoutMs } = this.#options;
    const pool = this.#pools[host]!;
    const connecting = pool.getConnection();
    const timeoutMs = connectTimeoutMs + queryTimeoutMs;
    return withTimeout(connecting, { clock, timeoutMs }).catch((cause) => {
      connecting.then((late) => late.release(), () => {});
      throw cause;
    });
  }

  /** Now and then, beside the work: whether a host named earlier serves again. */
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
      let session: MysqlSession | undefined;
      try {
        session = new MysqlSession(await this.#connect(host), this.#options);
        const [row] = await session.rowsOnce(
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

  #release(session: MysqlSession): void {
    if (this.#active.delete(session)) session.release();
  }

  /** Does nothing to a session that is released. */
  #destroy(session: MysqlSession): void {
    if (this.#active.delete(session)) session.destroy();
  }

  #storeError(cause: unknown, action: string): StoreError {
    if (this.#closed) {
      return new StoreError(
        `Cannot ${action} as database ${this.where} is closed`,
        { retry: false, cause },
      );
    }
    return toMysqlStoreError(cause, { action, where: this.where });
  }
}

function openPool(
  { hostname, port }: MysqlOptions["hosts"][number],
  options: MysqlOptions,
): Pool {
  const pool = createPool({
    ...connectionOptions({ hostname, port }, options),
    database: options.database,
    connectionLimit: options.connectionsMax,
    queueLimit: WAITING_MAX,
  });
  pool.pool.on(
    "connection",
    (connection) => prepareConnection(connection, options),
  );
  return pool;
}

/** What each connection is opened with, whatever its database. */
export function connectionOptions(
  { hostname, port }: MysqlOptions["hosts"][number],
  { user, password, connectTimeoutMs, tls, tlsCaPem }: MysqlOptions,
) {
  const ca = tlsCaPem === undefined ? {} : { ca: tlsCaPem };
  const verify = tls === "verify";
  const ssl = { ...ca, rejectUnauthorized: verify, verifyIdentity: verify };
  return {
    host: hostname,
    port,
    user,
    password,
    connectTimeout: connectTimeoutMs,
    supportBigNumbers: true,
    ...(tls === "off" ? {} : { ssl }),
  };
}

/**
 * Settings that only some engines know; the others refuse them and go on. In a
 * Galera cluster a read waits for what was committed on other nodes, so moving
 * to another host never goes back in time. A lock is waited for less long than
 * a statement may take, so that the server says why.
 */
function prepareConnection(
  connection: PlainConnection,
  { queryTimeoutMs }: MysqlOptions,
): void {
  const lockSeconds = Math.max(1, Math.floor(queryTimeoutMs / 1_000) - 1);
  for (
    const setting of [
      "wsrep_sync_wait = 1",
      `innodb_lock_wait_timeout = ${lockSeconds}`,
    ]
  ) {
    connection.query(`SET SESSION ${setting}`, () => {});
  }
}
