import {
  ByteArena,
  copyInto,
  decodeRoute,
  NO_ROW,
  type Route,
  type RouteKey,
  RouteRows,
} from "../../proto/mod.ts";

/** Place of a row without a route. */
const NO_PLACE = 0xffff_ffff;

/**
 * Every route with hosts that the hub knows, as the body of dns' last message
 * about it: what a restart begins with. Memory is the bytes of the bodies and
 * about 40 for each route; as objects, 100,000 routes of 10 hosts take 90 MB.
 */
export class RouteSnapshot {
  readonly #arena = new ByteArena((row, place) => this.#places[row] = place);
  #places = new Uint32Array(0);
  readonly #keys = new RouteRows((capacity) => {
    const larger = new Uint32Array(capacity).fill(NO_PLACE);
    this.#places = copyInto(larger, this.#places);
  });

  /** Number of routes. */
  get size(): number {
    return this.#keys.size;
  }

  /** Whether a route is there. */
  has(key: RouteKey): boolean {
    return this.#keys.find(key) !== NO_ROW;
  }

  /** A route, if it is there. */
  get(key: RouteKey): Route | undefined {
    const row = this.#keys.find(key);
    return row === NO_ROW
      ? undefined
      : decodeRoute(this.#arena.read(this.#places[row]!));
  }

  /** Keeps a copy of a route's body; true if it differs from the one before. */
  set(key: RouteKey, body: Uint8Array): boolean {
    let row = this.#keys.find(key);
    if (row === NO_ROW) row = this.#keys.add(key);
    else {
      const place = this.#places[row]!;
      if (this.#arena.holds(place, body)) return false;
      this.#places[row] = NO_PLACE;
      this.#arena.release(place);
    }
    this.#places[row] = this.#arena.append(row, body);
    return true;
  }

  /** Forgets a route; true if it was there. */
  delete(key: RouteKey): boolean {
    const row = this.#keys.find(key);
    if (row === NO_ROW) return false;
    this.#keys.remove(row);
    this.#arena.release(this.#places[row]!);
    this.#places[row] = NO_PLACE;
    return true;
  }

  /** The keys. Routes may come and go during the iteration; those are met or not. */
  *keys(): Generator<RouteKey> {
    for (const row of this.#used()) yield this.#keys.keyAt(row);
  }

  /** The routes, each as it is when the iteration reaches it. */
  *routes(): Generator<Route> {
    for (const row of this.#used()) {
      yield decodeRoute(this.#arena.read(this.#places[row]!));
    }
  }

  *#used(): Generator<number> {
    for (let row = 1; row < this.#keys.end; row++) {
      if (this.#places[row] !== NO_PLACE) yield row;
    }
  }
}
