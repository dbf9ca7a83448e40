/** What {@linkcode ProbedTable.homeAt} answers for a free place. */
export const FREE_PLACE = -1;

/** A table with linear probing whose number of places is a power of two. */
export interface ProbedTable {
  /** The place where the entry at `place` would stand alone, or {@linkcode FREE_PLACE}. */
  homeAt(place: number): number;
  /** Copies an entry to another place. */
  move(from: number, to: number): void;
}

/**
 * Fills the place `hole` of a removed entry by entries behind it that were
 * displaced, so that no search meets a hole before its entry (backward shift
 * deletion). Returns the place that is free in the end, for the caller to clear.
 */
export function closeHole(
  table: ProbedTable,
  { hole, places }: { hole: number; places: number },
): number {
  const mask = places - 1;
  for (let at = (hole + 1) & mask;; at = (at + 1) & mask) {
    const home = table.homeAt(at);
    if (home === FREE_PLACE) return hole;
    // Its home lies behind the hole: there it would not be found.
    if (((at - home) & mask) < ((at - hole) & mask)) continue;
    table.move(at, hole);
    hole = at;
  }
}

/** Mixes one more number into a hash that begins with 0. */
export function mixHash(hash: number, value: number): number {
  const mixed = Math.imul(hash ^ value, 0x9e37_79b1);
  return mixed ^ (mixed >>> 15);
}
