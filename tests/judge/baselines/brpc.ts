// apache/brpc: src/brpc/policy/locality_aware_load_balancer.cpp, src/brpc/circuit_breaker.cpp, docs/cn/lalb.md.
import { NO_HOST, type RouteUpdate } from "../../../agent/mod.ts";
import type { Random } from "../../../net/mod.ts";
import type { CallReport } from "../../../proto/mod.ts";
import { Baseline, BaselineHosts } from "./baseline.ts";

/** Calls that a weight is made of. */
const CALLS = 128;
const WEIGHT_SCALE = 1_008_680_231;
const WEIGHT_MIN = 1_000;
/** Calls in flight for this many average latencies already count against their host. */
const IN_FLIGHT_TIMES = 1.5;
/** What a failure counts as, where it is not tried again: the default timeout. */
const FAILURE_US = 500_000;

/** Windows of the circuit breaker: calls, and the share of failures that one allows. */
const WINDOWS = [{ calls: 3_000, share: 0.05 }, { calls: 1_500, share: 0.1 }];
const EPSILON = 0.02;
const ERROR_COST_MIN_US = 500;
/** Most that a failure costs, in mean latencies. */
const FAILED_LATENCY_TIMES = 2;
const ISOLATION_MS_MIN = 100;
const ISOLATION_MS_MAX = 30_000;

class BrpcHosts extends BaselineHosts {
  /** WEIGHT_SCALE × calls a second / average latency. */
  baseWeight = new Float64Array(0);
  averageUs = new Float64Array(0);
  /** Sum of the moments at which the calls in flight began. */
  beginSumMs = new Float64Array(0);
  untilMs = new Float64Array(0);
  isolationMs = new Float64Array(0);
  returnedMs = new Float64Array(0);
}

/** A call that ended, with the sum of the latencies up to it. */
interface Ended {
  atMs: number;
  sumUs: number;
}

/**
 * brpc's locality-aware balancer `la`: hosts are drawn in proportion to throughput
 * / latency, over 128 calls; failures count as timeouts, and calls in flight for
 * too long already count. Its circuit breaker isolates a host for 100 ms, and up
 * to 30 s when it breaks again. With all hosts isolated, calls fail.
 */
export class Brpc extends Baseline<BrpcHosts> {
  readonly #ended = new Map<number, Ended[]>();
  readonly #windows = new Map<number, ErrorWindow[]>();

  constructor(random: Random) {
    super(random, new BrpcHosts());
  }

  override update(update: RouteUpdate, nowMs: number): void {
    const { baseWeight, averageUs } = this.hosts;
    const known = this.rows.filter((row) => averageUs[row]! > 0);
    let mean = WEIGHT_SCALE;
    if (known.length > 0) {
      mean = known.reduce((sum, row) => sum + baseWeight[row]!, 0) /
        known.length;
    }
    super.update(update, nowMs);
    for (const row of update.added) {
      this.hosts.baseWeight[row] = mean;
      this.#ended.set(row, []);
      this.#windows.set(row, WINDOWS.map((window) => new ErrorWindow(window)));
    }
  }

