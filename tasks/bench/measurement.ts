import { formatNumber, unitOf } from "./format.ts";

/** Figures of one round, by name; the unit stands last in the name. */
export type Figures = Record<string, number>;

/** The value below which `share` of the values lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = Math.ceil(share * sorted.length) - 1;
  return sorted[Math.max(0, at)] ?? NaN;
}

/** "latencyMs 12.3 ms, other 45". */
export function formatFigures(figures: Figures): string {
  return Object.entries(figures)
    .map(([name, value]) =>
      `${name} ${formatNumber(value)} ${unitOf(name)}`.trimEnd()
    )
    .join(", ");
}
