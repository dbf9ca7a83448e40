import type { Span } from "./route_history.ts";

/**
 * What a fault may excuse:
 * - `feed`: news of the store does not reach agents
 * - `store`: the store cannot be used; what is started meanwhile may refuse
 * - `calls`: agents are told of failures, true or not
 * - `agent N`: this agent does not answer
 * - `disk N`: what this agent keeps on disk may be old
 * - `machine`: no process gets the time it needs
 */
export type Disturbance =
  | "feed"
  | "store"
  | "calls"
  | "machine"
  | `agent ${number}`
  | `disk ${number}`;

interface Period extends Span {
  what: Disturbance;
}

/** When what was disturbed. */
export class Disturbances {
  #periods: Period[] = [];

  /** Begins a disturbance; returns what ends it. */
  begin(what: Disturbance, nowMs: number): (endMs: number) => void {
    const period: Period = { what, fromMs: nowMs, toMs: Infinity };
    this.#periods.push(period);
    return (endMs) => period.toMs = endMs;
  }

  /** Whether `what` was disturbed during `span`, or up to `afterMs` before it. */
  touch(what: Disturbance, { fromMs, toMs }: Span, afterMs = 0): boolean {
    return this.#periods.some((period) =>
      period.what === what && period.fromMs <= toMs &&
      period.toMs + afterMs >= fromMs
    );
  }

  /**
   * The time since when an agent has known each change, without more delay than
   * `delayMs`, when it needs `recoveryMs` after a disturbance of the feed.
   */
  knownSince(
    nowMs: number,
    { delayMs, recoveryMs }: { delayMs: number; recoveryMs: number },
  ): number {
    let sinceMs = nowMs - delayMs;
    for (const { what, fromMs, toMs } of this.#newestFirst()) {
      if (what === "feed" && toMs + recoveryMs >= sinceMs) {
        sinceMs = Math.min(sinceMs, fromMs - delayMs);
      }
    }
    return sinceMs;
  }

  /** Forgets what ended before a time. */
  forget(beforeMs: number): void {
    this.#periods = this.#periods.filter(({ toMs }) => toMs >= beforeMs);
  }

  #newestFirst(): Period[] {
    return this.#periods.toSorted((a, b) => b.toMs - a.toMs);
  }
}
