import type { Random } from "./clock.ts";

/** Exponential backoff: waits that double from try to try, each shortened at random by up to half. */
export class Backoff {
  readonly #minMs: number;
  readonly #maxMs: number;
  readonly #random: Random;
  #nextMs: number;

  /** Begins at the shortest wait. */
  constructor(options: { minMs: number; maxMs: number; random: Random }) {
    this.#minMs = options.minMs;
    this.#maxMs = options.maxMs;
    this.#random = options.random;
    this.#nextMs = options.minMs;
  }

  /** Wait before the next try, in milliseconds. */
  nextMs(): number {
    const waitMs = this.#nextMs * (1 - this.#random() / 2);
    this.#nextMs = Math.min(this.#nextMs * 2, this.#maxMs);
    return waitMs;
  }

  /** Starts over at the shortest wait, after a success. */
  reset(): void {
    this.#nextMs = this.#minMs;
  }
}
