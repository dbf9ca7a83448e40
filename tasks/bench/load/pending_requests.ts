import { SEQ_MAX, SEQ_MIN } from "./datagrams.ts";

/** The requests under way: each has a slot, and its seq says which. */
export class PendingRequests {
  /** The route that the request of each slot asks for. */
  readonly route: Int32Array;
  /** Since when each slot's request waits, in microseconds. */
  readonly sinceUs: Float64Array;
  readonly #seq: Float64Array;
  readonly #waiting: Uint8Array;
  readonly #free: Int32Array[];
  readonly #freeCount: Int32Array;
  readonly #perPort: number;
  /** How many requests wait for an answer. */
  waiting = 0;

  constructor({ ports, perPort }: { ports: number; perPort: number }) {
    const count = ports * perPort;
    this.#perPort = perPort;
    this.route = new Int32Array(count);
    this.sinceUs = new Float64Array(count);
    this.#waiting = new Uint8Array(count);
    this.#seq = Float64Array.from({ length: count }, (_, at) => SEQ_MIN + at);
    this.#freeCount = new Int32Array(ports).fill(perPort);
    this.#free = Array.from(
      { length: ports },
      (_, port) =>
        Int32Array.from({ length: perPort }, (_, at) => port * perPort + at),
    );
  }

  /** Which port, counted from the first, the slot's requests go to. */
  portOf(slot: number): number {
    return Math.floor(slot / this.#perPort);
  }

  seqOf(slot: number): number {
    return this.#seq[slot]!;
  }

  /** Takes a free slot of a port; −1 if there is none. */
  take(port: number): number {
    const left = this.#freeCount[port]!;
    if (left === 0) return -1;
    this.#freeCount[port] = left - 1;
    const slot = this.#free[port]![left - 1]!;
    this.#waiting[slot] = 1;
    this.waiting += 1;
    return slot;
  }

  /** The slot whose request has this seq, freed; −1 if none waits for it. */
  settle(seq: number): number {
    const slot = (seq - SEQ_MIN) % this.#seq.length;
    if (!(slot >= 0) || this.#seq[slot] !== seq) return -1;
    if (this.#waiting[slot] === 0) return -1;
    this.#release(slot);
    return slot;
  }

  /** Frees the slots that have waited since before `beforeUs`, and hands out each. */
  expire(beforeUs: number, onLost: (slot: number) => void): void {
    for (let slot = 0; slot < this.#waiting.length; slot++) {
      if (this.#waiting[slot] === 0) continue;
      if (this.sinceUs[slot]! >= beforeUs) continue;
      this.#release(slot);
      onLost(slot);
    }
  }

  /** The next request of this slot has another seq: a late answer settles nothing. */
  #release(slot: number): void {
    const count = this.#seq.length;
    const next = this.#seq[slot]! + count;
    this.#seq[slot] = next > SEQ_MAX - count ? SEQ_MIN + slot : next;
    this.#waiting[slot] = 0;
    this.waiting -= 1;
    const port = this.portOf(slot);
    const left = this.#freeCount[port]!;
    this.#free[port]![left] = slot;
    this.#freeCount[port] = left + 1;
  }
}
