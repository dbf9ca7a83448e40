import { LATENCY_BOUNDS_US } from "../../../proto/mod.ts";

/**
 * Duration in microseconds within which a share `quantile` of the calls ended: the
 * upper bound of the count it falls in, Infinity for the last; undefined: no call
 * has a duration.
 */
export function latencyQuantileUs(
  counts: readonly number[],
  quantile: number,
): number | undefined {
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all === 0) return undefined;
  let passed = 0;
  for (const [index, count] of counts.entries()) {
    passed += count;
    if (passed >= all * quantile) return LATENCY_BOUNDS_US[index] ?? Infinity;
  }
  return Infinity;
}
