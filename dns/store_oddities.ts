import { type Logger, StandingCondition } from "../net/mod.ts";
import type { Oddity, StoreContext } from "../store/mod.ts";

/** What is logged of each oddity: when it begins, and when it ends. */
const LINES: Readonly<Record<Oddity, readonly [string, string]>> = {
  rows: [
    "rows left out: no route can have them",
    "no row is left out any more",
  ],
  attributes: [
    "weights, zones or settings left out: they cannot be",
    "no weight, zone or setting is left out any more",
  ],
  oldChanges: [
    "cannot remove old rows of RouteChange",
    "removing old rows of RouteChange again",
  ],
};

/** Logs what is odd in a store, once when it begins and once when it ends. */
export function oddityLog(
  logger: Logger,
): NonNullable<StoreContext["onOddity"]> {
  const conditions = new Map(
    Object.entries(LINES).map(([oddity, [begins, ends]]) => [
      oddity,
      new StandingCondition({ logger, level: "warn", begins, ends }),
    ]),
  );
  return (oddity, found) => {
    const condition = conditions.get(oddity);
    if (found === undefined) condition?.end();
    else condition?.begin(found);
  };
}
