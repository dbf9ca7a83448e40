import type { Clock } from "../net/mod.ts";

/** Something that waits for an answer. */
export interface Waiting {
  /** When to do something about it; set by the timer. */
  dueMs: number;
}

/**
 * Tells when something has waited long enough. All wait equally long, so the
 * first in is the first due, and one sleep serves any number of them: an answer
 * that comes in time costs no timer.
 */
export class ResendTimer<Item extends Waiting> {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #onDue: (item: Item) => void;
  /** Soonest due first. */
  readonly #items = new Set<Item>();
  readonly #closing = new AbortController();
  #running = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(
    options: {
      clock: Clock;
      timeoutMs: number;
      onDue: (item: Item) => void;
    },
  ) {
    this.#clock = options.clock;
    this.#timeoutMs = options.timeoutMs;
    this.#onDue = options.onDue;
  }

  /** How many wait. */
  get size(): number {
    return this.#items.size;
  }

  /** Starts the wait of one that does not wait yet. */
  add(item: Item): void {
    item.dueMs = this.#clock.nowMs() + this.#timeoutMs;
    this.#items.add(item);
    if (!this.#running) this.#ended = this.#run();
  }

  /** Ends a wait. */
  delete(item: Item): void {
    this.#items.delete(item);
  }

  /** Ends every wait and returns who waited. */
  async close(): Promise<Item[]> {
    const items = [...this.#items];
    this.#items.clear();
    this.#closing.abort();
    await this.#ended;
    return items;
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (const item of this.#items) {
      const waitMs = item.dueMs - this.#clock.nowMs();
      if (waitMs > 0) await this.#clock.sleep(waitMs, this.#closing.signal);
      // Answered meanwhile: whoever comes next is due later.
      if (!this.#items.delete(item)) continue;
      this.#onDue(item);
    }
    this.#running = false;
  }
}
