/** How long a write should take: long enough to pay, short enough for others who write. */
const AIM_MS = 50;

/** Rows in a write at least, however slow the store is; unless the most are fewer. */
const ROWS_MIN = 100;

/** Rows in the first write. */
const ROWS_FIRST = 1_000;

/** How many rows to write at a time, by how long the last writes took. */
export class BatchSize {
  readonly #rowsMax: number;
  readonly #rowsMin: number;
  #rows: number;

  constructor(options: { rowsMax: number }) {
    this.#rowsMax = options.rowsMax;
    this.#rowsMin = Math.min(ROWS_MIN, options.rowsMax);
    this.#rows = Math.min(ROWS_FIRST, options.rowsMax);
  }

  /** Rows in the next write at most. */
  get rows(): number {
    return this.#rows;
  }

  /** Takes note of a write that succeeded. */
  wrote({ rows, ms }: { rows: number; ms: number }): void {
    if (ms > AIM_MS * 2) this.#set(this.#rows / 2);
    // Of a write that was not full nobody knows how long a larger one takes.
    else if (ms < AIM_MS / 2 && rows >= this.#rows) this.#set(this.#rows * 2);
  }

  /** Takes note of a write that failed: perhaps it was too much. */
  failed(): void {
    this.#set(this.#rows / 2);
  }

  #set(rows: number): void {
    const whole = Math.floor(rows);
    this.#rows = Math.max(this.#rowsMin, Math.min(this.#rowsMax, whole));
  }
}
