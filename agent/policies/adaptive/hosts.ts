import type { HostAddress } from "../../../proto/mod.ts";
import { enlarge, HostTable } from "../host_table.ts";

/** In full use. */
export const SERVING = 0;
/** Back from a rest: in use with a share that grows, and on probation. */
export const RETURNING = 1;
/** In doubt after a surprising failure: pauses, and is asked again by one call. */
export const DOUBTED = 2;
/** Ejected: rests, and is probed now and then. */
export const RESTING = 3;

/** Nobody asks a host that pauses or rests yet. */
export const UNTRIED = 0;
/** The agent checks whether it accepts connections. */
export const CHECKING = 1;
/** It accepted one: the next call may be risked. */
export const CHECKED = 2;
/** A call is risked on it. */
export const CALLED = 3;

/** Less in flight than this is nothing: what is left of calls that nobody reported. */
export const IN_FLIGHT_MIN = 0.5;

/** While nothing is known of a route, a host may be silent for so long. */
export const UNKNOWN_COST_MS = 100;

/** Units of a cost in a millisecond. */
const COST_UNITS = 10_000;

/** The greatest cost: two may be added or taken apart without overflow. */
export const COST_MAX = 2 ** 30 - 1;

/** What `policy = adaptive` keeps of each host: 97 bytes. */
export class AdaptiveHosts extends HostTable {
  /** SERVING to RESTING. */
  state: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  /** While DOUBTED or RESTING: UNTRIED to CALLED. */
  trial: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  /** When the state began. */
  sinceMs: Float64Array<ArrayBuffer> = new Float64Array(0);
  /** Rests that were not forgotten: the next one is the longer for each. */
  rests: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  /** Checks in a row that found nobody. */
  failedChecks: Uint8Array<ArrayBuffer> = new Uint8Array(0);

  /** Picks without a report; old ones weigh less. */
  inFlight: Float32Array<ArrayBuffer> = new Float32Array(0);
  /** When it last answered, or began to have calls in flight. */
  quietMs: Float64Array<ArrayBuffer> = new Float64Array(0);
  /** When its last report came. */
  heardMs: Float64Array<ArrayBuffer> = new Float64Array(0);
  /** Mean time of calls; 0 is unknown. */
  latencyMs: Float32Array<ArrayBuffer> = new Float32Array(0);
  /** That, but never below what is usual for the route. */
  costMs: Float32Array<ArrayBuffer> = new Float32Array(0);
  /**
   * What one more call there costs: that, times the calls in flight; in units of
   * 100 ns, up to {@linkcode COST_MAX}, as whole numbers are compared without a
   * jump that the processor would have to guess.
   */
  costs: Int32Array<ArrayBuffer> = new Int32Array(0);
  /** Share that a RETURNING host takes of what it is offered, 0 to 1. */
  share: Float32Array<ArrayBuffer> = new Float32Array(0);
  weight: Uint16Array<ArrayBuffer> = new Uint16Array(0);
  /** Mean weight of the hosts in use, over its own: what a call in flight weighs. */
  relative: Float32Array<ArrayBuffer> = new Float32Array(0);
  /** 1: in the agent's zone, or the agent has none. */
  near: Uint8Array<ArrayBuffer> = new Uint8Array(0);

  /** Evidence that it fails, in nats. */
  failing: Float32Array<ArrayBuffer> = new Float32Array(0);
  /** Evidence that it fails several times as often as the others. */
  worse: Float32Array<ArrayBuffer> = new Float32Array(0);
  /** Evidence that it is much slower than the others. */
  slow: Float32Array<ArrayBuffer> = new Float32Array(0);
  /** Its part of what the route's level of failures is taken from (adaptive_level.ts). */
  calls: Float32Array<ArrayBuffer> = new Float32Array(0);
  callFailures: Float32Array<ArrayBuffer> = new Float32Array(0);
  latestCalls: Float32Array<ArrayBuffer> = new Float32Array(0);
  latestFailures: Float32Array<ArrayBuffer> = new Float32Array(0);

  /** Reported in this window. */
  successes: Uint32Array<ArrayBuffer> = new Uint32Array(0);
  failures: Uint32Array<ArrayBuffer> = new Uint32Array(0);

