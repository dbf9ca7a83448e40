import type { Scenario } from "../world/scenario.ts";

/** Length of a bin of a {@linkcode Trace}, and time between two samples. */
export const BIN_MS = 100;

/** Steps of the latency histogram up to the callers' timeout. */
const LATENCY_STEPS = 10_000;

/** A run, and by [host][bin] whether the host is well. */
export interface Judged {
  scenario: Scenario;
  trace: Trace;
  sound: readonly Uint8Array[];
}

/** What happened in one run, counted as it goes. */
export class Trace {
  readonly hosts: number;
  readonly bins: number;
  /** Calls sent, by bin of their start and host: [bin × hosts + host]. */
  readonly sent: Uint32Array;
  /** Calls that succeeded, by bin of their end and host. */
  readonly succeeded: Uint32Array;
  /** Calls that found no host, failed for their caller, and all, by bin of their start. */
  readonly noHost: Uint32Array;
  readonly failed: Uint32Array;
  readonly arrived: Uint32Array;
  /** Agents that have a host out of use at the end of a bin. */
  readonly ejected: Uint16Array;
  readonly #latency = new Uint32Array(LATENCY_STEPS + 1);
  readonly #stepMs: number;
  #calls = 0;

  constructor(
    options: { hosts: number; durationMs: number; timeoutMs: number },
  ) {
    this.hosts = options.hosts;
    this.bins = Math.ceil(options.durationMs / BIN_MS);
    this.sent = new Uint32Array(this.bins * this.hosts);
    this.succeeded = new Uint32Array(this.bins * this.hosts);
    this.ejected = new Uint16Array(this.bins * this.hosts);
    this.noHost = new Uint32Array(this.bins);
    this.failed = new Uint32Array(this.bins);
    this.arrived = new Uint32Array(this.bins);
    this.#stepMs = options.timeoutMs / LATENCY_STEPS;
  }

  /** Calls counted. */
  get calls(): number {
    return this.#calls;
  }

  /** Counts how long a caller waited, whatever for. */
  countLatency(latencyMs: number): void {
    this.#calls += 1;
    const step = latencyMs / this.#stepMs;
    const index = step < LATENCY_STEPS ? step | 0 : LATENCY_STEPS;
    this.#latency[index] = this.#latency[index]! + 1;
  }

  /** The wait that `share` of the calls did not exceed, in milliseconds. */
  latencyMs(share: number): number {
    let left = share * this.#calls;
    for (let index = 0; index <= LATENCY_STEPS; index++) {
      const count = this.#latency[index]!;
      if (count >= left && count > 0) {
        const within = index < LATENCY_STEPS ? left / count : 0;
        return (index + within) * this.#stepMs;
      }
      left -= count;
    }
    return 0;
  }
}
