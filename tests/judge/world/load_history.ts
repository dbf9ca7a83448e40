/** Calls that are remembered for each number of calls that they met. */
const CALLS = 16;

/** Numbers of calls that are told apart. */
const IN_FLIGHT_MAX = 256;

/**
 * What calls took that met as many others at their host: the median of the last
 * ones is what the host says when it is asked how long a call would take.
 */
export class LoadHistory {
  readonly #endMs = new Float64Array(CALLS * IN_FLIGHT_MAX);
  readonly #latencyMs = new Float32Array(CALLS * IN_FLIGHT_MAX);
  readonly #counts = new Uint32Array(IN_FLIGHT_MAX);

  /** Counts a call that met so many others, itself included, before it ends. */
  count(
    inFlight: number,
    { endMs, nowMs }: { endMs: number; nowMs: number },
  ): void {
    const first = Math.min(inFlight, IN_FLIGHT_MAX - 1);
    const place = first * CALLS + this.#counts[first]! % CALLS;
    this.#counts[first]! += 1;
    this.#endMs[place] = endMs;
    this.#latencyMs[place] = endMs - nowMs;
  }

  /** Median of those that have ended and met as many, or the next fewer or more; 0 is unknown. */
  latencyMs(inFlight: number, nowMs: number): number {
    const wanted = Math.min(inFlight + 1, IN_FLIGHT_MAX - 1);
    for (let distance = 0; distance < IN_FLIGHT_MAX; distance++) {
      const median = this.#median(wanted - distance, nowMs) ||
        this.#median(wanted + distance, nowMs);
      if (median > 0) return median;
    }
    return 0;
  }

  #median(inFlight: number, nowMs: number): number {
    if (inFlight < 0 || inFlight >= IN_FLIGHT_MAX) return 0;
    const count = Math.min(CALLS, this.#counts[inFlight]!);
    const known: number[] = [];
    for (let call = 0; call < count; call++) {
      const place = inFlight * CALLS + call;
      if (this.#endMs[place]! <= nowMs) known.push(this.#latencyMs[place]!);
    }
    return known.sort((a, b) => a - b)[known.length >> 1] ?? 0;
  }
}
