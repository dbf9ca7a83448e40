import type { RouteKey } from "../route.ts";
import { mixHash } from "./open_addressing.ts";
import { RowIndex } from "./row_index.ts";

/** Row that holds the key being looked for. */
const CANDIDATE = 0;

const ROWS_MIN = 64;

/**
 * Gives each route a row: a number under which its owner keeps what it knows of
 * the route in columns. It takes 14 to 28 bytes per route and no object.
 */
export class RouteRows {
  readonly #onGrow: (capacity: number) => void;
  readonly #index = new RowIndex({
    hashOf: (row) =>
      mixHash(mixHash(0, this.#modIds[row]!), this.#cmdIds[row]!),
    isEqual: (a, b) =>
      this.#modIds[a] === this.#modIds[b] &&
      this.#cmdIds[a] === this.#cmdIds[b],
  });
  #modIds = new Int32Array(ROWS_MIN);
  #cmdIds = new Int32Array(ROWS_MIN);
  /** Rows used so far, free ones included. */
  #end = CANDIDATE + 1;
  readonly #free: number[] = [];

  /** `onGrow` is called with the length that columns must have, first at once. */
  constructor(onGrow: (capacity: number) => void) {
    this.#onGrow = onGrow;
    onGrow(ROWS_MIN);
  }

  /** Number of routes. */
  get size(): number {
    return this.#index.size;
  }

  /** Rows are from 1 to below this; some may be free. */
  get end(): number {
    return this.#end;
  }

  /** The row of a route, or NO_ROW. */
  find({ modId, cmdId }: RouteKey): number {
    this.#modIds[CANDIDATE] = modId;
    this.#cmdIds[CANDIDATE] = cmdId;
    return this.#index.find(CANDIDATE);
  }

  /** Adds a route that has no row. Columns may hold values of the row's previous route. */
  add({ modId, cmdId }: RouteKey): number {
    const row = this.#free.pop() ?? this.#end++;
    if (row === this.#modIds.length) this.#grow();
    this.#modIds[row] = modId;
    this.#cmdIds[row] = cmdId;
    this.#index.add(row);
    return row;
  }

  /** Removes the route of a row. */
  remove(row: number): void {
    this.#index.remove(row);
    this.#free.push(row);
  }

  /** The route of a row. */
  keyAt(row: number): RouteKey {
    return { modId: this.#modIds[row]!, cmdId: this.#cmdIds[row]! };
  }

  #grow(): void {
    const capacity = this.#modIds.length * 2;
    this.#modIds = copyInto(new Int32Array(capacity), this.#modIds);
    this.#cmdIds = copyInto(new Int32Array(capacity), this.#cmdIds);
    this.#onGrow(capacity);
  }
}

/** Copies a column into a larger one, which it returns. */
export function copyInto<Column extends Int32Array | Uint32Array>(
  larger: Column,
  column: Column,
): Column {
  larger.set(column);
  return larger;
}
