/** A status message that waits for room. */
interface Held {
  readonly body: Uint8Array;
  /** Rows of it that are taken. */
  taken: number;
  readonly release: () => void;
}

/**
 * Status messages that found no room, longest waiting first. A connection is not
 * read, and keeps its place, while one of its messages waits here: so there are
 * at most as many as connections. They are kept as they came, not decoded.
 */
export class HeldStatuses {
  /** What happened so far. */
  readonly counters = { heldBack: 0, rowsLost: 0 };
  /** Takes rows of a message from a number on, as many as fit; returns the number of the first left, or undefined. */
  readonly #takeFrom: (body: Uint8Array, from: number) => number | undefined;
  readonly #countRows: (body: Uint8Array) => number;
  readonly #line = new Set<Held>();
  #stopped = false;

  constructor(
    options: {
      takeFrom: (body: Uint8Array, from: number) => number | undefined;
      countRows: (body: Uint8Array) => number;
    },
  ) {
    this.#takeFrom = options.takeFrom;
    this.#countRows = options.countRows;
  }

  /** Number of messages that wait. */
  get size(): number {
    return this.#line.size;
  }

  /** Keeps a message of which `taken` rows are taken; resolves when all are, or never will be. */
  hold(body: Uint8Array, taken: number): Promise<void> {
    this.counters.heldBack += 1;
    return new Promise((release) => {
      const held = { body, taken, release };
      if (this.#stopped) this.#drop(held);
      else this.#line.add(held);
    });
  }

  /** Takes what fits by now. Nobody else has had the room meanwhile: so all have their turn. */
  drain(): void {
    for (const held of this.#line) {
      const left = this.#takeFrom(held.body, held.taken);
      if (left !== undefined) {
        held.taken = left;
        return;
      }
      this.#line.delete(held);
      held.release();
    }
  }

  /** Takes what fits, and drops the rest and whatever comes later. */
  stop(): void {
    this.#stopped = true;
    this.drain();
    for (const held of this.#line) this.#drop(held);
  }

  #drop(held: Held): void {
    this.counters.rowsLost += this.#countRows(held.body) - held.taken;
    this.#line.delete(held);
    held.release();
  }
}
