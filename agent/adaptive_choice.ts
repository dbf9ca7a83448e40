import type { AdaptiveHosts } from "./adaptive_hosts.ts";
import type { ChoiceRandom } from "./adaptive_random.ts";
import { WeightedSampler } from "./adaptive_sampler.ts";
import { NO_HOST } from "./balancer.ts";

/**
 * Chooses among the hosts that are in use: the cheapest of three drawn at random
 * in proportion to their weights.
 *
 * What a call costs is the host's latency times the calls in flight there for
 * its weight, this one included. Drawing only three keeps agents that know the
 * same from all choosing the same host; with two, a bad host among few is met
 * too often, and more than three gains little.
 *
 * Hosts outside the agent's zone are drawn too, one at a time, and chosen when
 * even so many times the cost is less than that of the nearer ones.
 */
export class HostChoice {
  /** The same as those of near, for a plain choice. */
  #slots: readonly number[] = [];
  readonly #near: WeightedSampler = new WeightedSampler();
  #far: WeightedSampler | undefined;
  /** Hosts of equal weight, all near, all with their full share: as most routes are. */
  #plain = true;
  readonly #hosts: AdaptiveHosts;
  readonly #random: ChoiceRandom;
  readonly #zonePreference: number;

  constructor(
    hosts: AdaptiveHosts,
    options: { random: ChoiceRandom; zonePreference: number },
  ) {
    this.#hosts = hosts;
    this.#random = options.random;
    this.#zonePreference = options.zonePreference;
  }

  /** Makes these the hosts to choose from. */
  set(slots: readonly number[]): void {
    const hosts = this.#hosts;
    const far = slots.filter((slot) => hosts.near[slot] === 0);
    const divided = far.length > 0 && far.length < slots.length;
    // Where there is nobody near, far is as good.
    this.#near.set(
      divided ? slots.filter((slot) => hosts.near[slot] === 1) : slots,
      hosts,
    );
    this.#far = undefined;
    if (divided) {
      this.#far = new WeightedSampler();
      this.#far.set(far, hosts);
    }
    this.#slots = this.#near.slots;
    let weights = 0;
    for (const slot of slots) weights += hosts.weight[slot]!;
    const meanWeight = weights / slots.length;
    for (const slot of slots) {
      hosts.relative[slot] = meanWeight / hosts.weight[slot]!;
      hosts.reckon(slot);
    }
    this.#plain = this.#near.equal && !divided &&
      slots.every((slot) => hosts.share[slot] === 1);
  }

  /** A host, or NO_HOST when there is none to choose from. */
  choose(nowMs: number): number {
    if (!this.#plain) return this.#chooseAmongUnequal(nowMs);
    const slots = this.#slots;
    const { length } = slots;
    if (length < 2) return length === 0 ? NO_HOST : slots[0]!;
    const bits = this.#random.bits();
    const low = bits & 0xffff;
    const high = bits >>> 16;
    // Two that are not the same, and a third that may be one of them.
    const index = low * length >>> 16;
    let next = index + 1 + (high * (length - 1) >>> 16);
    next -= length & ~(next - length >> 31);
    const mixed = (low * 0x9e37 + high) & 0xffff;
    const first = slots[index]!;
    const second = slots[next]!;
    const third = slots[mixed * length >>> 16]!;
    const hosts = this.#hosts;
    const { costs } = hosts;
    // Which is cheaper is a coin's toss: a jump would be guessed wrong half the
    // time and cost more than all the rest. So the sign of the difference, all
    // ones or all zeros, picks the bits of one or the other.
    const cost = costs[first]!;
    const isSecond = costs[second]! - cost >> 31;
    const less = cost ^ ((cost ^ costs[second]!) & isSecond);
    const isThird = costs[third]! - less >> 31;
    let best = first ^ ((first ^ second) & isSecond);
    best ^= (best ^ third) & isThird;
    if (!hosts.isLate(best, nowMs)) return best;
    // It answers late, which its cost does not say: a closer look at all three.
    best = this.#cheaper(first, second, nowMs);
    return this.#cheaper(best, third, nowMs);
  }

  /** The same with weights, with hosts that return, and with other zones. */
  #chooseAmongUnequal(nowMs: number): number {
    const random = this.#random;
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
    const other = this.#offer(slot, nowMs) * this.#zonePreference;
    return other < cost ? slot : best;
  }

  /** The cost of a call on a host, infinite when it takes no more than its share now. */
  #offer(slot: number, nowMs: number): number {
    const share = this.#hosts.share[slot]!;
    return share < 1 && this.#random.share() >= share
      ? Infinity
      : this.#cost(slot, nowMs);
  }

  #cheaper(slot: number, other: number, nowMs: number): number {
    return this.#cost(other, nowMs) < this.#cost(slot, nowMs) ? other : slot;
  }

  /**
   * A host with calls in flight that answers none is as slow as it is silent:
   * waiting for the first timeout would cost all the calls until then.
   */
  #cost(slot: number, nowMs: number): number {
    const hosts = this.#hosts;
    const cost = hosts.costs[slot]!;
    if (!hosts.isLate(slot, nowMs)) return cost;
    return cost * (nowMs - hosts.quietMs[slot]!) / hosts.costMs[slot]!;
  }
}
