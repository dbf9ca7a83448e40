import {
  BodyArena,
  mixHash,
  NO_SLOT,
  type Route,
  type RouteKey,
  SlotIndex,
} from "../proto/mod.ts";
import { decodeRoute } from "./route_body.ts";

/** What is looked for stands here. */
const CANDIDATE = 0;

const SLOTS_MIN = 64;

/** Place of a slot that holds no route. */
const NO_PLACE = 0xffff_ffff;

/**
 * Every route with hosts that the hub knows, as the body in which dns told of
 * it: what a restart begins with. It takes the bytes of the bodies and about 40
 * more for each route; as objects, 100,000 routes of 10 hosts were 90 MB.
 */
export class KnownRoutes {
  readonly #arena = new BodyArena((slot, place) => this.#places[slot] = place);
  readonly #index = new SlotIndex({
    hashOf: (slot) =>
      mixHash(mixHash(0, this.#modIds[slot]!), this.#cmdIds[slot]!),
    isEqual: (a, b) =>
      this.#modIds[a] === this.#modIds[b] &&
      this.#cmdIds[a] === this.#cmdIds[b],
  });
  #modIds = new Int32Array(SLOTS_MIN);
  #cmdIds = new Int32Array(SLOTS_MIN);
  #places = new Uint32Array(SLOTS_MIN).fill(NO_PLACE);
  /** Slots used so far, free ones included. */
  #end = CANDIDATE + 1;
  readonly #free: number[] = [];

  /** Number of routes. */
  get size(): number {
    return this.#index.size;
  }

  /** Keeps a copy of a route's body; true if it is other than the one before. */
  set(key: RouteKey, body: Uint8Array): boolean {
    let slot = this.#find(key);
    if (slot === NO_SLOT) slot = this.#newSlot(key);
    else {
      const place = this.#places[slot]!;
      if (isEqual(this.#arena.read(place), body)) return false;
      this.#places[slot] = NO_PLACE;
      this.#arena.release(place);
    }
    this.#places[slot] = this.#arena.append(slot, body);
    return true;
  }

  /** True if the route was there. */
  delete(key: RouteKey): boolean {
    const slot = this.#find(key);
    if (slot === NO_SLOT) return false;
    this.#index.remove(slot);
    this.#arena.release(this.#places[slot]!);
    this.#places[slot] = NO_PLACE;
    this.#free.push(slot);
    return true;
  }

  /** The keys; routes may come and go meanwhile, and are met or not. */
  *keys(): Generator<RouteKey> {
    for (const slot of this.#slots()) yield this.#keyAt(slot);
  }

  /** The routes, each as it is when its turn comes. */
  *routes(): Generator<Route> {
    for (const slot of this.#slots()) {
      yield decodeRoute(this.#arena.read(this.#places[slot]!));
    }
  }

  *#slots(): Generator<number> {
    for (let slot = CANDIDATE + 1; slot < this.#end; slot++) {
      if (this.#places[slot] !== NO_PLACE) yield slot;
    }
  }

  #find({ modId, cmdId }: RouteKey): number {
    this.#modIds[CANDIDATE] = modId;
    this.#cmdIds[CANDIDATE] = cmdId;
    return this.#index.find(CANDIDATE);
  }

  #keyAt(slot: number): RouteKey {
    return { modId: this.#modIds[slot]!, cmdId: this.#cmdIds[slot]! };
  }

  #newSlot({ modId, cmdId }: RouteKey): number {
    const slot = this.#free.pop() ?? this.#end++;
    if (slot === this.#places.length) this.#grow();
    this.#modIds[slot] = modId;
    this.#cmdIds[slot] = cmdId;
    this.#index.add(slot);
    return slot;
  }

  #grow(): void {
    const capacity = this.#places.length * 2;
    const [modIds, cmdIds, places] = [
      this.#modIds,
      this.#cmdIds,
      this.#places,
    ];
    this.#modIds = new Int32Array(capacity);
    this.#modIds.set(modIds);
    this.#cmdIds = new Int32Array(capacity);
    this.#cmdIds.set(cmdIds);
    this.#places = new Uint32Array(capacity).fill(NO_PLACE);
    this.#places.set(places);
  }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) {
    if (a[at] !== b[at]) return false;
  }
  return true;
}
