import type { RouteKey } from "../route.ts";
import { mixHash, RowIndex } from "./row_index.ts";

/** What is looked for stands here. */
const CANDIDATE = 0;

const SLOTS_MIN = 64;

/**
 * Gives each route a slot, a number under which others keep what they know of
 * it in columns of their own: 14 to 28 bytes a route, and no object.
 */
export class RouteRows {
  readonly #onGrow: (capacity: number) => void;
  readonly #index = new RowIndex({
    hashOf: (slot) =>
      mixHash(mixHash(0, this.#modIds[slot]!), this.#cmdIds[slot]!),
    isEqual: (a, b) =>
      this.#modIds[a] === this.#modIds[b] &&
      this.#cmdIds[a] === this.#cmdIds[b],
  });
  #modIds = new Int32Array(SLOTS_MIN);
  #cmdIds = new Int32Array(SLOTS_MIN);
  /** Slots used so far, free ones included. */
  #end = CANDIDATE + 1;
  readonly #free: number[] = [];

  /** `onGrow` is told how many slots columns must have, at once and when there are more. */
  constructor(onGrow: (capacity: number) => void) {
    this.#onGrow = onGrow;
    onGrow(SLOTS_MIN);
  }

  /** Number of routes. */
  get size(): number {
    return this.#index.size;
  }

  /** Slots are below this, and above 0; not each has a route. */
  get end(): number {
    return this.#end;
  }

  /** The slot of a route, or NO_SLOT. */
  find({ modId, cmdId }: RouteKey): number {
    this.#modIds[CANDIDATE] = modId;
    this.#cmdIds[CANDIDATE] = cmdId;
    return this.#index.find(CANDIDATE);
  }

  /** A slot for a route that has none; whoever had it before may have left something in columns. */
  add({ modId, cmdId }: RouteKey): number {
    const slot = this.#free.pop() ?? this.#end++;
    if (slot === this.#modIds.length) this.#grow();
    this.#modIds[slot] = modId;
    this.#cmdIds[slot] = cmdId;
    this.#index.add(slot);
    return slot;
  }

  /** Takes its slot from a route. */
  remove(slot: number): void {
    this.#index.remove(slot);
    this.#free.push(slot);
  }

  /** The route that has a slot. */
  keyAt(slot: number): RouteKey {
    return { modId: this.#modIds[slot]!, cmdId: this.#cmdIds[slot]! };
  }

  #grow(): void {
    const capacity = this.#modIds.length * 2;
    this.#modIds = copyInto(new Int32Array(capacity), this.#modIds);
    this.#cmdIds = copyInto(new Int32Array(capacity), this.#cmdIds);
    this.#onGrow(capacity);
  }
}

/** `larger`, which begins with what stands in `column`. */
export function copyInto<Column extends Int32Array | Uint32Array>(
  larger: Column,
  column: Column,
): Column {
  larger.set(column);
  return larger;
}
