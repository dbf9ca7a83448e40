import {
  type CallReport,
  type RouteKey,
  WEIGHT_NORMAL,
} from "../../../proto/mod.ts";
import {
  type Balancer,
  type HostCounts,
  type HostOutage,
  NO_HOST,
  NO_OUTAGES,
  type RouteUpdate,
} from "../balancer.ts";
import { FailureBaseline } from "./failure_baseline.ts";
import { EJECTED, UNKNOWN_LATENCY_MS } from "./hosts.ts";
import { LatencyTracker } from "./latency.ts";
import { OutlierDetector } from "./outlier_detector.ts";
import { NextPick } from "./pick/next_pick.ts";
import { PickOfThree } from "./pick/pick_of_three.ts";
import type { AdaptiveShared } from "./adaptive_shared.ts";

/**
 * The rule of README.md for the hosts of one route: {@linkcode PickOfThree}
 * among those that {@linkcode OutlierDetector} has in use, by what
 * {@linkcode LatencyTracker} knows of them. Pick and report are O(1), but for a
 * pick every 100 ms, which is O(hosts).
 */
export class AdaptiveBalancer implements Balancer {
  readonly #shared: AdaptiveShared;
  readonly #picker: PickOfThree;
  readonly #latency: LatencyTracker;
  readonly #detector: OutlierDetector;
  /** While hosts are called seldom, and may be health checked. */
  #next: NextPick | undefined;
  /** When a pick has more to do than to pick. */
  #dueMs = -Infinity;

  /** A route without hosts. */
  constructor(key: RouteKey, shared: AdaptiveShared) {
    const row = shared.floats.allocate();
    this.#shared = shared;
    this.#picker = new PickOfThree(shared);
    this.#latency = new LatencyTracker(shared, row);
    this.#detector = new OutlierDetector(key, shared, {
      latency: this.#latency,
      baseline: new FailureBaseline(shared, row),
    });
  }

  pick(nowMs: number): number {
    let row = nowMs < this.#dueMs ? NO_HOST : this.#onDue(nowMs);
    if (row === NO_HOST) {
      row = this.#next === undefined
        ? this.#picker.pick(nowMs)
        : this.#pickChecked(this.#next, nowMs);
    }
    if (row !== NO_HOST) this.#latency.onPick(row, nowMs);
    return row;
  }

  report(row: number, report: CallReport, nowMs: number): void {
    if (report.unused) {
      this.#detector.onUnused(row, nowMs);
    } else {
      const { hosts } = this.#shared;
      if (report.returnCode === 0) hosts.successes[row]! += 1;
      else hosts.failures[row]! += 1;
      const changed = this.#detector.onReport(row, report, nowMs);
      hosts.updateCost(row);
      if (changed) this.#updatePicker();
    }
    this.#updateDue();
  }

  update(update: RouteUpdate, nowMs: number): void {
    const { hosts, zone, floats } = this.#shared;
    const { rows, attributes, added, ejected, removed } = update;
    const costMs = this.#latency.medianMs || UNKNOWN_LATENCY_MS;
    for (const row of removed) {
      this.#detector.ejections?.remove(row);
      this.#next?.remove(row);
    }
    for (const row of added) hosts.reset(row, { costMs, nowMs });
    rows.forEach((row, index) => {
      const host = attributes[index]!;
      hosts.weight[row] = host.weight ?? WEIGHT_NORMAL;
      hosts.sameZone[row] = zone === "" || host.zone === zone ? 1 : 0;
    });
    this.#detector.rows = rows;
    this.#detector.healthChecks = update.healthChecks;
    for (const row of ejected) this.#detector.inherit(row, nowMs);
    this.#updatePicker();
    this.#updateDue();
    if (rows.length === 0) floats.release(this.#latency.row);
  }

  onHealthCheck(row: number, alive: boolean, nowMs: number): void {
    const { hosts } = this.#shared;
    if (alive && hosts.isInUse(row)) this.#next?.set(row, nowMs);
    if (this.#detector.onHealthCheck(row, alive, nowMs)) this.#updatePicker();
    this.#updateDue();
  }

  status(row: number): HostCounts {
    const { hosts } = this.#shared;
    return {
      succ: hosts.successes[row]!,
      err: hosts.failures[row]!,
      overload: hosts.state[row] === EJECTED,
    };
  }

  explain(row: number, nowMs: number): string {
    return this.#detector.explain(row, nowMs);
  }

  outages(nowMs: number): ReadonlyMap<number, HostOutage> {
    return this.#detector.ejections?.outages(nowMs) ?? NO_OUTAGES;
  }

  restore(row: number, outage: HostOutage, nowMs: number): void {
    this.#detector.restore(row, outage, nowMs);
    this.#updatePicker();
    this.#updateDue();
  }

  openPicks(row: number): number {
    return Math.round(this.#shared.hosts.open[row]!);
  }

  /**
   * Starts the health checks that are due, if the route was used since the last
   * time; answers when the next are due.
   */
  tick(nowMs: number): number {
    const { ejections } = this.#detector;
    return ejections?.stepHealthChecks(nowMs, this.#latency.picks) ?? Infinity;
  }

  /** Does what is due; answers the row of a host out of use that this pick probes, or NO_HOST. */
  #onDue(nowMs: number): number {
    const { ejections } = this.#detector;
    if (nowMs >= this.#latency.dueMs) {
      this.#latency.refresh(this.#detector.rows, nowMs);
      if (this.#detector.refresh(nowMs)) this.#updatePicker();
      const isChecked = this.#latency.isQuiet && this.#detector.healthChecks;
      this.#next = isChecked ? this.#next ?? new NextPick() : undefined;
    }
    let probed = NO_HOST;
    // In panic every call is a probe.
    if (
      ejections !== undefined && nowMs >= ejections.dueMs &&
      !this.#detector.panic
    ) {
      probed = ejections.step(nowMs, this.#latency);
    }
    this.#updateDue();
    return probed;
  }

  /** Picks the host that was checked ahead of this pick, or any; and has one checked for the next. */
  #pickChecked(next: NextPick, nowMs: number): number {
    const checked = next.take(this.#shared.hosts, nowMs);
    const row = checked === NO_HOST ? this.#picker.pick(nowMs) : checked;
    const nextRow = this.#picker.pick(nowMs);
    if (nextRow !== NO_HOST && this.#shared.takeAheadCheck(nowMs)) {
      this.#detector.startHealthCheck(nextRow);
    }
    return row;
  }

  #updateDue(): void {
    const { ejections, healthChecks } = this.#detector;
    const { dueMs } = this.#latency;
    if (ejections === undefined) {
      this.#dueMs = dueMs;
      return;
    }
    this.#dueMs = Math.min(dueMs, ejections.dueMs);
    const shared = this.#shared;
    if (
      healthChecks && ejections.dueMs < shared.checksDueMs &&
      ejections.dueMs > shared.checksTickedMs
    ) shared.checksDueMs = ejections.dueMs;
  }

  /** Takes over which hosts are in use, and their shares; O(hosts). */
  #updatePicker(): void {
    const { hosts, checking } = this.#shared;
    const { rows, ejections, healthChecks, panic } = this.#detector;
    const allInUse = ejections === undefined || ejections.rows.length === 0;
    this.#picker.set(
      panic || allInUse ? rows : rows.filter((row) => hosts.isInUse(row)),
    );
    if (healthChecks && !allInUse) checking.add(this);
    else checking.delete(this);
  }
}
