import { type AdaptiveHosts, IN_FLIGHT_MIN } from "./adaptive_hosts.ts";
import type { ChoiceRandom } from "./adaptive_random.ts";
import { WeightedSampler } from "./adaptive_sampler.ts";

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
  readonly near: WeightedSampler = new WeightedSampler();
  readonly far: WeightedSampler = new WeightedSampler();
  /** Whether any host takes but a share of what it is offered. */
  #returning = false;
  #meanWeight = 1;
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

  /** Hosts to choose from. */
  get size(): number {
    return this.near.slots.length + this.far.slots.length;
  }

  /** Makes these the hosts to choose from. */
  set(slots: readonly number[]): void {
    const hosts = this.#hosts;
    const near = slots.filter((slot) => hosts.near[slot] === 1);
    const far = slots.filter((slot) => hosts.near[slot] === 0);
    // Where there is nobody near, far is as good.
    this.near.set(near.length > 0 ? near : far, hosts);
    this.far.set(near.length > 0 ? far : [], hosts);
    let weights = 0;
    for (const slot of slots) weights += hosts.weight[slot]!;
    this.#meanWeight = slots.length === 0 ? 1 : weights / slots.length;
    this.#returning = slots.some((slot) => hosts.share[slot]! < 1);
  }

  /** A host, or NO_HOST when there is none to choose from. */
  choose(nowMs: number): number {
    const { near, far } = this;
    const first = near.draw(this.#random);
    if (far.slots.length === 0 && near.slots.length < 2) return first;
    let best = first;
    let cost = this.#cost(first, nowMs);
    for (let drawn = 0; drawn < 2; drawn++) {
      const slot = this.#another(first);
      const other = this.#cost(slot, nowMs);
      if (other < cost) {
        best = slot;
        cost = other;
      }
    }
    if (far.slots.length === 0) return best;
    const slot = far.draw(this.#random);
    return this.#cost(slot, nowMs) * this.#zonePreference < cost ? slot : best;
  }

  /** A second draw that is the first again is made once more: among few, each should be compared. */
  #another(first: number): number {
    const slot = this.near.draw(this.#random);
    return slot === first ? this.near.draw(this.#random) : slot;
  }

  /**
   * A host with calls in flight that answers none is as slow as it is silent:
   * waiting for the first timeout would cost all the calls until then.
   */
  #cost(slot: number, nowMs: number): number {
    const hosts = this.#hosts;
    if (
      this.#returning && hosts.share[slot]! < 1 &&
      this.#random.share() >= hosts.share[slot]!
    ) return Infinity;
    const inFlight = hosts.inFlight[slot]!;
    let cost = hosts.costMs[slot]!;
    if (inFlight >= IN_FLIGHT_MIN) {
      const silentMs = nowMs - hosts.quietMs[slot]!;
      if (silentMs > cost) cost = silentMs;
    }
    return cost * (1 + inFlight * this.#meanWeight / hosts.weight[slot]!);
  }
}
