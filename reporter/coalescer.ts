import { NO_ROW, RowIndex } from "../proto/mod.ts";
import { hashKey, isSameKey, ROW_WORDS } from "./status_rows.ts";

/** Row that holds the one being looked for. */
const CANDIDATE = 0;

/** End of the queue and of the list of free rows. */
const END = 0;

const State = {
  /** In the queue. */
  waiting: 0,
  /** Being written. */
  taken: 1,
  /** Being written, and replaced by a newer one since. */
  renewed: 2,
} as const;

/** Rows to be written together. */
export interface Batch {
  /** Number of rows. */
  readonly size: number;
  /** A copy of the rows, {@linkcode ROW_WORDS} words each. */
  readonly words: Uint32Array;
  /** Numbers of the rows; for the coalescer only. */
  readonly rows: Uint32Array;
}

/**
 * Keeps the newest status of each key until it is written. Order of arrival
 * decides which is newest, as the clocks of agents do not agree.
 *
 * Holds at most `keysMax` keys, those being written included, in 45 bytes each
 * and no objects. Several writers may have a batch at a time: a key is in at
 * most one of them.
 */
export class Coalescer {
  readonly counters = { replaced: 0 };
  readonly #keysMax: number;
  /** Rows by number, {@linkcode ROW_WORDS} words each. */
  readonly #words: Uint32Array;
  readonly #states: Uint8Array;
  /** Next row in the queue, or in the list of free rows. */
  readonly #next: Uint32Array;
  readonly #index: RowIndex;
  /** Longest waiting first. */
  #first = END;
  #last = END;
  #free = END;
  /** Rows used so far, free ones included. */
  #end = CANDIDATE + 1;
  #ready = 0;

  constructor(options: { keysMax: number }) {
    const { keysMax } = options;
    this.#keysMax = keysMax;
    // Allocated at once: the system provides memory only when it is touched, and
    // growing would leave as much garbage as it adds.
    const words = new Uint32Array((keysMax + 1) * ROW_WORDS);
    this.#words = words;
    this.#states = new Uint8Array(keysMax + 1);
    this.#next = new Uint32Array(keysMax + 1);
    this.#index = new RowIndex({
      hashOf: (row) => hashKey(words, row),
      isEqual: (a, b) => isSameKey(words, a, b),
      sizeExpected: keysMax,
    });
  }

  /** Rows not written yet, those of batches under way included. */
  get size(): number {
    return this.#index.size;
  }

  /** Rows that wait for a batch. */
  get ready(): number {
    return this.#ready;
  }

  /** Whether there is no room for a new key. */
  get full(): boolean {
    return this.size >= this.#keysMax;
  }

  /**
   * Takes the packed row number `at` of `words`, in place of an older one with
   * its key. False if its key is new and there is no room.
   */
  put(words: Uint32Array, at: number): boolean {
    const start = at * ROW_WORDS;
    for (let word = 0; word < ROW_WORDS; word++) {
      this.#words[word] = words[start + word]!;
    }
    const known = this.#index.find(CANDIDATE);
    if (known !== NO_ROW) {
      this.#copyCandidate(known);
      if (this.#states[known] === State.taken) {
        this.#states[known] = State.renewed;
      } else {
        this.counters.replaced += 1;
      }
      return true;
    }
    if (this.full) return false;
    const row = this.#newRow();
    this.#copyCandidate(row);
    this.#index.add(row);
    this.#append(row);
    return true;
  }

  /**
   * Takes out the rows that wait longest, at most `rowsMax`. Return the batch by
   * {@linkcode written} or {@linkcode putBack}.
   */
  take(rowsMax: number): Batch {
    const size = Math.min(rowsMax, this.#ready);
    const words = new Uint32Array(size * ROW_WORDS);
    const rows = new Uint32Array(size);
    for (let at = 0; at < size; at++) {
      const row = this.#first;
      this.#first = this.#next[row]!;
      this.#states[row] = State.taken;
      const start = row * ROW_WORDS;
      words.set(
        this.#words.subarray(start, start + ROW_WORDS),
        at * ROW_WORDS,
      );
      rows[at] = row;
    }
    if (this.#first === END) this.#last = END;
    this.#ready -= size;
    return { size, words, rows };
  }

  /** Removes rows that are written. Newer ones of their keys go to the end of the queue. */
  written({ rows }: Batch): void {
    for (const row of rows) {
      if (this.#states[row] === State.renewed) this.#append(row);
      else this.#release(row);
    }
  }

  /** Returns rows that were not written, or what has replaced them, to the front of the queue. */
  putBack({ rows }: Batch): void {
    for (const row of rows.toReversed()) {
      if (this.#states[row] === State.renewed) this.counters.replaced += 1;
      this.#states[row] = State.waiting;
      this.#next[row] = this.#first;
      this.#first = row;
      if (this.#last === END) this.#last = row;
      this.#ready += 1;
    }
  }

  #append(row: number): void {
    this.#states[row] = State.waiting;
    this.#next[row] = END;
    if (this.#last === END) this.#first = row;
    else this.#next[this.#last] = row;
    this.#last = row;
    this.#ready += 1;
  }

  #release(row: number): void {
    this.#index.remove(row);
    this.#next[row] = this.#free;
    this.#free = row;
  }

  #copyCandidate(row: number): void {
    this.#words.copyWithin(row * ROW_WORDS, 0, ROW_WORDS);
  }

  #newRow(): number {
    const free = this.#free;
    if (free !== END) {
      this.#free = this.#next[free]!;
      return free;
    }
    return this.#end++;
  }
}
