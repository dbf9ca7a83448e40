import { type ChoiceShared, UnevenChoice } from "./weighted_pick.ts";
import { NO_HOST } from "../balancer.ts";

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
  #slots: readonly number[] = [];
  /** Undefined for hosts of equal weight, all near or all far, all with their full share: as most routes are. */
  #uneven: UnevenChoice | undefined;
  readonly #shared: ChoiceShared;

  constructor(shared: ChoiceShared) {
    this.#shared = shared;
  }

  /** Makes these the hosts to choose from. */
  set(slots: readonly number[]): void {
    const { hosts } = this.#shared;
    this.#slots = slots;
    let weights = 0;
    for (const slot of slots) weights += hosts.weight[slot]!;
    const meanWeight = weights / slots.length;
    for (const slot of slots) {
      hosts.relative[slot] = meanWeight / hosts.weight[slot]!;
      hosts.reckon(slot);
    }
    const first = slots[0] ?? 0;
    const even = slots.every((slot) =>
      hosts.weight[slot] === hosts.weight[first] &&
      hosts.near[slot] === hosts.near[first] && hosts.share[slot] === 1
    );
    this.#uneven = even ? undefined : new UnevenChoice(slots, this.#shared);
  }

  /** A host, or NO_HOST when there is none to choose from. */
  choose(nowMs: number): number {
    if (this.#uneven !== undefined) return this.#uneven.choose(nowMs);
    const { hosts, random } = this.#shared;
    const slots = this.#slots;
    const { length } = slots;
    if (length < 2) return length === 0 ? NO_HOST : slots[0]!;
    const bits = random.bits();
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

  #cheaper(slot: number, other: number, nowMs: number): number {
    const { hosts } = this.#shared;
    return hosts.costAt(other, nowMs) < hosts.costAt(slot, nowMs)
      ? other
      : slot;
  }
}
