import type { AdaptiveShared } from "./shared.ts";
import { WeightedSampler } from "./weighted_sampler.ts";

/** What a pick needs of all routes. */
export type PickShared = Pick<AdaptiveShared, "hosts" | "random" | "settings">;

/**
 * Picks the cheapest of three hosts that differ in weight, in zone, or in that
 * some are in slow start: drawn in proportion to their weights. One more is
 * drawn from the other zones, and picked if even `zonePreference` times its cost
 * is less.
 */
export class WeightedPick {
  /** The agent's zone, or every host if none is there or all are. */
  readonly #near = new WeightedSampler();
  readonly #far: WeightedSampler | undefined;
  readonly #shared: PickShared;

  /** Picks from `rows`, of which there is at least one. */
  constructor(rows: readonly number[], shared: PickShared) {
    const { hosts } = shared;
    this.#shared = shared;
    const far = rows.filter((row) => hosts.sameZone[row] === 0);
    if (far.length === 0 || far.length === rows.length) {
      this.#near.set(rows, hosts);
      return;
    }
    this.#near.set(rows.filter((row) => hosts.sameZone[row] === 1), hosts);
    this.#far = new WeightedSampler();
    this.#far.set(far, hosts);
  }

  /** The row of a host. */
  pick(nowMs: number): number {
    const { random, settings } = this.#shared;
    const first = this.#near.draw(random);
    let best = first;
    let cost = this.#offer(first, nowMs);
    for (let drawn = 1; drawn < 3; drawn++) {
      let row = this.#near.draw(random);
      // Among few hosts, each should be compared.
      if (row === first) row = this.#near.draw(random);
      const other = this.#offer(row, nowMs);
      if (other < cost) {
        best = row;
        cost = other;
      }
    }
    if (this.#far === undefined) return best;
    const row = this.#far.draw(random);
    const other = this.#offer(row, nowMs) * settings.zonePreference;
    return other < cost ? row : best;
  }

  /** The cost of one more call, infinite if the host takes none in its slow start this time. */
  #offer(row: number, nowMs: number): number {
    const { hosts, random } = this.#shared;
    const factor = hosts.slowStartFactor[row]!;
    return factor < 1 && random.share() >= factor
      ? Infinity
      : hosts.costAt(row, nowMs);
  }
}
