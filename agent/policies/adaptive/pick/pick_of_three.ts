import { NO_HOST } from "../../balancer.ts";
import { type PickShared, WeightedPick } from "./weighted_pick.ts";

/**
 * Picks the cheapest of three hosts drawn at random from those in use: 20 ns,
 * for 10 hosts as for 1,000.
 *
 * With two draws a bad host among few would be met too often, more than three
 * gain little, and comparing all would send every agent that knows the same to
 * the same host.
 */
export class PickOfThree {
  #rows: readonly number[] = [];
  /** Undefined where weight, zone and slow start of all hosts are the same, as on most routes. */
  #weighted: WeightedPick | undefined;
  readonly #shared: PickShared;

  constructor(shared: PickShared) {
    this.#shared = shared;
  }

  /** Makes these the hosts to pick from; O(hosts). */
  set(rows: readonly number[]): void {
    const { hosts, settings } = this.#shared;
    this.#rows = rows;
    let weights = 0;
    for (const row of rows) weights += hosts.weight[row]!;
    const costOfMean = weights / rows.length / settings.freeCalls;
    for (const row of rows) {
      hosts.callCost[row] = costOfMean / hosts.weight[row]!;
      hosts.updateCost(row);
    }
    const first = rows[0] ?? 0;
    const equal = rows.every((row) =>
      hosts.weight[row] === hosts.weight[first] &&
      hosts.sameZone[row] === hosts.sameZone[first] &&
      hosts.slowStartPercent[row] === 100
    );
    this.#weighted = equal ? undefined : new WeightedPick(rows, this.#shared);
  }

  /** The row of a host, or NO_HOST when there is none to pick from. */
  pick(nowMs: number): number {
    if (this.#weighted !== undefined) return this.#weighted.pick(nowMs);
    const { hosts, random } = this.#shared;
    const rows = this.#rows;
    const { length } = rows;
    if (length < 2) return length === 0 ? NO_HOST : rows[0]!;
    const bits = random.bits();
    const low = bits & 0xffff;
    const high = bits >>> 16;
    // Two that are not the same, and a third that may be one of them.
    const index = low * length >>> 16;
    let next = index + 1 + (high * (length - 1) >>> 16);
    next -= length & ~(next - length >> 31);
    const mixed = (low * 0x9e37 + high) & 0xffff;
    const first = rows[index]!;
    const second = rows[next]!;
    const third = rows[mixed * length >>> 16]!;
    const { costs } = hosts;
    // Which is cheaper is a coin toss: a branch would be predicted wrong half the
    // time and cost more than all the rest. So the sign of the difference, all
    // ones or all zeros, picks the bits of one or the other.
    const cost = costs[first]!;
    const isSecond = costs[second]! - cost >> 31;
    const less = cost ^ ((cost ^ costs[second]!) & isSecond);
    const isThird = costs[third]! - less >> 31;
    let best = first ^ ((first ^ second) & isSecond);
    best ^= (best ^ third) & isThird;
    return hosts.isSlow(best, nowMs)
      ? this.#cheapest([first, second, third], nowMs)
      : best;
  }

  /** The cheapest of these and of three more, where even the best of these is slow. */
  #cheapest(drawn: number[], nowMs: number): number {
    const { hosts, random } = this.#shared;
    const rows = this.#rows;
    for (let more = 0; more < 3; more++) {
      drawn.push(rows[random.below(rows.length)]!);
    }
    return drawn.reduce((best, row) =>
      hosts.costAt(row, nowMs) < hosts.costAt(best, nowMs) ? row : best
    );
  }
}
