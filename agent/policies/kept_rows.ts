import { NO_HOST } from "./balancer.ts";

/**
 * Rows of a route as they are kept between two uses: the first, where the others
 * follow it one by one, as those of hosts that came together do; otherwise a list.
 * 100,000 lists of ten rows would take 13 MB.
 */
export type KeptRows = number | readonly number[];

/** No rows. */
export const NO_ROWS: readonly number[] = [];

/** Keeps `rows`, which do not change any more. */
export function keepRows(rows: readonly number[]): KeptRows {
  const [first = NO_HOST] = rows;
  if (first === NO_HOST) return NO_ROWS;
  return rows.every((row, index) => row === first + index) ? first : rows;
}

/** What was kept of `count` rows: a list to be read only. */
export function rowsOf(kept: KeptRows, count: number): readonly number[] {
  if (typeof kept !== "number") return kept;
  const rows: number[] = [];
  for (let row = kept; row < kept + count; row++) rows.push(row);
  return rows;
}
