/** Rows that are allocated together. */
const BLOCK_ROWS = 256;

/** Numbers of a route that LatencyTracker has, and FailureBaseline. */
export const LATENCY_FLOATS = 7;
export const BASELINE_FLOATS = 6;

/** Place of some numbers of one route: at `first` and after. */
export interface FloatRow {
  floats: Float64Array<ArrayBuffer>;
  first: number;
}

/**
 * Numbers with fractions of all routes of a shard, 8 bytes each: fields of objects
 * would take 24 bytes a number. They stand in blocks of 256 routes, so that a row
 * never moves and is reached without a table.
 */
export class RouteFloats {
  readonly #length: number;
  #block: Float64Array<ArrayBuffer> = new Float64Array(0);
  #used = 0;
  readonly #free: FloatRow[] = [];

  /** Rows of `length` numbers. */
  constructor(length: number) {
    this.#length = length;
  }

  /** A row of zeros. */
  allocate(): FloatRow {
    const free = this.#free.pop();
    if (free !== undefined) {
      free.floats.fill(0, free.first, free.first + this.#length);
      return free;
    }
    if (this.#used === this.#block.length) {
      this.#block = new Float64Array(BLOCK_ROWS * this.#length);
      this.#used = 0;
    }
    const row = { floats: this.#block, first: this.#used };
    this.#used += this.#length;
    return row;
  }

  /** Gives a row back: the next route may get it. */
  release(row: FloatRow): void {
    this.#free.push(row);
  }
}
