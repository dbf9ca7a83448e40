const POSTED = 0;
const TAKEN = 1;

/**
 * Counts of the messages to a worker that blocks in a system call: what was
 * posted and what it has taken, in memory that both threads share. By them the
 * worker sees, between two batches, whether it must let its event loop run; and
 * whoever posts, whether the worker may be asleep and needs a ring.
 *
 * Neither side can miss the other: each first writes its own count and then
 * reads the other's.
 */
export class BatchMail {
  /** What makes a twin of this in the other thread. */
  readonly memory: SharedArrayBuffer;
  readonly #counts: Int32Array<SharedArrayBuffer>;
  #awaited: PromiseWithResolvers<void> | undefined;

  constructor(memory = new SharedArrayBuffer(8)) {
    this.memory = memory;
    this.#counts = new Int32Array(memory);
  }

  /** Whether messages have been posted and not taken. */
  get pending(): boolean {
    return Atomics.load(this.#counts, POSTED) !==
      Atomics.load(this.#counts, TAKEN);
  }

  /**
   * To be called after a message was posted. True if all before it were taken:
   * then the worker may be asleep, and must be woken.
   */
  posted(): boolean {
    const before = Atomics.add(this.#counts, POSTED, 1);
    return Atomics.load(this.#counts, TAKEN) === before;
  }

  /** To be called by the worker when it has taken a message. */
  took(): void {
    Atomics.add(this.#counts, TAKEN, 1);
    this.#awaited?.resolve();
    this.#awaited = undefined;
  }

  /** Resolves when the worker takes its next message: only while one is pending. */
  next(): Promise<void> {
    this.#awaited ??= Promise.withResolvers();
    return this.#awaited.promise;
  }
}
