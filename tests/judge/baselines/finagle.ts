// twitter/finagle: loadbalancer/PeakEwma.scala, loadbalancer/p2c, liveness/FailureAccrualFactory.scala and FailureAccrualPolicy.scala.
import type { Random } from "../../../net/mod.ts";
import type { CallReport } from "../../../proto/mod.ts";
import { PeakEwma, PeakEwmaHosts } from "./peak_ewma.ts";

const CONSECUTIVE_FAILURES = 5;
/** Success rate, over 30 s, below which a host is marked dead … */
const SUCCESS_RATE_MIN = 0.8;
const WINDOW_MS = 30_000;
/** … from this many calls on. */
const CALLS_MIN = 5;
const DEAD_MS_MIN = 5_000;
const DEAD_MS_MAX = 300_000;
/** Draws of two hosts, until one of these is alive. */
const DRAWS_MAX = 5;

class FinagleHosts extends PeakEwmaHosts {
  consecutiveFailures = new Int32Array(0);
  /** Exponential mean of successes over the window, and when it was last updated. */
  successRate = new Float64Array(0);
  ratedMs = new Float64Array(0);
  calls = new Int32Array(0);
  /** Until when it is dead; then one call probes it. */
  untilMs = new Float64Array(0);
  /** Length of the last time; 0 is none. */
  deadMs = new Float64Array(0);
}

/**
 * Finagle's peak EWMA of two choices under failure accrual with its defaults: a
 * host is dead after five failures in a row or with less than 80 % of successes
 * over 30 s, for 5 s at first and up to 300 s, with jitter; then one call decides.
 */
export class Finagle extends PeakEwma<FinagleHosts> {
  constructor(random: Random) {
    super(random, new FinagleHosts());
  }

  protected override choose(nowMs: number): number {
    let row = super.choose(nowMs);
    for (
      let drawn = 1;
      drawn < DRAWS_MAX && !this.#takes(row, nowMs);
      drawn++
    ) {
      row = super.choose(nowMs);
    }
    return row;
  }

  protected override learn(
    row: number,
    report: CallReport,
    nowMs: number,
  ): void {
    super.learn(row, report, nowMs);
    const { hosts } = this;
    const succeeded = report.returnCode === 0;
    const keep = Math.exp((hosts.ratedMs[row]! - nowMs) / WINDOW_MS);
    hosts.ratedMs[row] = nowMs;
    hosts.successRate[row] = hosts.calls[row] === 0
      ? succeeded ? 1 : 0
      : hosts.successRate[row]! * keep + (succeeded ? 1 - keep : 0);
    hosts.calls[row]! += 1;
    hosts.consecutiveFailures[row] = succeeded
      ? 0
      : hosts.consecutiveFailures[row]! + 1;
    if (hosts.ejected[row] === 1) {
      if (nowMs >= hosts.untilMs[row]!) this.#onProbe(row, succeeded, nowMs);
    } else if (
      !succeeded && (
        hosts.consecutiveFailures[row]! >= CONSECUTIVE_FAILURES ||
        hosts.calls[row]! >= CALLS_MIN &&
          hosts.successRate[row]! < SUCCESS_RATE_MIN
      )
    ) this.#markDead(row, nowMs);
  }

  /** Whether it is alive, or its time is over and no call probes it yet. */
  #takes(row: number, nowMs: number): boolean {
    const { ejected, untilMs, inFlight } = this.hosts;
    return ejected[row] === 0 ||
      nowMs >= untilMs[row]! && inFlight[row] === 0;
  }

  #onProbe(row: number, succeeded: boolean, nowMs: number): void {
    const { hosts } = this;
    if (!succeeded) return this.#markDead(row, nowMs);
    hosts.ejected[row] = 0;
    hosts.deadMs[row] = 0;
    hosts.calls[row] = 0;
    hosts.consecutiveFailures[row] = 0;
  }

  /** Half of each time is random, and the next is twice as long. */
  #markDead(row: number, nowMs: number): void {
    const { ejected, untilMs, deadMs } = this.hosts;
    const ms = Math.min(DEAD_MS_MAX, deadMs[row]! * 2 || DEAD_MS_MIN);
    ejected[row] = 1;
    deadMs[row] = ms;
    untilMs[row] = nowMs + ms / 2 + this.random() * ms / 2;
  }
}
