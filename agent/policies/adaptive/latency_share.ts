import type { AdaptiveSettings } from "../settings.ts";

/** Most that one call counts in a mean latency, so that no single call decides. */
const SHARE_MAX = 1 / 8;

/** Standard deviations above the median up to which a mean latency is taken for chance. */
const CHANCE_DEVIATIONS = 2.5;

/**
 * How many medians a latency may be and count as alike: `latencyTolerance`, but no
 * less than what chance makes of hosts that are equal. The mean of durations that
 * vary as exponential ones do has a standard deviation of 1 / √(2 calls − 1).
 */
export function alikeMedians(
  { latencyTolerance, latencyCalls }: AdaptiveSettings,
): number {
  const deviation = 1 / Math.sqrt(2 * latencyCalls - 1);
  return Math.max(latencyTolerance, 1 + CHANCE_DEVIATIONS * deviation);
}

/**
 * How much a call counts in the mean latency of its host: the mean is of
 * `latencyCalls` calls, or of `latencyMemoryMs` where those are longer.
 */
export class LatencyShare {
  /** The share of one of many calls. */
  readonly least: number;
  readonly #memoryMs: number;
  /** Calls below which, and time above which, one counts more than `least`. */
  readonly #calls: number;
  readonly #passedMs: number;

  constructor({ latencyCalls, latencyMemoryMs }: AdaptiveSettings) {
    this.least = 1 / latencyCalls;
    this.#memoryMs = latencyMemoryMs;
    this.#calls = latencyCalls - 1;
    this.#passedMs = latencyMemoryMs / (latencyCalls - 1);
  }

  /**
   * The share of a call after `calls` others, `passedMs` after the last: the greatest
   * of 1 / `latencyCalls`, 1 / (1 + calls) and passed / (passed + memory), up to an
   * eighth. Divides only where that matters, which it does for few of many calls.
   */
  of(calls: number, passedMs: number): number {
    let share = this.least;
    // The first calls are all there is.
    if (calls < this.#calls) share = Math.max(share, 1 / (1 + calls));
    if (passedMs > this.#passedMs) {
      share = Math.max(share, passedMs / (passedMs + this.#memoryMs));
    }
    return Math.min(SHARE_MAX, share);
  }
}