  /** A slot for a host of which nothing is known. */
  override allocate(host: HostAddress): number {
    const slot = super.allocate(host);
    this.state[slot] = SERVING;
    this.trial[slot] = UNTRIED;
    this.sinceMs[slot] = 0;
    this.rests[slot] = 0;
    this.failedChecks[slot] = 0;
    this.inFlight[slot] = 0;
    this.quietMs[slot] = 0;
    this.heardMs[slot] = 0;
    this.latencyMs[slot] = 0;
    this.costMs[slot] = UNKNOWN_COST_MS;
    this.share[slot] = 1;
    this.relative[slot] = 1;
    this.calls[slot] = 0;
    this.callFailures[slot] = 0;
    this.latestCalls[slot] = 0;
    this.latestFailures[slot] = 0;
    this.successes[slot] = 0;
    this.failures[slot] = 0;
    this.reckon(slot);
    this.clearEvidence(slot);
    return slot;
  }

  /** Whether calls go there as a matter of course. */
  isLive(slot: number): boolean {
    return this.state[slot]! <= RETURNING;
  }

  /** Reckons its cost anew, after a change of what makes it up. */
  reckon(slot: number): void {
    const cost = this.costMs[slot]! * COST_UNITS;
    const stepCost = cost * this.relative[slot]!;
    this.costs[slot] = Math.min(
      cost + this.inFlight[slot]! * stepCost,
      COST_MAX,
    );
  }

  /** The same for one more call in flight, quicker; the next reckoning puts right what rounding does. */
  addCall(slot: number): void {
    const stepCost = this.costMs[slot]! * COST_UNITS * this.relative[slot]!;
    const cost = this.costs[slot]! + (Math.min(stepCost, COST_MAX) | 0);
    this.costs[slot] = cost > COST_MAX ? COST_MAX : cost;
  }

  /** Whether calls are in flight there that should have been answered by now. */
  isLate(slot: number, nowMs: number): boolean {
    return this.inFlight[slot]! >= IN_FLIGHT_MIN &&
      nowMs > this.quietMs[slot]! + this.costMs[slot]!;
  }

  /**
   * What a call there costs now. A host with calls in flight that answers none
   * is as slow as it is silent: waiting for the first timeout would cost all the
   * calls until then.
   */
  costAt(slot: number, nowMs: number): number {
    const cost = this.costs[slot]!;
    if (!this.isLate(slot, nowMs)) return cost;
    return cost * (nowMs - this.quietMs[slot]!) / this.costMs[slot]!;
  }

  clearEvidence(slot: number): void {
    this.failing[slot] = 0;
    this.worse[slot] = 0;
    this.slow[slot] = 0;
  }

  protected override grow(capacity: number): void {
    super.grow(capacity);
    this.state = enlarge(this.state, capacity);
    this.trial = enlarge(this.trial, capacity);
    this.sinceMs = enlarge(this.sinceMs, capacity);
    this.rests = enlarge(this.rests, capacity);
    this.failedChecks = enlarge(this.failedChecks, capacity);
    this.inFlight = enlarge(this.inFlight, capacity);
    this.quietMs = enlarge(this.quietMs, capacity);
    this.heardMs = enlarge(this.heardMs, capacity);
    this.latencyMs = enlarge(this.latencyMs, capacity);
    this.costMs = enlarge(this.costMs, capacity);
    this.costs = enlarge(this.costs, capacity);
    this.share = enlarge(this.share, capacity);
    this.weight = enlarge(this.weight, capacity);
    this.relative = enlarge(this.relative, capacity);
    this.near = enlarge(this.near, capacity);
    this.failing = enlarge(this.failing, capacity);
    this.worse = enlarge(this.worse, capacity);
    this.slow = enlarge(this.slow, capacity);
    this.calls = enlarge(this.calls, capacity);
    this.callFailures = enlarge(this.callFailures, capacity);
    this.latestCalls = enlarge(this.latestCalls, capacity);
    this.latestFailures = enlarge(this.latestFailures, capacity);
    this.successes = enlarge(this.successes, capacity);
    this.failures = enlarge(this.failures, capacity);
  }
}
