/** Rows of columns that have any. */
const CAPACITY_MIN = 16;

/**
 * Length of full columns that grow, over the length before. Room to spare of long
 * ones takes no memory until it is used, as the system gives that by the page, and
 * small steps leave more holes behind.
 */
const GROWTH = 2;

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
 * One that begins with several numbers has that number of them for each host.
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
    const before = Math.max(1, this.#capacity);
    this.#capacity = Math.max(CAPACITY_MIN, row * GROWTH);
    for (const [name, view] of Object.entries(this)) {
      if (!ArrayBuffer.isView(view)) continue;
      const column = view as Column;
      const width = Math.max(1, column.length / before);
      Reflect.set(this, name, enlarge(column, width * this.#capacity));
    }
  }

  /** Makes all facts about a host 0. */
  clear(row: number): void {
    for (const column of Object.values(this)) {
      if (ArrayBuffer.isView(column)) (column as Column)[row] = 0;
    }
  }
}

/** A longer column. The old memory is free at once, and not after a garbage collection. */
function enlarge(column: Column, length: number): Column {
  const Type = column.constructor as new (length: number) => Column;
  const larger = new Type(length);
  larger.set(column);
  column.buffer.transfer(0);
  return larger;
}
