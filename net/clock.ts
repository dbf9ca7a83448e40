/** Time, as everything outside `net/` gets it. Tests hand in a {@linkcode VirtualClock}. */
export interface Clock {
  /** Milliseconds since some start; never goes back, unlike a wall clock. */
  nowMs(): number;
  /** Unix time in whole seconds; jumps when somebody sets the machine's clock. */
  wallSeconds(): number;
  /**
   * Resolves after `ms` milliseconds, or at once when `signal` is aborted.
   * It never rejects: whoever waits looks at the signal.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Resolves after one turn of the event loop: what came over sockets meanwhile
   * is served before. Whoever works for long does so in slices.
   */
  turn(): Promise<void>;
}

/** A source of randomness: a number from 0 up to, not including, 1. */
export type Random = () => number;

/** The machine's randomness. */
export const systemRandom: Random = Math.random;

/** A longer timer would go off at once; whoever sleeps this long looks again. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** The machine's clock. */
export class SystemClock implements Clock {
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
      const timer = setTimeout(done, Math.min(ms, TIMER_MS_MAX));
      signal?.addEventListener("abort", done);
    });
  }

  turn(): Promise<void> {
    // A timer and not setImmediate: while something is to be run immediately,
    // Deno looks at its sockets at every 61st turn only.
    return new Promise((resolve) => setTimeout(resolve, 0));
  }
}
