import { formatNumber, unitOf } from "./format.ts";

/** Figures of one round, by name; the unit stands last in the name. */
export type Figures = Record<string, number>;

/** "latencyMs 12.3 ms, other 45". */
export function formatFigures(figures: Figures): string {
  return Object.entries(figures)
    .map(([name, value]) =>
      `${name} ${formatNumber(value)} ${unitOf(name)}`.trimEnd()
    )
    .join(", ");
}
