import type { AdaptiveSettings } from "../settings.ts";
import type { AdaptiveHosts } from "./hosts.ts";
import { BASELINE_FIRST, type FloatRow } from "./route_floats.ts";

/** A new route is taken to have had this many failures ... */
const PRIOR_FAILURES = 0.5;
/** ... in this many calls. */
const PRIOR_CALLS = 50;

/** Least baseline: below one failure in 10,000 calls, no rate is known well enough. */
export const BASELINE_MIN = 1e-4;

/** Greatest baseline: above it a failing host looks like the others. */
const BASELINE_MAX = 0.99;

/** Calls that the recent failure rate is taken over at least. */
const RECENT_CALLS_MIN = 10;

/** Weight of a call at which sums are scaled down, far below where 32-bit floats end. */
const CALL_WEIGHT_MAX = 1e25;

/** Its numbers in the row of a route: weight of the next call, and sums, for either rate. */
const WEIGHT = 0;
const RECENT_WEIGHT = 1;
const CALLS = 2;
const FAILURES = 3;
const RECENT_CALLS = 4;
const RECENT_FAILURES = 5;

/** How much more each call weighs than the one before, in either rate. */
export class BaselineRates {
  readonly growth: number;
  readonly recentGrowth: number;

  constructor({ baselineCalls, baselineRecentCalls }: AdaptiveSettings) {
    this.growth = 1 + 1 / Math.max(2, baselineCalls);
    this.recentGrowth = 1 + 1 / Math.max(2, baselineRecentCalls);
  }
}

/** What the baselines of all routes share. */
interface BaselineShared {
  hosts: AdaptiveHosts;
  baselineRates: BaselineRates;
}

/**
 * The failure rate of a route whatever the host: what a host's failures are
 * compared with. For each host it is that of the others, or a host that fails
 * would raise its own baseline.
 *
 * It is the greater of two rates: one over many calls, which knows how rare
 * failures are, and one over the last ones, which rises as soon as all hosts
 * begin to fail. Both are exponential means by calls. Instead of scaling the
 * sums of all hosts down at each call, a call weighs more than the one before:
 * count() is O(1), and once in some 5,000 calls O(hosts).
 */
export class FailureBaseline {
  readonly #shared: BaselineShared;
  readonly #floats: Float64Array<ArrayBuffer>;
  readonly #first: number;

  constructor(shared: BaselineShared, { floats, first }: FloatRow) {
    this.#shared = shared;
    this.#floats = floats;
    this.#first = first + BASELINE_FIRST;
    floats[this.#first + WEIGHT] = 1;
    floats[this.#first + RECENT_WEIGHT] = 1;
  }

  /** Counts a call; `rows` are all hosts of the route. */
  count(row: number, succeeded: boolean, rows: readonly number[]): void {
    const { hosts, baselineRates } = this.#shared;
    const floats = this.#floats;
    const first = this.#first;
    const weight = floats[first + WEIGHT]!;
    const recentWeight = floats[first + RECENT_WEIGHT]!;
    floats[first + CALLS]! += weight;
    floats[first + RECENT_CALLS]! += recentWeight;
    hosts.calls[row]! += weight;
    hosts.recentCalls[row]! += recentWeight;
    if (!succeeded) this.#countFailure(row);
    const nextWeight = weight * baselineRates.growth;
    const nextRecentWeight = recentWeight * baselineRates.recentGrowth;
    floats[first + WEIGHT] = nextWeight;
    floats[first + RECENT_WEIGHT] = nextRecentWeight;
    if (nextRecentWeight > CALL_WEIGHT_MAX) this.#scaleRecent(rows);
    if (nextWeight > CALL_WEIGHT_MAX) this.#scale(rows);
  }

  /** Calls of a host, of which those of long ago weigh less. */
  callsOf(row: number): number {
    return this.#shared.hosts.calls[row]! / this.#floats[this.#first + WEIGHT]!;
  }

  /** Recent failure rate of one host, from 0 to 1; only after a call. */
  recentOf(row: number): number {
    const { recentCalls, recentFailures } = this.#shared.hosts;
    return recentFailures[row]! / recentCalls[row]!;
  }

  /** Recent failure rate of the whole route, from 0 to 1. */
  get recent(): number {
    const calls = this.#floats[this.#first + RECENT_CALLS]!;
    return calls === 0
      ? 0
      : this.#floats[this.#first + RECENT_FAILURES]! / calls;
  }

  /** The failure rate to be expected of a host, by what the others do. */
  of(row: number): number {
    const { hosts } = this.#shared;
    const floats = this.#floats;
    const first = this.#first;
    const weight = floats[first + WEIGHT]!;
    const calls = Math.max(0, floats[first + CALLS]! - hosts.calls[row]!);
    const failures = Math.max(
      0,
      floats[first + FAILURES]! - hosts.callFailures[row]!,
    );
    const rate = (PRIOR_FAILURES * weight + failures) /
      (PRIOR_CALLS * weight + calls);
    const recentCalls = Math.max(
      RECENT_CALLS_MIN * floats[first + RECENT_WEIGHT]!,
      floats[first + RECENT_CALLS]! - hosts.recentCalls[row]!,
    );
    const recentRate =
      (floats[first + RECENT_FAILURES]! - hosts.recentFailures[row]!) /
      recentCalls;
    return Math.min(BASELINE_MAX, Math.max(BASELINE_MIN, rate, recentRate));
  }

  #countFailure(row: number): void {
    const { hosts } = this.#shared;
    const floats = this.#floats;
    const first = this.#first;
    const weight = floats[first + WEIGHT]!;
    const recentWeight = floats[first + RECENT_WEIGHT]!;
    floats[first + FAILURES]! += weight;
    floats[first + RECENT_FAILURES]! += recentWeight;
    hosts.callFailures[row]! += weight;
    hosts.recentFailures[row]! += recentWeight;
  }

  #scale(rows: readonly number[]): void {
    const { calls, callFailures } = this.#shared.hosts;
    const floats = this.#floats;
    const first = this.#first;
    const factor = 1 / floats[first + WEIGHT]!;
    floats[first + WEIGHT] = 1;
    floats[first + CALLS]! *= factor;
    floats[first + FAILURES]! *= factor;
    for (const row of rows) {
      calls[row]! *= factor;
      callFailures[row]! *= factor;
    }
  }

  #scaleRecent(rows: readonly number[]): void {
    const { recentCalls, recentFailures } = this.#shared.hosts;
    const floats = this.#floats;
    const first = this.#first;
    const factor = 1 / floats[first + RECENT_WEIGHT]!;
    floats[first + RECENT_WEIGHT] = 1;
    floats[first + RECENT_CALLS]! *= factor;
    floats[first + RECENT_FAILURES]! *= factor;
    for (const row of rows) {
      recentCalls[row]! *= factor;
      recentFailures[row]! *= factor;
    }
  }
}
