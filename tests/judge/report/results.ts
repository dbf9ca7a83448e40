import type { Estimate } from "../measures/statistics.ts";
import { estimate } from "../measures/statistics.ts";
import type { ResultName, RunResult } from "../unit.ts";

/** Estimates of every measure that had a meaning in at least one seed. */
export type Summary = Partial<Record<ResultName, Estimate>> & {
  /** Share of seeds without a false ejection. */
  cleanSeeds: Estimate;
};

/** Summaries by scenario and label of the variant. */
export type Results = ReadonlyMap<string, ReadonlyMap<string, Summary>>;

/** What the runs of one variant in one scenario came to, over seeds. */
export function summarize(runs: readonly RunResult[]): Summary {
  const names = new Set(
    runs.flatMap((run) => Object.keys(run) as ResultName[]),
  );
  const summary: Summary = {
    cleanSeeds: estimate(runs.map((run) => run.falseEjections === 0 ? 1 : 0)),
  };
  for (const name of names) {
    summary[name] = estimate(runs.map((run) => run[name]));
  }
  return summary;
}

/** The results as JSON: the same bytes for the same results. */
export function toJson(
  results: Results,
  about: Record<string, unknown>,
): string {
  const scenarios = Object.fromEntries(
    [...results].map(([name, byLabel]) => [name, Object.fromEntries(byLabel)]),
  );
  return JSON.stringify({ ...about, scenarios }, undefined, 1) + "\n";
}
