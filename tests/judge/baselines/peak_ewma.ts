import type { CallResult, CandidateOptions } from "../world/candidate.ts";
import { Baseline } from "./baseline.ts";
import { anyOf, anyOtherOf } from "./random_choice.ts";

const DECAY_MS = 10_000;
/** Cost of a host with calls in flight and no answer yet. */
const PENALTY = 1e12;

/**
 * Finagle's peak EWMA: of two hosts the one with less latency × calls in flight,
 * where latency jumps up to a slow answer at once and decays over 10 s. Failures
 * count as answers: a host that fails fast draws traffic, as it does there
 * without failure accrual.
 */
export class PeakEwma extends Baseline {
  readonly #cost: Float64Array;
  readonly #sinceMs: Float64Array;

  constructor(options: CandidateOptions) {
    super(options);
    const count = options.scenario.hosts.length;
    this.#cost = new Float64Array(count);
    this.#sinceMs = new Float64Array(count);
  }

  protected override choose(nowMs: number): number {
    const { members, random } = this;
    const first = anyOf(members.length, random);
    if (members.length === 1) return members[0]!;
    const a = members[first]!;
    const b = members[anyOtherOf(members.length, { first, random })]!;
    return this.#load(b, nowMs) < this.#load(a, nowMs) ? b : a;
  }

  protected override learn(
    host: number,
    result: CallResult,
    nowMs: number,
  ): void {
    if (result.durationUs > 0) this.#observe(host, result.durationUs, nowMs);
  }

  #load(host: number, nowMs: number): number {
    this.#observe(host, 0, nowMs);
    const pending = this.inFlight[host]!;
    const cost = this.#cost[host]!;
    return cost === 0 && pending > 0 ? PENALTY + pending : cost * (pending + 1);
  }

  #observe(host: number, durationUs: number, nowMs: number): void {
    const before = this.#cost[host]!;
    const keep = Math.exp((this.#sinceMs[host]! - nowMs) / DECAY_MS);
    this.#sinceMs[host] = nowMs;
    this.#cost[host] = durationUs > before
      ? durationUs
      : before * keep + durationUs * (1 - keep);
  }
}
