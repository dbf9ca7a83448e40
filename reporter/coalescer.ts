import { mixHash, NO_ROW, RowIndex } from "../proto/mod.ts";
import type { StatusRow } from "../store/mod.ts";
import { isSameKey, packRow, ROW_WORDS } from "./packed_rows.ts";

/** What is looked for is written here. */
const CANDIDATE = 0;

/** No row follows in the queue. */
const END = 0;

/** What becomes of a row. */
const State = {
  /** It stands in the queue. */
  waiting: 0,
  /** It is being written. */
  taken: 1,
  /** It is being written, and a newer one with its key has come meanwhile. */
  renewed: 2,
} as const;

/** Rows handed out together, to be written. */
export interface Batch {
  /** How many there are. */
  readonly size: number;
  /** A copy of the rows, {@linkcode ROW_WORDS} words each. */
  readonly words: Uint32Array;
  /** Where they stand; for the coalescer only. */
  readonly slots: Uint32Array;
}

/**
 * Keeps the newest status of each key until it is written. Order of arrival
 * decides what is newest: the clocks of agents do not agree.
 *
 * It holds at most `keysMax` keys, those being written included, in 45 bytes
 * each and no objects. Any number of writers may have a batch at a time: a key
 * that one of them is writing is given to nobody else.
 */
export class Coalescer {
  /** What happened so far. */
  readonly counters = { replaced: 0 };
  readonly #keysMax: number;
  /** Rows by slot, {@linkcode ROW_WORDS} words each. */
  readonly #words: Uint32Array;
  readonly #states: Uint8Array;
  /** The slot behind each in the queue, or in the list of free ones. */
  readonly #next: Uint32Array;
  readonly #index: RowIndex;
  /** Longest waiting first. */
  #first = END;
  #last = END;
  #free = END;
  /** Slots used so far, free ones included. */
  #end = CANDIDATE + 1;
  #ready = 0;

  constructor(options: { keysMax: number }) {
    const { keysMax } = options;
    this.#keysMax = keysMax;
    // All at once: the system gives memory when it is touched, and growing
    // would leave as much garbage as it adds.
    const words = new Uint32Array((keysMax + 1) * ROW_WORDS);
    this.#words = words;
    this.#states = new Uint8Array(keysMax + 1);
    this.#next = new Uint32Array(keysMax + 1);
    this.#index = new RowIndex({
      hashOf: (slot) => hashOf(words, slot),
      isEqual: (a, b) => isSameKey(words, a, b),
      sizeExpected: keysMax,
    });
  }

  /** Rows not written yet, those of batches under way included. */
  get size(): number {
    return this.#index.size;
  }

  /** Rows that the next batches will take. */
  get ready(): number {
    return this.#ready;
  }

  /** Whether it takes no new key for now. */
  get full(): boolean {
    return this.size >= this.#keysMax;
  }

  /** Takes a row in place of an older one with its key; false if it is new and there is no room. */
  put(row: StatusRow): boolean {
    packRow(row, { words: this.#words, at: CANDIDATE });
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
    const slot = this.#newSlot();
    this.#copyCandidate(slot);
    this.#index.add(slot);
    this.#append(slot);
    return true;
  }

  /**
   * Hands out the rows that wait longest, at most `rowsMax`. Say what became of
   * them by {@linkcode written} or {@linkcode putBack}.
   */
  take(rowsMax: number): Batch {
    const size = Math.min(rowsMax, this.#ready);
    const words = new Uint32Array(size * ROW_WORDS);
    const slots = new Uint32Array(size);
    for (let at = 0; at < size; at++) {
      const slot = this.#first;
      this.#first = this.#next[slot]!;
      this.#states[slot] = State.taken;
      const start = slot * ROW_WORDS;
      words.set(
        this.#words.subarray(start, start + ROW_WORDS),
        at * ROW_WORDS,
      );
      slots[at] = slot;
    }
    if (this.#first === END) this.#last = END;
    this.#ready -= size;
    return { size, words, slots };
  }

  /** The rows are in the store; newer ones that came meanwhile wait at the end of the queue. */
  written({ slots }: Batch): void {
    for (const slot of slots) {
      if (this.#states[slot] === State.renewed) this.#append(slot);
      else this.#release(slot);
    }
  }

  /** The rows were not written: they, or what has replaced them, come before all others. */
  putBack({ slots }: Batch): void {
    for (const slot of slots.toReversed()) {
      if (this.#states[slot] === State.renewed) this.counters.replaced += 1;
      this.#states[slot] = State.waiting;
      this.#next[slot] = this.#first;
      this.#first = slot;
      if (this.#last === END) this.#last = slot;
      this.#ready += 1;
    }
  }

  #append(slot: number): void {
    this.#states[slot] = State.waiting;
    this.#next[slot] = END;
    if (this.#last === END) this.#first = slot;
    else this.#next[this.#last] = slot;
    this.#last = slot;
    this.#ready += 1;
  }

  #release(slot: number): void {
    this.#index.remove(slot);
    this.#next[slot] = this.#free;
    this.#free = slot;
  }

  #copyCandidate(slot: number): void {
    this.#words.copyWithin(slot * ROW_WORDS, 0, ROW_WORDS);
  }

  #newSlot(): number {
    const free = this.#free;
    if (free !== END) {
      this.#free = this.#next[free]!;
      return free;
    }
    return this.#end++;
  }
}

function hashOf(words: Uint32Array, slot: number): number {
  const start = slot * ROW_WORDS;
  let hash = 0;
  for (let word = 0; word < 4; word++) {
    hash = mixHash(hash, words[start + word]!);
  }
  return mixHash(hash, words[start + 4]! & 0xffff);
}
