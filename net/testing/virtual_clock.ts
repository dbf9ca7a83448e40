import { setImmediate } from "node:timers";
import TinyQueue from "tinyqueue";
import type { Clock } from "../clock.ts";

/**
 * A clock that stands still until a test moves it. Sleepers wake in order of
 * time, then of falling asleep, so that a run repeats exactly. Between two
 * wake-ups all promises settle.
 */
export class VirtualClock implements Clock {
  /** Sleeps that ended as their time was over. */
  wakeUps = 0;
  #nowMs = 0;
  #wallOffsetSeconds: number;
  #order = 0;
  readonly #sleepers = new TinyQueue<Sleeper>([], compareSleepers);

  constructor(options: { wallSeconds?: number } = {}) {
    this.#wallOffsetSeconds = options.wallSeconds ?? 1_700_000_000;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallSeconds(): number {
    return Math.floor(this.#wallOffsetSeconds + this.#nowMs / 1000);
  }

  /** Sets the wall clock forward or, if negative, back. `nowMs` does not jump. */
  jumpWall(seconds: number): void {
    this.#wallOffsetSeconds += seconds;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper: Sleeper = {
        wakeMs: this.#nowMs + Math.max(0, ms),
        order: this.#order++,
        wake: () => {
          this.wakeUps += 1;
          end();
        },
      };
      const end = () => {
        sleeper.wake = undefined;
        signal?.removeEventListener("abort", end);
        resolve();
      };
      signal?.addEventListener("abort", end);
      this.#sleepers.push(sleeper);
    });
  }

  /** Takes no time, but resolves only when the clock is advanced, be it by 0 ms. */
  turn(): Promise<void> {
    return this.sleep(0);
  }

  /** Calls `action` after `ms` milliseconds. Cheaper than sleep(). */
  schedule(ms: number, action: () => void): void {
    this.#sleepers.push({
      wakeMs: this.#nowMs + Math.max(0, ms),
      order: this.#order++,
      wake: action,
    });
  }

  /** Moves on by `ms` milliseconds, waking sleepers on the way. */
  async advance(ms: number): Promise<void> {
    await this.#advanceTo(this.#nowMs + ms);
  }

  async #advanceTo(endMs: number): Promise<void> {
    await settle();
    for (;;) {
      const next = this.#sleepers.peek();
      if (next === undefined || next.wakeMs > endMs) break;
      this.#sleepers.pop();
      if (next.wake === undefined) continue;
      this.#nowMs = next.wakeMs;
      next.wake();
      await settle();
    }
    this.#nowMs = endMs;
  }

  /** Moves on until `done()`, at most `limitMs`. Resolves to whether it was done. */
  async advanceUntil(done: () => boolean, limitMs: number): Promise<boolean> {
    const endMs = this.#nowMs + limitMs;
    await settle();
    while (!done()) {
      const next = this.#sleepers.peek();
      if (next === undefined || next.wakeMs > endMs) {
        this.#nowMs = endMs;
        return false;
      }
      await this.#advanceTo(next.wakeMs);
    }
    return true;
  }
}

/** Resolves when every promise that needs no time to pass has settled. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

interface Sleeper {
  wakeMs: number;
  order: number;
  /** Undefined once it has been called. */
  wake: (() => void) | undefined;
}

/** Soonest first, then in order of falling asleep. */
function compareSleepers(a: Sleeper, b: Sleeper): number {
  return a.wakeMs - b.wakeMs || a.order - b.order;
}