  protected override choose(nowMs: number): number {
    const { ejected, untilMs, returnedMs, beginSumMs } = this.hosts;
    const used: number[] = [];
    const weights: number[] = [];
    let left = 0;
    for (const row of this.rows) {
      if (ejected[row] === 1 && nowMs >= untilMs[row]!) {
        ejected[row] = 0;
        returnedMs[row] = nowMs;
        for (const window of this.#windows.get(row)!) window.reset();
      }
      if (ejected[row] === 1) continue;
      used.push(row);
      left += weights[weights.push(this.#weight(row, nowMs)) - 1]!;
    }
    left *= this.random();
    const index = weights.findIndex((weight) => (left -= weight) < 0);
    const row = used[Math.max(0, index)] ?? NO_HOST;
    if (row !== NO_HOST) beginSumMs[row]! += nowMs;
    return row;
  }

  protected override learn(
    row: number,
    { returnCode, durationUs }: CallReport,
    nowMs: number,
  ): void {
    const { inFlight, beginSumMs, ejected } = this.hosts;
    const begunMs = durationUs > 0
      ? nowMs - durationUs / 1_000
      : beginSumMs[row]! / (inFlight[row]! + 1);
    beginSumMs[row] = inFlight[row] === 0 ? 0 : beginSumMs[row]! - begunMs;
    const latencyUs = (nowMs - begunMs) * 1_000;
    const succeeded = returnCode === 0;
    this.#weigh(row, { latencyUs, succeeded, nowMs });
    let holds = true;
    for (const window of this.#windows.get(row)!) {
      holds = holds && window.count(succeeded, latencyUs);
    }
    if (!holds && ejected[row] === 0) this.#isolate(row, nowMs);
  }

  #weight(row: number, nowMs: number): number {
    const { baseWeight, averageUs, beginSumMs, inFlight } = this.hosts;
    let weight = baseWeight[row]!;
    if (inFlight[row]! > 0) {
      const delayUs = (nowMs - beginSumMs[row]! / inFlight[row]!) * 1_000;
      const limitUs = averageUs[row]! * IN_FLIGHT_TIMES;
      if (limitUs > 0 && delayUs >= limitUs) weight *= limitUs / delayUs;
    }
    return Math.max(WEIGHT_MIN, weight);
  }

  #weigh(
    row: number,
    { latencyUs, succeeded, nowMs }: {
      latencyUs: number;
      succeeded: boolean;
      nowMs: number;
    },
  ): void {
    const ended = this.#ended.get(row)!;
    const last = ended.at(-1);
    if (succeeded || last === undefined) {
      const sumUs = (last?.sumUs ?? 0) + (succeeded ? latencyUs : FAILURE_US);
      ended.push({ atMs: nowMs, sumUs });
      if (ended.length > CALLS) ended.shift();
    } else {
      // Counts as time, not as a call.
      last.sumUs += FAILURE_US;
      last.atMs = nowMs;
    }
    const first = ended[0]!;
    const { atMs, sumUs } = ended.at(-1)!;
    const calls = ended.length - 1;
    const { averageUs, baseWeight } = this.hosts;
    if (calls === 0 || atMs <= first.atMs) {
      averageUs[row] = Math.max(1, latencyUs);
      return;
    }
    averageUs[row] = Math.max(1, (sumUs - first.sumUs) / calls);
    const perSecond = Math.max(1, calls * 1_000 / (atMs - first.atMs));
    baseWeight[row] = WEIGHT_SCALE * perSecond / averageUs[row]!;
  }

  #isolate(row: number, nowMs: number): void {
    const { ejected, untilMs, isolationMs, returnedMs } = this.hosts;
    const again = nowMs - returnedMs[row]! < ISOLATION_MS_MAX;
    const ms = again && isolationMs[row]! > 0
      ? Math.min(ISOLATION_MS_MAX, isolationMs[row]! * 2)
      : ISOLATION_MS_MIN;
    ejected[row] = 1;
    isolationMs[row] = ms;
    untilMs[row] = nowMs + ms;
  }
}

/** A window of the circuit breaker: failures weigh by their latency, and fade with successes. */
class ErrorWindow {
  readonly #calls: number;
  readonly #share: number;
  readonly #keep: number;
  #costUs = 0;
  #latencyUs = 0;
  /** Calls and failures while the window fills. */
  #counted = 0;
  #failed = 0;

  constructor({ calls, share }: { calls: number; share: number }) {
    this.#calls = calls;
    this.#share = share;
    this.#keep = EPSILON ** (1 / calls);
  }

  /** Counts a call; false when there were too many failures. */
  count(succeeded: boolean, latencyUs: number): boolean {
    const holds = this.#update(succeeded, latencyUs);
    if (this.#counted >= this.#calls) return holds;
    this.#counted += 1;
    if (succeeded) return true;
    return this.#failed++ < this.#calls * this.#share;
  }

  reset(): void {
    this.#costUs = 0;
    if (this.#counted >= this.#calls) return;
    this.#counted = 0;
    this.#failed = 0;
    this.#latencyUs = 0;
  }

  #update(succeeded: boolean, latencyUs: number): boolean {
    if (succeeded) {
      this.#latencyUs = this.#latencyUs === 0
        ? latencyUs
        : this.#latencyUs * this.#keep + latencyUs * (1 - this.#keep);
      this.#costUs = this.#costUs < ERROR_COST_MIN_US
        ? 0
        : this.#costUs * this.#keep;
      return true;
    }
    this.#costUs += this.#latencyUs > 0
      ? Math.min(this.#latencyUs * FAILED_LATENCY_TIMES, latencyUs)
      : latencyUs;
    return this.#costUs <=
      this.#latencyUs * this.#calls * this.#share * (1 + EPSILON);
  }
}
