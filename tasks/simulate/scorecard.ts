import { ALL_SCENARIOS } from "./unit.ts";
import type { Results, Summary } from "./results.ts";
import type { Estimate } from "./statistics.ts";

/** A column: its heading, and the text of a policy's cell. */
interface ScoreColumn {
  heading: string;
  cell: (summary: Summary) => string;
}

const COLUMNS: readonly ScoreColumn[] = [
  { heading: "failures %", cell: ({ failures }) => percent(failures) },
  { heading: "p50 ms", cell: ({ p50Ms }) => number(p50Ms, 1) },
  { heading: "p99 ms", cell: ({ p99Ms }) => number(p99Ms, 1) },
  { heading: "p99 ×", cell: ({ p99Ratio }) => number(p99Ratio, 3) },
  { heading: "p99.9 ×", cell: ({ p999Ratio }) => number(p999Ratio, 2) },
  {
    heading: "false ej.",
    cell: ({ falseEjections }) => number(falseEjections, 2),
  },
  { heading: "clean %", cell: ({ cleanSeeds }) => percentOf(cleanSeeds, 0) },
  { heading: "to bad %", cell: ({ badShare }) => percentOf(badShare, 3) },
  { heading: "eject s", cell: ({ ejectSeconds }) => number(ejectSeconds, 2) },
  { heading: "ejected %", cell: ({ ejected }) => percentOf(ejected, 0) },
  { heading: "back s", cell: ({ backSeconds }) => number(backSeconds, 1) },
  { heading: "most ×", cell: ({ backMost }) => number(backMost, 2) },
  { heading: "near %", cell: ({ nearShare }) => percentOf(nearShare, 1) },
  { heading: "Jain", cell: ({ jain }) => number(jain, 4) },
];

const ROUTE_COLUMNS: readonly ScoreColumn[] = [
  {
    heading: "refused after",
    cell: ({ refusedAfter }) => number(refusedAfter, 1),
  },
  {
    heading: "full rate s",
    cell: ({ fullRateSeconds }) => number(fullRateSeconds, 2),
  },
  { heading: "most ×", cell: ({ mostShare }) => number(mostShare, 2) },
];

/** The scorecard of a scenario, for a terminal. */
export function scorecardText(
  name: string,
  summaries: ReadonlyMap<string, Summary>,
): string {
  const all = [...summaries.values()];
  const whole = all.some(({ mostShare }) => mostShare !== undefined);
  const columns = [...COLUMNS, ...(whole ? ROUTE_COLUMNS : [])].filter(
    ({ cell }) => all.some((summary) => cell(summary) !== ""),
  );
  const rows = [
    ["policy", ...columns.map(({ heading }) => heading)],
    ...[...summaries].map((
      [label, summary],
    ) => [label, ...columns.map(({ cell }) => cell(summary))]),
  ];
  const widths = rows[0]!.map((_, column) =>
    Math.max(...rows.map((row) => row[column]!.length))
  );
  const lines = rows.map((row) =>
    row.map((cell, column) =>
      column === 0
        ? cell.padEnd(widths[column]!)
        : cell.padStart(widths[column]!)
    ).join("  ")
  );
  const { title } = ALL_SCENARIOS.get(name)!;
  return `\n${name}: ${title}\n${lines.join("\n")}`;
}

/** Failures and latency of every policy in every scenario, for the README. */
export function scorecardMarkdown(results: Results): string {
  const labels = [
    ...new Set([...results.values()].flatMap((s) => [...s.keys()])),
  ];
  const lines = [
    `| failures %, p99 against all-knowing | ${labels.join(" | ")} |`,
    `|---|${labels.map(() => "---|").join("")}`,
  ];
  for (const [name, summaries] of results) {
    const cells = labels.map((label) => {
      const summary = summaries.get(label);
      return summary === undefined ? "" : markdownCell(summary);
    });
    const { title } = ALL_SCENARIOS.get(name)!;
    lines.push(`| ${title} | ${cells.join(" | ")} |`);
  }
  return lines.join("\n") + "\n";
}

function markdownCell({ failures, p99Ratio }: Summary): string {
  return `${percent(failures)}, ${number(p99Ratio, 2)} ×`;
}

/** A share as percent with its confidence interval, as many digits as that has. */
export function percent(share: Estimate | undefined): string {
  if (share === undefined || share.count === 0) return "";
  const mean = share.mean * 100;
  const half = share.halfWidth * 100;
  const digits = mean >= 1 ? 2 : 4;
  return `${mean.toFixed(digits)} ±${half.toFixed(digits)}`;
}

function percentOf(share: Estimate | undefined, digits: number): string {
  if (share === undefined || share.count === 0) return "";
  return (share.mean * 100).toFixed(digits);
}

function number(value: Estimate | undefined, digits: number): string {
  if (value === undefined || value.count === 0) return "";
  return value.mean.toFixed(digits);
}
