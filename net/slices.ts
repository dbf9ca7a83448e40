import type { Clock } from "./clock.ts";

/** How long a slice may take; an answer waits for it, and for what the event loop does besides. */
const SLICE_MS = 3;

/** Steps in one slice at most, for a clock that stands still. */
const STEPS_MAX = 2_048;

/** Cuts long work into slices; between two of them the event loop has a turn. */
export class Slices {
  readonly #clock: Clock;
  #startedMs: number;
  #steps = 0;

  /** The first slice begins now. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedMs = clock.nowMs();
  }

  /** To be asked after each small step: whether it is time for {@linkcode next}. */
  isOver(): boolean {
    this.#steps += 1;
    if (this.#steps >= STEPS_MAX) return true;
    return this.#clock.nowMs() - this.#startedMs >= SLICE_MS;
  }

  /** Lets others run; resolves when the next slice begins. */
  async next(): Promise<void> {
    await this.#clock.turn();
    this.#startedMs = this.#clock.nowMs();
    this.#steps = 0;
  }
}
