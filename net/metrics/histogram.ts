/** Upper bounds of times that a person waits for, from 1 ms to 10 s. */
export const SECONDS_BOUNDS: readonly number[] = [
  0.001,
  0.0025,
  0.005,
  0.01,
  0.025,
  0.05,
  0.1,
  0.25,
  0.5,
  1,
  2.5,
  5,
  10,
];

/** A distribution of times, counted by size. */
export class Histogram {
  /** Upper bounds of the buckets in seconds, ascending; one more holds what is longer. */
  readonly bounds: readonly number[];
  /** Times in each bucket. */
  readonly counts: number[];
  /** Sum of all times, in seconds. */
  sum = 0;
  /** Told of each time, if anything is to be. */
  tap: ((seconds: number) => void) | undefined;

  /** A histogram without times. */
  constructor(bounds: readonly number[] = SECONDS_BOUNDS) {
    this.bounds = bounds;
    this.counts = new Array(bounds.length + 1).fill(0);
  }

  /** Counts one time. */
  observe(seconds: number): void {
    let bucket = 0;
    while (seconds > this.bounds[bucket]!) bucket += 1;
    this.counts[bucket]! += 1;
    this.sum += seconds;
    this.tap?.(seconds);
  }
}
