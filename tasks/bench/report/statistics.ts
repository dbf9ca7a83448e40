import { max, median, min } from "simple-statistics";

/** Values of several rounds, as a table and a chart show them; NaN without values. */
export interface Spread {
  median: number;
  min: number;
  max: number;
  /** How many values there were. */
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
 * The ratio of two variants in each round. Rounds are interleaved: what slows
 * the machine for a while slows both, and goes out of their ratio.
 */
export function roundRatios(
  values: readonly number[],
  floors: readonly number[],
): number[] {
  return values
    .map((value, round) => value / (floors[round] ?? NaN))
    .filter(Number.isFinite);
}

/** A point of a series. */
export interface Point {
  x: number;
  y: number;
}

/** Points that are looked at, as every pair is: a longer series is thinned. */
const SLOPE_POINTS_MAX = 400;

/**
 * How much `y` grows with each `x`: the median slope between all pairs of points
 * (Theil and Sen), which a few outliers do not move; NaN for less than two.
 * simple-statistics has only least squares, which outliers do move.
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
