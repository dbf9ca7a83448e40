import type { HostAddress } from "../../proto/mod.ts";

/** Slots of a table that holds any. */
const CAPACITY_MIN = 16;

/** How many times as long a full table becomes: what is above the need is memory for nothing. */
const GROWTH = 1.125;

/** The arrays that a table's columns are made of. */
type Column =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/**
 * The hosts of all routes of one policy in one shard, a column for each thing
 * known of them; a host is a slot, an index into every column.
 *
 * Objects would be easier to read and four times as large: an agent that knows
 * 1,000,000 hosts could not stay below 300 MB, and its garbage collector would
 * walk through them. Policies add columns of their own in {@linkcode HostTable.grow}.
 */
export class HostTable {
  ip: Uint32Array<ArrayBuffer> = new Uint32Array(0);
  port: Uint16Array<ArrayBuffer> = new Uint16Array(0);
  #capacity = 0;
  /** Slots handed out at least once: the ones after were never used. */
  #used = 0;
  /** Slots given back. */
  readonly #free: number[] = [];

  /** Number of hosts. */
  get size(): number {
    return this.#used - this.#free.length;
  }

  /** A slot for a host; its columns hold what the last host left there. */
  allocate({ ip, port }: HostAddress): number {
    const slot = this.#free.pop() ?? this.#next();
    this.ip[slot] = ip;
    this.port[slot] = port;
    return slot;
  }

  /** Gives a slot back: the next host may get it. */
  release(slot: number): void {
    this.#free.push(slot);
  }

  /** The address in a slot. */
  address(slot: number): HostAddress {
    return { ip: this.ip[slot]!, port: this.port[slot]! };
  }

  /** Makes every column `capacity` long; what they hold stays. */
  protected grow(capacity: number): void {
    this.ip = enlarge(this.ip, capacity);
    this.port = enlarge(this.port, capacity);
  }

  #next(): number {
    if (this.#used === this.#capacity) {
      this.#capacity = Math.max(
        CAPACITY_MIN,
        Math.floor(this.#capacity * GROWTH),
      );
      this.grow(this.#capacity);
    }
    return this.#used++;
  }
}

/**
 * A longer column with what the old one held, which cannot be used any more: its
 * memory is free at once, and does not wait for a garbage collection.
 */
export function enlarge<Array extends Column>(
  column: Array,
  capacity: number,
): Array {
  const Type = column.constructor as new (buffer: ArrayBuffer) => Array;
  return new Type(column.buffer.transfer(capacity * column.BYTES_PER_ELEMENT));
}
