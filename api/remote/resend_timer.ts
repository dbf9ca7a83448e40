import type { Clock } from "../../net/client.ts";

/** Something that waits for an answer. */
export interface Waiting {
  /** When to do something about it; set by the timer. */
  dueMs: number;
  /** Called when it has waited long enough. */
  onDue(): void;
}

/**
 * Tells when something has waited long enough. All wait equally long, so the
 * first in is the first due, and one sleep serves any number of them: an answer
 * that comes in time costs no timer.
 */
export class ResendTimer {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  /** Soonest due first. */
  readonly #items = new Set<Waiting>();
  readonly #closing = new AbortController();
  #running = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: { clock: Clock; timeoutMs: number }) {
    this.#clock = options.clock;
    this.#timeoutMs = options.timeoutMs;
  }

  /** Starts the wait of one that does not wait yet. */
  add(item: Waiting, nowMs: number): void {
    item.dueMs = nowMs + this.#timeoutMs;
    this.#items.add(item);
    if (!this.#running) this.#ended = this.#run();
  }

  /** Ends a wait. */
  delete(item: Waiting): void {
    this.#items.delete(item);
  }

  /** Ends every wait. */
  async close(): Promise<void> {
    this.#items.clear();
    this.#closing.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (const item of this.#items) {
      const waitMs = item.dueMs - this.#clock.nowMs();
      if (waitMs > 0) await this.#clock.sleep(waitMs, this.#closing.signal);
      // Answered meanwhile: whoever comes next is due later.
      if (!this.#items.delete(item)) continue;
      item.onDue();
    }
    this.#running = false;
  }
}
