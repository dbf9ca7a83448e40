import { Backoff, type Clock, type Logger, type Random } from "../net/mod.ts";
import { type StatusRow, StoreError } from "../store/mod.ts";
import { Coalescer } from "./coalescer.ts";

/** How long a row waits for others to be written with, in milliseconds. */
export const FLUSH_MS = 50;

/** Waits before a failed batch is tried again. */
const RETRY_MIN_MS = 100;
const RETRY_MAX_MS = 5_000;

/** Where batches of statuses go; a StatusStore is one. */
export interface StatusSink {
  /**
   * Replaces the rows with these keys, all or none.
   *
   * @throws {StoreError} If they could not be written now.
   */
  write(rows: readonly StatusRow[]): Promise<void>;
}

export interface StatusWriterOptions {
  sink: StatusSink;
  clock: Clock;
  random: Random;
  logger: Logger;
  /** Rows in one write at most; more make writes fewer and longer. */
  batchRowsMax: number;
  /** Keys held while the store is slow or away; each takes about 0.4 KB. */
  keysMax: number;
}

/** Brings the newest statuses to one sink, one batch after the other. */
export class StatusWriter {
  /** What happened so far. */
  readonly counters = { batches: 0, rowsWritten: 0, writeFailures: 0 };
  readonly #options: StatusWriterOptions;
  readonly #coalescer: Coalescer;
  readonly #backoff: Backoff;
  #failing = false;
  /** Ends the present wait for rows. */
  #wake: () => void = ignore;
  #roomWaiters: (() => void)[] = [];

  constructor(options: StatusWriterOptions) {
    this.#options = options;
    this.#coalescer = new Coalescer(options);
    this.#backoff = new Backoff({
      minMs: RETRY_MIN_MS,
      maxMs: RETRY_MAX_MS,
      random: options.random,
    });
  }

  /** Rows not written yet. */
  get held(): number {
    return this.#coalescer.size;
  }

  /** Rows replaced by newer ones before they were written. */
  get replaced(): number {
    return this.#coalescer.counters.replaced;
  }

  /** Whether the last write failed. */
  get failing(): boolean {
    return this.#failing;
  }

  /** Takes a row, without waiting; false if there is no room for a new key. */
  put(row: StatusRow): boolean {
    const before = this.#coalescer.ready;
    if (!this.#coalescer.put(row)) return false;
    const ready = this.#coalescer.ready;
    if (before === 0 || this.#isBatch(ready)) this.#wake();
    return true;
  }

  /** Resolves when it is worth trying {@linkcode put} again. */
  room(): Promise<void> {
    if (!this.#coalescer.full) return Promise.resolve();
    return new Promise((resolve) => this.#roomWaiters.push(resolve));
  }

  /** Lets everybody go who waits for room. */
  releaseWaiters(): void {
    const waiters = this.#roomWaiters;
    this.#roomWaiters = [];
    for (const resolve of waiters) resolve();
  }

  /**
   * Writes until `stop` is aborted, and then what it still holds: until all is
   * written, or `giveUp` is aborted too.
   */
  async run(
    { stop, giveUp }: { stop: AbortSignal; giveUp: AbortSignal },
  ): Promise<void> {
    const wake = () => this.#wake();
    stop.addEventListener("abort", wake);
    while (!giveUp.aborted) {
      if (!stop.aborted) await this.#batchDue(stop);
      if (this.#coalescer.ready === 0) {
        if (stop.aborted) break;
        continue;
      }
      const waitMs = await this.#writeBatch();
      // A stop cuts the wait short: the store may be back.
      const cut = stop.aborted ? giveUp : stop;
      if (waitMs > 0) await this.#options.clock.sleep(waitMs, cut);
    }
    stop.removeEventListener("abort", wake);
  }

  #isBatch(ready: number): boolean {
    return ready >= this.#options.batchRowsMax;
  }

  /** Resolves when a batch is full, or its first row has waited long enough. */
  async #batchDue(stop: AbortSignal): Promise<void> {
    if (this.#coalescer.ready === 0) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    if (!this.#isBatch(this.#coalescer.ready) && !stop.aborted) {
      const early = new AbortController();
      this.#wake = () => early.abort();
      await this.#options.clock.sleep(FLUSH_MS, early.signal);
    }
    this.#wake = ignore;
  }

  /** Writes one batch; returns how long to wait before the next, in milliseconds. */
  async #writeBatch(): Promise<number> {
    const { sink, batchRowsMax, logger } = this.#options;
    const rows = this.#coalescer.take(batchRowsMax);
    try {
      await sink.write(rows);
    } catch (error) {
      this.#coalescer.putBack();
      if (!(error instanceof StoreError)) throw error;
      this.counters.writeFailures += 1;
      if (!this.#failing) {
        logger.error("cannot write statuses, keeping the newest of each", {
          error,
        });
      }
      this.#failing = true;
      const waitMs = this.#backoff.nextMs();
      return error.retry ? waitMs : RETRY_MAX_MS;
    }
    this.#coalescer.written();
    this.counters.batches += 1;
    this.counters.rowsWritten += rows.length;
    if (this.#failing) {
      logger.info("writing statuses again", { held: this.held });
    }
    this.#failing = false;
    this.#backoff.reset();
    this.releaseWaiters();
    return 0;
  }
}

function ignore(): void {}
