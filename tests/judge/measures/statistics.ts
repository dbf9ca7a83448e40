import { max, mean, min, sampleStandardDeviation } from "simple-statistics";

/** A mean over seeds (NaN of none), and how far from it the true mean may be. */
export interface Estimate {
  mean: number;
  /** Half the width of the 95 % confidence interval; 0 below two values. */
  halfWidth: number;
  /** Values that were there. */
  count: number;
  /** The least and the greatest of them. */
  min: number;
  max: number;
}

/** Student's t for 95 %, by degrees of freedom from 1 on; more are near normal. */
const T_95 = [
  12.706,
  4.303,
  3.182,
  2.776,
  2.571,
  2.447,
  2.365,
  2.306,
  2.262,
  2.228,
];

/** Mean and confidence interval of the values that are there. */
export function estimate(values: readonly (number | undefined)[]): Estimate {
  const there = values.filter((value) => value !== undefined);
  const count = there.length;
  if (count === 0) {
    return { mean: NaN, halfWidth: 0, count, min: Infinity, max: -Infinity };
  }
  const halfWidth = count < 2
    ? 0
    : studentT(count - 1) * sampleStandardDeviation(there) / Math.sqrt(count);
  return {
    mean: mean(there),
    halfWidth,
    count,
    min: min(there),
    max: max(there),
  };
}

/** Student's t for 95 %, which simple-statistics lacks; from 11 degrees of freedom on within 0.1 %. */
export function studentT(degrees: number): number {
  const normal = 1.959964;
  return T_95[degrees - 1] ?? normal + 2.3723 / degrees + 3.07 / degrees ** 2;
}

/** Jain's fairness of shares: 1 when all are equal, 1 / n when one has all. */
export function jain(shares: readonly number[]): number {
  const sum = shares.reduce((total, share) => total + share, 0);
  const squares = shares.reduce((total, share) => total + share * share, 0);
  return squares === 0 ? 1 : sum * sum / (shares.length * squares);
}
