import type { AdaptiveSettings } from "../settings.ts";
import type { AdaptiveHosts } from "./hosts.ts";
import type { RouteFloats } from "./route_floats.ts";

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

/** Its numbers in the row of a route: an enum, as in hosts.ts. */
const enum Float {
  /** Weights of the next call, and sums, for either rate. */
  weight,
  recentWeight,
  calls,
  failures,
  recentCalls,
  recentFailures,
}

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
  baselineFloats: RouteFloats;
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

  /** Of a route without calls. */
  constructor(shared: BaselineShared) {
    const { floats, first } = shared.baselineFloats.allocate();
    this.#shared = shared;
    this.#floats = floats;
    this.#first = first;
    floats[first + Float.weight] = 1;
    floats[first + Float.recentWeight] = 1;
  }

  /** Gives back what it holds; not to be used afterwards. */
  release(): void {
    const { baselineFloats } = this.#shared;
    baselineFloats.release({ floats: this.#floats, first: this.#first });
  }

  /** Counts a call of the host with that history; `rows` are all hosts of the route. */
  count(place: number, succeeded: boolean, rows: readonly number[]): void {
    const { hosts: { history }, baselineRates } = this.#shared;
    const floats = this.#floats;
    const first = this.#first;
    const weight = floats[first + Float.weight]!;
    const recentWeight = floats[first + Float.recentWeight]!;
    floats[first + Float.calls]! += weight;
    floats[first + Float.recentCalls]! += recentWeight;
    history.calls[place]! += weight;
    history.recentCalls[place]! += recentWeight;
    if (!succeeded) this.#countFailure(place);
    const nextWeight = weight * baselineRates.growth;
    const nextRecentWeight = recentWeight * baselineRates.recentGrowth;
    floats[first + Float.weight] = nextWeight;
    floats[first + Float.recentWeight] = nextRecentWeight;
    if (nextRecentWeight > CALL_WEIGHT_MAX) this.#scaleRecent(rows);
    if (nextWeight > CALL_WEIGHT_MAX) this.#scale(rows);
  }

  /** Calls of a host, of which those of long ago weigh less. */
  callsOf(place: number): number {
    const { calls } = this.#shared.hosts.history;
    return calls[place]! / this.#floats[this.#first + Float.weight]!;
  }

  /** Recent failure rate of one host, from 0 to 1; only after a call. */
  recentOf(place: number): number {
    const { recentCalls, recentFailures } = this.#shared.hosts.history;
    return recentFailures[place]! / recentCalls[place]!;
  }

  /** Recent failure rate of the whole route, from 0 to 1. */
  get recent(): number {
    const calls = this.#floats[this.#first + Float.recentCalls]!;
    return calls === 0
      ? 0
      : this.#floats[this.#first + Float.recentFailures]! / calls;
  }

  /** The failure rate to be expected of a host, by what the others do. */
  of(place: number): number {
    const { history } = this.#shared.hosts;
    const floats = this.#floats;
    const first = this.#first;
    const weight = floats[first + Float.weight]!;
    const calls = Math.max(
      0,
      floats[first + Float.calls]! - history.calls[place]!,
    );
    const failures = Math.max(
      0,
      floats[first + Float.failures]! - history.callFailures[place]!,
    );
    const rate = (PRIOR_FAILURES * weight + failures) /
      (PRIOR_CALLS * weight + calls);
    const recentCalls = Math.max(
      RECENT_CALLS_MIN * floats[first + Float.recentWeight]!,
      floats[first + Float.recentCalls]! - history.recentCalls[place]!,
    );
    const recentRate =
      (floats[first + Float.recentFailures]! - history.recentFailures[place]!) /
      recentCalls;
    return Math.min(BASELINE_MAX, Math.max(BASELINE_MIN, rate, recentRate));
  }

  #countFailure(place: number): void {
    const { history } = this.#shared.hosts;
    const floats = this.#floats;
    const first = this.#first;
    const weight = floats[first + Float.weight]!;
    const recentWeight = floats[first + Float.recentWeight]!;
    floats[first + Float.failures]! += weight;
    floats[first + Float.recentFailures]! += recentWeight;
    history.callFailures[place]! += weight;
    history.recentFailures[place]! += recentWeight;
  }

  #scale(rows: readonly number[]): void {
    const { hosts } = this.#shared;
    const { calls, callFailures } = hosts.history;
    const floats = this.#floats;
    const first = this.#first;
    const factor = 1 / floats[first + Float.weight]!;
    floats[first + Float.weight] = 1;
    floats[first + Float.calls]! *= factor;
    floats[first + Float.failures]! *= factor;
    for (const row of rows) {
      const place = hosts.placeOf(row);
      calls[place]! *= factor;
      callFailures[place]! *= factor;
    }
  }

  #scaleRecent(rows: readonly number[]): void {
    const { hosts } = this.#shared;
    const { recentCalls, recentFailures } = hosts.history;
    const floats = this.#floats;
    const first = this.#first;
    const factor = 1 / floats[first + Float.recentWeight]!;
    floats[first + Float.recentWeight] = 1;
    floats[first + Float.recentCalls]! *= factor;
    floats[first + Float.recentFailures]! *= factor;
    for (const row of rows) {
      const place = hosts.placeOf(row);
      recentCalls[place]! *= factor;
      recentFailures[place]! *= factor;
    }
  }
}
