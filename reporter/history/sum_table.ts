import { mixHash, NO_ROW, RowIndex } from "../../proto/mod.ts";

/** Row that holds the one being looked for. */
const CANDIDATE = 0;

const ROWS_MIN = 256;

/** Columns of sums by a key of numbers of 32 bits. Rows count from 1. */
export class SumTable {
  readonly #rowsMax: number;
  readonly #keys: Uint32Array[];
  readonly #sums: Float64Array[];
  #capacity = ROWS_MIN;
  #end = CANDIDATE + 1;
  #index: RowIndex;

  /** An empty table; the columns of the key and of the sums are told by their number, from 0. */
  constructor(
    { keys, sums, rowsMax }: { keys: number; sums: number; rowsMax: number },
  ) {
    this.#rowsMax = rowsMax;
    this.#keys = Array.from({ length: keys }, () => new Uint32Array(ROWS_MIN));
    this.#sums = Array.from({ length: sums }, () => new Float64Array(ROWS_MIN));
    this.#index = this.#newIndex();
  }

  /** Number of rows. */
  get size(): number {
    return this.#end - 1;
  }

  /** Removes all rows. */
  clear(): void {
    this.#end = CANDIDATE + 1;
    this.#index = this.#newIndex();
  }

  /** The row with this key, whose sums are 0 if it is new; NO_ROW if there is no room for it. */
  row(...key: readonly number[]): number {
    for (let word = 0; word < key.length; word++) {
      this.#keys[word]![CANDIDATE] = key[word]!;
    }
    const known = this.#index.find(CANDIDATE);
    if (known !== NO_ROW) return known;
    if (this.size === this.#rowsMax) return NO_ROW;
    if (this.#end === this.#capacity) this.#grow();
    const row = this.#end++;
    for (const column of this.#keys) column[row] = column[CANDIDATE]!;
    for (const column of this.#sums) column[row] = 0;
    this.#index.add(row);
    return row;
  }

  /** A word of the key of a row. */
  keyAt(word: number, row: number): number {
    return this.#keys[word]![row]!;
  }

  /** A sum of a row. */
  sumAt(column: number, row: number): number {
    return this.#sums[column]![row]!;
  }

  /** Adds to a sum of a row; one that would not be exact any more stays at the greatest that is. */
  add(column: number, row: number, value: number): void {
    const values = this.#sums[column]!;
    values[row] = Math.min(values[row]! + value, Number.MAX_SAFE_INTEGER);
  }

  /** Makes a sum of a row the greater of two. */
  max(column: number, row: number, value: number): void {
    const values = this.#sums[column]!;
    if (value > values[row]!) values[row] = value;
  }

  /** A column of the key, the first row first; valid until the next change. */
  keys(word: number): Uint32Array {
    return this.#keys[word]!.subarray(1, this.#end);
  }

  /** A column of sums, likewise. */
  sums(column: number): Float64Array {
    return this.#sums[column]!.subarray(1, this.#end);
  }

  #grow(): void {
    this.#capacity *= 2;
    for (const [word, column] of this.#keys.entries()) {
      this.#keys[word] = new Uint32Array(this.#capacity);
      this.#keys[word].set(column);
    }
    for (const [number, column] of this.#sums.entries()) {
      this.#sums[number] = new Float64Array(this.#capacity);
      this.#sums[number].set(column);
    }
  }

  #newIndex(): RowIndex {
    return new RowIndex({
      hashOf: (row) => {
        let hash = 0;
        for (const column of this.#keys) hash = mixHash(hash, column[row]!);
        return hash;
      },
      isEqual: (a, b) => {
        for (const column of this.#keys) {
          if (column[a] !== column[b]) return false;
        }
        return true;
      },
    });
  }
}
