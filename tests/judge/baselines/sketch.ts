import type { CallResult, CandidateOptions } from "../world/candidate.ts";
import { Baseline } from "./baseline.ts";
import { anyOf } from "./random_choice.ts";

const CHOICES = 3;
const LATENCY_SHARE = 0.1;
const LEVEL_SHARE = 0.01;
/** Failures beyond what the route's level explains that rest a host. */
const EXCESS = 5;
/** What each call may fail without being counted: so much, and twice the level. */
const ALLOWED = 0.02;
const LEVELS = 2;
const REST_MS_MIN = 1_000;
const REST_MS_MAX = 60_000;

/**
 * The thirty lines of issue 5: of three hosts the one with the least EWMA of
 * latency × calls in flight; five failures beyond the level of the route's other
 * hosts rest a host; rests double from one second to sixty, are forgotten after
 * sixty well seconds, and end with a single call.
 */
export class Sketch extends Baseline {
  readonly #latency: Float64Array;
  readonly #failing: Float64Array;
  readonly #excess: Float64Array;
  readonly #restMs: Float64Array;
  readonly #untilMs: Float64Array;
  readonly #resting: Uint8Array;

  constructor(options: CandidateOptions) {
    super(options);
    const count = options.scenario.hosts.length;
    this.#latency = new Float64Array(count);
    this.#failing = new Float64Array(count);
    this.#excess = new Float64Array(count);
    this.#restMs = new Float64Array(count).fill(REST_MS_MIN);
    this.#untilMs = new Float64Array(count);
    this.#resting = new Uint8Array(count);
  }

  override markResting(resting: Uint8Array): void {
    this.#resting.forEach((rests, host) => resting[host] = rests);
  }

  protected override choose(nowMs: number): number {
    for (const host of this.members) {
      if (
        this.#resting[host] === 1 && nowMs >= this.#untilMs[host]! &&
        this.inFlight[host] === 0
      ) return host;
    }
    const awake = this.members.filter((host) => this.#resting[host] === 0);
    const hosts = awake.length > 0 ? awake : this.members;
    let best = -1;
    let bestCost = Infinity;
    for (let choice = 0; choice < CHOICES; choice++) {
      const host = hosts[anyOf(hosts.length, this.random)]!;
      const cost = this.#latency[host]! * (this.inFlight[host]! + 1);
      if (cost < bestCost) {
        best = host;
        bestCost = cost;
      }
    }
    return best;
  }

  protected override learn(
    host: number,
    result: CallResult,
    nowMs: number,
  ): void {
    const failed = result.ok ? 0 : 1;
    if (result.durationUs > 0) {
      const before = this.#latency[host]!;
      this.#latency[host] = before === 0
        ? result.durationUs
        : before + LATENCY_SHARE * (result.durationUs - before);
    }
    this.#failing[host] = this.#failing[host]! +
      LEVEL_SHARE * (failed - this.#failing[host]!);
    if (this.#resting[host] === 1) {
      // Calls that were under way when the rest began say nothing new.
      if (nowMs < this.#untilMs[host]!) return;
      if (result.ok) this.#resting[host] = 0;
      else this.#rest(host, nowMs);
      return;
    }
    const allowed = ALLOWED + LEVELS * this.#levelBeside(host);
    const excess = Math.max(0, this.#excess[host]! + failed - allowed);
    this.#excess[host] = excess;
    // Five failures in a row are enough, whatever was allowed on the way.
    if (excess >= EXCESS * (1 - allowed) - 1e-9) {
      this.#rest(host, nowMs);
    }
  }

  #rest(host: number, nowMs: number): void {
    if (nowMs - this.#untilMs[host]! > REST_MS_MAX) {
      this.#restMs[host] = REST_MS_MIN;
    }
    this.#resting[host] = 1;
    this.#excess[host] = 0;
    this.#untilMs[host] = nowMs + this.#restMs[host]!;
    this.#restMs[host] = Math.min(REST_MS_MAX, this.#restMs[host]! * 2);
  }

  /** Mean share of failures of the other hosts in use. */
  #levelBeside(host: number): number {
    let sum = 0;
    let count = 0;
    for (const other of this.members) {
      if (other === host || this.#resting[other] === 1) continue;
      sum += this.#failing[other]!;
      count += 1;
    }
    return sum / Math.max(1, count);
  }
}
