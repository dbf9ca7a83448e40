import type { Clock } from "./clock.ts";

/** Work that is due at a time, which may move with every call of its owner. */
export interface Deadline {
  /** When tick() is due, in the clock's milliseconds; Infinity while nothing waits for time. O(1) */
  dueMs(): number;
  /** Does what is due; what it leaves stays due. */
  tick(nowMs: number): void;
}

/** Sleeps until a {@linkcode Deadline} is due: no longer, and no more often. */
export class DeadlineTimer {
  readonly #clock: Clock;
  readonly #deadline: Deadline;
  /** End of the present sleep; −Infinity while awake. */
  #untilMs = -Infinity;
  /** Ends the present sleep. */
  #wake = new AbortController();

  /** Ticks while it runs. */
  constructor(clock: Clock, deadline: Deadline) {
    this.#clock = clock;
    this.#deadline = deadline;
  }

  /** Looks at the deadline again; to be called whenever it may have come nearer. */
  update(): void {
    // With a reason of its own: without one, it is an exception with a stack.
    if (this.#deadline.dueMs() < this.#untilMs) this.#wake.abort("sooner");
  }

  /** Ticks whenever it is time, until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = () => this.#wake.abort();
    signal.addEventListener("abort", stop);
    while (!signal.aborted) {
      const nowMs = this.#clock.nowMs();
      if (this.#deadline.dueMs() <= nowMs) {
        this.#deadline.tick(nowMs);
        // What is left must not keep sockets from being served.
        if (this.#deadline.dueMs() <= nowMs) await this.#clock.turn();
        continue;
      }
      this.#wake = new AbortController();
      this.#untilMs = this.#deadline.dueMs();
      await this.#clock.sleep(this.#untilMs - nowMs, this.#wake.signal);
      this.#untilMs = -Infinity;
    }
    signal.removeEventListener("abort", stop);
  }
}
