import type { CallResult, CandidateOptions } from "../world/candidate.ts";
import { Baseline } from "./baseline.ts";
import { anyOf, anyOtherOf } from "./random_choice.ts";

const SWEEP_MS = 10_000;
const FAILURES_IN_ROW = 5;
const EJECTION_MS_BASE = 30_000;
const EJECTION_MS_MAX = 300_000;
/** Share of hosts up to which one more may be ejected; one always may. */
const EJECTED_SHARE_MAX = 0.1;
const RATED_HOSTS_MIN = 5;
const RATED_CALLS_MIN = 100;
const DEVIATIONS = 1.9;
/** Below this share of healthy hosts all are used. */
const PANIC_SHARE = 0.5;

/**
 * Envoy's outlier detection with its defaults, under its least request balancer
 * (of two hosts the one with fewer calls in flight): five failures in a row, or
 * a share of successes 1.9 standard deviations below the mean, judged every 10 s
 * over hosts with 100 calls in that time.
 */
export class Envoy extends Baseline {
  readonly #inRow: Int32Array;
  readonly #calls: Int32Array;
  readonly #successes: Int32Array;
  readonly #ejected: Uint8Array;
  readonly #ejectedAtMs: Float64Array;
  /** Times ejected, less one for each sweep that found the host in use. */
  readonly #times: Int32Array;
  #nextSweepMs = SWEEP_MS;
  #healthy: number[] = [];

  constructor(options: CandidateOptions) {
    super(options);
    const count = options.scenario.hosts.length;
    this.#inRow = new Int32Array(count);
    this.#calls = new Int32Array(count);
    this.#successes = new Int32Array(count);
    this.#ejected = new Uint8Array(count);
    this.#ejectedAtMs = new Float64Array(count);
    this.#times = new Int32Array(count);
  }

  override update(hosts: readonly number[], nowMs: number): void {
    super.update(hosts, nowMs);
    this.#refresh();
  }

  override tick(nowMs: number): void {
    if (nowMs < this.#nextSweepMs) return;
    this.#nextSweepMs += SWEEP_MS;
    for (const host of this.members) this.#maybeReturn(host, nowMs);
    this.#judgeRates(nowMs);
    this.#calls.fill(0);
    this.#successes.fill(0);
  }

  override markResting(resting: Uint8Array): void {
    this.#ejected.forEach((ejected, host) => resting[host] = ejected);
  }

  protected override choose(): number {
    const { members, inFlight, random } = this;
    const panic = this.#healthy.length < PANIC_SHARE * members.length;
    const hosts = panic ? members : this.#healthy;
    const first = anyOf(hosts.length, random);
    if (hosts.length === 1) return hosts[0]!;
    const a = hosts[first]!;
    const b = hosts[anyOtherOf(hosts.length, { first, random })]!;
    return inFlight[b]! < inFlight[a]! ? b : a;
  }

  protected override learn(
    host: number,
    result: CallResult,
    nowMs: number,
  ): void {
    this.#calls[host] = this.#calls[host]! + 1;
    if (result.ok) {
      this.#successes[host] = this.#successes[host]! + 1;
      this.#inRow[host] = 0;
      return;
    }
    this.#inRow[host] = this.#inRow[host]! + 1;
    if (this.#inRow[host]! < FAILURES_IN_ROW) return;
    this.#inRow[host] = 0;
    this.#eject(host, nowMs);
  }

  #eject(host: number, nowMs: number): void {
    if (this.#ejected[host] === 1) return;
    const ejected = this.members.length - this.#healthy.length;
    const share = ejected / this.members.length;
    if (share >= EJECTED_SHARE_MAX) return;
    this.#ejected[host] = 1;
    this.#ejectedAtMs[host] = nowMs;
    this.#times[host] = this.#times[host]! + 1;
    this.#refresh();
  }

  #maybeReturn(host: number, nowMs: number): void {
    if (this.#ejected[host] === 0) {
      this.#times[host] = Math.max(0, this.#times[host]! - 1);
      return;
    }
    const restMs = Math.min(
      EJECTION_MS_MAX,
      EJECTION_MS_BASE * this.#times[host]!,
    );
    if (nowMs < this.#ejectedAtMs[host]! + restMs) return;
    this.#ejected[host] = 0;
    this.#inRow[host] = 0;
    this.#refresh();
  }

  #judgeRates(nowMs: number): void {
    const rated = this.#healthy.filter((host) =>
      this.#calls[host]! >= RATED_CALLS_MIN
    );
    if (rated.length < RATED_HOSTS_MIN) return;
    const rates = rated.map((host) =>
      this.#successes[host]! / this.#calls[host]!
    );
    const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
    const variance = rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) /
      rates.length;
    const least = mean - DEVIATIONS * Math.sqrt(variance);
    rated.forEach((host, index) => {
      if (rates[index]! < least) this.#eject(host, nowMs);
    });
  }

  #refresh(): void {
    this.#healthy = this.members.filter((host) => this.#ejected[host] === 0);
  }
}
