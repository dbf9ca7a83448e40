/** Most numbers that are sorted by insertion; with more the engine's sort is faster. */
const INSERT_MAX = 32;

/**
 * The median of some numbers, time and again, without garbage. Latencies of a
 * route come nearly in order and are few: inserting each is nearly free.
 */
export class Median {
  #values = new Float32Array(INSERT_MAX);
  #count = 0;

  /** Takes a number, of 32 bits; not NaN. */
  add(value: number): void {
    if (this.#count === this.#values.length) this.#grow();
    const values = this.#values;
    let index = this.#count++;
    if (index < INSERT_MAX) {
      for (; index > 0 && values[index - 1]! > value; index--) {
        values[index] = values[index - 1]!;
      }
    }
    values[index] = value;
  }

  /** The lower median of those added since the last take(); 0 if there were none. */
  take(): number {
    const count = this.#count;
    this.#count = 0;
    if (count === 0) return 0;
    if (count > INSERT_MAX) this.#values.subarray(0, count).sort();
    return this.#values[(count - 1) >> 1]!;
  }

  #grow(): void {
    const longer = new Float32Array(2 * this.#values.length);
    longer.set(this.#values);
    this.#values = longer;
  }
}
