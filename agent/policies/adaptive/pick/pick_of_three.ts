import { NO_HOST } from "../../balancer.ts";
import { keepRows, NO_ROWS, rowsOf } from "../../kept_rows.ts";
import { type PickShared, WeightedPick } from "./weighted_pick.ts";

/**
 * Picks the cheapest of three hosts drawn at random from those in use: 14 ns
 * of 10 hosts, 15 of 1,000.
 *
 * With two draws a bad host among few would be met too often, more than three
 * gain little, and comparing all would send every agent that knows the same to
 * the same host.
 *
 * It is the base of a balancer and not a part of it: 100,000 routes would have an
 * object more each, which every pick would have to look up.
 */
export class PickOfThree<Shared extends PickShared = PickShared> {
  protected readonly shared: Shared;
  /** Those to pick from; empty where `#firstRow` says which. */
  #rows: readonly number[] = NO_ROWS;
  /** How many there are; 0 where `#weighted` picks. */
  #count = 0;
  /**
   * What keepRows() says of them, if that is a row; otherwise NO_HOST. Then a pick
   * need not read a list, which of 1,000 hosts saves a tenth of its time.
   */
  #firstRow = NO_HOST;
  /** Undefined where weight, zone and slow start of all hosts are the same, as on most routes. */
  #weighted: WeightedPick | undefined;

  constructor(shared: Shared) {
    this.shared = shared;
  }

  /** Makes these the hosts to pick from; O(hosts). */
  setInUse(rows: readonly number[]): void {
    const { hosts, settings } = this.shared;
    let weights = 0;
    for (const row of rows) weights += hosts.weight[row]!;
    const costOfMean = weights / rows.length / settings.freeCalls;
    for (const row of rows) {
      hosts.setCallCost(row, costOfMean / hosts.weight[row]!);
      hosts.updateCost(row);
    }
    const first = rows[0] ?? 0;
    const equal = rows.every((row) =>
      hosts.weight[row] === hosts.weight[first] &&
      hosts.sameZone[row] === hosts.sameZone[first] &&
      hosts.slowStartPercentOf(row) === 100
    );
    this.#weighted = equal ? undefined : new WeightedPick(rows, this.shared);
    this.#count = equal ? rows.length : 0;
    const kept = equal ? keepRows(rows) : rows;
    const isList = typeof kept !== "number";
    this.#firstRow = isList ? NO_HOST : kept;
    this.#rows = isList ? kept : NO_ROWS;
  }

  /** Those to pick from; O(hosts). */
  protected get inUse(): readonly number[] {
    return this.#firstRow === NO_HOST
      ? this.#rows
      : rowsOf(this.#firstRow, this.#count);
  }

  /** Whether there is none. */
  protected get isEmpty(): boolean {
    return this.#firstRow === NO_HOST && this.#rows.length === 0;
  }

  /**
   * The row of a host, of which there is one at least, for a call that counts as
   * `units` of {@linkcode AdaptiveHosts.addPick}.
   */
  pickFor(units: number, nowMs: number): number {
    const length = this.#count;
    if (length < 2) return this.#pickOther(units, nowMs);
    const { hosts, random } = this.shared;
    const bits = random.bits();
    const low = bits & 0xffff;
    const high = bits >>> 16;
    // Two that are not the same, and a third that may be one of them.
    const index = low * length >>> 16;
    let next = index + 1 + (high * (length - 1) >>> 16);
    next -= length & ~(next - length >> 31);
    const middle = bits >>> 8 & 0xffff;
    const third = middle * length >>> 16;
    const first = this.#firstRow;
    const best = first < 0
      ? this.#cheapestListed(index, next, third)
      : hosts.cheapestOf(first + index, first + next, first + third);
    return hosts.tryPick(best, units, nowMs)
      ? best
      : this.#pickOther(units, nowMs);
  }

  /** Apart, as it stands in the list: inlined, it would crowd out what most picks need. */
  #cheapestListed(index: number, next: number, third: number): number {
    const rows = this.#rows;
    return this.shared.hosts.cheapestOf(
      rows[index]!,
      rows[next]!,
      rows[third]!,
    );
  }

  /** Picks by weight, the only one, or the cheapest of six more where even the best of three is slow. */
  #pickOther(units: number, nowMs: number): number {
    const row = this.#weighted?.pick(nowMs) ?? this.#cheapestOfSix(nowMs);
    this.shared.hosts.addPick(row, units, nowMs);
    return row;
  }

  #cheapestOfSix(nowMs: number): number {
    const { hosts, random } = this.shared;
    const length = this.#count;
    let index = random.below(length);
    let best = this.#rowAt(index);
    for (let drawn = 1; drawn < 6; drawn++) {
      // Among few hosts, each is compared.
      index = length > 6 ? random.below(length) : (index + 1) % length;
      const row = this.#rowAt(index);
      if (hosts.costAt(row, nowMs) < hosts.costAt(best, nowMs)) best = row;
    }
    return best;
  }

  #rowAt(index: number): number {
    return this.#firstRow === NO_HOST
      ? this.#rows[index]!
      : this.#firstRow + index;
  }
}
