import { BODY_BYTES_MAX, type Route } from "../proto/mod.ts";
import { decodeRoute } from "./route_body.ts";

/** A body stands behind its length, an uint16. */
const LENGTH_BYTES = 2;

/** A batch is full with this many bytes: a shard takes one in a few milliseconds, between datagrams. */
export const BATCH_BYTES = 32 * 1024;

/**
 * Bodies of routes on their way to a shard, one after the other. Structured
 * clones of routes would cost ten times the bytes and the time.
 */
export class RouteBatch {
  readonly #bytes = new Uint8Array(BATCH_BYTES + LENGTH_BYTES + BODY_BYTES_MAX);
  #end = 0;

  get isEmpty(): boolean {
    return this.#end === 0;
  }

  /** Whether it should be taken before anything is added. */
  get isFull(): boolean {
    return this.#end >= BATCH_BYTES;
  }

  /** Adds a copy of a body to a batch that is not full. */
  add(body: Uint8Array): void {
    this.#bytes[this.#end] = body.length & 0xff;
    this.#bytes[this.#end + 1] = body.length >> 8;
    this.#bytes.set(body, this.#end + LENGTH_BYTES);
    this.#end += LENGTH_BYTES + body.length;
  }

  /** What was added since this was last called. */
  take(): Uint8Array {
    const batch = this.#bytes.slice(0, this.#end);
    this.#end = 0;
    return batch;
  }
}

/**
 * The routes of a batch.
 *
 * @throws {ProtocolError} If a body in it is none.
 */
export function* routesOf(batch: Uint8Array): Generator<Route> {
  for (let at = 0; at < batch.length;) {
    const start = at + LENGTH_BYTES;
    at = start + (batch[at]! | batch[at + 1]! << 8);
    yield decodeRoute(batch.subarray(start, at));
  }
}
