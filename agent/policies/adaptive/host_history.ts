import { HostColumns } from "../host_columns.ts";

/** Place of hosts without a history, whose numbers are all 0; to be read only. */
export const NO_HISTORY = 0;

/**
 * What the calls of hosts came to and how they were out of use, 62 bytes for each
 * host that had a call reported, was out of use, or accepted a health check: of
 * 1,000,000 that an agent knows, most never do.
 */
export class HostHistory extends HostColumns {
  /** When its last report came: of 32 bits, a year of uptime would leave seconds. */
  reportedMs = new Float64Array(0);
  /** Mean duration of calls; 0 is unknown. */
  latencyMs = new Float32Array(0);
  /**
   * Calls that failed sooner than it usually answers, since its last success: they
   * are left in flight, as a full host refuses calls until it has ended others.
   */
  refused = new Uint8Array(0);

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

  /** When its state began. */
  sinceMs = new Float64Array(0);
  /** While SUSPECT or EJECTED: WAITING to IN_FLIGHT. */
  probe = new Uint8Array(0);
  /** Ejections in a row: the next one lasts the longer for each. */
  ejectionCount = new Uint8Array(0);
  /** 1: it accepted a health check. */
  accepts = new Uint8Array(0);
  /** Health checks in a row that found no listener. */
  failedChecks = new Uint8Array(0);
  /** Share of its calls that it does not take, in percent: 0 but in SLOW_START. */
  heldBackPercent = new Uint8Array(0);

  /** Places from 1 to below this were used at least once. */
  #used = NO_HISTORY + 1;
  readonly #free: number[] = [];

  constructor() {
    super();
    this.ensure(NO_HISTORY);
  }

  /** Number of hosts with a history. */
  get size(): number {
    return this.#used - 1 - this.#free.length;
  }

  /** A place of zeros. */
  allocate(): number {
    const place = this.#free.pop();
    if (place !== undefined) return place;
    this.ensure(this.#used);
    return this.#used++;
  }

  /** Gives a place back: the next host may get it. */
  release(place: number): void {
    this.clear(place);
    this.#free.push(place);
  }

  /** Counts a report of the present window. */
  count(place: number, succeeded: boolean): void {
    if (succeeded) this.successes[place]! += 1;
    else this.failures[place]! += 1;
  }

  /** Whether a failure is held against it. */
  isDoubted(place: number): boolean {
    return this.failingCusum[place]! > 0 || this.ratioCusum[place]! > 0;
  }

  /** Sets the sums against a host: what is not given is 0. */
  setCusums(
    place: number,
    { failing, ratio = 0 }: { failing: number; ratio?: number },
  ): void {
    this.failingCusum[place] = failing;
    this.ratioCusum[place] = ratio;
    this.latencyCusum[place] = 0;
  }
}
