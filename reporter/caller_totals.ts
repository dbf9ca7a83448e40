import { type Clock, Slices } from "../net/mod.ts";
import { NO_ROW, RowIndex } from "../proto/mod.ts";
import { GONE_MS } from "./agents.ts";
import {
  hashKey,
  isOverloaded,
  isSameKey,
  ROW_WORDS,
  setCounts,
  Word,
} from "./status_rows.ts";

/** Row that holds the one being looked for. */
const CANDIDATE = 0;

/** Time for which the counts of an agent that reports no news stay in the total. */
const FORGET_MS = 600_000;

/** Most agents whose counts make one total; each status of one is added to all others. */
export const AGENTS_PER_CALLER_MAX = 256;

/** Most of all remembered counts that agents of one address have, as a part. */
export const SHARE_OF_ADDRESS = 0.5;

/** Largest count of a status. */
const COUNT_MAX = 0xffff_ffff;

/** Whose counts are added. */
export interface Counter {
  /** Number of the agent. */
  agent: number;
  /** Address that what is remembered of it is counted to. */
  group: string;
}

/** Counts that are remembered of agents of one address. */
interface Group {
  readonly name: string;
  rows: number;
}

/** Options of {@linkcode CallerTotals}. */
export interface CallerTotalsOptions {
  /** Most counts that are remembered, each of 56 bytes. */
  rowsMax: number;
  /** Tells the age of counts. */
  clock: Clock;
  /** Whether the agent with a number still counts. */
  isHere: (agent: number) => boolean;
}

/**
 * Adds up what several agents count that share a caller address: programs with an
 * agent of their own on one machine, or machines behind one address. The store has
 * one row for each host and caller.
 */
export class CallerTotals {
  /** Rows whose total is short, as there was no room to remember all its parts. */
  readonly counters = { rowsUnsummed: 0 };
  readonly #options: CallerTotalsOptions;
  /** Counts of one agent each, packed as statuses are. */
  readonly #words: Uint32Array;
  readonly #agents: Uint32Array;
  /** To whom each row is counted. */
  readonly #groupOf: (Group | undefined)[] = [];
  readonly #groups = new Map<string, Group>();
  /** Clock seconds at which the agent told them. */
  readonly #toldAt: Uint32Array;
  /** The next row with the same key, round in a ring; in a free row the next free one. */
  readonly #next: Uint32Array;
  /** One row of each ring. */
  readonly #rings: RowIndex;
  #size = 0;
  /** Clock seconds of the message at hand. */
  #nowS = 0;
  #end = CANDIDATE + 1;
  #free = CANDIDATE;

