import type { AdaptiveHosts } from "./hosts.ts";
import type { AdaptiveSettings } from "../settings.ts";

/** What a success takes from the evidence that a host fails. */
const SUCCESS_NATS = Math.log(2);

/** Least share of failures that is held against a host that otherwise works. */
const WORSE_MIN = 0.05;

/** Much slower is so many times slower than what is still no fault. */
const SLOW_STEP = 2.5;
const SLOW_STEP_NATS = Math.log(SLOW_STEP);

/** One slow call is at most this much evidence: times have long tails. */
const SLOW_CALL_NATS_MAX = 3;

/**
 * Weighs what calls say of a host, each a sequential test (CUSUM): the sum of the
 * logarithms of how much more likely each call is if the host is bad than if it
 * is as the others, never below 0. A sum of h nats comes about by chance once in
 * e^h calls at most, whatever the level of failures.
 */
export class Evidence {
  readonly #hosts: AdaptiveHosts;
  readonly #settings: AdaptiveSettings;

  constructor(hosts: AdaptiveHosts, settings: AdaptiveSettings) {
    this.#hosts = hosts;
    this.#settings = settings;
  }

  /**
   * A call failed where a share of `level` was to be expected. Is the host one
   * that fails half of the calls that others would not? Or only several times as
   * many as they do? Answers the nats that speak for the first.
   */
  failed(slot: number, level: number): number {
    const { failing, worse } = this.#hosts;
    const bad = (1 + level) / 2;
    const nats = Math.log(bad / level);
    failing[slot]! += nats;
    worse[slot]! += Math.log(this.#worseShare(level) / level);
    return nats;
  }

  /** A call succeeded where a share of `level` was to be expected to fail. */
  succeeded(slot: number, level: number): void {
    const { failing, worse } = this.#hosts;
    if (failing[slot]! > 0) {
      failing[slot] = Math.max(0, failing[slot]! - SUCCESS_NATS);
    }
    if (worse[slot]! > 0) {
      const nats = Math.log((1 - this.#worseShare(level)) / (1 - level));
      worse[slot] = Math.max(0, worse[slot]! + nats);
    }
  }

  /**
   * A call took `times` as long as is usual for the route: how much more likely
   * is that of a host `slowRatio` × 2.5 times slower than of one `slowRatio`
   * times slower, if times are exponential?
   */
  took(slot: number, times: number): void {
    const { slow } = this.#hosts;
    const { slowRatio } = this.#settings;
    const nats = times / slowRatio * (1 - 1 / SLOW_STEP) - SLOW_STEP_NATS;
    slow[slot] = Math.max(0, slow[slot]! + Math.min(nats, SLOW_CALL_NATS_MAX));
  }

  #worseShare(level: number): number {
    const share = Math.max(WORSE_MIN, this.#settings.failureRatio * level);
    return Math.min(share, (1 + level) / 2);
  }
}
