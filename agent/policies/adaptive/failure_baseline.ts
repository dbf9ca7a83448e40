import type { AdaptiveHosts } from "./hosts.ts";
import { LEVEL_FIRST, type NumberRow } from "./route_floats.ts";
import type { AdaptiveSettings } from "../settings.ts";

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

/** Its numbers in the row of a route: weight of the next call, and sums, for either mean. */
const WEIGHT = 0;
const LATEST_WEIGHT = 1;
const CALLS = 2;
const FAILURES = 3;
const LATEST_CALLS = 4;
const LATEST_FAILURES = 5;

/** What the levels of all routes have in common. */
export class LevelRule {
  readonly hosts: AdaptiveHosts;
  /** How much more each call weighs than the one before, in either mean. */
  readonly growth: number;
  readonly latestGrowth: number;

  constructor(hosts: AdaptiveHosts, settings: AdaptiveSettings) {
    this.hosts = hosts;
    this.growth = 1 + 1 / Math.max(2, settings.levelCalls);
    this.latestGrowth = 1 + 1 / Math.max(2, settings.levelLatestCalls);
  }
}

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
  readonly #rule: LevelRule;
  readonly #numbers: Float64Array<ArrayBuffer>;
  readonly #first: number;

  constructor(rule: LevelRule, { numbers, first }: NumberRow) {
    this.#rule = rule;
    this.#numbers = numbers;
    this.#first = first + LEVEL_FIRST;
    numbers[this.#first + WEIGHT] = 1;
    numbers[this.#first + LATEST_WEIGHT] = 1;
  }

  /** Counts a call of a host; `slots` are all hosts of the route. */
  count(slot: number, succeeded: boolean, slots: readonly number[]): void {
    const { hosts, growth, latestGrowth } = this.#rule;
    const numbers = this.#numbers;
    const first = this.#first;
    const weight = numbers[first + WEIGHT]!;
    const latestWeight = numbers[first + LATEST_WEIGHT]!;
    numbers[first + CALLS]! += weight;
    numbers[first + LATEST_CALLS]! += latestWeight;
    hosts.calls[slot]! += weight;
    hosts.latestCalls[slot]! += latestWeight;
    if (!succeeded) {
      numbers[first + FAILURES]! += weight;
      numbers[first + LATEST_FAILURES]! += latestWeight;
      hosts.callFailures[slot]! += weight;
      hosts.latestFailures[slot]! += latestWeight;
    }
    numbers[first + WEIGHT] = weight * growth;
    numbers[first + LATEST_WEIGHT] = latestWeight * latestGrowth;
    if (latestWeight * latestGrowth > CALL_WEIGHT_MAX) this.#scaleLatest(slots);
    if (weight * growth > CALL_WEIGHT_MAX) this.#scale(slots);
  }

  /** The latest share of failures. */
  get latest(): number {
    const calls = this.#numbers[this.#first + LATEST_CALLS]!;
    return calls === 0
      ? 0
      : this.#numbers[this.#first + LATEST_FAILURES]! / calls;
  }

  /** The share of failures to be expected of a host, judged by the others. */
  of(slot: number): number {
    const { hosts } = this.#rule;
    const numbers = this.#numbers;
    const first = this.#first;
    const weight = numbers[first + WEIGHT]!;
    const calls = Math.max(0, numbers[first + CALLS]! - hosts.calls[slot]!);
    const failures = Math.max(
      0,
      numbers[first + FAILURES]! - hosts.callFailures[slot]!,
    );
    const level = (PRIOR_FAILURES * weight + failures) /
      (PRIOR_CALLS * weight + calls);
    const latestCalls = Math.max(
      LATEST_CALLS_MIN * numbers[first + LATEST_WEIGHT]!,
      numbers[first + LATEST_CALLS]! - hosts.latestCalls[slot]!,
    );
    const latest =
      (numbers[first + LATEST_FAILURES]! - hosts.latestFailures[slot]!) /
      latestCalls;
    return Math.min(LEVEL_MAX, Math.max(LEVEL_MIN, level, latest));
  }

  #scale(slots: readonly number[]): void {
    const { calls, callFailures } = this.#rule.hosts;
    const numbers = this.#numbers;
    const first = this.#first;
    const factor = 1 / numbers[first + WEIGHT]!;
    numbers[first + WEIGHT] = 1;
    numbers[first + CALLS]! *= factor;
    numbers[first + FAILURES]! *= factor;
    for (const slot of slots) {
      calls[slot]! *= factor;
      callFailures[slot]! *= factor;
    }
  }

  #scaleLatest(slots: readonly number[]): void {
    const { latestCalls, latestFailures } = this.#rule.hosts;
    const numbers = this.#numbers;
    const first = this.#first;
    const factor = 1 / numbers[first + LATEST_WEIGHT]!;
    numbers[first + LATEST_WEIGHT] = 1;
    numbers[first + LATEST_CALLS]! *= factor;
    numbers[first + LATEST_FAILURES]! *= factor;
    for (const slot of slots) {
      latestCalls[slot]! *= factor;
      latestFailures[slot]! *= factor;
    }
  }
}
