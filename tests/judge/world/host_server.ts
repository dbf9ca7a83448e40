import type { HostLoad } from "../baselines/prequal.ts";
import type { LoadHistory } from "./load_history.ts";
import { type HostPlan, type Phase, WORKERS } from "./scenario.ts";

/** How a call ended. */
export const OK = 0;
export const REFUSED = 1;
export const FAILED = 2;
export const TIMED_OUT = 3;

/** Time for a connection and an answer to travel, without any work. */
export const ROUND_TRIP_MS = 0.2;

/** Most calls that wait at a host; one more is swallowed, as by a full backlog. */
const QUEUE_MAX = 208;

/** How hosts of a scenario answer. */
interface HostServerOptions {
  serviceMs: number;
  timeoutMs: number;
  failLevel: number;
  queueMax?: number | undefined;
}

/** Time after which a health check without an answer fails. */
const CHECK_TIMEOUT_MS = 1_000;

/**
 * A host: `workers` calls at a time, each for a random time around a mean, and
 * a queue in order of arrival. It works on calls that their callers gave up, as
 * servers do: this makes an overloaded host fail nearly all its calls. What a host
 * had taken on when it goes down, it finishes.
 *
 * As the queue is in order of arrival and the phases are known beforehand, the
 * end of a call is known when it arrives: one event a call is enough.
 */
export class HostServer {
  /** Set by {@linkcode HostServer.accept}: how and after how long the call ends for its caller. */
  outcome = OK;
  latencyMs = 0;

  /** Kept where clients ask for it. */
  load: LoadHistory | undefined;

  readonly #phases: readonly FullPhase[];
  #phase = 0;
  /** When each worker is free. */
  readonly #freeMs: Float64Array;
  /** When each waiting call will be begun, in order of arrival. */
  readonly #startsMs: Float64Array;
  #head = 0;
  #waiting = 0;
  /** What is added to the next call, once. */
  #firstCallMs: number;
  readonly #options: HostServerOptions;

  constructor(
    plan: HostPlan,
    options: HostServerOptions,
  ) {
    this.#phases = phasesOf(plan, options.failLevel);
    this.#freeMs = new Float64Array(plan.workers ?? WORKERS);
    this.#startsMs = new Float64Array(options.queueMax ?? QUEUE_MAX);
    this.#firstCallMs = plan.firstCallMs ?? 0;
    this.#options = options;
  }

  /**
   * A call arrives that needs `work` times the mean time; moments never go back.
   * `failDraw` is from 0 to 1: below the host's share of failures it fails.
   */
  accept(nowMs: number, work: number, failDraw: number): void {
    const phase = this.#now(nowMs);
    if (phase.reach !== "up") {
      const refused = phase.reach === "refused";
      return this.#end(
        refused ? REFUSED : TIMED_OUT,
        refused ? ROUND_TRIP_MS : this.#options.timeoutMs,
      );
    }
    const fails = failDraw < phase.failShare;
    if (fails && phase.failMs >= 0) {
      return this.#end(FAILED, phase.failMs + ROUND_TRIP_MS);
    }
    const worker = this.#firstFree();
    const startMs = Math.max(this.#freeMs[worker]!, nowMs);
    if (startMs > nowMs && !this.#enqueue(startMs, nowMs)) {
      return this.#options.queueMax === undefined
        ? this.#end(TIMED_OUT, this.#options.timeoutMs)
        : this.#end(FAILED, ROUND_TRIP_MS);
    }
    const workMs = work * this.#options.serviceMs + this.#firstCallMs;
    this.#firstCallMs = 0;
    const endMs = this.#endOf(startMs, workMs);
    this.#freeMs[worker] = endMs;
    this.load?.count(this.#callsInside(nowMs), { endMs, nowMs });
    this.#end(
      fails ? FAILED : OK,
      endMs - nowMs + phase.delayMs + ROUND_TRIP_MS,
    );
  }

  /** Duration of a health check in milliseconds, negative if it fails. */
  check(nowMs: number): number {
    const { reach } = this.#now(nowMs);
    if (reach === "silent") return -CHECK_TIMEOUT_MS;
    return reach === "up" ? ROUND_TRIP_MS : -ROUND_TRIP_MS;
  }

  /** What it says of its load to a client that asks, as Prequal's do; undefined if it does not answer. */
  probe(nowMs: number): HostLoad | undefined {
    const { reach, speed } = this.#now(nowMs);
    if (reach !== "up" || speed === 0) return undefined;
    const inFlight = this.#callsInside(nowMs);
    return { inFlight, latencyMs: this.load?.latencyMs(inFlight, nowMs) ?? 0 };
  }

