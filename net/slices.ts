import type { Clock } from "./clock.ts";

/** Longest slice, in milliseconds: an answer to a request waits for its end. */
const SLICE_MS = 3;

/** Most steps in one slice, for a clock that stands still. */
const STEPS_MAX = 2_048;

/** Cuts long work into slices, with a turn of the event loop between two of them. */
export class Slices {
  readonly #clock: Clock;
  #startedMs: number;
  #steps = 0;

  /** Begins the first slice. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedMs = clock.nowMs();
  }

  /** Whether it is time for {@linkcode next}. Call it after each small step. */
  isOver(): boolean {
    this.#steps += 1;
    if (this.#steps >= STEPS_MAX) return true;
    return this.#clock.nowMs() - this.#startedMs >= SLICE_MS;
  }

  /** Ends the slice; resolves when the next one begins. */
  async next(): Promise<void> {
    await this.#clock.turn();
    this.#startedMs = this.#clock.nowMs();
    this.#steps = 0;
  }
}
