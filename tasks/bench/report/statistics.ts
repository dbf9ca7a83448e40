import { max, median, min } from "simple-statistics";

/** A figure over several rounds, as tables and charts show it; NaN without values. */
export interface Spread {
  median: number;
  min: number;
  max: number;
  /** Number of values. */
  count: number;
}

/** Median and extremes; values that are not numbers are left out. */
export function spreadOf(values: readonly number[]): Spread {
  const finite = values.filter(Number.isFinite);
  const count = finite.length;
  if (count === 0) return { median: NaN, min: NaN, max: NaN, count };
  return { median: median(finite), min: min(finite), max: max(finite), count };
}

/**
 * Ratio of a variant to its baseline in each round. Rounds are interleaved: what
 * slows the machine for a while slows both, and leaves their ratio as it is.
 */
export function roundRatios(
  values: readonly number[],
  baselines: readonly number[],
): number[] {
  return values
    .map((value, round) => value / (baselines[round] ?? NaN))
    .filter(Number.isFinite);
}

/** A point of a series. */
export interface Point {
  x: number;
  y: number;
}

/** Most points that are compared, as every pair is: a longer series is thinned. */
const SLOPE_POINTS_MAX = 400;

/**
 * Growth of `y` with each `x`: the median slope between all pairs of points
 * (Theil–Sen estimator), which a few outliers do not move; NaN for fewer than
 * two. simple-statistics has least squares only, which outliers do move.
 */
export function slopeOf(points: readonly Point[]): number {
  const step = Math.ceil(points.length / SLOPE_POINTS_MAX);
  const kept = points.filter((_, index) => index % step === 0);
  const slopes: number[] = [];
  kept.forEach((from, index) => {
    for (const to of kept.slice(index + 1)) {
      if (to.x !== from.x) slopes.push((to.y - from.y) / (to.x - from.x));
    }
  });
  return spreadOf(slopes).median;
}
