const POSTED = 0;
const TAKEN = 1;

/**
 * Counts the messages posted to and taken by a worker that blocks in a system
 * call, in memory that both threads share. By them the worker sees, between two
 * batches, whether its event loop has messages to deliver, and the poster
 * whether the worker may be asleep and needs a wakeup.
 *
 * Neither side misses the other: each writes its own count before it reads the
 * other's.
 */
export class WakeupCounter {
  /** Hand it to the other thread, which makes its own counter of it. */
  readonly memory: SharedArrayBuffer;
  readonly #counts: Int32Array<SharedArrayBuffer>;
  #awaited: PromiseWithResolvers<void> | undefined;

  /** Makes a new counter, or the other end of one by its memory. */
  constructor(memory = new SharedArrayBuffer(8)) {
    this.memory = memory;
    this.#counts = new Int32Array(memory);
  }

  /**
   * Whether messages were posted that are not taken yet. One may be taken before
   * its poster has counted it: then there is nothing to wait for.
   */
  get pending(): boolean {
    const posted = Atomics.load(this.#counts, POSTED);
    return (posted - Atomics.load(this.#counts, TAKEN) | 0) > 0;
  }

  /**
   * Counts a message; call it after posting. True if all earlier ones were
   * taken: the worker may be asleep and must be woken.
   */
  posted(): boolean {
    const before = Atomics.add(this.#counts, POSTED, 1);
    return Atomics.load(this.#counts, TAKEN) === before;
  }

  /** Counts a message that the worker has taken. */
  taken(): void {
    Atomics.add(this.#counts, TAKEN, 1);
    this.#awaited?.resolve();
    this.#awaited = undefined;
  }

  /** Resolves when the worker takes its next message. Only while one is pending. */
  next(): Promise<void> {
    this.#awaited ??= Promise.withResolvers();
    return this.#awaited.promise;
  }
}
