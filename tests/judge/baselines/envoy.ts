import type { RouteUpdate } from "../../../agent/mod.ts";
import type { Random } from "../../../net/mod.ts";
import type { CallReport } from "../../../proto/mod.ts";
import { Baseline, BaselineHosts } from "./baseline.ts";
import { anyOf, anyOtherOf } from "./random_choice.ts";

const SWEEP_MS = 10_000;
const CONSECUTIVE_FAILURES = 5;
const EJECTION_BASE_MS = 30_000;
const EJECTION_MS_MAX = 300_000;
/** Share of hosts up to which one more may be ejected; one always may. */
const EJECTED_SHARE_MAX = 0.1;
const RATED_HOSTS_MIN = 5;
const RATED_CALLS_MIN = 100;
const DEVIATIONS = 1.9;
/** Below this share of healthy hosts all are used. */
const PANIC_SHARE = 0.5;

class EnvoyHosts extends BaselineHosts {
  consecutiveFailures = new Int32Array(0);
  /** Since the last sweep. */
  calls = new Int32Array(0);
  successes = new Int32Array(0);
  ejectedMs = new Float64Array(0);
  /** Ejections, less one for each sweep that found the host in use. */
  ejections = new Int32Array(0);
}

/**
 * Envoy's outlier detection with its defaults, under its least request balancer
 * (of two hosts the one with fewer calls in flight): five failures in a row, or
 * a success rate 1.9 standard deviations below the mean, judged every 10 s over
 * hosts with 100 calls in that time.
 */
export class Envoy extends Baseline<EnvoyHosts> {
  #nextSweepMs: number | undefined;
  #healthy: number[] = [];

  constructor(random: Random) {
    super(random, new EnvoyHosts());
  }

  override update(update: RouteUpdate, nowMs: number): void {
    super.update(update, nowMs);
    this.#nextSweepMs ??= nowMs + SWEEP_MS;
    this.#refresh();
  }

  override tick(nowMs: number): void {
    if (this.#nextSweepMs === undefined || nowMs < this.#nextSweepMs) return;
    this.#nextSweepMs += SWEEP_MS;
    for (const row of this.rows) this.#maybeReturn(row, nowMs);
    this.#judgeRates(nowMs);
    this.hosts.calls.fill(0);
    this.hosts.successes.fill(0);
  }

  protected override choose(): number {
    const { rows, hosts: { inFlight }, random } = this;
    const panic = this.#healthy.length < PANIC_SHARE * rows.length;
    const used = panic ? rows : this.#healthy;
    const first = anyOf(used.length, random);
    if (used.length === 1) return used[0]!;
    const a = used[first]!;
    const b = used[anyOtherOf(used.length, { first, random })]!;
    return inFlight[b]! < inFlight[a]! ? b : a;
  }

  protected override learn(
    row: number,
    { returnCode }: CallReport,
    nowMs: number,
  ): void {
    const { calls, successes, consecutiveFailures } = this.hosts;
    calls[row]! += 1;
    if (returnCode === 0) {
      successes[row]! += 1;
      consecutiveFailures[row] = 0;
      return;
    }
    consecutiveFailures[row]! += 1;
    if (consecutiveFailures[row]! < CONSECUTIVE_FAILURES) return;
    consecutiveFailures[row] = 0;
    this.#eject(row, nowMs);
  }

  #eject(row: number, nowMs: number): void {
    const { ejected, ejectedMs, ejections } = this.hosts;
    if (ejected[row] === 1) return;
    const out = this.rows.length - this.#healthy.length;
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

  #judgeRates(nowMs: number): void {
    const { calls, successes } = this.hosts;
    const rated = this.#healthy.filter((row) => calls[row]! >= RATED_CALLS_MIN);
    if (rated.length < RATED_HOSTS_MIN) return;
    const rates = rated.map((row) => successes[row]! / calls[row]!);
    const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
    const variance = rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) /
      rates.length;
    const least = mean - DEVIATIONS * Math.sqrt(variance);
    rated.forEach((row, index) => {
      if (rates[index]! < least) this.#eject(row, nowMs);
    });
  }

  #refresh(): void {
    this.#healthy = this.rows.filter((row) => this.hosts.ejected[row] === 0);
  }
}
