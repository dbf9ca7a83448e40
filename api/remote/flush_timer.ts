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
  /** End of the present sleep, if that is longer than a period; else −Infinity. */
  #untilMs = -Infinity;
  /** Ends such a sleep. */
  #wake = new AbortController();

  constructor(
    options: { clock: Clock; periodMs: number; signal: AbortSignal },
  ) {
    this.#clock = options.clock;
    this.#periodMs = options.periodMs;
    this.#signal = options.signal;
    this.#signal.addEventListener("abort", () => this.#wake.abort());
  }

  /** Flushes `buffer` at `dueMs`, or within a period from now, and then whenever it says. */
  add(buffer: Flushable, dueMs: number): void {
    this.#buffers.add(buffer);
    if (!this.#running) this.#run(dueMs);
    // With a reason of its own: without one, it is an exception with a stack.
    else if (dueMs < this.#untilMs) this.#wake.abort("sooner");
  }

  async #run(firstMs: number): Promise<void> {
    this.#running = true;
    let dueMs = firstMs;
    while (this.#buffers.size > 0 && !this.#signal.aborted) {
      await this.#sleepUntil(dueMs);
      const nowMs = this.#clock.nowMs();
      dueMs = Infinity;
      for (const buffer of this.#buffers) {
        const nextMs = buffer.flushDue(nowMs);
        if (nextMs === undefined) this.#buffers.delete(buffer);
        else dueMs = Math.min(dueMs, nextMs);
      }
    }
    this.#running = false;
  }

  async #sleepUntil(dueMs: number): Promise<void> {
    const waitMs = dueMs - this.#clock.nowMs();
    // What is added meanwhile can wait for the end of a short one.
    if (waitMs <= this.#periodMs) {
      return await this.#clock.sleep(waitMs, this.#signal);
    }
    this.#wake = new AbortController();
    this.#untilMs = dueMs;
    await this.#clock.sleep(waitMs, this.#wake.signal);
    this.#untilMs = -Infinity;
  }
}
