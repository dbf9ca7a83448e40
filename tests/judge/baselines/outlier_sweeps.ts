import type { RouteUpdate } from "../../../agent/mod.ts";
import type { Random } from "../../../net/mod.ts";
import type { CallReport } from "../../../proto/mod.ts";
import { Baseline, BaselineHosts } from "./baseline.ts";

const SWEEP_MS = 10_000;
const EJECTION_BASE_MS = 30_000;
const EJECTION_MS_MAX = 300_000;
/** Share of hosts up to which one more may be ejected; one always may. */
const EJECTED_SHARE_MAX = 0.1;
const RATED_HOSTS_MIN = 5;
const RATED_CALLS_MIN = 100;
const DEVIATIONS = 1.9;

/** What the sweeps keep of a host. */
export class SweptHosts extends BaselineHosts {
  consecutiveFailures = new Int32Array(0);
  /** Since the last sweep. */
  calls = new Int32Array(0);
  successes = new Int32Array(0);
  ejectedMs = new Float64Array(0);
  /** Ejections, less one for each sweep that found the host in use. */
  ejections = new Int32Array(0);
  addedMs = new Float64Array(0);
}

/**
 * Outlier detection as Envoy defined it and gRPC took it over, with their common
 * defaults: every 10 s, of at least five hosts with 100 calls in that time, those
 * are ejected whose success rate is 1.9 standard deviations below the mean; for
 * 30 s times their ejections, and a tenth of the hosts at most.
 */
export abstract class OutlierSweeps extends Baseline<SweptHosts> {
  /** Hosts that are not ejected. */
  protected healthy: readonly number[] = [];
  #nextSweepMs: number | undefined;

  constructor(random: Random) {
    super(random, new SweptHosts());
  }

  override update(update: RouteUpdate, nowMs: number): void {
    super.update(update, nowMs);
    for (const row of update.added) this.hosts.addedMs[row] = nowMs;
    this.#nextSweepMs ??= nowMs + SWEEP_MS;
    this.#refresh();
  }

  override tick(nowMs: number): void {
    if (this.#nextSweepMs === undefined || nowMs < this.#nextSweepMs) return;
    this.#nextSweepMs += SWEEP_MS;
    for (const row of this.rows) this.#maybeReturn(row, nowMs);
    this.judge(nowMs);
    this.hosts.calls.fill(0);
    this.hosts.successes.fill(0);
  }

  protected override learn(
    row: number,
    { returnCode }: CallReport,
    _nowMs: number,
  ): void {
    const { calls, successes } = this.hosts;
    calls[row]! += 1;
    if (returnCode === 0) successes[row]! += 1;
  }

  /** Ejects by the counts since the last sweep. */
  protected judge(nowMs: number): void {
    const { calls, successes } = this.hosts;
    const rated = this.healthy.filter((row) => calls[row]! >= RATED_CALLS_MIN);
    if (rated.length < RATED_HOSTS_MIN) return;
    const rates = rated.map((row) => successes[row]! / calls[row]!);
    const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
    const variance = rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) /
      rates.length;
    const least = mean - DEVIATIONS * Math.sqrt(variance);
    rated.forEach((row, index) => {
      if (rates[index]! < least) this.eject(row, nowMs);
    });
  }

  protected eject(row: number, nowMs: number): void {
    const { ejected, ejectedMs, ejections } = this.hosts;
    if (ejected[row] === 1) return;
    const out = this.rows.length - this.healthy.length;
    if (out / this.rows.length >= EJECTED_SHARE_MAX) return;
    ejected[row] = 1;
    ejectedMs[row] = nowMs;
    ejections[row]! += 1;
    this.#refresh();
  }

  #maybeReturn(row: number, nowMs: number): void {
    const { ejected, ejectedMs, ejections, consecutiveFailures } = this.hosts;
    if (ejected[row] === 0) {
      ejections[row] = Math.max(0, ejections[row]! - 1);
      return;
    }
    const durationMs = Math.min(
      EJECTION_MS_MAX,
      EJECTION_BASE_MS * ejections[row]!,
    );
    if (nowMs < ejectedMs[row]! + durationMs) return;
    ejected[row] = 0;
    consecutiveFailures[row] = 0;
    this.#refresh();
  }

  #refresh(): void {
    this.healthy = this.rows.filter((row) => this.hosts.ejected[row] === 0);
  }
}
