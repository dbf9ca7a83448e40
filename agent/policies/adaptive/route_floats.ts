/** Rows that are allocated together. */
const BLOCK_ROWS = 256;

/** Numbers of one route. */
const ROW_LENGTH = 14;

/** Which of them are whose: LatencyTracker has the first eight, FailureBaseline the rest. */
export const LATENCY_FIRST = 0;
export const BASELINE_FIRST = 8;

/** Place of one route's numbers: {@linkcode ROW_LENGTH} of them, at `first` and after. */
export interface FloatRow {
  floats: Float64Array<ArrayBuffer>;
  first: number;
}

/**
 * The numbers with fractions of all routes of a shard, 112 bytes each: fields of
 * objects would take 24 bytes a number. They stand in blocks of 256 routes, so
 * that a row never moves and is reached without a table.
 */
export class RouteFloats {
  #block: Float64Array<ArrayBuffer> = new Float64Array(0);
  #used = 0;
  readonly #free: FloatRow[] = [];

  /** A row of zeros. */
  allocate(): FloatRow {
    const free = this.#free.pop();
    if (free !== undefined) {
      free.floats.fill(0, free.first, free.first + ROW_LENGTH);
      return free;
    }
    if (this.#used === this.#block.length) {
      this.#block = new Float64Array(BLOCK_ROWS * ROW_LENGTH);
      this.#used = 0;
    }
    const row = { floats: this.#block, first: this.#used };
    this.#used += ROW_LENGTH;
    return row;
  }

  /** Gives a row back: the next route may get it. */
  release(row: FloatRow): void {
    this.#free.push(row);
  }
}
