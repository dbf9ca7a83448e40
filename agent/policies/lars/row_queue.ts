import { NO_HOST } from "../balancer.ts";

/** The links of all queues over one set of columns. */
export interface RowLinks {
  previous: Int32Array;
  next: Int32Array;
}

/**
 * A queue of rows whose links are columns: every operation is O(1), also taking
 * one of 5,000 from the middle. A row stands in one queue at most, and only that
 * queue may be asked to remove it.
 */
export class RowQueue {
  readonly #links: RowLinks;
  #head = NO_HOST;
  #tail = NO_HOST;
  #size = 0;

  constructor(links: RowLinks) {
    this.#links = links;
  }

  /** Number of rows. */
  get size(): number {
    return this.#size;
  }

  /** The rows, the head first. */
  *rows(): Generator<number> {
    for (let row = this.#head; row !== NO_HOST; row = this.#links.next[row]!) {
      yield row;
    }
  }

  /** Adds a row that stands in no queue. */
  push(row: number): void {
    const { previous, next } = this.#links;
    previous[row] = this.#tail;
    next[row] = NO_HOST;
    if (this.#tail === NO_HOST) this.#head = row;
    else next[this.#tail] = row;
    this.#tail = row;
    this.#size += 1;
  }

  /** Takes out a row of this queue. */
  remove(row: number): void {
    const { previous, next } = this.#links;
    const before = previous[row]!;
    const after = next[row]!;
    if (before === NO_HOST) this.#head = after;
    else next[before] = after;
    if (after === NO_HOST) this.#tail = before;
    else previous[after] = before;
    this.#size -= 1;
  }

  /** The head, which goes to the tail; NO_HOST if the queue is empty. */
  rotate(): number {
    const row = this.#head;
    if (row !== this.#tail) {
      this.remove(row);
      this.push(row);
    }
    return row;
  }
}
