import { ALL_SCENARIOS } from "../unit.ts";
import type { Results, Summary } from "./results.ts";
import type { Estimate } from "../measures/statistics.ts";

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
  return `\n${name}: ${titleOf(name)}\n${lines.join("\n")}`;
}

/** The scorecard for the README: every policy's failures and p99, and all of `label`. */
export function scorecardMarkdown(results: Results, label: string): string {
  const parts = [
    "Failed calls in percent, with the 95 % confidence interval:",
    policyTable(results, ({ failures }) => shortPercent(failures)),
    "99th percentile of latency, against the all-knowing policy's with the same calls (below 1: calls that fail at once are short):",
    policyTable(results, ({ p99Ratio }) => number(p99Ratio, 3)),
  ];
  const own = [...results].flatMap(([name, summaries]) => {
    const summary = summaries.get(label);
    return summary === undefined ? [] : [{ name, summary }];
  });
  if (own.length > 0) {
    parts.push(`Everything about \`${label}\`:`, ownTable(own));
  }
  return parts.join("\n\n") + "\n";
}

function policyTable(
  results: Results,
  cell: (summary: Summary) => string,
): string {
  const labels = [
    ...new Set([...results.values()].flatMap((byLabel) => [...byLabel.keys()])),
  ];
  const rows = [...results].map(([name, summaries]) => [
    titleOf(name),
    ...labels.map((label) => {
      const summary = summaries.get(label);
      return summary === undefined ? "" : cell(summary);
    }),
  ]);
  return markdownTable(["", ...labels], rows);
}

function ownTable(own: readonly { name: string; summary: Summary }[]): string {
  const columns = [...COLUMNS, ...ROUTE_COLUMNS].filter(({ cell }) =>
    own.some(({ summary }) => cell(summary) !== "")
  );
  return markdownTable(
    ["", ...columns.map(({ heading }) => heading)],
    own.map((
      { name, summary },
    ) => [titleOf(name), ...columns.map(({ cell }) => cell(summary))]),
  );
}

function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  return [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

function titleOf(name: string): string {
  return ALL_SCENARIOS.get(name)!.title;
}

/** A share as percent in few characters: two digits that count. */
function shortPercent(share: Estimate | undefined): string {
  if (share === undefined || share.count === 0) return "";
  if (share.mean === 0) return "0";
  const short = (value: number) => {
    const digits = Math.max(0, 1 - Math.floor(Math.log10(share.mean * 100)));
    return (value * 100).toFixed(Math.min(5, digits));
  };
  return `${short(share.mean)} ±${short(share.halfWidth)}`;
}

/** A share as percent with its confidence interval, as many digits as that has. */
function percent(share: Estimate | undefined): string {
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
