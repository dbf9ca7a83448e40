/** Duration that a write aims at: long enough to pay off, short enough for other writers. */
const AIM_MS = 50;

/** Fewest rows in a write, however slow the store is, unless the maximum is less. */
const ROWS_MIN = 100;

/** Rows in the first write. */
const ROWS_FIRST = 1_000;

/** Chooses how many rows to write at a time by how long the last writes took. */
export class BatchSize {
  readonly #rowsMax: number;
  readonly #rowsMin: number;
  #rows: number;

  constructor(options: { rowsMax: number }) {
    this.#rowsMax = options.rowsMax;
    this.#rowsMin = Math.min(ROWS_MIN, options.rowsMax);
    this.#rows = Math.min(ROWS_FIRST, options.rowsMax);
  }

  /** Most rows in the next write. */
  get rows(): number {
    return this.#rows;
  }

  /** Counts a write that succeeded. */
  wrote({ rows, ms }: { rows: number; ms: number }): void {
    if (ms > AIM_MS * 2) this.#set(this.#rows / 2);
    // A write that was not full does not tell how long a larger one takes.
    else if (ms < AIM_MS / 2 && rows >= this.#rows) this.#set(this.#rows * 2);
  }

  /** Counts a write that failed, perhaps as it was too large. */
  failed(): void {
    this.#set(this.#rows / 2);
  }

  #set(rows: number): void {
    const whole = Math.floor(rows);
    this.#rows = Math.max(this.#rowsMin, Math.min(this.#rowsMax, whole));
  }
}
