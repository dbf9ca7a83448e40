import { ROW_WORDS } from "./status_rows.ts";

/** Rows of a status message that wait for room. */
interface BlockedReport {
  readonly words: Uint32Array;
  /** Number of rows already taken. */
  taken: number;
  readonly release: () => void;
}

/**
 * Status messages that found no room, longest waiting first. A connection is not
 * read while one of its messages is blocked, so there are at most as many as
 * connections, each of at most 350 KB.
 */
export class BlockedReports {
  readonly counters = { blocked: 0, rowsLost: 0 };
  readonly #take: (words: Uint32Array, from: number) => number;
  readonly #queue = new Set<BlockedReport>();
  #stopped = false;

  /**
   * `take` takes packed rows from number `from` on while they fit, and returns
   * the number of the first row left.
   */
  constructor(take: (words: Uint32Array, from: number) => number) {
    this.#take = take;
  }

  /** Number of messages that wait. */
  get size(): number {
    return this.#queue.size;
  }

  /** Queues packed rows; resolves when all are taken or given up. */
  wait(words: Uint32Array): Promise<void> {
    this.counters.blocked += 1;
    return new Promise((release) => {
      const report = { words, taken: 0, release };
      if (this.#stopped) this.#drop(report);
      else this.#queue.add(report);
    });
  }

  /** Takes the rows that fit now, in order of arrival. */
  drain(): void {
    for (const report of this.#queue) {
      report.taken = this.#take(report.words, report.taken);
      if (report.taken * ROW_WORDS < report.words.length) return;
      this.#queue.delete(report);
      report.release();
    }
  }

  /** Takes the rows that fit, and drops the rest and all that come later. */
  stop(): void {
    this.#stopped = true;
    this.drain();
    for (const report of this.#queue) this.#drop(report);
  }

  #drop(report: BlockedReport): void {
    this.counters.rowsLost += report.words.length / ROW_WORDS - report.taken;
    this.#queue.delete(report);
    report.release();
  }
}