  /** Remembers nothing yet. */
  constructor(options: CallerTotalsOptions) {
    const { rowsMax } = options;
    this.#options = options;
    // As in the Coalescer: memory is provided when it is touched.
    const words = new Uint32Array((rowsMax + 1) * ROW_WORDS);
    this.#words = words;
    this.#agents = new Uint32Array(rowsMax + 1);
    this.#toldAt = new Uint32Array(rowsMax + 1);
    this.#next = new Uint32Array(rowsMax + 1);
    this.#rings = new RowIndex({
      hashOf: (row) => hashKey(words, row),
      isEqual: (a, b) => isSameKey(words, a, b),
    });
  }

  /** Number of counts remembered. */
  get size(): number {
    return this.#size;
  }

  /** Takes packed rows of an agent, and makes each the total of all agents that share its key. */
  add(words: Uint32Array, counter: Counter): void {
    this.#nowS = Math.floor(this.#options.clock.nowMs() / 1_000);
    for (let start = 0; start < words.length; start += ROW_WORDS) {
      this.#addRow(words, start, counter);
    }
  }

  #addRow(words: Uint32Array, start: number, counter: Counter): void {
    for (let word = 0; word < ROW_WORDS; word++) {
      this.#words[word] = words[start + word]!;
    }
    const ring = this.#rings.find(CANDIDATE);
    const known = ring === NO_ROW ? NO_ROW : this.#rowOf(counter.agent, ring);
    const row = known === NO_ROW ? this.#remember(counter, ring) : known;
    if (row === NO_ROW) {
      this.counters.rowsUnsummed += 1;
      return;
    }
    this.#words.copyWithin(row * ROW_WORDS, 0, ROW_WORDS);
    this.#toldAt[row] = this.#nowS;
    if (this.#next[row] !== row) this.#sum(row, words, start);
  }

  /** The row of an agent in a ring, or NO_ROW. */
  #rowOf(agent: number, ring: number): number {
    let row = ring;
    do {
      if (this.#agents[row] === agent) return row;
      row = this.#next[row]!;
    } while (row !== ring);
    return NO_ROW;
  }

  /** Forgets counts that are in no total any more, in slices. */
  async expire(): Promise<void> {
    this.#nowS = Math.floor(this.#options.clock.nowMs() / 1_000);
    const slices = new Slices(this.#options.clock);
    for (let row = CANDIDATE + 1; row < this.#end; row++) {
      if (this.#agents[row] !== 0 && !this.#counts(row)) this.#forget(row);
      if (slices.isOver()) await slices.next();
    }
  }

  /** Whether the counts of a row are a part of the total. */
  #counts(row: number): boolean {
    const ageMs = (this.#nowS - this.#toldAt[row]!) * 1_000;
    return ageMs < GONE_MS ||
      ageMs < FORGET_MS && this.#options.isHere(this.#agents[row]!);
  }

  #sum(row: number, words: Uint32Array, start: number): void {
    let succ = 0;
    let err = 0;
    let overload = false;
    let other = row;
    do {
      if (other === row || this.#counts(other)) {
        const at = other * ROW_WORDS;
        succ += this.#words[at + Word.succ]!;
        err += this.#words[at + Word.err]!;
        overload ||= isOverloaded(this.#words, other);
      }
      other = this.#next[other]!;
    } while (other !== row);
    setCounts(words, {
      start,
      succ: Math.min(succ, COUNT_MAX),
      err: Math.min(err, COUNT_MAX),
      overload,
    });
  }

  /** A new row for the candidate, in a ring if there is one; NO_ROW if there is no room. */
  #remember({ agent, group: name }: Counter, ring: number): number {
    const group = this.#groups.get(name) ?? { name, rows: 0 };
    const isFull = group.rows >= this.#options.rowsMax * SHARE_OF_ADDRESS ||
      ring !== NO_ROW && this.#lengthOf(ring) >= AGENTS_PER_CALLER_MAX;
    const row = isFull ? NO_ROW : this.#takeRow();
    if (row === NO_ROW) return NO_ROW;
    this.#groups.set(name, group);
    this.#groupOf[row] = group;
    group.rows += 1;
    this.#size += 1;
    this.#agents[row] = agent;
    if (ring === NO_ROW) {
      this.#words.copyWithin(row * ROW_WORDS, 0, ROW_WORDS);
      this.#next[row] = row;
      this.#rings.add(row);
    } else {
      this.#next[row] = this.#next[ring]!;
      this.#next[ring] = row;
    }
    return row;
  }

  #lengthOf(ring: number): number {
    let length = 1;
    for (let row = this.#next[ring]!; row !== ring; row = this.#next[row]!) {
      length += 1;
    }
    return length;
  }

  #takeRow(): number {
    const free = this.#free;
    if (free !== CANDIDATE) {
      this.#free = this.#next[free]!;
      return free;
    }
    return this.#end < this.#agents.length ? this.#end++ : NO_ROW;
  }

  #forget(row: number): void {
    this.#size -= 1;
    const group = this.#groupOf[row]!;
    group.rows -= 1;
    if (group.rows === 0) this.#groups.delete(group.name);
    this.#groupOf[row] = undefined;
    const next = this.#next[row]!;
    if (this.#rings.find(row) === row) {
      this.#rings.remove(row);
      if (next !== row) this.#rings.add(next);
    }
    let before = next;
    while (this.#next[before] !== row) before = this.#next[before]!;
    this.#next[before] = next;
    this.#agents[row] = 0;
    this.#next[row] = this.#free;
    this.#free = row;
  }
}
