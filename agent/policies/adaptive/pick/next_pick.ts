import { NO_HOST } from "../../balancer.ts";
import type { AdaptiveHosts } from "../hosts.ts";

/** Time after which a check says nothing any more. */
const CHECKED_MS_MAX = 5_000;

/** Picks that a check is good for, where there are more of them than checks. */
const PICKS_MAX = 8;

/**
 * The next pick of a route whose hosts are called seldom: chosen ahead, and
 * checked. A caller that meets a host once in seconds would learn only by its own
 * failures that it is dead.
 */
export class NextPick {
  #row = NO_HOST;
  #checkedMs = 0;
  #picksLeft = 0;

  /** Takes that a host accepted the agent's connection. */
  set(row: number, nowMs: number): void {
    this.#row = row;
    this.#checkedMs = nowMs;
    this.#picksLeft = PICKS_MAX;
  }

  /** Forgets a host that has left the route: its row may be one of another route. */
  remove(row: number): void {
    if (row === this.#row) this.#row = NO_HOST;
  }

  /** The row of the host, or NO_HOST if none was checked lately. */
  take(hosts: AdaptiveHosts, nowMs: number): number {
    const row = this.#row;
    if (
      row === NO_HOST || this.#picksLeft === 0 || !hosts.isInUse(row) ||
      nowMs - this.#checkedMs > CHECKED_MS_MAX
    ) return NO_HOST;
    this.#picksLeft -= 1;
    return row;
  }
}
