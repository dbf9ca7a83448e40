/** Rows that are allocated together. */
const BLOCK_ROWS = 256;

/** Numbers in a row. */
const ROW_LENGTH = 14;

/** What of them is whose: RouteTimes has the first, FailureLevel the rest. */
export const TIMES_FIRST = 0;
export const LEVEL_FIRST = 8;

/** Where the numbers of one route stand: {@linkcode ROW_LENGTH} of them from `first` on. */
export interface NumberRow {
  numbers: Float64Array<ArrayBuffer>;
  first: number;
}

/**
 * The numbers with fractions of all routes, a row for each: in an object every
 * one would take a box of 16 bytes of its own. In blocks, as a row that never
 * moves is found without asking where the table is.
 */
export class RouteNumbers {
  #block: Float64Array<ArrayBuffer> = new Float64Array(0);
  #used = 0;
  readonly #free: NumberRow[] = [];

  /** A row of zeros. */
  allocate(): NumberRow {
    const free = this.#free.pop();
    if (free !== undefined) {
      free.numbers.fill(0, free.first, free.first + ROW_LENGTH);
      return free;
    }
    if (this.#used === this.#block.length) {
      this.#block = new Float64Array(BLOCK_ROWS * ROW_LENGTH);
      this.#used = 0;
    }
    const row = { numbers: this.#block, first: this.#used };
    this.#used += ROW_LENGTH;
    return row;
  }

  /** Gives a row back: the next route may get it. */
  release(row: NumberRow): void {
    this.#free.push(row);
  }
}
