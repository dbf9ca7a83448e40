import { NO_HOST } from "../balancer.ts";
import type { AdaptiveHosts } from "./hosts.ts";
import type { ChoiceRandom } from "./random.ts";

/**
 * Draws hosts in proportion to their weights, at the same cost for 10 hosts and
 * for 1,000: by Walker's method of aliases, where every host has a column of
 * height 1 that it shares with one heavier host.
 */
export class WeightedSampler {
  /** The hosts; to be read only. */
  slots: readonly number[] = [];
  /** Whether all weights are the same. */
  equal = true;
  /** By index: the host's own part of its column, and who has the rest. None when weights are equal. */
  #own: Float32Array | undefined;
  #alias: Uint16Array | undefined;

  /** Makes these the hosts. */
  set(slots: readonly number[], hosts: AdaptiveHosts): void {
    this.slots = slots;
    this.#own = undefined;
    this.#alias = undefined;
    const first = hosts.weight[slots[0] ?? 0]!;
    this.equal = slots.every((slot) => hosts.weight[slot] === first);
    if (!this.equal) this.#buildAliases(hosts);
  }

  /** A host, or NO_HOST if there is none. */
  draw(random: ChoiceRandom): number {
    const { slots } = this;
    if (slots.length === 0) return NO_HOST;
    const index = random.below(slots.length);
    if (this.#own !== undefined && random.share() >= this.#own[index]!) {
      return slots[this.#alias![index]!]!;
    }
    return slots[index]!;
  }

  #buildAliases(hosts: AdaptiveHosts): void {
    const { slots } = this;
    let weights = 0;
    for (const slot of slots) weights += hosts.weight[slot]!;
    const meanWeight = weights / slots.length;
    const own = new Float32Array(slots.length);
    const alias = new Uint16Array(slots.length);
    const light: number[] = [];
    const heavy: number[] = [];
    slots.forEach((slot, index) => {
      own[index] = hosts.weight[slot]! / meanWeight;
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
    // What rounding left over is as high as a column.
    for (const index of [...light, ...heavy]) own[index] = 1;
    this.#own = own;
    this.#alias = alias;
  }
}
