import type { AdaptiveShared } from "./policy.ts";
import { WeightedSampler } from "./weighted_sampler.ts";

/** What a choice needs to know of all routes. */
export type ChoiceShared = Pick<
  AdaptiveShared,
  "hosts" | "random" | "settings"
>;

/**
 * The choice of adaptive_choice.ts among hosts that differ: in weight, in zone,
 * or in that some return and do not take their full share yet.
 */
export class UnevenChoice {
  readonly #near = new WeightedSampler();
  readonly #far: WeightedSampler | undefined;
  readonly #shared: ChoiceShared;

  constructor(slots: readonly number[], shared: ChoiceShared) {
    const { hosts } = shared;
    this.#shared = shared;
    const far = slots.filter((slot) => hosts.near[slot] === 0);
    if (far.length === 0 || far.length === slots.length) {
      // Where there is nobody near, far is as good.
      this.#near.set(slots, hosts);
      return;
    }
    this.#near.set(slots.filter((slot) => hosts.near[slot] === 1), hosts);
    this.#far = new WeightedSampler();
    this.#far.set(far, hosts);
  }

  /** A host; there must be one. */
  choose(nowMs: number): number {
    const { random, settings } = this.#shared;
    const first = this.#near.draw(random);
    let best = first;
    let cost = this.#offer(first, nowMs);
    for (let drawn = 1; drawn < 3; drawn++) {
      let slot = this.#near.draw(random);
      // Among few, each should be compared.
      if (slot === first) slot = this.#near.draw(random);
      const other = this.#offer(slot, nowMs);
      if (other < cost) {
        best = slot;
        cost = other;
      }
    }
    if (this.#far === undefined) return best;
    const slot = this.#far.draw(random);
    const other = this.#offer(slot, nowMs) * settings.zonePreference;
    return other < cost ? slot : best;
  }

  /** The cost of a call on a host, infinite when it takes no more than its share now. */
  #offer(slot: number, nowMs: number): number {
    const { hosts, random } = this.#shared;
    const share = hosts.share[slot]!;
    return share < 1 && random.share() >= share
      ? Infinity
      : hosts.costAt(slot, nowMs);
  }
}
