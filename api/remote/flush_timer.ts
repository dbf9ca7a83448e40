import type { Clock } from "../../net/client.ts";

/** A buffer that must be flushed in time. */
export interface Flushable {
  /** Flushes what is due; returns when the next flush is due, or undefined when nothing is left. */
  flushDue(nowMs: number): number | undefined;
}

/** Flushes any number of buffers when they are due, with one sleep for all of them. */
export class FlushTimer {
  readonly #clock: Clock;
  readonly #periodMs: number;
  readonly #signal: AbortSignal;
  readonly #buffers = new Set<Flushable>();
  #running = false;

  constructor(
    options: { clock: Clock; periodMs: number; signal: AbortSignal },
  ) {
    this.#clock = options.clock;
    this.#periodMs = options.periodMs;
    this.#signal = options.signal;
  }

  /** Flushes `buffer` within a period, and then whenever it says. */
  add(buffer: Flushable): void {
    this.#buffers.add(buffer);
    if (!this.#running) this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    let waitMs = this.#periodMs;
    while (this.#buffers.size > 0 && !this.#signal.aborted) {
      await this.#clock.sleep(waitMs, this.#signal);
      const nowMs = this.#clock.nowMs();
      waitMs = this.#periodMs;
      for (const buffer of this.#buffers) {
        const dueMs = buffer.flushDue(nowMs);
        if (dueMs === undefined) this.#buffers.delete(buffer);
        else waitMs = Math.min(waitMs, dueMs - nowMs);
      }
    }
    this.#running = false;
  }
}
