import {
  ByteArena,
  copyInto,
  decodeRoute,
  NO_ROW,
  type Route,
  type RouteKey,
  RouteRows,
} from "../../proto/mod.ts";

/** Place of a slot that holds no route. */
const NO_PLACE = 0xffff_ffff;

/**
 * Every route with hosts that the hub knows, as the body in which dns told of
 * it: what a restart begins with. It takes the bytes of the bodies and about 40
 * more for each route; as objects, 100,000 routes of 10 hosts were 90 MB.
 */
export class KnownRoutes {
  readonly #arena = new ByteArena((slot, place) => this.#places[slot] = place);
  #places = new Uint32Array(0);
  readonly #slots = new RouteRows((capacity) => {
    const larger = new Uint32Array(capacity).fill(NO_PLACE);
    this.#places = copyInto(larger, this.#places);
  });

  /** Number of routes. */
  get size(): number {
    return this.#slots.size;
  }

  /** Keeps a copy of a route's body; true if it is other than the one before. */
  set(key: RouteKey, body: Uint8Array): boolean {
    let slot = this.#slots.find(key);
    if (slot === NO_ROW) slot = this.#slots.add(key);
    else {
      const place = this.#places[slot]!;
      if (this.#arena.holds(place, body)) return false;
      this.#places[slot] = NO_PLACE;
      this.#arena.release(place);
    }
    this.#places[slot] = this.#arena.append(slot, body);
    return true;
  }

  /** True if the route was there. */
  delete(key: RouteKey): boolean {
    const slot = this.#slots.find(key);
    if (slot === NO_ROW) return false;
    this.#slots.remove(slot);
    this.#arena.release(this.#places[slot]!);
    this.#places[slot] = NO_PLACE;
    return true;
  }

  /** The keys; routes may come and go meanwhile, and are met or not. */
  *keys(): Generator<RouteKey> {
    for (const slot of this.#used()) yield this.#slots.keyAt(slot);
  }

  /** The routes, each as it is when its turn comes. */
  *routes(): Generator<Route> {
    for (const slot of this.#used()) {
      yield decodeRoute(this.#arena.read(this.#places[slot]!));
    }
  }

  *#used(): Generator<number> {
    for (let slot = 1; slot < this.#slots.end; slot++) {
      if (this.#places[slot] !== NO_PLACE) yield slot;
    }
  }
}
