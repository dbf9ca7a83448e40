import { NO_HOST } from "../balancer.ts";

/** The links of all queues over one host table, a column each. */
export interface SlotLinks {
  previous: Int32Array;
  next: Int32Array;
}

/**
 * A queue of slots whose links are columns, so that taking one from the middle,
 * or moving it to the tail, costs the same with 5,000 hosts as with two.
 *
 * A slot stands in one queue at most, and only that queue may be asked to
 * remove or move it.
 */
export class SlotQueue {
  readonly #links: SlotLinks;
  #head = NO_HOST;
  #tail = NO_HOST;
  #size = 0;

  constructor(links: SlotLinks) {
    this.#links = links;
  }

  /** Number of slots. */
  get size(): number {
    return this.#size;
  }

  /** The slot that waits longest, or NO_HOST. */
  get head(): number {
    return this.#head;
  }

  /** Adds a slot that stands in no queue. */
  push(slot: number): void {
    const { previous, next } = this.#links;
    previous[slot] = this.#tail;
    next[slot] = NO_HOST;
    if (this.#tail === NO_HOST) this.#head = slot;
    else next[this.#tail] = slot;
    this.#tail = slot;
    this.#size += 1;
  }

  /** Takes out a slot of this queue. */
  remove(slot: number): void {
    const { previous, next } = this.#links;
    const before = previous[slot]!;
    const after = next[slot]!;
    if (before === NO_HOST) this.#head = after;
    else next[before] = after;
    if (after === NO_HOST) this.#tail = before;
    else previous[after] = before;
    this.#size -= 1;
  }

  /** Puts a slot of this queue behind all others. */
  moveToTail(slot: number): void {
    if (slot === this.#tail) return;
    this.remove(slot);
    this.push(slot);
  }
}
