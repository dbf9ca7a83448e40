import type { AdaptiveSettings } from "../settings.ts";
import { BASELINE_MIN } from "./failure_baseline.ts";
import type { HostHistory } from "./host_history.ts";

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
  readonly #history: HostHistory;
  readonly #failureRatio: number;

  constructor(history: HostHistory, { failureRatio }: AdaptiveSettings) {
    this.#history = history;
    this.#failureRatio = failureRatio;
  }

  /**
   * Counts a failure where others fail a share of `baseline`, from above 0 to
   * below 1. Answers what it adds to `failingCusum`: 8.5 at a baseline of 1 in
   * 10,000, 1.5 at 12 %, 0 where all fail.
   */
  onFailure(place: number, baseline: number): number {
    const { failingCusum, ratioCusum } = this.#history;
    const logRatio = Math.log((1 + baseline) / 2 / baseline);
    failingCusum[place]! += logRatio;
    ratioCusum[place]! += Math.log(this.#ratioRate(baseline) / baseline);
    return logRatio;
  }

  /** Takes back the most that {@linkcode FailureTest.onFailure} added for one failure. */
  retractFailure(place: number): void {
    const { failingCusum, ratioCusum } = this.#history;
    const failing = Math.log((1 + BASELINE_MIN) / 2 / BASELINE_MIN);
    const ratio = Math.log(this.#ratioRate(BASELINE_MIN) / BASELINE_MIN);
    failingCusum[place] = Math.max(0, failingCusum[place]! - failing);
    ratioCusum[place] = Math.max(0, ratioCusum[place]! - ratio);
  }

  /** Counts a success where others fail a share of `baseline`. */
  onSuccess(place: number, baseline: number): void {
    const { failingCusum, ratioCusum } = this.#history;
    if (failingCusum[place]! > 0) {
      failingCusum[place] = Math.max(
        0,
        failingCusum[place]! - SUCCESS_LOG_RATIO,
      );
    }
    if (ratioCusum[place]! > 0) {
      const rate = this.#ratioRate(baseline);
      const logRatio = Math.log((1 - rate) / (1 - baseline));
      ratioCusum[place] = Math.max(0, ratioCusum[place]! + logRatio);
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
  readonly #history: HostHistory;
  /** What a call adds for each median latency that it took. */
  readonly #step: number;

  constructor(history: HostHistory, { slowRatio }: AdaptiveSettings) {
    this.#history = history;
    this.#step = (1 - 1 / SLOW_STEP) / slowRatio;
  }

  /** Counts a success; `medianMs` is that of the latencies of the route's hosts. */
  onSuccess(place: number, durationMs: number, medianMs: number): void {
    const { latencyCusum } = this.#history;
    const before = latencyCusum[place]!;
    // What most calls are: 0 stays 0, and nothing is divided.
    if (
      before === 0 && durationMs * this.#step <= medianMs * SLOW_STEP_LOG_RATIO
    ) return;
    const logRatio = durationMs / medianMs * this.#step - SLOW_STEP_LOG_RATIO;
    latencyCusum[place] = Math.max(
      0,
      before + Math.min(logRatio, SLOW_LOG_RATIO_MAX),
    );
  }
}
