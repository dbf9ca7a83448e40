import { Backoff, type Clock, type Random } from "../net/mod.ts";
import { StoreError } from "../store/mod.ts";
import { BatchSize } from "./batch_size.ts";
import type { Coalescer } from "./coalescer.ts";

/** Time that a row waits for others to be written with, in milliseconds. */
export const FLUSH_MS = 50;

/** Shortest and longest wait before a failed batch is tried again. */
const RETRY_MIN_MS = 100;
export const RETRY_MAX_MS = 5_000;

/** What became of a batch. */
export interface WriteResult {
  /** Rows left out, as no route has their host. */
  refused: number;
  /** Why it could not be read which hosts routes have. */
  unjudged?: string | undefined;
}

/** Destination of batches of statuses. */
export interface StatusSink {
  /**
   * Replaces the rows with these keys, all or none but for those of hosts that no
   * route has. They are packed, see status_rows.ts; the array is the sink's.
   *
   * @throws {StoreError} If they could not be written now.
   */
  write(words: Uint32Array): Promise<WriteResult>;
}

/** Options of a {@linkcode StatusWriter}. */
export interface StatusWriterOptions {
  /** Where to write. */
  sink: StatusSink;
  /** The rows that wait; other writers may take from it too. */
  coalescer: Coalescer;
  /** Times writes and waits. */
  clock: Clock;
  /** Spreads waits. */
  random: Random;
  /** Most rows in one write; more make writes fewer and longer. */
  batchRowsMax: number;
  /** Called after each write that succeeded: there is room then. */
  onWritten: (result: WriteResult) => void;
  /** Called after each write that failed, but for one after which the next may do. */
  onFailed: (error: StoreError) => void;
}

/** Writes the newest statuses to one sink, one batch after another. */
export class StatusWriter {
  /** Totals since the start. */
  readonly counters = {
    batches: 0,
    rowsWritten: 0,
    rowsRefused: 0,
    writeFailures: 0,
  };
  readonly #options: StatusWriterOptions;
  readonly #batchSize: BatchSize;
  readonly #backoff: Backoff;
  #failing = false;
  /** Ends the current wait for rows. */
  #wake: () => void = ignore;

  /** Writes once it runs. */
  constructor(options: StatusWriterOptions) {
    this.#options = options;
    this.#batchSize = new BatchSize({ rowsMax: options.batchRowsMax });
    this.#backoff = new Backoff({
      minMs: RETRY_MIN_MS,
      maxMs: RETRY_MAX_MS,
      random: options.random,
    });
  }

  /** Whether the last write failed. */
  get failing(): boolean {
    return this.#failing;
  }

  /** Wakes the writer, as there are new rows. */
  notify(): void {
    this.#wake();
  }

  /**
   * Writes until `stop` is aborted, then writes what is left until `giveUp` is
   * aborted.
   */
  async run(
    { stop, giveUp }: { stop: AbortSignal; giveUp: AbortSignal },
  ): Promise<void> {
    const { coalescer, clock } = this.#options;
    const wake = () => this.#wake();
    stop.addEventListener("abort", wake);
    while (!giveUp.aborted) {
      if (!stop.aborted) await this.#batchDue(stop);
      if (coalescer.ready === 0) {
        if (stop.aborted) break;
        continue;
      }
      const waitMs = await this.#writeBatch();
      // A stop ends the wait, as the store may be back.
      const cut = stop.aborted ? giveUp : stop;
      if (waitMs > 0) await clock.sleep(waitMs, cut);
    }
    stop.removeEventListener("abort", wake);
  }

  #isBatch(): boolean {
    return this.#options.coalescer.ready >= this.#batchSize.rows;
  }

  /** Resolves when a batch is full, or its first row has waited long enough. */
  async #batchDue(stop: AbortSignal): Promise<void> {
    if (this.#options.coalescer.ready === 0) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    if (!this.#isBatch() && !stop.aborted) {
      const early = new AbortController();
      this.#wake = () => {
        if (this.#isBatch() || stop.aborted) early.abort();
      };
      await this.#options.clock.sleep(FLUSH_MS, early.signal);
    }
    this.#wake = ignore;
  }

  /** Writes one batch; returns the wait before the next, in milliseconds. */
  async #writeBatch(): Promise<number> {
    const { sink, coalescer, clock, onWritten, onFailed } = this.#options;
    const batch = coalescer.take(this.#batchSize.rows);
    const startedMs = clock.nowMs();
    let result: WriteResult;
    try {
      result = await sink.write(batch.words);
    } catch (error) {
      coalescer.putBack(batch);
      if (!(error instanceof StoreError)) throw error;
      this.counters.writeFailures += 1;
      this.#batchSize.failed();
      // A conflict with another writer is over at the next attempt.
      if (this.#failing || !error.retry) onFailed(error);
      this.#failing = true;
      const waitMs = this.#backoff.nextMs();
      return error.retry ? waitMs : RETRY_MAX_MS;
    }
    coalescer.written(batch);
    const ms = clock.nowMs() - startedMs;
    this.#batchSize.wrote({ rows: batch.size, ms });
    this.counters.batches += 1;
    this.counters.rowsWritten += batch.size - result.refused;
    this.counters.rowsRefused += result.refused;
    this.#failing = false;
    this.#backoff.reset();
    onWritten(result);
    return 0;
  }
}

function ignore(): void {}
