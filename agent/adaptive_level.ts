import type { AdaptiveHosts } from "./adaptive_hosts.ts";
import type { AdaptiveSettings } from "./settings.ts";

/** A route of which nothing is known is taken to fail this share of its calls ... */
const PRIOR_FAILURES = 0.5;
/** ... as if so many had been seen. */
const PRIOR_CALLS = 50;

/** The least level worth telling from none: a stray failure in 10,000 calls. */
const LEVEL_MIN = 1e-4;

/** No host can be told from others that fail nearly always. */
const LEVEL_MAX = 0.99;

/** The latest level is taken from no fewer calls. */
const LATEST_CALLS_MIN = 10;

/** Sums are scaled down before they leave the range of 32-bit floats. */
const CALL_WEIGHT_MAX = 1e25;

/**
 * How often the calls of a route fail whatever the host: what a host's failures
 * are to be held against. Each host is held against the others only, or a host
 * that fails would excuse itself.
 *
 * Of two means the worse counts: one over many calls, that knows how rare
 * failures are, and one over the latest, that knows at once when all hosts
 * begin to fail. Both forget by calls: each call weighs a little more than the
 * one before, so that nothing needs to be scaled down but now and then.
 */
export class FailureLevel {
  readonly #hosts: AdaptiveHosts;
  readonly #growth: number;
  readonly #latestGrowth: number;
  /** Weight of the next call, in either mean. */
  #weight = 1;
  #latestWeight = 1;
  #calls = 0;
  #failures = 0;
  #latestCalls = 0;
  #latestFailures = 0;

  constructor(hosts: AdaptiveHosts, settings: AdaptiveSettings) {
    this.#hosts = hosts;
    this.#growth = 1 + 1 / Math.max(2, settings.levelCalls);
    this.#latestGrowth = 1 + 1 / Math.max(2, settings.levelLatestCalls);
  }

  /** Counts a call of a host; `slots` are all hosts of the route. */
  count(slot: number, succeeded: boolean, slots: readonly number[]): void {
    const hosts = this.#hosts;
    const weight = this.#weight;
    const latestWeight = this.#latestWeight;
    this.#calls += weight;
    this.#latestCalls += latestWeight;
    hosts.calls[slot]! += weight;
    hosts.latestCalls[slot]! += latestWeight;
    if (!succeeded) {
      this.#failures += weight;
      this.#latestFailures += latestWeight;
      hosts.callFailures[slot]! += weight;
      hosts.latestFailures[slot]! += latestWeight;
    }
    this.#weight *= this.#growth;
    this.#latestWeight *= this.#latestGrowth;
    if (this.#latestWeight > CALL_WEIGHT_MAX) this.#scaleLatest(slots);
    if (this.#weight > CALL_WEIGHT_MAX) this.#scale(slots);
  }

  /** The latest share of failures. */
  get latest(): number {
    return this.#latestCalls === 0
      ? 0
      : this.#latestFailures / this.#latestCalls;
  }

  /** The share of failures to be expected of a host, judged by the others. */
  of(slot: number): number {
    const hosts = this.#hosts;
    const calls = Math.max(0, this.#calls - hosts.calls[slot]!);
    const failures = Math.max(0, this.#failures - hosts.callFailures[slot]!);
    const level = (PRIOR_FAILURES * this.#weight + failures) /
      (PRIOR_CALLS * this.#weight + calls);
    const latestCalls = Math.max(
      LATEST_CALLS_MIN * this.#latestWeight,
      this.#latestCalls - hosts.latestCalls[slot]!,
    );
    const latest = (this.#latestFailures - hosts.latestFailures[slot]!) /
      latestCalls;
    return Math.min(LEVEL_MAX, Math.max(LEVEL_MIN, level, latest));
  }

  #scale(slots: readonly number[]): void {
    const { calls, callFailures } = this.#hosts;
    const factor = 1 / this.#weight;
    this.#weight = 1;
    this.#calls *= factor;
    this.#failures *= factor;
    for (const slot of slots) {
      calls[slot]! *= factor;
      callFailures[slot]! *= factor;
    }
  }

  #scaleLatest(slots: readonly number[]): void {
    const { latestCalls, latestFailures } = this.#hosts;
    const factor = 1 / this.#latestWeight;
    this.#latestWeight = 1;
    this.#latestCalls *= factor;
    this.#latestFailures *= factor;
    for (const slot of slots) {
      latestCalls[slot]! *= factor;
      latestFailures[slot]! *= factor;
    }
  }
}
