import { latencyQuantileUs, WINDOW_S } from "../../../../store/mod.ts";
import { formatRate, formatShare } from "../../text/quantities.ts";
import {
  formatBound,
  formatRoute,
  nameOfReason,
} from "../../text/route_text.ts";
import { formatTime } from "../../text/times.ts";
import type { TopRow } from "./model.ts";

/** Characters between two columns. */
const GAP = "  ";

/** Width that is kept for the last column. */
const WHY_WIDTH = 18;

/** A column of the list of routes. */
interface Column {
  title: string;
  /** Columns with the largest number are left out first where there is no room. */
  rank: number;
  cell: (row: TopRow, nowS: number) => string;
}

const COLUMNS: readonly Column[] = [
  { title: "route", rank: 0, cell: ({ calls }) => formatRoute(calls) },
  {
    title: "fail/s",
    rank: 0,
    cell: ({ calls }) =>
      calls.calls === 0 ? "-" : formatRate(calls.failed / WINDOW_S),
  },
  {
    title: "fail %",
    rank: 1,
    cell: ({ calls: { calls, failed } }) =>
      calls === 0 ? "-" : formatShare(failed / calls),
  },
  {
    title: "usual",
    rank: 5,
    cell: ({ problem }) =>
      problem?.usual === undefined ? "" : formatShare(problem.usual),
  },
  {
    title: "calls/s",
    rank: 2,
    cell: ({ calls: { calls } }) => formatRate(calls / WINDOW_S),
  },
  {
    title: "p99",
    rank: 6,
    cell: ({ calls: { latency } }) => {
      const us = latencyQuantileUs(latency, 0.99);
      return us === undefined ? "-" : formatBound(us);
    },
  },
  {
    title: "out",
    rank: 3,
    cell: ({ problem }) => {
      const { out = [], hosts = 0 } = problem ?? {};
      if (out.length === 0) return "";
      return out.length > hosts ? `${out.length}` : `${out.length}/${hosts}`;
    },
  },
  {
    title: "since",
    rank: 4,
    cell: ({ problem }, nowS) =>
      problem?.since === undefined ? "" : formatTime(problem.since, { nowS }),
  },
];

/** Why a route is a problem, in few words: "refused 61, timeout 4", by callers. */
function whyOf({ calls, problem }: TopRow): string {
  if (problem === undefined) return "";
  if (problem.out.length === 0) return "failing";
  const reasons = problem.reasons.map(({ reason, callers }) =>
    `${nameOfReason(reason)} ${callers}`
  ).join(", ");
  if (problem.isOfFewCallers) return `${reasons}, network?`;
  return calls.calls === 0 ? `no calls, ${reasons}` : reasons;
}

/** The list of routes as a table of at most `width` characters, its header first. */
export function formatRows(
  rows: readonly TopRow[],
  { width, nowS }: { width: number; nowS: number },
): string[] {
  const table = COLUMNS.map(({ title, rank, cell }, index) => {
    const cells = [title, ...rows.map((row) => cell(row, nowS))];
    const wide = Math.max(...cells.map(({ length }) => length));
    return {
      rank,
      wide,
      cells: cells.map((text) =>
        index === 0 ? text.padEnd(wide) : text.padStart(wide)
      ),
    };
  });
  const why = ["why", ...rows.map(whyOf)];
  const chosen = new Set(table);
  for (const column of table.toSorted((a, b) => b.rank - a.rank)) {
    const used = [...chosen].reduce(
      (sum, { wide }) => sum + wide + GAP.length,
      0,
    );
    if (used + WHY_WIDTH <= width || column.rank === 0) break;
    chosen.delete(column);
  }
  return why.map((text, line) =>
    [...[...chosen].map(({ cells }) => cells[line]), text].join(GAP).trimEnd()
  );
}
