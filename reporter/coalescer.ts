import type { StatusRow } from "../store/mod.ts";

/**
 * Keeps the newest status of each key until it is written. Order of arrival
 * decides what is newest: the clocks of agents do not agree.
 *
 * It holds at most `keysMax` keys, and besides them the batch under way.
 */
export class Coalescer {
  /** What happened so far. */
  readonly counters = { replaced: 0 };
  readonly #keysMax: number;
  /** Longest waiting first. */
  readonly #waiting = new Map<string, StatusRow>();
  /** Taken once and not written; they go before the others. */
  #returned = new Map<string, StatusRow>();
  #taken = new Map<string, StatusRow>();

  constructor(options: { keysMax: number }) {
    this.#keysMax = options.keysMax;
  }

  /** Rows not written yet, those of the batch under way included. */
  get size(): number {
    return this.ready + this.#taken.size;
  }

  /** Rows that the next batches will take. */
  get ready(): number {
    return this.#waiting.size + this.#returned.size;
  }

  /** Whether it takes no new key for now. */
  get full(): boolean {
    return this.ready >= this.#keysMax;
  }

  /** Takes a row in place of an older one with its key; false if it is new and there is no room. */
  put(row: StatusRow): boolean {
    const key = statusKey(row);
    const rows = this.#returned.has(key) ? this.#returned : this.#waiting;
    const known = rows.has(key);
    if (!known && this.full) return false;
    if (known) this.counters.replaced += 1;
    rows.set(key, row);
    return true;
  }

  /**
   * Hands out the rows that wait longest. Call {@linkcode written} or
   * {@linkcode putBack} before the next take.
   */
  take(batchRowsMax: number): StatusRow[] {
    for (const rows of [this.#returned, this.#waiting]) {
      for (const [key, row] of rows) {
        if (this.#taken.size >= batchRowsMax) break;
        rows.delete(key);
        this.#taken.set(key, row);
      }
    }
    return [...this.#taken.values()];
  }

  /** The rows taken are in the store. */
  written(): void {
    this.#taken = new Map();
  }

  /** The rows taken were not written: all come again, but those that newer ones replaced. */
  putBack(): void {
    for (const [key, row] of this.#taken) {
      const newer = this.#waiting.get(key);
      if (newer === undefined) this.#returned.set(key, row);
      else this.counters.replaced += 1;
    }
    this.#taken = new Map();
  }
}

/** A number from 0 up to, not including, `writers`: always the same for one key. */
export function writerOf(row: StatusRow, writers: number): number {
  let hash = 0;
  for (const part of [row.modId, row.cmdId, row.ip, row.port, row.caller]) {
    hash = Math.imul(hash ^ part, 0x9e37_79b1);
    hash ^= hash >>> 15;
  }
  return (hash >>> 0) % writers;
}

function statusKey({ modId, cmdId, ip, port, caller }: StatusRow): string {
  return `${modId},${cmdId},${ip},${port},${caller}`;
}
