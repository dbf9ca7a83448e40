import type { Endpoint } from "../../proto/mod.ts";

/** Datagrams that wait to be received; more are dropped, as a system does. */
const RECEIVED_MAX = 1_024;

/** A receive that nothing has answered. */
interface Receiver {
  readonly buffer: Uint8Array;
  readonly resolve: (received: [Uint8Array, Endpoint]) => void;
  readonly reject: (error: Error) => void;
}

/** What sockets that push have received, for one reader that asks for it. */
export class Inbox {
  readonly #received: [Uint8Array, Endpoint][] = [];
  #error: Error | undefined;
  #closed: Error | undefined;
  #receiver: Receiver | undefined;

  /** Takes a datagram, whose bytes do not change any more. */
  push(datagram: Uint8Array, from: Endpoint): void {
    const receiver = this.#receiver;
    if (receiver === undefined) {
      if (this.#received.length < RECEIVED_MAX) {
        this.#received.push([datagram, from]);
      }
      return;
    }
    this.#receiver = undefined;
    receiver.resolve([fill(receiver.buffer, datagram), from]);
  }

  /** Fails a receive, the present or the next one. */
  fail(error: Error): void {
    const receiver = this.#receiver;
    this.#receiver = undefined;
    if (receiver === undefined) this.#error = error;
    else receiver.reject(error);
  }

  /** Fails every receive from now on. */
  close(): void {
    this.#closed = new Error("Cannot receive as it is closed");
    this.fail(this.#closed);
  }

  /**
   * Receives the next datagram into `buffer`.
   *
   * @throws {Error} What {@linkcode fail} was called with, or if it is closed.
   */
  receive(buffer: Uint8Array): Promise<[Uint8Array, Endpoint]> {
    const error = this.#closed ?? this.#error;
    this.#error = undefined;
    if (error !== undefined) return Promise.reject(error);
    const next = this.#received.shift();
    if (next !== undefined) {
      return Promise.resolve([fill(buffer, next[0]), next[1]]);
    }
    return new Promise((resolve, reject) => {
      this.#receiver = { buffer, resolve, reject };
    });
  }
}

/** The part of `buffer` that a datagram fills; what does not fit is cut off. */
function fill(buffer: Uint8Array, datagram: Uint8Array): Uint8Array {
  const size = Math.min(buffer.length, datagram.length);
  buffer.set(size < datagram.length ? datagram.subarray(0, size) : datagram);
  return buffer.subarray(0, size);
}
