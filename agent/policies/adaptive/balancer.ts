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
import { EJECTED, UNKNOWN_LATENCY_MS } from "./hosts.ts";
import { LatencyTracker } from "./latency.ts";
import { OutlierDetector } from "./outlier_detector.ts";
import { NextPick } from "./pick/next_pick.ts";
import { PickOfThree } from "./pick/pick_of_three.ts";
import type { AdaptiveShared } from "./adaptive_shared.ts";

/** Before all times. */
const NEVER_MS = -(2 ** 31);

/**
 * The rule of README.md for the hosts of one route: {@linkcode PickOfThree}
 * among those that {@linkcode OutlierDetector} has in use, by what
 * {@linkcode LatencyTracker} knows of them. Pick and report are O(1), but for a
 * pick every 100 ms, which is O(hosts).
 */
export class AdaptiveBalancer extends PickOfThree<AdaptiveShared>
  implements Balancer {
  readonly #key: RouteKey;
  readonly #latency: LatencyTracker;
  /** Undefined until a call is reported, or a host is checked or out of use: many routes are only picked from. */
  #detector: OutlierDetector | undefined;
  /** The hosts, where some are not in use. */
  #allRows: readonly number[] | undefined;
  #healthChecks = false;
  /** Whether hosts are called seldom, and may be health checked: then the next pick is checked ahead. */
  #isCheckedAhead = false;
  /** The host that was, since there was one. */
  #next: NextPick | undefined;
  /** What a pick counts: that of `#latency`, nearer to a pick. */
  #pickUnits: number;
  /**
   * When a pick has more to do than to pick, or up to a millisecond before: whole, as
   * a fraction takes a box of 16 bytes. At each, while the next is checked ahead.
   */
  #dueMs = NEVER_MS;

  /** A route without hosts. */
  constructor(key: RouteKey, shared: AdaptiveShared) {
    super(shared);
    this.#key = key;
    this.#latency = new LatencyTracker(shared);
    this.#pickUnits = this.#latency.pickUnits;
  }

  /** The hosts; O(hosts). */
  get #rows(): readonly number[] {
    return this.#allRows ?? this.inUse;
  }

  pick(nowMs: number): number {
    if (nowMs >= this.#dueMs) return this.#pickSlowly(nowMs);
    return this.pickFor(this.#pickUnits, nowMs);
  }

  report(row: number, report: CallReport, nowMs: number): void {
    const detector = this.#needDetector();
    if (report.unused) {
      detector.onUnused(row, nowMs);
    } else {
      const changed = detector.onReport(row, report, nowMs);
      this.shared.hosts.updateCost(row);
      if (changed) this.#updateInUse();
    }
    const isSooner = this.#latency.dueMs < this.#dueMs;
    if (isSooner || detector.ejections !== undefined) this.#updateDue();
  }

  update(update: RouteUpdate, nowMs: number): void {
    const { hosts, zone } = this.shared;
    const { rows, attributes, added, ejected, removed } = update;
    const costMs = this.#latency.medianMs || UNKNOWN_LATENCY_MS;
    for (const row of removed) {
      this.#detector?.ejections?.remove(row);
      this.#next?.remove(row);
      hosts.remove(row);
    }
    for (const row of added) hosts.reset(row, costMs);
    rows.forEach((row, index) => {
      const host = attributes[index]!;
      hosts.weight[row] = host.weight ?? WEIGHT_NORMAL;
      hosts.sameZone[row] = zone === "" || host.zone === zone ? 1 : 0;
    });
    this.#allRows = rows;
    this.#healthChecks = update.healthChecks;
    this.#detector?.update(update);
    for (const row of ejected) this.#needDetector().inherit(row, nowMs);
    this.#updateInUse();
    this.#updateDue();
    if (rows.length > 0) return;
    this.#latency.release();
    this.#detector?.release();
  }

  onHealthCheck(row: number, alive: boolean, nowMs: number): void {
    const { hosts } = this.shared;
    if (alive && this.#isCheckedAhead && hosts.isInUse(row)) {
      this.#next ??= new NextPick();
      this.#next.set(row, nowMs);
    }
    if (this.#needDetector().onHealthCheck(row, alive, nowMs)) {
      this.#updateInUse();
    }
    this.#updateDue();
  }

  status(row: number): HostCounts {
    const { hosts } = this.shared;
    const place = hosts.placeOf(row);
    return {
      succ: hosts.history.successes[place]!,
      err: hosts.history.failures[place]!,
      overload: hosts.state[row] === EJECTED,
    };
  }

  explain(row: number, nowMs: number): string {
    return this.#needDetector().explain(row, nowMs);
  }

  outages(nowMs: number): ReadonlyMap<number, HostOutage> {
    return this.#detector?.ejections?.outages(nowMs) ?? NO_OUTAGES;
  }

  restore(row: number, outage: HostOutage, nowMs: number): void {
    this.#needDetector().restore(row, outage, nowMs);
    this.#updateInUse();
    this.#updateDue();
  }

  openPicks(row: number): number {
    return Math.round(this.shared.hosts.openOf(row));
  }

  /**
   * Starts the health checks that are due, if the route was used since the last
   * time; answers when the next are due.
   */
  tick(nowMs: number): number {
    const ejections = this.#detector?.ejections;
    if (ejections === undefined) return Infinity;
    this.#latency.countPicks(this.#rows);
    return ejections.stepHealthChecks(nowMs, this.#latency.picks);
  }

  /** Does what is due, then picks: a host out of use that is to be probed, one that was checked, or any. */
  #pickSlowly(nowMs: number): number {
    if (this.isEmpty) return NO_HOST;
    const { hosts } = this.shared;
    const probed = this.#onDue(nowMs);
    const row = probed === NO_HOST && this.#isCheckedAhead
      ? this.#next?.take(hosts, nowMs) ?? NO_HOST
      : probed;
    const picked = row === NO_HOST ? this.pickFor(this.#pickUnits, nowMs) : row;
    if (row !== NO_HOST) hosts.addPick(row, this.#pickUnits, nowMs);
    if (this.#isCheckedAhead && probed === NO_HOST) this.#checkNext(nowMs);
    return picked;
  }

  /** Does what is due; answers the row of a host out of use that this pick probes, or NO_HOST. */
  #onDue(nowMs: number): number {
    const detector = this.#detector;
    const ejections = detector?.ejections;
    if (nowMs >= this.#latency.dueMs) {
      this.#latency.refresh(this.#rows, nowMs);
      this.#pickUnits = this.#latency.pickUnits;
      if (detector?.refresh(nowMs)) this.#updateInUse();
      this.#isCheckedAhead = this.#latency.isQuiet && this.#healthChecks;
      if (!this.#isCheckedAhead) this.#next = undefined;
    }
    let probed = NO_HOST;
    // In panic every call is a probe.
    if (
      ejections !== undefined && nowMs >= ejections.dueMs && !detector?.panic
    ) {
      probed = ejections.step(nowMs, this.#latency);
    }
    this.#updateDue();
    return probed;
  }

  /** Has the host of the next pick checked, if one more check may begin. */
  #checkNext(nowMs: number): void {
    const { hosts, outbox } = this.shared;
    if (!this.shared.takeAheadCheck(nowMs)) return;
    const row = this.pickFor(this.#pickUnits, nowMs);
    hosts.forgetPick(row, this.#pickUnits);
    outbox.healthCheck(this.#key, row);
  }

  #updateDue(): void {
    const ejections = this.#detector?.ejections;
    const dueMs = this.#isCheckedAhead
      ? NEVER_MS
      : Math.min(this.#latency.dueMs, ejections?.dueMs ?? Infinity);
    this.#dueMs = Math.max(NEVER_MS, Math.floor(dueMs));
    if (ejections === undefined) return;
    const shared = this.shared;
    if (
      this.#healthChecks && ejections.dueMs < shared.checksDueMs &&
      ejections.dueMs > shared.checksTickedMs
    ) shared.checksDueMs = ejections.dueMs;
  }

  /** Takes over which hosts are in use, and their shares; O(hosts). */
  #updateInUse(): void {
    const { hosts, checking } = this.shared;
    const detector = this.#detector;
    const rows = this.#rows;
    const allInUse = !detector?.ejections?.rows.length;
    const inUse = allInUse || detector.panic
      ? rows
      : rows.filter((row) => hosts.isInUse(row));
    this.setInUse(inUse);
    this.#allRows = inUse === rows ? undefined : rows;
    if (this.#healthChecks && !allInUse) checking.add(this);
    else checking.delete(this);
  }

  #needDetector(): OutlierDetector {
    return this.#detector ?? this.#createDetector();
  }

  #createDetector(): OutlierDetector {
    const detector = new OutlierDetector(
      this.#key,
      this.shared,
      this.#latency,
    );
    detector.update({ rows: this.#rows, healthChecks: this.#healthChecks });
    this.#detector = detector;
    return detector;
  }
}
