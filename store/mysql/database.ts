import { StoreError } from "../types.ts";
import { checkOptions, type MysqlOptions } from "./options.ts";
import { FailoverPool } from "./pool.ts";
import { openTables, Presence, type TablesOfStore } from "./presence.ts";
import type { Session } from "./session.ts";

/**
 * Pool whose tables are checked before its first use. Nothing is sent before
 * that, so a store opens while its database is away, and each use fails until it
 * is there.
 */
export class Database implements AsyncDisposable {
  /** Which tables are there; filled before the first use. */
  readonly presence = new Presence();
  readonly #options: MysqlOptions;
  readonly #tables: TablesOfStore;
  readonly #pool: FailoverPool;
  #prepared: Promise<void> | undefined;
  #closed = false;

  constructor(options: MysqlOptions, tables: TablesOfStore) {
    checkOptions(options);
    this.#options = options;
    this.#tables = tables;
    this.#pool = new FailoverPool(options);
  }

  /** As {@linkcode FailoverPool.use}. */
  async use<Result>(
    action: string,
    body: (session: Session) => Promise<Result>,
  ): Promise<Result> {
    await this.#prepare();
    return await this.#pool.use(action, body);
  }

  /** As {@linkcode FailoverPool.stream}. */
  async *stream<Item>(
    action: string,
    body: (session: Session) => AsyncIterable<Item>,
  ): AsyncGenerator<Item> {
    await this.#prepare();
    yield* this.#pool.stream(action, body);
  }

  async #prepare(): Promise<void> {
    if (this.#closed) return;
    this.#prepared ??= this.#prepareOnce();
    try {
      await this.#prepared;
    } catch (error) {
      this.#prepared = undefined;
      throw error;
    }
  }

  /** Checks the tables at the first host that serves. */
  async #prepareOnce(): Promise<void> {
    const { presence } = this;
    const { where } = this.#pool;
    const tables = { ...this.#tables, presence, where };
    for (let attempt = 1;; attempt += 1) {
      try {
        return await this.#pool.use(
          "open store",
          (session) => openTables(session, tables),
        );
      } catch (error) {
        const retry = error instanceof StoreError && error.retry;
        if (!retry || attempt >= this.#options.hosts.length) throw error;
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#prepared?.catch(() => {});
    await this.#pool[Symbol.asyncDispose]();
  }
}
