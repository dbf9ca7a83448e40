/** Rows of columns that have any. */
const CAPACITY_MIN = 16;

/** Length of full columns that grow, over the length before: room to spare is memory for nothing. */
const GROWTH = 1.125;

/** The arrays that columns are made of. */
type Column =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/**
 * Facts about the hosts of all routes of one shard, a typed array for each fact
 * and a row for each host: the public fields of a subclass that are typed arrays.
 *
 * Objects would be easier to read and four times as large: an agent that knows
 * 1,000,000 hosts could not stay below 300 MB, and its garbage collector would
 * walk through them.
 */
export abstract class HostColumns {
  #capacity = 0;

  /** Makes the columns long enough for `row`: the old arrays are detached, what they held stays. */
  ensure(row: number): void {
    if (row < this.#capacity) return;
    this.#capacity = Math.max(CAPACITY_MIN, Math.floor(row * GROWTH));
    for (const [name, column] of Object.entries(this)) {
      if (!ArrayBuffer.isView(column)) continue;
      Reflect.set(this, name, enlarge(column as Column, this.#capacity));
    }
  }
}

/** A longer column. The buffer is transferred: the old memory is free at once, and not after a garbage collection. */
function enlarge(column: Column, capacity: number): Column {
  const Type = column.constructor as new (buffer: ArrayBuffer) => Column;
  return new Type(column.buffer.transfer(capacity * column.BYTES_PER_ELEMENT));
}
