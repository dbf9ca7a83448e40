/** The links of an item of a {@linkcode LinkedQueue}. */
export interface Linked<Item> {
  /** Set by the queue only: the item before this one. */
  previous: Item | undefined;
  /** Set by the queue only: the item after this one. */
  next: Item | undefined;
}

/**
 * A queue whose items carry their links: every operation is O(1), also taking one
 * of 5,000 from the middle. An item stands in one queue at most, and only that
 * queue may be asked to remove or move it.
 */
export class LinkedQueue<Item extends Linked<Item>> {
  #head: Item | undefined;
  #tail: Item | undefined;
  #size = 0;

  /** Number of items. */
  get size(): number {
    return this.#size;
  }

  /** The oldest item, or undefined if there is none. */
  get head(): Item | undefined {
    return this.#head;
  }

  /** Adds an item that stands in no queue. */
  push(item: Item): void {
    item.previous = this.#tail;
    item.next = undefined;
    if (this.#tail === undefined) this.#head = item;
    else this.#tail.next = item;
    this.#tail = item;
    this.#size += 1;
  }

  /** Takes out an item of this queue. */
  remove(item: Item): void {
    if (item.previous === undefined) this.#head = item.next;
    else item.previous.next = item.next;
    if (item.next === undefined) this.#tail = item.previous;
    else item.next.previous = item.previous;
    item.previous = undefined;
    item.next = undefined;
    this.#size -= 1;
  }

  /** Moves an item of this queue behind all others. */
  moveToTail(item: Item): void {
    if (item === this.#tail) return;
    this.remove(item);
    this.push(item);
  }
}
