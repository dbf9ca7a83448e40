import { dotChart, type DotRow } from "./dot_chart.ts";
import type { Results } from "./results.ts";
import { ALL_SCENARIOS, type ResultName } from "../unit.ts";

/** A chart of the scorecard: one measure of every policy in every scenario. */
interface Chart {
  file: string;
  title: string;
  measure: ResultName;
  /** From the measure's unit to the chart's. */
  factor: number;
  /** The ends of the axis; logarithmic unless `linear`. */
  from: number;
  to: number;
  linear?: boolean;
  /** Whether the axis begins with 0. */
  zero?: boolean;
}

const CHARTS: readonly Chart[] = [
  chart("failures", "Failed calls, %", {
    from: 0.0005,
    to: 100,
    factor: 100,
    zero: true,
  }),
  chart("p50Ratio", "Latency p50 against all-knowing", { from: 0.5, to: 8 }),
  chart("p99Ratio", "Latency p99 against all-knowing", { from: 0.8, to: 16 }),
  chart("p999Ratio", "Latency p99.9 against all-knowing", {
    from: 0.8,
    to: 16,
  }),
  chart("falseEjections", "False ejections a run", {
    from: 0.005,
    to: 200,
    zero: true,
  }),
  chart("badShare", "Calls on a bad host, % of calls while there is one", {
    from: 0.0005,
    to: 100,
    factor: 100,
    zero: true,
  }),
  chart("ejectSeconds", "Time to eject, s", { from: 0.1, to: 200 }),
  chart("backSeconds", "From the first success to 90 % of a fair share, s", {
    from: 0.5,
    to: 50,
  }),
  {
    ...chart("jain", "Fairness among hosts that are well (Jain)", {
      from: 0.7,
      to: 1,
    }),
    linear: true,
  },
];

/** The charts of some results: file names and SVG. Those without a value are left out. */
export function scorecardCharts(results: Results): Map<string, string> {
  const charts = new Map<string, string>();
  for (const { file, title, measure, ...axis } of CHARTS) {
    const rows: DotRow[] = [];
    for (const [scenario, summaries] of results) {
      const dots = [...summaries].flatMap(([label, summary]) => {
        const value = summary[measure];
        if (value === undefined || value.count === 0) return [];
        return [{
          label,
          value: value.mean * axis.factor,
          halfWidth: value.halfWidth * axis.factor,
        }];
      });
      if (dots.length > 0) {
        rows.push({ label: ALL_SCENARIOS.get(scenario)!.title, dots });
      }
    }
    if (rows.length > 0) charts.set(file, dotChart({ title, rows, ...axis }));
  }
  return charts;
}

function chart(
  measure: ResultName,
  title: string,
  axis: { from: number; to: number; factor?: number; zero?: boolean },
): Chart {
  const name = measure.replace(
    /[A-Z]/g,
    (letter) => `_${letter.toLowerCase()}`,
  );
  return { file: `${name}.svg`, title, measure, factor: 1, ...axis };
}
