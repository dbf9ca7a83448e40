import type { CallReport } from "../../proto/mod.ts";
import type { Balancer, HostCounts } from "../policies/balancer.ts";
import { NO_HOST } from "../policies/balancer.ts";

/** In place of a balancer while every host of a route is drained. */
export const NO_BALANCER: Balancer = {
  pick: () => NO_HOST,
  report: () => {},
  update: () => {},
  onHealthCheck: () => {},
  status: () => ({ succ: 0, err: 0, overload: false }),
  explain: () => "",
};

/** Hosts of one route that get no calls: no balancer knows them, and what is still reported of them is counted here. */
export class DrainedHosts {
  readonly #counts = new Map<number, HostCounts>();

  /** Number of hosts. */
  get size(): number {
    return this.#counts.size;
  }

  has(row: number): boolean {
    return this.#counts.has(row);
  }

  /** Makes these rows the drained ones; `countsOf` is asked for those that were not. */
  set(rows: readonly number[], countsOf: (row: number) => HostCounts): void {
    const drained = new Set(rows);
    for (const row of this.#counts.keys()) {
      if (!drained.has(row)) this.#counts.delete(row);
    }
    for (const row of rows) {
      if (this.has(row)) continue;
      this.#counts.set(row, { ...countsOf(row), overload: false });
    }
  }

  /** Counts how a call went that began before. */
  report(row: number, { returnCode, unused }: CallReport): void {
    const counts = this.#counts.get(row);
    if (counts === undefined || unused) return;
    if (returnCode === 0) counts.succ += 1;
    else counts.err += 1;
  }

  /** Counts of a drained host; undefined for any other. */
  status(row: number): HostCounts | undefined {
    return this.#counts.get(row);
  }
}