  /**
   * When a call sent now is expected to end, for the all-knowing policy: a failure
   * counts as more than any wait, and of idle hosts the one with more idle workers
   * is slightly better.
   */
  expectedEndMs(nowMs: number): number {
    const phase = this.#now(nowMs);
    if (phase.reach !== "up" || phase.speed === 0) return Infinity;
    const free = this.#freeMs;
    let firstMs = Infinity;
    let busy = 0;
    for (let worker = 0; worker < free.length; worker++) {
      const freeMs = free[worker]!;
      if (freeMs < firstMs) firstMs = freeMs;
      if (freeMs > nowMs) busy += 1;
    }
    return Math.max(firstMs, nowMs) + this.#options.serviceMs / phase.speed +
      phase.delayMs + phase.failShare * 1e6 + busy / free.length * 1e-3;
  }

  #end(outcome: number, latencyMs: number): void {
    const { timeoutMs } = this.#options;
    const late = latencyMs > timeoutMs;
    this.outcome = late ? TIMED_OUT : outcome;
    this.latencyMs = late ? timeoutMs : latencyMs;
  }

  #now(nowMs: number): FullPhase {
    const phases = this.#phases;
    while (
      this.#phase + 1 < phases.length &&
      phases[this.#phase + 1]!.fromMs <= nowMs
    ) this.#phase += 1;
    return phases[this.#phase]!;
  }

  /** False when the queue is full. Calls begin in order, so it is a ring. */
  #enqueue(startMs: number, nowMs: number): boolean {
    this.#beginWaiting(nowMs);
    const { length } = this.#startsMs;
    if (this.#waiting === length) return false;
    this.#startsMs[(this.#head + this.#waiting) % length] = startMs;
    this.#waiting += 1;
    return true;
  }

  /** Takes the calls out of the queue that were begun by now. */
  #beginWaiting(nowMs: number): void {
    while (this.#waiting > 0 && this.#startsMs[this.#head]! <= nowMs) {
      this.#head = (this.#head + 1) % this.#startsMs.length;
      this.#waiting -= 1;
    }
  }

  /** Calls worked on, and calls that wait. */
  #callsInside(nowMs: number): number {
    this.#beginWaiting(nowMs);
    let busy = 0;
    for (const freeMs of this.#freeMs) if (freeMs > nowMs) busy += 1;
    return busy + this.#waiting;
  }

  #firstFree(): number {
    const free = this.#freeMs;
    let first = 0;
    for (let worker = 1; worker < free.length; worker++) {
      if (free[worker]! < free[first]!) first = worker;
    }
    return first;
  }

  /** When work that begins at `startMs` is done, over all changes of speed. */
  #endOf(startMs: number, workMs: number): number {
    const phases = this.#phases;
    let index = this.#phase;
    while (index + 1 < phases.length && phases[index + 1]!.fromMs <= startMs) {
      index += 1;
    }
    let atMs = startMs;
    let leftMs = workMs;
    for (;; index++) {
      const { speed } = phases[index]!;
      const untilMs = phases[index + 1]?.fromMs ?? Infinity;
      const endMs = speed > 0 ? atMs + leftMs / speed : Infinity;
      if (endMs <= untilMs) return endMs;
      leftMs -= (untilMs - atMs) * speed;
      atMs = untilMs;
    }
  }
}

/** A phase without absent fields. */
interface FullPhase extends Required<Phase> {
  /** Whether it is no fault: reachable, at full speed, with no more failures than all hosts have. */
  sound: boolean;
}

/** The phases of a host, from time 0 on. */
export function phasesOf(plan: HostPlan, failLevel = 0): FullPhase[] {
  const best = plan.speed ?? 1;
  const given = plan.phases ?? [];
  const all = given[0]?.fromMs === 0 ? given : [{ fromMs: 0 }, ...given];
  return all.map((phase) => {
    const { reach = "up", speed = 1, failShare = 0, delayMs = 0 } = phase;
    return {
      fromMs: phase.fromMs,
      reach,
      speed: speed * best,
      failShare,
      failMs: phase.failMs ?? -1,
      delayMs,
      sound: reach === "up" && speed >= 1 && delayMs === 0 &&
        failShare <= failLevel,
    };
  });
}
