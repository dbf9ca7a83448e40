import type { Random } from "../../../net/mod.ts";
import type { CallReport } from "../../../proto/mod.ts";
import { Baseline, BaselineHosts } from "./baseline.ts";
import { anyOf } from "./random_choice.ts";

const CHOICES = 3;
const LATENCY_SHARE = 0.1;
const FAILURE_RATE_SHARE = 0.01;
/** Failures beyond what the other hosts' failure rate explains that eject a host. */
const EXCESS = 5;
/** What each call may fail without being counted: this, and twice that rate. */
const ALLOWED = 0.02;
const RATES = 2;
const EJECTION_MS_MIN = 1_000;
const EJECTION_MS_MAX = 60_000;

class SketchHosts extends BaselineHosts {
  latencyUs = new Float64Array(0);
  failureRate = new Float64Array(0);
  excess = new Float64Array(0);
  /** Duration of the next ejection; 0 is the least. */
  ejectionMs = new Float64Array(0);
  untilMs = new Float64Array(0);
}

/**
 * What thirty lines can do: of three hosts the one with the least EWMA of
 * latency × calls in flight; five failures beyond the failure rate of the other
 * hosts eject a host; ejections double from one second to sixty, are forgotten
 * after sixty seconds without one, and end with a single call.
 */
export class Sketch extends Baseline<SketchHosts> {
  constructor(random: Random) {
    super(random, new SketchHosts());
  }

  protected override choose(nowMs: number): number {
    const { ejected, untilMs, inFlight, latencyUs } = this.hosts;
    for (const row of this.rows) {
      if (
        ejected[row] === 1 && nowMs >= untilMs[row]! && inFlight[row] === 0
      ) return row;
    }
    const inUse = this.rows.filter((row) => ejected[row] === 0);
    const rows = inUse.length > 0 ? inUse : this.rows;
    let best = -1;
    let bestCost = Infinity;
    for (let choice = 0; choice < CHOICES; choice++) {
      const row = rows[anyOf(rows.length, this.random)]!;
      const cost = latencyUs[row]! * (inFlight[row]! + 1);
      if (cost < bestCost) {
        best = row;
        bestCost = cost;
      }
    }
    return best;
  }

  protected override learn(
    row: number,
    { returnCode, durationUs }: CallReport,
    nowMs: number,
  ): void {
    const { latencyUs, failureRate, ejected, untilMs, excess } = this.hosts;
    const failed = returnCode === 0 ? 0 : 1;
    if (durationUs > 0) {
      const before = latencyUs[row]!;
      latencyUs[row] = before === 0
        ? durationUs
        : before + LATENCY_SHARE * (durationUs - before);
    }
    failureRate[row]! += FAILURE_RATE_SHARE * (failed - failureRate[row]!);
    if (ejected[row] === 1) {
      // Calls that were in flight when it was ejected say nothing new.
      if (nowMs < untilMs[row]!) return;
      if (failed === 0) ejected[row] = 0;
      else this.#eject(row, nowMs);
      return;
    }
    const allowed = ALLOWED + RATES * this.#rateBeside(row);
    excess[row] = Math.max(0, excess[row]! + failed - allowed);
    // Five failures in a row are enough, whatever was allowed on the way.
    if (excess[row]! >= EXCESS * (1 - allowed) - 1e-9) this.#eject(row, nowMs);
  }

  #eject(row: number, nowMs: number): void {
    const { ejected, ejectionMs, untilMs, excess } = this.hosts;
    const durationMs = nowMs - untilMs[row]! > EJECTION_MS_MAX
      ? EJECTION_MS_MIN
      : Math.max(EJECTION_MS_MIN, ejectionMs[row]!);
    ejected[row] = 1;
    excess[row] = 0;
    untilMs[row] = nowMs + durationMs;
    ejectionMs[row] = Math.min(EJECTION_MS_MAX, durationMs * 2);
  }

  /** Mean failure rate of the other hosts in use. */
  #rateBeside(row: number): number {
    const { failureRate, ejected } = this.hosts;
    let sum = 0;
    let count = 0;
    for (const other of this.rows) {
      if (other === row || ejected[other] === 1) continue;
      sum += failureRate[other]!;
      count += 1;
    }
    return sum / Math.max(1, count);
  }
}
