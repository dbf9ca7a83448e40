import type { TopLevelSpec } from "../../support/vega_chart.ts";
import { REFERENCE } from "../policies.ts";
import { ALL_SCENARIOS, type ResultName } from "../unit.ts";
import type { Results } from "./results.ts";

/** A chart of the scorecard: one measure of every policy in every scenario. */
interface Chart {
  title: string;
  measure: ResultName;
  /** From the measure's unit to the chart's; the default is 1. */
  factor?: number;
  /** Ends of the axis: values beyond them stand there. */
  from: number;
  to: number;
  /** The default is logarithmic. */
  linear?: boolean;
  /** Whether values at `from` may be 0, which a logarithmic axis does not have. */
  zero?: boolean;
}

const CHARTS: readonly Chart[] = [
  {
    measure: "failures",
    title: "Failed calls, %",
    from: 0.0005,
    to: 100,
    factor: 100,
    zero: true,
  },
  {
    measure: "p50Ratio",
    title: "Latency p50 over that of all-knowing",
    from: 0.5,
    to: 8,
  },
  {
    measure: "p99Ratio",
    title: "Latency p99 over that of all-knowing",
    from: 0.8,
    to: 16,
  },
  {
    measure: "p999Ratio",
    title: "Latency p99.9 over that of all-knowing",
    from: 0.8,
    to: 16,
  },
  {
    measure: "falseEjections",
    title: "False ejections a run",
    from: 0.005,
    to: 200,
    zero: true,
  },
  {
    measure: "badShare",
    title: "Calls on a bad host, % of calls while there is one",
    from: 0.0005,
    to: 100,
    factor: 100,
    zero: true,
  },
  {
    measure: "ejectSeconds",
    title: "Time to eject, s",
    from: 0.1,
    to: 200,
  },
  {
    measure: "backSeconds",
    title: "From the first success to 90 % of a fair share, s",
    from: 0.5,
    to: 50,
  },
  {
    measure: "jain",
    title: "Fairness among hosts that are well (Jain)",
    from: 0.7,
    to: 1,
    linear: true,
  },
];

/** Colours by policy, distinct on light and on dark. */
const COLORS: Readonly<Record<string, string>> = {
  "round-robin": "#8b949e",
  random: "#b08968",
  "least-in-flight": "#d9770b",
  lars: "#dc4a4a",
  envoy: "#a855f7",
  grpc: "#0891b2",
  "peak-ewma": "#e879a6",
  finagle: "#be185d",
  brpc: "#84cc16",
  prequal: "#eab308",
  sketch: "#3b82f6",
  adaptive: "#10a36c",
  [REFERENCE]: "#768390",
};

/** The charts of some results by the name of their file; those without a value are left out. */
export function scorecardCharts(results: Results): Map<string, TopLevelSpec> {
  const charts = new Map<string, TopLevelSpec>();
  for (const chart of CHARTS) {
    const values = valuesOf(chart, results);
    if (values.length === 0) continue;
    const name = chart.measure.replace(/[A-Z]/g, (letter) => `_${letter}`);
    charts.set(`${name.toLowerCase()}.svg`, dotChart(chart, values));
  }
  return charts;
}

/** Means and confidence intervals, within the chart's axis. */
function valuesOf(
  { measure, factor = 1, from, to }: Chart,
  results: Results,
): Record<string, unknown>[] {
  const inside = (value: number) =>
    Math.min(to, Math.max(from, Number((value * factor).toPrecision(6))));
  return [...results].flatMap(([scenario, summaries]) =>
    [...summaries].flatMap(([policy, summary]) => {
      const value = summary[measure];
      if (value === undefined || value.count === 0) return [];
      const { mean, halfWidth } = value;
      return [{
        scenario: ALL_SCENARIOS.get(scenario)!.title,
        policy,
        mean: inside(mean),
        low: inside(mean - halfWidth),
        high: inside(mean + halfWidth),
      }];
    })
  );
}

/** A row of dots for each scenario; the reference is a ring around the others. */
function dotChart(
  { title, from, to, linear = false, zero = false }: Chart,
  values: Record<string, unknown>[],
): TopLevelSpec {
  const policies = [...new Set(values.map(({ policy }) => policy as string))];
  const x = (field: string) => ({
    field,
    type: "quantitative",
    title: null,
    scale: {
      type: linear ? "linear" : "log",
      domain: [from, to],
      nice: false,
      zero: false,
    },
    axis: zero
      ? { labelExpr: `datum.value <= ${from} ? "0" : datum.label` }
      : {},
  });
  const isReference = `datum.policy === "${REFERENCE}"`;
  return {
    title,
    width: 520,
    height: { step: 22 },
    data: { values },
    encoding: {
      y: {
        field: "scenario",
        sort: null,
        title: null,
        axis: { labelLimit: 640 },
      },
      color: {
        field: "policy",
        scale: {
          domain: policies,
          range: policies.map((policy) => COLORS[policy] ?? "#768390"),
        },
        legend: { orient: "top", title: null, columns: 5 },
      },
    },
    layer: [
      {
        mark: { type: "rule", strokeWidth: 2 },
        encoding: { x: x("low"), x2: { field: "high" } },
      },
      {
        transform: [{ filter: `!(${isReference})` }],
        mark: { type: "circle", size: 60, opacity: 0.85 },
        encoding: { x: x("mean") },
      },
      {
        transform: [{ filter: isReference }],
        mark: { type: "point", size: 110, strokeWidth: 1.5 },
        encoding: { x: x("mean") },
      },
    ],
  };
}
