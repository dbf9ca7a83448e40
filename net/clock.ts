/** Time, as everything outside `net/` gets it; tests hand in a virtual one. */
export interface Clock {
  /** Monotonic time in milliseconds, from an arbitrary origin. */
  nowMs(): number;
  /** Unix time in whole seconds; jumps when the machine's clock is set. */
  wallSeconds(): number;
  /**
   * Resolves after `ms` milliseconds, or at once when `signal` is aborted.
   * Never rejects: check the signal afterwards.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Resolves after one turn of the event loop, in which sockets are served.
   * Long work awaits it between slices.
   */
  turn(): Promise<void>;
}

/** A source of randomness: a number >= 0 and < 1. */
export type Random = () => number;

/** The machine's randomness. */
export const systemRandom: Random = Math.random;

/** Longest timer; a longer one would fire at once. The sleep ends early then. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/**
 * Step of time in a shard, in milliseconds: deadlines fall on its multiples, so
 * that what is due at about the same time is done together.
 */
export const TICK_MS = 100;

/**
 * Time until the next beat of `periodMs`, in milliseconds: a multiple of it on the
 * clock that says `nowMs`. Loops of one thread that wait for beats wake it once for
 * all of them, where waking costs more than what they do.
 */
export function untilBeat(nowMs: number, periodMs: number): number {
  return periodMs - nowMs % periodMs;
}

/** The machine's clock. */
export class SystemClock implements Clock {
  readonly #onLate: ((lateMs: number) => void) | undefined;

  /** Tells `onLate`, if that is given, how late each timer fired. */
  constructor(onLate?: (lateMs: number) => void) {
    this.#onLate = onLate;
  }

  nowMs(): number {
    return performance.now();
  }

  wallSeconds(): number {
    return Math.floor(Date.now() / 1000);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      // A timer drops parts of a millisecond: it would end before its time, for
      // nothing. Of a time that has passed it warns on standard error.
      const waitMs = Math.max(0, Math.min(Math.ceil(ms), TIMER_MS_MAX));
      const dueMs = performance.now() + waitMs;
      const timer = setTimeout(() => {
        this.#onLate?.(Math.max(0, performance.now() - dueMs));
        done();
      }, waitMs);
      signal?.addEventListener("abort", done);
    });
  }

  turn(): Promise<void> {
    // A timer and not setImmediate: while something is to be run immediately,
    // Deno looks at its sockets at every 61st turn only.
    return new Promise((resolve) => setTimeout(resolve, 0));
  }
}
