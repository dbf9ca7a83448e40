import { SystemClock } from "../../clock.ts";
import { Libc } from "./libc.ts";

const CLOCK_MONOTONIC = 1;

// struct timespec as words: two 8-byte numbers, whose high halves are 0.
const TIMESPEC_WORDS = 4;
const SECONDS_WORD = 0;
const NANOSECONDS_WORD = 2;

/**
 * The machine's clock, read through the C library: a thread that sleeps between
 * two datagrams has the time 1 µs sooner than by `performance.now()`. Not to be
 * read once it is disposed of.
 */
export class LibcClock extends SystemClock implements Disposable {
  readonly #libc = Libc.open();
  readonly #words = new Uint32Array(TIMESPEC_WORDS);

  override nowMs(): number {
    this.#libc.calls.clock_gettime(CLOCK_MONOTONIC, this.#words);
    return this.#words[SECONDS_WORD]! * 1e3 +
      this.#words[NANOSECONDS_WORD]! / 1e6;
  }

  [Symbol.dispose](): void {
    this.#libc[Symbol.dispose]();
  }
}
