/** Values below this have a bucket each; above, each doubling is cut into as many. */
const BUCKETS_PER_DOUBLING = 128;

/** Values up to 2³¹ µs, 36 minutes; longer ones are counted there. */
const DOUBLINGS = 24;

/**
 * Counts latencies in a fixed number of buckets: exact to the microsecond below
 * 128 µs, and to less than one percent above.
 */
export class LatencyHistogram {
  readonly #counts = new Float64Array(BUCKETS_PER_DOUBLING * (DOUBLINGS + 1));
  #count = 0;
  #maxUs = 0;

  /** How many latencies it has. */
  get count(): number {
    return this.#count;
  }

  /** The longest, in microseconds. */
  get maxUs(): number {
    return this.#maxUs;
  }

  /** Adds one, in microseconds. */
  record(latencyUs: number): void {
    const index = Math.min(bucketOf(latencyUs), this.#counts.length - 1);
    this.#counts[index]! += 1;
    this.#count += 1;
    this.#maxUs = Math.max(this.#maxUs, latencyUs);
  }

  /** Adds everything that another one has. */
  add(other: LatencyHistogram): void {
    other.#counts.forEach((count, index) => this.#counts[index]! += count);
    this.#count += other.#count;
    this.#maxUs = Math.max(this.#maxUs, other.#maxUs);
  }

  /** The latency, in whole microseconds, that `share` of all do not exceed; 0 if there are none. */
  percentileUs(share: number): number {
    let left = Math.ceil(this.#count * share);
    if (left === 0) return 0;
    for (let index = 0; index < this.#counts.length; index++) {
      left -= this.#counts[index]!;
      if (left <= 0) return bucketStart(index);
    }
    return this.#maxUs;
  }
}

function bucketOf(latencyUs: number): number {
  const value = Math.max(0, Math.floor(latencyUs));
  if (value < BUCKETS_PER_DOUBLING) return value;
  const doubling = Math.floor(Math.log2(value / BUCKETS_PER_DOUBLING));
  const start = BUCKETS_PER_DOUBLING * 2 ** doubling;
  const part = Math.floor((value - start) / 2 ** doubling);
  return BUCKETS_PER_DOUBLING * (doubling + 1) + part;
}

function bucketStart(index: number): number {
  if (index < BUCKETS_PER_DOUBLING) return index;
  const doubling = Math.floor(index / BUCKETS_PER_DOUBLING) - 1;
  const part = index % BUCKETS_PER_DOUBLING;
  return (BUCKETS_PER_DOUBLING + part) * 2 ** doubling;
}
