import { type Bar, barChart, lineChart } from "./chart.ts";
import type { ChartPlan, Group } from "../groups/group.ts";
import type { GroupResult } from "./results.ts";

/** The charts of a group: the name of each file, and its SVG. */
export function drawGroup(
  group: Pick<Group, "charts">,
  result: GroupResult,
): Map<string, string> {
  const files = new Map<string, string>();
  for (const plan of group.charts ?? []) {
    const bars = barsOf(plan, result);
    if (bars.length === 0) continue;
    files.set(`${plan.name}.svg`, barChart({ ...plan, bars }));
  }
  for (const chart of result.lineCharts ?? []) {
    files.set(`${chart.name}.svg`, lineChart(chart));
  }
  return files;
}

/** The median of each variant; the whisker goes from the least to the most. */
function barsOf(
  { figure, muted = [] }: ChartPlan,
  result: GroupResult,
): Bar[] {
  return result.variants.flatMap(({ variant, figures }) => {
    const spread = figures[figure];
    if (spread === undefined || spread.count === 0) return [];
    return [{
      label: variant,
      value: spread.median,
      low: spread.min,
      high: spread.max,
      muted: muted.some((prefix) => variant.startsWith(prefix)),
    }];
  });
}
