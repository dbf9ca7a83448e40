import { HostColumns } from "../host_columns.ts";

/** In full use. */
export const SERVING = 0;
/** Back from an ejection: in use with a growing share of its calls, and on probation. */
export const SLOW_START = 1;
/** Out of use for up to a second after surprising failures, then probed until they are explained. */
export const SUSPECT = 2;
/** Out of use for seconds up to a minute, then probed. */
export const EJECTED = 3;

/** No probe yet: the time of a pause or an ejection runs. */
export const WAITING = 0;
/** The agent's health check is under way. */
export const CHECKING = 1;
/** Health checked, or not to be: the next pick probes it. */
export const READY = 2;
/** A pick probed it, and its report has not come yet. */
export const IN_FLIGHT = 3;

/** Calls in flight below which a host is taken for unused: what fading leaves of picks without a report. */
export const IN_FLIGHT_MIN = 0.5;

/** Open picks below which there is none. */
const OPEN_MIN = 0.5;

/** Latency that hosts are taken to have while none of the route is known. */
export const UNKNOWN_LATENCY_MS = 100;

/** Units of `costs` in a millisecond. */
const COST_UNITS = 10_000;

/** The greatest cost: the sum and the difference of two fit into 32 bits. */
const COST_MAX = 2 ** 30 - 1;

/** What `policy = adaptive` keeps of each host: 91 bytes. */
export class AdaptiveHosts extends HostColumns {
  /** SERVING to EJECTED. */
  state = new Uint8Array(0);
  /** While SUSPECT or EJECTED: WAITING to IN_FLIGHT. */
  probe = new Uint8Array(0);
  /** When the state began, to a second after months: 32 bits. */
  sinceMs = new Float32Array(0);
  /** Ejections in a row: the next one lasts the longer for each. */
  ejectionCount = new Uint8Array(0);
  /** 1: it accepted a health check. */
  accepts = new Uint8Array(0);
  /** Health checks in a row that found no listener. */
  failedChecks = new Uint8Array(0);

  /** Picks without a report, of which older ones weigh less. */
  inFlight = new Float32Array(0);
  /**
   * Calls that failed sooner than it usually answers, since its last success: they
   * are left in flight, as a full host refuses calls until it has ended others.
   */
  refused = new Uint8Array(0);
  /** Picks whose report may still come: each counts fully, and is forgotten much later. */
  open = new Float32Array(0);
  /** When it last answered or, if that is later, last began to have calls in flight. */
  silentSinceMs = new Float64Array(0);
  /** When its last report came, to a second after months. */
  reportedMs = new Float32Array(0);
  /** Mean duration of calls; 0 is unknown. */
  latencyMs = new Float32Array(0);
  /** 1: slower than the hosts that are alike. */
  slow = new Uint8Array(0);
  /** That, but at least what hosts of this route are taken to be alike up to; above, it grows faster. */
  costMs = new Float32Array(0);
  /**
   * Cost of one more call: `costMs` × (1 + `callCost` × calls in flight), in units
   * of 100 ns, up to {@linkcode COST_MAX}. Integers, as those are compared without
   * a branch.
   */
  costs = new Int32Array(0);
  /** What one more call in flight adds to it. */
  stepCosts = new Int32Array(0);
  /** Share of its calls that a host in SLOW_START takes, in percent; otherwise 100. */
  slowStartPercent = new Uint8Array(0);
  /** Relative capacity. */
  weight = new Uint16Array(0);
  /** How much a call in flight adds to its cost: less, the greater its weight is among the hosts in use. */
  callCost = new Float32Array(0);
  /** 1: in the agent's zone, or the agent has none. */
  sameZone = new Uint8Array(0);

  /** CUSUM of its failures against a host that fails (likelihood.ts). */
  failingCusum = new Float32Array(0);
  /** CUSUM of its failures against a host that fails several times as often as the others. */
  ratioCusum = new Float32Array(0);
  /** CUSUM of its latencies against a host that is much slower than the others. */
  latencyCusum = new Float32Array(0);
  /** Its part of the sums of the route's baseline (failure_baseline.ts). */
  calls = new Float32Array(0);
  callFailures = new Float32Array(0);
  recentCalls = new Float32Array(0);
  recentFailures = new Float32Array(0);

  /** Reports of the present window. */
  successes = new Uint32Array(0);
  failures = new Uint32Array(0);

  /** Forgets what an earlier host left in a row: a host of which only `costMs` is expected. */
  reset(row: number, { costMs, nowMs }: { costMs: number; nowMs: number }) {
    this.ensure(row);
    this.state[row] = SERVING;
    this.probe[row] = WAITING;
    this.sinceMs[row] = nowMs;
    this.ejectionCount[row] = 0;
    this.accepts[row] = 0;
    this.failedChecks[row] = 0;
    this.inFlight[row] = 0;
    this.refused[row] = 0;
    this.open[row] = 0;
    this.silentSinceMs[row] = 0;
    this.reportedMs[row] = nowMs;
    this.latencyMs[row] = 0;
    this.slow[row] = 0;
    this.costMs[row] = costMs;
    this.slowStartPercent[row] = 100;
    this.callCost[row] = 1;
    this.calls[row] = 0;
    this.callFailures[row] = 0;
    this.recentCalls[row] = 0;
    this.recentFailures[row] = 0;
    this.successes[row] = 0;
    this.failures[row] = 0;
    this.updateCost(row);
    this.clearCusums(row);
  }

  /** Takes a report for the end of one of its picks; false if there is none. */
  closePick(row: number): boolean {
    const isOpen = this.open[row]! >= OPEN_MIN;
    if (isOpen) this.open[row] = Math.max(0, this.open[row]! - 1);
    return isOpen;
  }

  /** Whether it is SERVING or in SLOW_START. */
  isInUse(row: number): boolean {
    return this.state[row]! <= SLOW_START;
  }

  /** Computes `costs` from the columns that it is made of. */
  updateCost(row: number): void {
    const cost = this.costMs[row]! * COST_UNITS;
    const stepCost = cost * this.callCost[row]!;
    this.stepCosts[row] = Math.min(stepCost, COST_MAX);
    this.costs[row] = Math.min(
      cost + this.inFlight[row]! * stepCost,
      COST_MAX,
    );
  }

  /** The same after one more call in flight, faster; rounding errors last until the next updateCost(). */
  addCallToCost(row: number): void {
    const cost = this.costs[row]! + this.stepCosts[row]!;
    this.costs[row] = cost > COST_MAX ? COST_MAX : cost;
  }

  /** Whether it is slower than most or, by its silence, seems to be. */
  isSlow(row: number, nowMs: number): boolean {
    return this.slow[row] === 1 || this.isLate(row, nowMs);
  }

  /** Whether calls are in flight that should have been answered by now. */
  isLate(row: number, nowMs: number): boolean {
    return this.inFlight[row]! >= IN_FLIGHT_MIN &&
      nowMs > this.silentSinceMs[row]! + this.costMs[row]!;
  }

  /**
   * Cost of one more call now. A late host is taken to be as slow as it has been
   * silent, since waiting for its first timeout would cost all calls until then.
   */
  costAt(row: number, nowMs: number): number {
    const cost = this.costs[row]!;
    if (!this.isLate(row, nowMs)) return cost;
    return cost * (nowMs - this.silentSinceMs[row]!) / this.costMs[row]!;
  }

  clearCusums(row: number): void {
    this.failingCusum[row] = 0;
    this.ratioCusum[row] = 0;
    this.latencyCusum[row] = 0;
  }
}
