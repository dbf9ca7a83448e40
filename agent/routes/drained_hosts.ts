import type { CallReport } from "../../proto/mod.ts";
import type { Balancer, HostCounts } from "../policies/balancer.ts";
import { NO_HOST } from "../policies/balancer.ts";

/** Longest time after which picks that are not reported are taken for lost. */
export const OPEN_PICKS_MS_MAX = 120_000;

/** Shortest such time, and how many times the longest call it is. */
const OPEN_PICKS_MS_MIN = 2_000;
const LONGEST_TIMES = 2;

/**
 * Time after which picks that are not reported are taken for lost: a request that
 * was sent again is one pick more than calls, a report may get lost, and programs
 * end. `longestUs` is the longest call that was reported lately; 0: not known.
 */
export function openPicksMs(longestUs: number): number {
  if (longestUs === 0) return OPEN_PICKS_MS_MAX;
  const ms = LONGEST_TIMES * longestUs / 1_000;
  return Math.min(Math.max(OPEN_PICKS_MS_MIN, ms), OPEN_PICKS_MS_MAX);
}

/** In place of a balancer while every host of a route is drained. */
export const NO_BALANCER: Balancer = {
  pick: () => NO_HOST,
  report: () => {},
  update: () => {},
  onHealthCheck: () => {},
  status: () => ({ succ: 0, err: 0, overload: false }),
  explain: () => "",
};

/** A drained host. */
interface DrainedHost extends HostCounts {
  /** When it was drained. */
  sinceMs: number;
  /** Its picks from before that are not reported yet, as far as the balancer counted them. */
  openPicks: number;
  /** Time after which those are taken for lost. */
  openMs: number;
}

/** What a balancer knew of a host that is drained now. */
export type DrainedCounts = Omit<DrainedHost, "sinceMs">;

/** Hosts of one route that get no calls: no balancer knows them, and what is still reported of them is counted here. */
export class DrainedHosts {
  readonly #hosts = new Map<number, DrainedHost>();

  /** Number of hosts. */
  get size(): number {
    return this.#hosts.size;
  }

  has(row: number): boolean {
    return this.#hosts.has(row);
  }

  /** Their rows. */
  rows(): Iterable<number> {
    return this.#hosts.keys();
  }

  /** Makes these rows the drained ones; `countsOf` is asked for those that were not. */
  set(
    rows: readonly number[],
    { countsOf, nowMs }: {
      countsOf: (row: number) => DrainedCounts;
      nowMs: number;
    },
  ): void {
    const drained = new Set(rows);
    for (const row of this.#hosts.keys()) {
      if (!drained.has(row)) this.#hosts.delete(row);
    }
    for (const row of rows) {
      if (this.has(row)) continue;
      this.#hosts.set(row, {
        ...countsOf(row),
        overload: false,
        sinceMs: nowMs,
      });
    }
  }

  /** Counts how a call went that began before. */
  report(row: number, { returnCode, unused }: CallReport): void {
    const host = this.#hosts.get(row);
    if (host === undefined) return;
    host.openPicks = Math.max(0, host.openPicks - 1);
    if (unused) return;
    if (returnCode === 0) host.succ += 1;
    else host.err += 1;
  }

  /** Counts of a drained host; undefined for any other. */
  status(row: number): HostCounts | undefined {
    return this.#hosts.get(row);
  }

  /** Since when a drained host is so, and how many of its calls may still be under way. */
  drain(row: number, nowMs: number): { forMs: number; openPicks: number } {
    const { sinceMs = nowMs, openPicks = 0, openMs = 0 } =
      this.#hosts.get(row) ?? {};
    const forMs = nowMs - sinceMs;
    return { forMs, openPicks: forMs < openMs ? openPicks : 0 };
  }

  /** When the first of the picks that are not reported is taken for lost; Infinity if there is none. */
  openUntilMs(nowMs: number): number {
    let untilMs = Infinity;
    for (const { sinceMs, openPicks, openMs } of this.#hosts.values()) {
      const lostMs = sinceMs + openMs;
      if (openPicks > 0 && lostMs > nowMs) untilMs = Math.min(untilMs, lostMs);
    }
    return untilMs;
  }
}
