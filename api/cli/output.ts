import type { Environment } from "./environment.ts";

/** Writes a line to standard output. */
export function print(environment: Environment, line: string): void {
  environment.write(`${line}\n`);
}

/** Writes one JSON document, on a line of its own, to standard output. */
export function printJson(environment: Environment, value: unknown): void {
  print(environment, JSON.stringify(value));
}

/** Time between two lines of progress. */
const PROGRESS_INTERVAL_MS = 1_000;

/** A function that writes lines of progress to standard error, one a second at most. */
export function createProgress(
  environment: Environment,
): (line: string) => void {
  const { clock } = environment;
  let dueMs = clock.nowMs() + PROGRESS_INTERVAL_MS;
  return (line) => {
    if (clock.nowMs() < dueMs) return;
    dueMs = clock.nowMs() + PROGRESS_INTERVAL_MS;
    environment.printError(line);
  };
}

/** Aligns columns: numbers, and columns from `rightFrom` on and before `rightTo`, to the right, the rest to the left. */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  { rightFrom = Infinity, rightTo = Infinity }: {
    rightFrom?: number;
    rightTo?: number;
  } = {},
): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => String(row[column]).length))
  );
  const lines = [header, ...rows].map((row) =>
    row.map((cell, column) => {
      const right = (column >= rightFrom && column < rightTo) ||
        rows.every((each) => typeof each[column] === "number");
      const width = widths[column]!;
      return right ? String(cell).padStart(width) : String(cell).padEnd(width);
    }).join("  ").trimEnd()
  );
  return lines.join("\n");
}
