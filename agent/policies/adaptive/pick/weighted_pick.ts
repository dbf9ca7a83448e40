import { NO_HOST } from "../../balancer.ts";
import type { AdaptiveHosts } from "../hosts.ts";
import type { Xorshift } from "./random.ts";
import type { AdaptiveShared } from "../adaptive_shared.ts";

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
    for (let drawn = 1; drawn < 6; drawn++) {
      // Where even the best of three is slow, three more are drawn.
      if (drawn === 3 && !this.#shared.hosts.isSlow(best, nowMs)) break;
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
    const percent = hosts.slowStartPercentOf(row);
    return percent < 100 && random.below(100) >= percent
      ? Infinity
      : hosts.costAt(row, nowMs);
  }
}

/**
 * Draws hosts in proportion to their weights in O(1), by Walker's alias method:
 * every host has a column of height 1, which it shares with one heavier host.
 */
export class WeightedSampler {
  #rows: readonly number[] = [];
  /** By index: the host's own part of its column, and the index of who has the rest. Undefined when weights are equal. */
  #own: Float32Array | undefined;
  #alias: Uint16Array | undefined;

  /** Makes these the hosts; O(hosts). */
  set(rows: readonly number[], hosts: AdaptiveHosts): void {
    this.#rows = rows;
    this.#own = undefined;
    this.#alias = undefined;
    const first = hosts.weight[rows[0] ?? 0]!;
    if (rows.some((row) => hosts.weight[row] !== first)) {
      this.#buildAliases(hosts);
    }
  }

  /** The row of a host, or NO_HOST if there is none. */
  draw(random: Xorshift): number {
    const rows = this.#rows;
    if (rows.length === 0) return NO_HOST;
    const index = random.below(rows.length);
    if (this.#own !== undefined && random.share() >= this.#own[index]!) {
      return rows[this.#alias![index]!]!;
    }
    return rows[index]!;
  }

  #buildAliases(hosts: AdaptiveHosts): void {
    const rows = this.#rows;
    let weights = 0;
    for (const row of rows) weights += hosts.weight[row]!;
    const meanWeight = weights / rows.length;
    const own = new Float32Array(rows.length);
    const alias = new Uint16Array(rows.length);
    const light: number[] = [];
    const heavy: number[] = [];
    rows.forEach((row, index) => {
      own[index] = hosts.weight[row]! / meanWeight;
      alias[index] = index;
      (own[index]! < 1 ? light : heavy).push(index);
    });
    while (light.length > 0 && heavy.length > 0) {
      const poor = light.pop()!;
      const rich = heavy[heavy.length - 1]!;
      alias[poor] = rich;
      own[rich]! -= 1 - own[poor]!;
      if (own[rich]! < 1) light.push(heavy.pop()!);
    }
    // What rounding left over fills its own column.
    for (const index of [...light, ...heavy]) own[index] = 1;
    this.#own = own;
    this.#alias = alias;
  }
}
