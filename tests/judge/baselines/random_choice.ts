import type { Random } from "../../../net/mod.ts";

/** A number from 0 up to, not including, `count`. */
export function anyOf(count: number, random: Random): number {
  return Math.floor(random() * count);
}

/** Another of the numbers below `count` than `first`; there are at least two. */
export function anyOtherOf(
  count: number,
  { first, random }: { first: number; random: Random },
): number {
  const other = Math.floor(random() * (count - 1));
  return other < first ? other : other + 1;
}
