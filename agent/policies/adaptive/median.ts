/** With more numbers than this the engine's sort is faster than inserting each. */
const INSERT_MAX = 32;

/**
 * Finds the middle one of some numbers, again and again, and leaves no garbage:
 * most numbers come nearly in order, and are few.
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

  /** The lower middle one of those added since the last time; 0 if there were none. */
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
