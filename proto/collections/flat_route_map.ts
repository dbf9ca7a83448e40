import type { RouteKey } from "../route.ts";
import { mixHash } from "./row_index.ts";

const PLACES_MIN = 16;

/** What stands for the modid at a free place: no route can have it. */
const FREE = -1;

/**
 * A map from route keys, of ids from 0 up, to values that stands in two typed arrays and a list:
 * one look into each finds a value. Among 100,000 routes asked for at random
 * that is two to five times as fast as the two levels of RouteMap, and it takes
 * less; RouteMap is for few routes, and where routes go while one looks at all.
 */
export class FlatRouteMap<Value extends object> {
  /** Open addressing: a key stands at the first place from its hash on that was free. */
  #modIds = new Int32Array(PLACES_MIN).fill(FREE);
  #cmdIds = new Int32Array(PLACES_MIN);
  /** Undefined at a free place. */
  #values: (Value | undefined)[] = new Array(PLACES_MIN).fill(undefined);
  #size = 0;

  /** Number of routes. */
  get size(): number {
    return this.#size;
  }

  get({ modId, cmdId }: RouteKey): Value | undefined {
    return this.#values[this.#find(modId, cmdId)];
  }

  set({ modId, cmdId }: RouteKey, value: Value): this {
    let place = this.#find(modId, cmdId);
    if (this.#values[place] === undefined) {
      this.#size += 1;
      // At most half full: a free place is near.
      if (this.#size * 2 > this.#values.length) {
        this.#grow();
        place = this.#find(modId, cmdId);
      }
      this.#modIds[place] = modId;
      this.#cmdIds[place] = cmdId;
    }
    this.#values[place] = value;
    return this;
  }

  /** True if the route was there. */
  delete({ modId, cmdId }: RouteKey): boolean {
    const values = this.#values;
    const mask = values.length - 1;
    let hole = this.#find(modId, cmdId);
    if (values[hole] === undefined) return false;
    // Who stood further on only as this place was taken moves up: no search
    // meets a hole before what it looks for.
    for (
      let at = (hole + 1) & mask;
      values[at] !== undefined;
      at = (at + 1) & mask
    ) {
      const home = this.#home(this.#modIds[at]!, this.#cmdIds[at]!);
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      this.#modIds[hole] = this.#modIds[at]!;
      this.#cmdIds[hole] = this.#cmdIds[at]!;
      values[hole] = values[at];
      hole = at;
    }
    values[hole] = undefined;
    this.#modIds[hole] = FREE;
    this.#size -= 1;
    return true;
  }

  /** In no order; the map is not to be changed meanwhile. */
  *values(): Generator<Value> {
    for (const value of this.#values) {
      if (value !== undefined) yield value;
    }
  }

  /** Where a key stands, or would. */
  #find(modId: number, cmdId: number): number {
    const modIds = this.#modIds;
    const cmdIds = this.#cmdIds;
    const mask = modIds.length - 1;
    let place = this.#home(modId, cmdId);
    while (
      modIds[place] !== FREE &&
      (modIds[place] !== modId || cmdIds[place] !== cmdId)
    ) place = (place + 1) & mask;
    return place;
  }

  #home(modId: number, cmdId: number): number {
    return mixHash(mixHash(0, modId), cmdId) & (this.#values.length - 1);
  }

  #grow(): void {
    const [modIds, cmdIds, values] = [this.#modIds, this.#cmdIds, this.#values];
    const capacity = values.length * 2;
    this.#modIds = new Int32Array(capacity).fill(FREE);
    this.#cmdIds = new Int32Array(capacity);
    this.#values = new Array(capacity).fill(undefined);
    for (const [at, value] of values.entries()) {
      if (value === undefined) continue;
      const place = this.#find(modIds[at]!, cmdIds[at]!);
      this.#modIds[place] = modIds[at]!;
      this.#cmdIds[place] = cmdIds[at]!;
      this.#values[place] = value;
    }
  }
}
