import type { CallCounts } from "./window.ts";

/**
 * Share of failing calls that is taken as usual at most: a route that fails more
 * is a problem also if it always did.
 */
export const USUAL_SHARE_MAX = 0.1;

/** Share that is taken as usual where history is too short to tell. */
const USUAL_SHARE_UNKNOWN = 0.01;

/** Periods with calls that a history must have to tell what is usual. */
const PERIODS_MIN = 5;

/** Hours with calls from which on hours are asked rather than minutes: an incident is short beside them. */
const HOURS_MIN = 6;

/**
 * Failures expected of calls that usually never fail, and their largest share of
 * the calls: no history says that nothing will ever fail.
 */
const EXPECTED_MIN = { failures: 0.5, share: 0.01 };

/** Failures that are not more than this many times the expected are no problem. */
const GROWTH_MIN = 1.5;

/** Negated logarithm of the chance of as many failures, if all is as usual, below which it is not: about 1 in 20,000. */
const SURPRISE_MIN = 10;

/** Minutes within a problem that may pass without failing. */
const PAUSE_MINUTES_MAX = 2;

/** Share of calls that usually fails: the median of hours, or of minutes where few hours are there; undefined: too little history. */
export function usualShare(
  { minutes, hours }: {
    minutes: readonly CallCounts[];
    hours: readonly CallCounts[];
  },
): number | undefined {
  const ofHours = sharesOf(hours);
  const shares = ofHours.length < HOURS_MIN ? sharesOf(minutes) : ofHours;
  if (shares.length < PERIODS_MIN) return undefined;
  shares.sort((a, b) => a - b);
  const middle = shares.length >> 1;
  return shares.length % 2 === 1
    ? shares[middle]
    : (shares[middle - 1]! + shares[middle]!) / 2;
}

function sharesOf(periods: readonly CallCounts[]): number[] {
  return periods.filter(({ calls }) => calls > 0)
    .map(({ calls, failed }) => failed / calls);
}

/** Failing calls beyond what is usual, 0 at least. */
export function excessOf(
  { calls, failed }: CallCounts,
  usual: number | undefined,
): number {
  return Math.max(0, failed - calls * assumed(usual));
}

/**
 * Whether more calls fail than chance explains where a share of `usual` fails;
 * by the Chernoff bound of a Poisson distribution, which holds for few calls too.
 */
export function isFailing(
  { calls, failed }: CallCounts,
  usual: number | undefined,
): boolean {
  const expected = Math.max(
    calls * assumed(usual),
    Math.min(EXPECTED_MIN.failures, calls * EXPECTED_MIN.share),
  );
  if (failed <= GROWTH_MIN * expected) return false;
  const surprise = failed * Math.log(failed / expected) - (failed - expected);
  return surprise > SURPRISE_MIN;
}

function assumed(usual = USUAL_SHARE_UNKNOWN): number {
  return Math.min(usual, USUAL_SHARE_MAX);
}

/**
 * The minute in which a route began to fail that fails in the newest of `minutes`,
 * or did but for a pause of {@linkcode PAUSE_MINUTES_MAX}; undefined if it does
 * not. `minutes` are in ascending order.
 */
export function failingSince(
  minutes: readonly (CallCounts & { period: number })[],
  usual: number | undefined,
): number | undefined {
  let since: number | undefined;
  for (const each of minutes.toReversed()) {
    const last = since ?? minutes.at(-1)!.period;
    if (last - each.period > PAUSE_MINUTES_MAX + 1) break;
    if (isFailing(each, usual)) since = each.period;
  }
  return since;
}
