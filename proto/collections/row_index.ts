import { closeHole, FREE_PLACE, type ProbedTable } from "./open_addressing.ts";

/** What {@linkcode RowIndex.find} answers when no row is equal. */
export const NO_ROW: number = -1;

/** Places of the smallest index, a power of two. */
const PLACES_MIN = 16;

/** The rows as an index needs them. */
export interface RowIndexOptions {
  /** Hash of a row, an int32; equal rows have the same. */
  hashOf: (row: number) => number;
  /** Whether two rows are equal. */
  isEqual: (a: number, b: number) => boolean;
  /** Rows that need no growing; memory costs nothing until it is touched. */
  sizeExpected?: number;
}

/**
 * Finds rows by value, where a row is a number under which values stand in typed
 * arrays. It takes 6 to 12 bytes per row and leaves no garbage. The value to
 * find stands in a row of its own, so that a search makes no object.
 */
export class RowIndex {
  readonly #hashOf: (row: number) => number;
  readonly #isEqual: (a: number, b: number) => boolean;
  /** Linear probing: row + 1 at the first free place from its hash on, 0 where free. */
  #places: Uint32Array;
  #size = 0;
  readonly #table: ProbedTable = {
    homeAt: (place) => {
      const entry = this.#places[place]!;
      return entry === 0 ? FREE_PLACE : this.#home(entry - 1);
    },
    move: (from, to) => this.#places[to] = this.#places[from]!,
  };

  /** An empty index. */
  constructor(options: RowIndexOptions) {
    this.#hashOf = options.hashOf;
    this.#isEqual = options.isEqual;
    let places = PLACES_MIN;
    while (places * 2 <= (options.sizeExpected ?? 0) * 3) places *= 2;
    this.#places = new Uint32Array(places);
  }

  /** Number of rows in the index. */
  get size(): number {
    return this.#size;
  }

  /** The row in the index that equals row `candidate`, or {@linkcode NO_ROW}. */
  find(candidate: number): number {
    const places = this.#places;
    for (let at = this.#home(candidate);; at = this.#next(at)) {
      const row = places[at]! - 1;
      if (row === NO_ROW || this.#isEqual(row, candidate)) return row;
    }
  }

  /** Adds a row, which equals none in the index and must not change. */
  add(row: number): void {
    // At most two thirds full: a search then looks at about two places.
    if (this.#size * 3 >= this.#places.length * 2) this.#grow();
    this.#size += 1;
    this.#place(row);
  }

  /** Removes a row that is in the index. */
  remove(row: number): void {
    const places = this.#places;
    let hole = this.#home(row);
    while (places[hole] !== row + 1) hole = this.#next(hole);
    places[closeHole(this.#table, { hole, places: places.length })] = 0;
    this.#size -= 1;
  }

  #grow(): void {
    const before = this.#places;
    this.#places = new Uint32Array(before.length * 2);
    for (const entry of before) {
      if (entry !== 0) this.#place(entry - 1);
    }
  }

  #place(row: number): void {
    let at = this.#home(row);
    while (this.#places[at] !== 0) at = this.#next(at);
    this.#places[at] = row + 1;
  }

  #home(row: number): number {
    return this.#hashOf(row) & (this.#places.length - 1);
  }

  #next(at: number): number {
    return (at + 1) & (this.#places.length - 1);
  }
}
