import { PREQUAL } from "../policies.ts";
import type { Results, Summary } from "../report/results.ts";
import type { Estimate } from "./statistics.ts";

/** What must hold of `policy = adaptive` in one scenario. */
interface Goal {
  scenario: string;
  limits: readonly Limit[];
}

/** A measure and its limit; badness grows, so that `badness <= most` holds. */
interface Limit {
  name: string;
  unit: "%" | "×" | "s" | "";
  most: number;
  badness: (summary: Summary) => number;
}

/** How far above the best p99 another may be. */
const P99_TIMES = 1.1;

/** Why `adaptive` is behind in a scenario, where that is known and meant. */
const REASONS: ReadonlyMap<string, string> = new Map([
  [
    "fails-2",
    "five failures are needed to tell that from chance; brpc takes each for a timeout",
  ],
  [
    "third-silent",
    "a host is left when it is silent for a latency; Prequal asks each host three hundred times a second",
  ],
  [
    "heavy",
    "a host is left when it is silent for a latency, and probed three times in two minutes",
  ],
  [
    "zone-lost",
    "calls stay in the zone until its hosts are known to be silent; the others have no zones",
  ],
  [
    "overload",
    "a host whose queue is longer than its callers wait answers nobody in time until it is left alone, which others do by mistake",
  ],
  [
    "overload-silent",
    "hosts that were silent are probed once a second, so come back a second later",
  ],
  [
    "overload-retry",
    "hosts that were silent are probed once a second, so come back a second later",
  ],
  [
    "fails-15",
    "at a level of 5 % some fifty calls are needed to tell 15 % from it, at first and after each probe",
  ],
]);

/** Why `adaptive` is behind Prequal, and no other, where no reason of the scenario is known. */
const PREQUAL_REASON =
  "it asks three hosts at each call, which answer with their true load, so that it knows of a dead one before a call meets it";

/** Share of calls whose failures, if at once, move a 99th percentile. */
const FAST_FAILURES = 0.001;

/** Every goal, in the order of the scenarios. */
export const GOALS: readonly Goal[] = [
  goal("dead", failures(0.004)),
  goal("dead-check", failures(0.0025)),
  goal("silent", failures(0.004), p99(1.05)),
  goal("slow", failures(0.001), p99(1.03)),
  goal("slow-no-latency", failures(0.01), p99(1.1)),
  goal("fails-30", failures(0.01)),
  goal("uneven", failures(0), p99(1.03)),
  goal("rolling", failures(0.02)),
  goal("rare", failures(0.12)),
  goal("rare-check", failures(0.03)),
  goal("agents-dead", failures(0.02), p99(1.15)),
  goal("agents-dead-check", failures(0.02), p99(1.15)),
  goal("agents-slow", failures(0.02), p99(1.15)),
  goal("equal", falseSeeds(), unfairness()),
  goal("all-12", falseSeeds(), unfairness()),
  goal(
    "return",
    limit(
      "back after",
      "s",
      10,
      ({ back, backSeconds }) =>
        back?.min === 1 ? maxOf(backSeconds) : Infinity,
    ),
    limit("most share", "×", 1.5, ({ backMost }) => maxOf(backMost)),
  ),
  goal("flapping", failures(0.3)),
  goal(
    "all-dead",
    limit(
      "refused after the first success",
      "",
      0,
      ({ refusedAfter }) => maxOf(refusedAfter),
    ),
    limit(
      "full rate after",
      "s",
      5,
      ({ fullRateSeconds }) => maxOf(fullRateSeconds),
    ),
    limit("most share", "×", 2, ({ mostShare }) => maxOf(mostShare)),
  ),
  goal("peers-11", failures(0.03)),
];

/** The scenarios that have a goal. */
export const GOAL_SCENARIOS: readonly string[] = GOALS.map(({ scenario }) =>
  scenario
);

