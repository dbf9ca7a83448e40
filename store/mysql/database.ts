import { checkOptions, type MysqlOptions } from "./options.ts";
import { FailoverPool } from "./pool.ts";
import { prepareSchema, type TableName } from "./schema.ts";
import type { Session } from "./session.ts";

/** Tables that a store uses. */
export interface TablesOfStore {
  /** Tables without which the store does not work. */
  needed: readonly TableName[];
  /** Tables without which the store does less. */
  wanted?: readonly TableName[];
  /** Called once with the missing tables of `wanted`, if any. */
  onMissing?: ((tables: readonly TableName[]) => void) | undefined;
}

/**
 * Pool whose tables are created or checked before its first use. Nothing is
 * sent before that, so a store opens while its database is away, and each use
 * fails until it is there.
 */
export class Database implements AsyncDisposable {
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

  async #prepareOnce(): Promise<void> {
    const missing = await prepareSchema(this.#options, this.#tables);
    if (missing.length > 0) this.#tables.onMissing?.(missing);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#prepared?.catch(() => {});
    await this.#pool[Symbol.asyncDispose]();
  }
}
