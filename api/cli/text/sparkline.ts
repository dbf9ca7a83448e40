const LEVELS = "▁▂▃▄▅▆▇█";

/** What stands where there is no value. */
const GAP = "·";

/** A row of bars, one for each value, from 0 to the largest. undefined is a gap: no data is not 0. */
export function sparkline(values: readonly (number | undefined)[]): string {
  const max = Math.max(0, ...values.map((value) => value ?? 0));
  return values.map((value) => {
    if (value === undefined) return GAP;
    if (value <= 0) return LEVELS[0];
    // The lowest bar is for 0 alone.
    const level = Math.ceil(value / max * (LEVELS.length - 1));
    return LEVELS[level];
  }).join("");
}
