// twitter/finagle: loadbalancer/PeakEwma.scala, loadbalancer/p2c.
import type { Random } from "../../../net/mod.ts";
import type { CallReport } from "../../../proto/mod.ts";
import { Baseline, BaselineHosts } from "./baseline.ts";
import { anyOf, anyOtherOf } from "./random_choice.ts";

const DECAY_MS = 10_000;
/** Cost of a host with calls in flight and no answer yet. */
const PENALTY = 1e12;

/** What peak EWMA keeps of a host. */
export class PeakEwmaHosts extends BaselineHosts {
  /** Peak latency, in microseconds; 0 is unknown. */
  costUs = new Float64Array(0);
  /** When it was last updated. */
  sinceMs = new Float64Array(0);
}

/**
 * Finagle's peak EWMA: of two hosts the one with less latency × calls in flight,
 * where latency jumps up to a slow answer at once and decays over 10 s. Failures
 * count as answers: a host that fails fast draws traffic, as it does there
 * without failure accrual.
 */
export class PeakEwma<Hosts extends PeakEwmaHosts = PeakEwmaHosts>
  extends Baseline<Hosts> {
  /** `hosts` of a subclass that keeps more. */
  constructor(random: Random, hosts = new PeakEwmaHosts() as Hosts) {
    super(random, hosts);
  }

  protected override choose(nowMs: number): number {
    const { rows, random } = this;
    const first = anyOf(rows.length, random);
    if (rows.length === 1) return rows[0]!;
    const a = rows[first]!;
    const b = rows[anyOtherOf(rows.length, { first, random })]!;
    return this.#load(b, nowMs) < this.#load(a, nowMs) ? b : a;
  }

  protected override learn(
    row: number,
    { durationUs }: CallReport,
    nowMs: number,
  ): void {
    if (durationUs > 0) this.#observe(row, durationUs, nowMs);
  }

  #load(row: number, nowMs: number): number {
    this.#observe(row, 0, nowMs);
    const pending = this.hosts.inFlight[row]!;
    const cost = this.hosts.costUs[row]!;
    return cost === 0 && pending > 0 ? PENALTY + pending : cost * (pending + 1);
  }

  #observe(row: number, durationUs: number, nowMs: number): void {
    const { costUs, sinceMs } = this.hosts;
    const before = costUs[row]!;
    const keep = Math.exp((sinceMs[row]! - nowMs) / DECAY_MS);
    sinceMs[row] = nowMs;
    costUs[row] = durationUs > before
      ? durationUs
      : before * keep + durationUs * (1 - keep);
  }
}
