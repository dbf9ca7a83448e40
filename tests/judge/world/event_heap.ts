/**
 * A queue of events by time: a binary heap of two typed arrays, times and numbers
 * that identify the events. npm tinyqueue would make an object of each: three
 * million a second.
 */
export class EventHeap {
  #atMs = new Float64Array(1_024);
  #ids = new Int32Array(1_024);
  #size = 0;

  /** When the next event is due; Infinity when there is none. */
  get nextMs(): number {
    return this.#size === 0 ? Infinity : this.#atMs[0]!;
  }

  push(atMs: number, id: number): void {
    if (this.#size === this.#ids.length) this.#grow();
    const times = this.#atMs;
    const ids = this.#ids;
    let index = this.#size++;
    while (index > 0) {
      const parent = index - 1 >> 1;
      if (times[parent]! <= atMs) break;
      times[index] = times[parent]!;
      ids[index] = ids[parent]!;
      index = parent;
    }
    times[index] = atMs;
    ids[index] = id;
  }

  /** Takes the next event out; only when there is one. */
  pop(): number {
    const times = this.#atMs;
    const ids = this.#ids;
    const first = ids[0]!;
    const size = --this.#size;
    const atMs = times[size]!;
    const id = ids[size]!;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= size) break;
      if (child + 1 < size && times[child + 1]! < times[child]!) child += 1;
      if (times[child]! >= atMs) break;
      times[index] = times[child]!;
      ids[index] = ids[child]!;
      index = child;
    }
    times[index] = atMs;
    ids[index] = id;
    return first;
  }

  #grow(): void {
    const times = new Float64Array(this.#atMs.length * 2);
    const ids = new Int32Array(times.length);
    times.set(this.#atMs);
    ids.set(this.#ids);
    this.#atMs = times;
    this.#ids = ids;
  }
}
