/** Values of several rounds, as a table and a chart show them. */
export interface Spread {
  median: number;
  min: number;
  max: number;
  lowerQuartile: number;
  upperQuartile: number;
  /** How many values there were. */
  count: number;
}

/**
 * The value that `share` of the values do not exceed, between two neighbours in
 * proportion; NaN if there are none.
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) return NaN;
  return below + (above - below) * (at - Math.floor(at));
}

/** Median, quartiles and extremes; values that are not numbers are left out. */
export function spreadOf(values: readonly number[]): Spread {
  const finite = values.filter(Number.isFinite);
  return {
    median: quantile(finite, 0.5),
    min: quantile(finite, 0),
    max: quantile(finite, 1),
    lowerQuartile: quantile(finite, 0.25),
    upperQuartile: quantile(finite, 0.75),
    count: finite.length,
  };
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

/** Beyond this many points a series is thinned: every pair is looked at. */
const SLOPE_POINTS_MAX = 400;

/**
 * How much `y` grows with each `x`: the median slope between all pairs of points
 * (Theil and Sen), which a few outliers do not move; NaN for less than two.
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
  return quantile(slopes, 0.5);
}