/** The table with what a variant reached, and whether that is enough; a line each. */
export function goalLines(results: Results, label: string): string[] {
  return GOALS.flatMap(({ scenario, limits }) => {
    const summary = results.get(scenario)?.get(label);
    if (summary === undefined) return [];
    return limits.map(({ name, unit, most, badness }) => {
      const value = badness(summary);
      const verdict = value <= most ? "holds" : "FAILS";
      return `${verdict}  ${scenario.padEnd(18)} ${name}: ${
        formatBadness(value, unit)
      }, at most ${formatBadness(most, unit)}`;
    });
  });
}

/**
 * Where a variant is worse than another policy beyond both confidence intervals:
 * in failures, or by a tenth in p99 against those that do not fail many calls more.
 * A line each, with the reason if one is known.
 */
export function worseLines(
  results: Results,
  label: string,
  exempt: readonly string[],
): string[] {
  const lines: string[] = [];
  let isPrequalAlone = false;
  for (const [scenario, summaries] of results) {
    const own = summaries.get(label);
    if (own === undefined) continue;
    const ahead = new Set<string>();
    for (const [other, summary] of summaries) {
      if (other === label || exempt.includes(other)) continue;
      // A policy that fails many calls at once looks fast: that is no merit.
      const honest = failuresOf(summary) - failuresOf(own) < FAST_FAILURES;
      const measure = above(own.failures, summary.failures)
        ? "failures"
        : honest && above(own.p99Ratio, timesOf(summary.p99Ratio, P99_TIMES))
        ? "p99Ratio"
        : undefined;
      if (measure === undefined) continue;
      const factor = measure === "failures" ? 100 : 1;
      const unit = measure === "failures" ? "%" : "×";
      lines.push(
        `${scenario.padEnd(18)} ${measure}: ${
          formatBadness(own[measure]!.mean * factor, unit)
        }, ${other} ${formatBadness(summary[measure]!.mean * factor, unit)}`,
      );
      ahead.add(other);
    }
    const reason = REASONS.get(scenario);
    if (ahead.size > 0 && reason !== undefined) {
      lines.push(`${" ".repeat(18)} as ${reason}`);
    } else if (ahead.size === 1 && ahead.has(PREQUAL)) isPrequalAlone = true;
  }
  if (isPrequalAlone) lines.push(`prequal alone: ${PREQUAL_REASON}`);
  return lines;
}

function failuresOf({ failures }: Summary): number {
  return failures?.mean ?? 0;
}

/** Whether `a` is above `b` by more than both confidence intervals allow. */
function above(a: Estimate | undefined, b: Estimate | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.mean - a.halfWidth > b.mean + b.halfWidth;
}

function timesOf(
  a: Estimate | undefined,
  factor: number,
): Estimate | undefined {
  return a && {
    ...a,
    mean: a.mean * factor,
    halfWidth: a.halfWidth * factor,
  };
}

function goal(scenario: string, ...limits: Limit[]): Goal {
  return { scenario, limits };
}

function limit(
  name: string,
  unit: Limit["unit"],
  ...[most, badness]: [number, Limit["badness"]]
): Limit {
  return { name, unit, most, badness };
}

function failures(mostPercent: number): Limit {
  return limit(
    "failures",
    "%",
    mostPercent,
    ({ failures }) => 100 * meanOf(failures),
  );
}

function p99(most: number): Limit {
  return limit("p99", "×", most, ({ p99Ratio }) => meanOf(p99Ratio));
}

function falseSeeds(): Limit {
  return limit(
    "seeds with a false ejection",
    "%",
    1,
    ({ cleanSeeds }) => 100 * (1 - cleanSeeds.mean),
  );
}

function unfairness(): Limit {
  return limit("1 - Jain", "", 0.01, ({ jain }) => 1 - meanOf(jain));
}

function meanOf(value: Estimate | undefined): number {
  return value === undefined || value.count === 0 ? Infinity : value.mean;
}

function maxOf(value: Estimate | undefined): number {
  return value === undefined || value.count === 0 ? Infinity : value.max;
}

/** A measure as the goals print it. */
export function formatBadness(value: number, unit: Limit["unit"]): string {
  const text = Number(value.toPrecision(4)).toString();
  return unit === "" ? text : `${text} ${unit}`;
}
