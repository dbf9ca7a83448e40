import { mixHash, NO_ROW, RowIndex } from "../../proto/mod.ts";

/** Row that holds the one being looked for. */
const CANDIDATE = 0;

/** Words of a row: modid, cmdid, ip, port, number of the agent. */
const WORDS = 5;

/** Default for the most marks: 40 MB at worst, provided as they are touched. */
const MARKS_MAX = 1_000_000;

/** Minutes after which a mark tells nothing: those of the longest period. */
const MINUTES_KEPT = 60;

/** A host of a route, or the route itself as host 0:0. */
export interface MarkedKey {
  modId: number;
  cmdId: number;
  ip: number;
  port: number;
}

/** In which periods an agent is new, to be added to the callers counted there. */
export interface NewCaller {
  minute: 0 | 1;
  /** Of the longer period. */
  long: 0 | 1;
}

/**
 * Remembers which agents have been counted as callers of a host or route in the
 * present minute, ten minutes or hour, so that each is counted once. What is marked
 * counts from {@linkcode CallerMarks.commit} on: a batch may fail.
 */
export class CallerMarks {
  /** Callers that were not counted for want of room. */
  readonly counters = { callersUncounted: 0 };
  readonly #marksMax: number;
  readonly #words: Uint32Array;
  /** Minute in which a mark was committed last. */
  readonly #minutes: Uint32Array;
  /** Number of the batch that met the mark last. */
  readonly #batches: Uint32Array;
  #index: RowIndex;
  #end = CANDIDATE + 1;
  #batch = 0;
  #minute = 0;
  readonly #agents = new Map<string, number>();
  #agentNumber = 0;

  /** Begins without marks. */
  constructor({ marksMax = MARKS_MAX }: { marksMax?: number } = {}) {
    this.#marksMax = marksMax;
    const size = marksMax + 1;
    this.#words = new Uint32Array(size * WORDS);
    this.#minutes = new Uint32Array(size);
    this.#batches = new Uint32Array(size);
    this.#index = this.#newIndex();
  }

  /** Number of marks. */
  get size(): number {
    return this.#index.size;
  }

  /** Number of agents that are remembered: at most the marks that there is room for, and those of one batch. */
  get agents(): number {
    return this.#agents.size;
  }

  /** Begins a batch, which counts for a minute; an earlier one that was not committed is void. */
  begin(minute: number): void {
    this.#batch += 1;
    this.#minute = minute;
    const fullest = Math.max(this.#end, this.#agents.size);
    if (fullest > this.#marksMax * 0.9) this.#sweep();
  }

  /** The calls that follow are those of this agent. */
  agent(identity: string): void {
    const known = this.#agents.get(identity);
    this.#agentNumber = known ?? this.#agents.size + 1;
    if (known === undefined) this.#agents.set(identity, this.#agentNumber);
  }

  /** Marks the agent as a caller of a host or route; `longMinutes` are those of the longer period. */
  mark({ modId, cmdId, ip, port }: MarkedKey, longMinutes: number): NewCaller {
    const words = this.#words;
    words[0] = modId;
    words[1] = cmdId;
    words[2] = ip;
    words[3] = port;
    words[4] = this.#agentNumber;
    const known = this.#index.find(CANDIDATE);
    const row = known === NO_ROW ? this.#add() : known;
    if (row === NO_ROW) return NONE;
    if (this.#batches[row] === this.#batch) return NONE;
    this.#batches[row] = this.#batch;
    const before = this.#minutes[row]!;
    const minute = this.#minute;
    const period = Math.floor(minute / longMinutes);
    return {
      minute: before === minute ? 0 : 1,
      long: Math.floor(before / longMinutes) === period ? 0 : 1,
    };
  }

  /** The batch has been committed. */
  commit(): void {
    for (let row = CANDIDATE + 1; row < this.#end; row++) {
      if (this.#batches[row] === this.#batch) this.#minutes[row] = this.#minute;
    }
  }

  #add(): number {
    if (this.#end > this.#marksMax) {
      this.counters.callersUncounted += 1;
      return NO_ROW;
    }
    const row = this.#end++;
    this.#words.copyWithin(row * WORDS, 0, WORDS);
    this.#minutes[row] = 0;
    this.#index.add(row);
    return row;
  }

  /** Drops the marks of periods that are over, and the agents that have none. */
  #sweep(): void {
    const [words, minutes] = [this.#words, this.#minutes];
    const identities = new Map<number, string>();
    for (const [identity, number] of this.#agents) {
      identities.set(number, identity);
    }
    this.#agents.clear();
    this.#index = this.#newIndex();
    const end = this.#end;
    this.#end = CANDIDATE + 1;
    for (let row = CANDIDATE + 1; row < end; row++) {
      // A clock that was set back leaves marks of minutes to come.
      if (Math.abs(this.#minute - minutes[row]!) >= MINUTES_KEPT) continue;
      const at = row * WORDS;
      this.agent(identities.get(words[at + 4]!)!);
      words.copyWithin(0, at, at + WORDS);
      words[4] = this.#agentNumber;
      const kept = this.#end++;
      words.copyWithin(kept * WORDS, 0, WORDS);
      minutes[kept] = minutes[row]!;
      this.#batches[kept] = 0;
      this.#index.add(kept);
    }
  }

  #newIndex(): RowIndex {
    const words = this.#words;
    return new RowIndex({
      hashOf: (row) => {
        let hash = 0;
        for (let at = row * WORDS; at < (row + 1) * WORDS; at++) {
          hash = mixHash(hash, words[at]!);
        }
        return hash;
      },
      isEqual: (a, b) => {
        for (let word = 0; word < WORDS; word++) {
          if (words[a * WORDS + word] !== words[b * WORDS + word]) return false;
        }
        return true;
      },
    });
  }
}

const NONE: NewCaller = { minute: 0, long: 0 };
