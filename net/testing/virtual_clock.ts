import { setImmediate } from "node:timers";
import type { Clock } from "../clock.ts";

/**
 * A clock that stands still until a test moves it. Whoever sleeps on it is
 * woken in order of time, then of falling asleep, so that a run is repeated
 * exactly; between two wake-ups everything that was set off settles.
 */
export class VirtualClock implements Clock {
  #nowMs = 0;
  #wallOffsetSeconds: number;
  #order = 0;
  /** A binary heap, soonest first. */
  readonly #sleepers: Sleeper[] = [];

  constructor(options: { wallSeconds?: number } = {}) {
    this.#wallOffsetSeconds = options.wallSeconds ?? 1_700_000_000;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallSeconds(): number {
    return Math.floor(this.#wallOffsetSeconds + this.#nowMs / 1000);
  }

  /** Sets the wall clock forward or, if negative, back; `nowMs` does not jump. */
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
          sleeper.wake = undefined;
          signal?.removeEventListener("abort", abort);
          resolve();
        },
      };
      const abort = () => sleeper.wake?.();
      signal?.addEventListener("abort", abort);
      this.#push(sleeper);
    });
  }

  /** Takes no time, but goes on only when time is let pass, be it 0 ms. */
  turn(): Promise<void> {
    return this.sleep(0);
  }

  /** Calls `action` after `ms` milliseconds; cheaper than a sleep. */
  schedule(ms: number, action: () => void): void {
    this.#push({
      wakeMs: this.#nowMs + Math.max(0, ms),
      order: this.#order++,
      wake: action,
    });
  }

  /** Lets `ms` milliseconds pass. */
  async advance(ms: number): Promise<void> {
    await this.#advanceTo(this.#nowMs + ms);
  }

  async #advanceTo(endMs: number): Promise<void> {
    await settle();
    for (;;) {
      const next = this.#sleepers[0];
      if (next === undefined || next.wakeMs > endMs) break;
      this.#pop();
      if (next.wake === undefined) continue;
      this.#nowMs = next.wakeMs;
      next.wake();
      await settle();
    }
    this.#nowMs = endMs;
  }

  /** Lets time pass until `done()`, at most `limitMs`; false if that was not enough. */
  async advanceUntil(done: () => boolean, limitMs: number): Promise<boolean> {
    const endMs = this.#nowMs + limitMs;
    await settle();
    while (!done()) {
      const next = this.#sleepers[0];
      if (next === undefined || next.wakeMs > endMs) {
        this.#nowMs = endMs;
        return false;
      }
      await this.#advanceTo(next.wakeMs);
    }
    return true;
  }

  #push(sleeper: Sleeper): void {
    const heap = this.#sleepers;
    let at = heap.push(sleeper) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!sooner(sleeper, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = sleeper;
  }

  #pop(): void {
    const heap = this.#sleepers;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && sooner(heap[child + 1]!, heap[child]!)) {
        child += 1;
      }
      if (!sooner(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}

/** Resolves when every promise that can go on by itself has gone on. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

interface Sleeper {
  wakeMs: number;
  order: number;
  /** Undefined once it has been called. */
  wake: (() => void) | undefined;
}

function sooner(a: Sleeper, b: Sleeper): boolean {
  return a.wakeMs < b.wakeMs || (a.wakeMs === b.wakeMs && a.order < b.order);
}
