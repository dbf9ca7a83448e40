import type { AdaptiveHosts } from "./adaptive_hosts.ts";
import type { AdaptiveSettings } from "./settings.ts";

/** A route of which nothing is known is taken to fail this share of its calls ... */
const PRIOR_FAILURES = 0.5;
/** ... as if so many had been seen. */
const PRIOR_CALLS = 50;

/** The least level worth telling from none: a stray failure in 10,000 calls. */
const LEVEL_MIN = 1e-4;

/**
 * How often the calls of a route fail whatever the host: what a host's failures
 * are to be held against. Each host is held against the others only, or a host
 * that fails would excuse itself.
 *
 * Of two means the worse counts: one over many calls, that knows how rare
 * failures are, and one over the latest, that knows at once when all hosts
 * begin to fail. Both forget by calls, not by time.
 */
export class FailureLevel {
  readonly #hosts: AdaptiveHosts;
  readonly #keep: number;
  readonly #keepLatest: number;
  /** Calls so far; wraps around. */
  #call = 0;
  #calls = 0;
  #failures = 0;
  #latestFailures = 0;

  constructor(hosts: AdaptiveHosts, settings: AdaptiveSettings) {
    this.#hosts = hosts;
    this.#keep = 1 - 1 / Math.max(2, settings.levelCalls);
    this.#keepLatest = 1 - 1 / Math.max(2, settings.levelLatestCalls);
  }

  /** Counts a call of a host. */
  count(slot: number, succeeded: boolean): void {
    this.#call = this.#call + 1 >>> 0;
    this.#calls = this.#calls * this.#keep + 1;
    this.#failures *= this.#keep;
    this.#latestFailures *= this.#keepLatest;
    if (succeeded) return;
    this.#age(slot);
    const hosts = this.#hosts;
    hosts.levelFailures[slot]! += 1;
    hosts.latestFailures[slot]! += 1;
    this.#failures += 1;
    this.#latestFailures += 1;
  }

  /** The share of failures to be expected of a host, judged by the others; `size` is how many hosts there are. */
  of(slot: number, size: number): number {
    this.#age(slot);
    const others = 1 - 1 / size;
    const { levelFailures, latestFailures } = this.#hosts;
    const failures = Math.max(0, this.#failures - levelFailures[slot]!);
    const level = (PRIOR_FAILURES + failures) /
      (PRIOR_CALLS + this.#calls * others);
    if (size === 1) return level;
    const latestCalls = others / (1 - this.#keepLatest);
    const latest = (this.#latestFailures - latestFailures[slot]!) / latestCalls;
    return Math.min(0.99, Math.max(LEVEL_MIN, level, latest));
  }

  /** The failures of a host are its own fault: they say nothing of the others. */
  exclude(slot: number): void {
    this.#age(slot);
    const { levelFailures, latestFailures } = this.#hosts;
    this.#failures = Math.max(0, this.#failures - levelFailures[slot]!);
    this.#latestFailures = Math.max(
      0,
      this.#latestFailures - latestFailures[slot]!,
    );
    levelFailures[slot] = 0;
    latestFailures[slot] = 0;
  }

  /** Lets a host's part of the means grow as old as they are. */
  #age(slot: number): void {
    const { levelFailures, latestFailures, levelCall } = this.#hosts;
    if (levelFailures[slot]! > 0) {
      const calls = this.#call - levelCall[slot]! >>> 0;
      levelFailures[slot]! *= this.#keep ** calls;
      latestFailures[slot]! *= this.#keepLatest ** calls;
    }
    levelCall[slot] = this.#call;
  }
}
