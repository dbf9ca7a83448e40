import type { StoreClock } from "../types.ts";
import type { StoreFile } from "./store_file.ts";

/** Time between two looks at the files. */
const CHECK_INTERVAL_MS = 2_000;

/**
 * Looks at the files of a store also while nothing is written: other processes
 * cannot use files of which one was removed until all have let go of it.
 */
export class FileCheck implements AsyncDisposable {
  readonly #stop = new AbortController();
  readonly #checking: Promise<void>;

  /** Begins to look. */
  constructor(file: StoreFile, clock: StoreClock) {
    this.#checking = this.#check(file, clock);
  }

  async #check(file: StoreFile, clock: StoreClock): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      // On its multiples, as other work of the thread: it wakes once for all.
      const sinceMs = clock.nowMs() % CHECK_INTERVAL_MS;
      await clock.sleep(CHECK_INTERVAL_MS - sinceMs, signal);
      try {
        if (!signal.aborted) file.check();
      } catch {
        // The next use fails with the reason.
      }
    }
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#checking;
  }
}
