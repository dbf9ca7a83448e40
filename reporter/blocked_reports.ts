import { ROW_WORDS } from "./status_rows.ts";

/** Most words of all messages that wait: 32 MB. */
const WORDS_MAX = 8 * 1024 * 1024;

/** Rows of a status message that wait for room. */
interface BlockedReport {
  readonly words: Uint32Array;
  /** Number of rows already taken. */
  taken: number;
  readonly release: () => void;
}

/**
 * Status messages that found no room, longest waiting first. A connection is not
 * read while one of its messages is blocked; of more than {@linkcode WORDS_MAX}
 * the rows are dropped, which their agents send again with their next news.
 */
export class BlockedReports {
  readonly counters = { blocked: 0, rowsLost: 0 };
  readonly #take: (words: Uint32Array, from: number) => number;
  readonly #queue = new Set<BlockedReport>();
  #words = 0;
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
      this.#queue.add(report);
      this.#words += words.length;
      if (this.#stopped || this.#words > WORDS_MAX) this.#drop(report);
    });
  }

  /** Takes the rows that fit now, in order of arrival. */
  drain(): void {
    for (const report of this.#queue) {
      report.taken = this.#take(report.words, report.taken);
      if (report.taken * ROW_WORDS < report.words.length) return;
      this.#end(report);
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
    this.#end(report);
  }

  #end(report: BlockedReport): void {
    this.#queue.delete(report);
    this.#words -= report.words.length;
    report.release();
  }
}
