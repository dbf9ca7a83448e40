/** What {@linkcode RowIndex.find} answers when nothing is equal. */
export const NO_ROW = -1;

/** Places of the smallest index, a power of two. */
const PLACES_MIN = 16;

/** What an index has to know of the things it finds. */
export interface RowIndexOptions {
  /** An int32 made of the thing in a slot; equal things have equal ones. */
  hashOf: (slot: number) => number;
  /** Whether the things in two slots are equal. */
  isEqual: (a: number, b: number) => boolean;
  /** So many slots need no growing; memory that is not touched yet costs nothing. */
  sizeExpected?: number;
}

/**
 * Finds things by their value where the things stand in typed arrays: a thing is
 * a number, its slot. It costs 6 to 12 bytes for each and no garbage. What to
 * look for is written into a slot too, so that nothing is made for a question.
 */
export class RowIndex {
  readonly #hashOf: (slot: number) => number;
  readonly #isEqual: (a: number, b: number) => boolean;
  /** Open addressing: slot + 1 at the first place from its hash on that was free, 0 for none. */
  #places: Uint32Array;
  #size = 0;

  constructor(options: RowIndexOptions) {
    this.#hashOf = options.hashOf;
    this.#isEqual = options.isEqual;
    let places = PLACES_MIN;
    while (places * 2 <= (options.sizeExpected ?? 0) * 3) places *= 2;
    this.#places = new Uint32Array(places);
  }

  /** Number of slots in it. */
  get size(): number {
    return this.#size;
  }

  /** The slot in it whose thing equals that in `candidate`, or {@linkcode NO_ROW}. */
  find(candidate: number): number {
    const places = this.#places;
    for (let at = this.#home(candidate);; at = this.#next(at)) {
      const slot = places[at]! - 1;
      if (slot === NO_ROW || this.#isEqual(slot, candidate)) return slot;
    }
  }

  /** Adds a slot, whose thing equals none that is in it and stays as it is. */
  add(slot: number): void {
    // At most two thirds full: questions then look at two places or so.
    if (this.#size * 3 >= this.#places.length * 2) this.#grow();
    this.#size += 1;
    this.#place(slot);
  }

  /** Removes a slot that is in it. */
  remove(slot: number): void {
    const places = this.#places;
    let hole = this.#home(slot);
    while (places[hole] !== slot + 1) hole = this.#next(hole);
    // Who stood further on only as this place was taken moves up: no search
    // meets a hole before what it looks for.
    for (let at = this.#next(hole); places[at] !== 0; at = this.#next(at)) {
      const distance = (from: number) => (at - from) & (places.length - 1);
      if (distance(this.#home(places[at]! - 1)) < distance(hole)) continue;
      places[hole] = places[at]!;
      hole = at;
    }
    places[hole] = 0;
    this.#size -= 1;
  }

  #grow(): void {
    const before = this.#places;
    this.#places = new Uint32Array(before.length * 2);
    for (const place of before) {
      if (place !== 0) this.#place(place - 1);
    }
  }

  #place(slot: number): void {
    let at = this.#home(slot);
    while (this.#places[at] !== 0) at = this.#next(at);
    this.#places[at] = slot + 1;
  }

  #home(slot: number): number {
    return this.#hashOf(slot) & (this.#places.length - 1);
  }

  #next(at: number): number {
    return (at + 1) & (this.#places.length - 1);
  }
}

/** Mixes one more number into a hash; begin with 0. */
export function mixHash(hash: number, value: number): number {
  const mixed = Math.imul(hash ^ value, 0x9e37_79b1);
  return mixed ^ (mixed >>> 15);
}
