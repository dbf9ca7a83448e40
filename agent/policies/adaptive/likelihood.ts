import type { AdaptiveSettings } from "../settings.ts";
import { BASELINE_MIN } from "./failure_baseline.ts";
import type { AdaptiveHosts } from "./hosts.ts";

/** What a success takes from `failingCusum`: a host that fails half of its calls has half as many. */
const SUCCESS_LOG_RATIO = Math.log(2);

/** Least failure rate that `ratioCusum` tests a host for. */
const RATIO_RATE_MIN = 0.05;

/** A host that is too slow is taken to be this many times slower than one that is just not. */
const SLOW_STEP = 2.5;
const SLOW_STEP_LOG_RATIO = Math.log(SLOW_STEP);

/** Most that one slow call adds: latencies have long tails. */
const SLOW_LOG_RATIO_MAX = 1.5;

/**
 * Tests by the failures of its calls whether a host is bad: two CUSUMs, one for
 * a host that fails half of the calls that others would not, one for a host that
 * fails `failureRatio` times as often as the others do.
 *
 * A CUSUM is the sum over the calls of ln(probability of what happened if the
 * host is bad / probability if it is as the others), never below 0. It reaches h
 * by chance once in e^h calls at most, whatever the baseline is.
 */
export class FailureTest {
  readonly #hosts: AdaptiveHosts;
  readonly #failureRatio: number;

  constructor(hosts: AdaptiveHosts, { failureRatio }: AdaptiveSettings) {
    this.#hosts = hosts;
    this.#failureRatio = failureRatio;
  }

  /**
   * Counts a failure where others fail a share of `baseline`, from above 0 to
   * below 1. Answers what it adds to `failingCusum`: 8.5 at a baseline of 1 in
   * 10,000, 1.5 at 12 %, 0 where all fail.
   */
  onFailure(row: number, baseline: number): number {
    const { failingCusum, ratioCusum } = this.#hosts;
    const logRatio = Math.log((1 + baseline) / 2 / baseline);
    failingCusum[row]! += logRatio;
    ratioCusum[row]! += Math.log(this.#ratioRate(baseline) / baseline);
    return logRatio;
  }

  /** Takes back the most that {@linkcode FailureTest.onFailure} added for one failure. */
  retractFailure(row: number): void {
    const { failingCusum, ratioCusum } = this.#hosts;
    const failing = Math.log((1 + BASELINE_MIN) / 2 / BASELINE_MIN);
    const ratio = Math.log(this.#ratioRate(BASELINE_MIN) / BASELINE_MIN);
    failingCusum[row] = Math.max(0, failingCusum[row]! - failing);
    ratioCusum[row] = Math.max(0, ratioCusum[row]! - ratio);
  }

  /** Counts a success where others fail a share of `baseline`. */
  onSuccess(row: number, baseline: number): void {
    const { failingCusum, ratioCusum } = this.#hosts;
    if (failingCusum[row]! > 0) {
      failingCusum[row] = Math.max(0, failingCusum[row]! - SUCCESS_LOG_RATIO);
    }
    if (ratioCusum[row]! > 0) {
      const rate = this.#ratioRate(baseline);
      const logRatio = Math.log((1 - rate) / (1 - baseline));
      ratioCusum[row] = Math.max(0, ratioCusum[row]! + logRatio);
    }
  }

  /** Failure rate of the host that `ratioCusum` tests for. */
  #ratioRate(baseline: number): number {
    const rate = Math.max(RATIO_RATE_MIN, this.#failureRatio * baseline);
    return Math.min(rate, (1 + baseline) / 2);
  }
}

/**
 * Tests by the latencies of its calls whether a host is much slower than the
 * others: a CUSUM of a host `slowRatio` × 2.5 times as slow against one
 * `slowRatio` times as slow, with exponential latencies.
 */
export class LatencyTest {
  readonly #hosts: AdaptiveHosts;
  readonly #slowRatio: number;

  constructor(hosts: AdaptiveHosts, { slowRatio }: AdaptiveSettings) {
    this.#hosts = hosts;
    this.#slowRatio = slowRatio;
  }

  /** Counts a success that took `times` the median latency of the route's hosts. */
  onSuccess(row: number, times: number): void {
    const { latencyCusum } = this.#hosts;
    const logRatio = times / this.#slowRatio * (1 - 1 / SLOW_STEP) -
      SLOW_STEP_LOG_RATIO;
    latencyCusum[row] = Math.max(
      0,
      latencyCusum[row]! + Math.min(logRatio, SLOW_LOG_RATIO_MAX),
    );
  }
}
