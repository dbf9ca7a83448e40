/**
 * The charts of benches, as specifications of Vega-Lite.
 *
 * @module
 */
import type { TopLevelSpec } from "../../../tests/support/vega_chart.ts";
import type { ChartPlan, Group, LineChart } from "../groups/group.ts";
import { formatNumber } from "./measurement.ts";
import type { GroupResult } from "./results.ts";

/** Colours of bars: of Lars, and of what it is compared with. */
const BAR_COLORS = ["#3b82f6", "#8b98a5"];

const WIDTH = 520;

/** The charts of a group by the name of their file. */
export function chartsOf(
  group: Pick<Group, "charts">,
  result: GroupResult,
): Map<string, TopLevelSpec> {
  const charts = new Map<string, TopLevelSpec>();
  for (const plan of group.charts ?? []) {
    const chart = barChart(plan, result);
    if (chart !== undefined) charts.set(`${plan.name}.svg`, chart);
  }
  for (const chart of result.lineCharts ?? []) {
    charts.set(`${chart.name}.svg`, lineChart(chart));
  }
  return charts;
}

/**
 * The median of each variant as a bar, and a whisker from the least to the
 * most; undefined if no variant was measured.
 */
function barChart(
  { title, unit, figure, muted = [], logarithmic = false }: ChartPlan,
  { variants }: GroupResult,
): TopLevelSpec | undefined {
  const values = variants.flatMap(({ variant, figures }) => {
    const spread = figures[figure];
    if (spread === undefined || spread.count === 0) return [];
    return [{
      ...spread,
      variant,
      text: formatNumber(spread.median),
      muted: muted.some((prefix) => variant.startsWith(prefix)),
    }];
  });
  if (values.length === 0) return undefined;
  const scale = logarithmic ? { type: "log", domainMin: 1 } : {};
  const x = (field: string) => ({
    field,
    type: "quantitative",
    title: unit,
    scale,
  });
  return {
    title,
    width: WIDTH,
    height: { step: 32 },
    data: { values },
    encoding: { y: { field: "variant", sort: null, title: null } },
    layer: [
      {
        mark: { type: "bar", cornerRadius: 3 },
        encoding: {
          x: x("median"),
          ...(logarithmic && { x2: { datum: 1 } }),
          color: {
            field: "muted",
            scale: { domain: [false, true], range: BAR_COLORS },
            legend: null,
          },
        },
      },
      {
        mark: { type: "errorbar", ticks: true },
        encoding: { x: x("min"), x2: { field: "max" } },
      },
      {
        mark: { type: "text", align: "left", dx: 8 },
        encoding: { x: x("max"), text: { field: "text" } },
      },
    ],
  };
}

/** Lines over time, from zero on; what is no number is left out. */
function lineChart(
  { title, unit, xUnit, series }: LineChart,
): TopLevelSpec {
  return {
    title,
    width: WIDTH,
    height: 220,
    data: {
      values: series.flatMap(({ label, points }) =>
        points.map((point) => ({ label, ...point }))
      ),
    },
    mark: "line",
    encoding: {
      x: { field: "x", type: "quantitative", title: xUnit },
      y: { field: "y", type: "quantitative", title: unit },
      color: { field: "label", sort: null, title: null },
    },
  };
}
