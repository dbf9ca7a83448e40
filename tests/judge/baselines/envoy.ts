// envoyproxy/envoy: source/common/upstream/outlier_detection_impl.cc, source/extensions/load_balancing_policies/least_request/, docs on slow start.
import type { CallReport } from "../../../proto/mod.ts";
import { OutlierSweeps } from "./outlier_sweeps.ts";
import { anyOf, anyOtherOf } from "./random_choice.ts";

const CONSECUTIVE_FAILURES = 5;
/** Below this share of healthy hosts all are used. */
const PANIC_SHARE = 0.5;
/** Time in which a new host rises to its full weight, and the share it begins with. */
const SLOW_START_MS = 10_000;
const SLOW_START_SHARE_MIN = 0.1;

/**
 * Envoy's outlier detection with its defaults, five failures in a row and the
 * sweeps, under its least request balancer: of two hosts the one with fewer calls
 * in flight. While a host that was added later is in slow start, weights are not
 * equal, and hosts are drawn in proportion to weight / (calls in flight + 1).
 */
export class Envoy extends OutlierSweeps {
  protected override choose(nowMs: number): number {
    const { rows, healthy, random, hosts: { inFlight, addedMs } } = this;
    const panic = healthy.length < PANIC_SHARE * rows.length;
    const used = panic ? rows : healthy;
    const firstMs = addedMs[used[0]!]!;
    const equal = used.every((row) =>
      addedMs[row] === firstMs || nowMs >= addedMs[row]! + SLOW_START_MS
    );
    if (!equal) return this.#draw(used, nowMs);
    const first = anyOf(used.length, random);
    if (used.length === 1) return used[0]!;
    const a = used[first]!;
    const b = used[anyOtherOf(used.length, { first, random })]!;
    return inFlight[b]! < inFlight[a]! ? b : a;
  }

  protected override learn(
    row: number,
    report: CallReport,
    nowMs: number,
  ): void {
    super.learn(row, report, nowMs);
    const { consecutiveFailures } = this.hosts;
    if (report.returnCode === 0) {
      consecutiveFailures[row] = 0;
      return;
    }
    consecutiveFailures[row]! += 1;
    if (consecutiveFailures[row]! < CONSECUTIVE_FAILURES) return;
    consecutiveFailures[row] = 0;
    this.eject(row, nowMs);
  }

  #draw(rows: readonly number[], nowMs: number): number {
    const { inFlight, addedMs } = this.hosts;
    const weights = rows.map((row) => {
      const share = (nowMs - addedMs[row]!) / SLOW_START_MS;
      const weight = Math.min(1, Math.max(SLOW_START_SHARE_MIN, share));
      return weight / (inFlight[row]! + 1);
    });
    let left = this.random() * weights.reduce((sum, weight) => sum + weight, 0);
    return rows.find((_, index) => (left -= weights[index]!) < 0) ?? rows[0]!;
  }
}
