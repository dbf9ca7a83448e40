import { SEQ_MAX, SEQ_MIN } from "./datagrams.ts";

/** Requests in flight: each has an index, from which its seq is computed. */
export class PendingRequests {
  /** The route of each request. */
  readonly route: Int32Array;
  /** Time from which the latency of each request counts, in microseconds. */
  readonly sinceUs: Float64Array;
  readonly #seq: Float64Array;
  readonly #waiting: Uint8Array;
  readonly #free: Int32Array[];
  readonly #freeCount: Int32Array;
  readonly #perPort: number;
  /** Number of requests that wait for an answer. */
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

  /** The port of a request, counted from the agent's first. */
  portOf(index: number): number {
    return Math.floor(index / this.#perPort);
  }

  /** The seq of a request. */
  seqOf(index: number): number {
    return this.#seq[index]!;
  }

  /** Takes a free index of a port; −1 if there is none. */
  take(port: number): number {
    const left = this.#freeCount[port]!;
    if (left === 0) return -1;
    this.#freeCount[port] = left - 1;
    const index = this.#free[port]![left - 1]!;
    this.#waiting[index] = 1;
    this.waiting += 1;
    return index;
  }

  /** Ends the request with this seq: its index; −1 if none waits for it. */
  settle(seq: number): number {
    const index = (seq - SEQ_MIN) % this.#seq.length;
    if (!(index >= 0) || this.#seq[index] !== seq) return -1;
    if (this.#waiting[index] === 0) return -1;
    this.#release(index);
    return index;
  }

  /** Ends the requests that wait since before `beforeUs` and calls `onLost` for each. */
  expire(beforeUs: number, onLost: () => void): void {
    for (let index = 0; index < this.#waiting.length; index++) {
      if (this.#waiting[index] === 0) continue;
      if (this.sinceUs[index]! >= beforeUs) continue;
      this.#release(index);
      onLost();
    }
  }

  /** Frees an index; its next request has another seq, so that a late answer ends nothing. */
  #release(index: number): void {
    const count = this.#seq.length;
    const next = this.#seq[index]! + count;
    this.#seq[index] = next > SEQ_MAX - count ? SEQ_MIN + index : next;
    this.#waiting[index] = 0;
    this.waiting -= 1;
    const port = this.portOf(index);
    const left = this.#freeCount[port]!;
    this.#free[port]![left] = index;
    this.#freeCount[port] = left + 1;
  }
}
