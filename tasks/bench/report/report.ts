import { formatTable } from "../../../api/cli/output.ts";
import { formatNumber, unitOf } from "./measurement.ts";
import type { GroupResult } from "./results.ts";
import type { Spread } from "./statistics.ts";

/** A group as a table of figures with their spread, and a table of goals. */
export function formatGroup(result: GroupResult): string {
  const parts = [`\n## ${result.title} (${result.group})`];
  if (result.failure !== undefined) parts.push(`failed: ${result.failure}`);
  const figures = result.variants.flatMap(({ variant, figures }) =>
    Object.entries(figures)
      // A figure that is 0 in every round, such as lost answers, has no line.
      .filter(([, { count, min, max }]) =>
        count > 0 && (min !== 0 || max !== 0)
      )
      .map(([figure, spread]) => figureRow(variant, figure, spread))
  );
  if (figures.length > 0) {
    parts.push(
      formatTable(
        ["variant", "figure", "median", "min", "max", "rounds"],
        withoutRepeats(figures),
        { rightFrom: 2 },
      ),
    );
  }
  if (result.goals.length > 0) {
    parts.push(
      "",
      formatTable(
        ["goal", "", "median", "min", "max", "bound"],
        result.goals.map(({ text, value, bound = "", met }) => [
          text,
          met === undefined ? "" : met ? "met" : "MISSED",
          formatNumber(value.median),
          formatNumber(value.min),
          formatNumber(value.max),
          bound,
        ]),
        { rightFrom: 2 },
      ),
    );
  }
  return parts.join("\n");
}

function figureRow(
  variant: string,
  figure: string,
  spread: Spread,
): string[] {
  const unit = unitOf(figure);
  return [
    variant,
    unit === "" ? figure : `${figure} (${unit})`,
    formatNumber(spread.median),
    formatNumber(spread.min),
    formatNumber(spread.max),
    String(spread.count),
  ];
}

/** A variant's name stands on its first line only. */
function withoutRepeats(rows: string[][]): string[][] {
  return rows.map((row, index) =>
    row[0] === rows[index - 1]?.[0] ? ["", ...row.slice(1)] : row
  );
}
