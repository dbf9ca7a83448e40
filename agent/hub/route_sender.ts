import {
  BODY_BYTES_MAX,
  decodeRoute,
  ownerOf,
  type Route,
  type RouteKey,
} from "../../proto/mod.ts";

/** A body stands behind its length, an uint16. */
const LENGTH_BYTES = 2;

/** Bytes at which a batch is full: a shard takes one in a few milliseconds, between datagrams. */
const BATCH_BYTES = 32 * 1024;

/**
 * Bodies of routes on their way to a shard, each behind its length. As objects
 * they would be structured clones: ten times the bytes and the time.
 */
export class RouteBatch {
  readonly #bytes = new Uint8Array(BATCH_BYTES + LENGTH_BYTES + BODY_BYTES_MAX);
  #end = 0;

  get isEmpty(): boolean {
    return this.#end === 0;
  }

  /** Whether it must be taken before more is added. */
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

  /** Takes out what was added. */
  take(): Uint8Array {
    const batch = this.#bytes.slice(0, this.#end);
    this.#end = 0;
    return batch;
  }
}

/** Brings routes to the shards that own them; those of one turn of the event loop in one batch. */
export class RouteSender {
  readonly #shards: number;
  readonly #post: (index: number, batch: Uint8Array) => void;
  /** Routes on their way to each shard. */
  readonly #batches: readonly RouteBatch[];
  #isDue = false;

  constructor(
    options: {
      shards: number;
      /** Takes a batch to a shard. */
      post: (index: number, batch: Uint8Array) => void;
    },
  ) {
    this.#shards = options.shards;
    this.#post = options.post;
    this.#batches = Array.from(
      { length: this.#shards },
      () => new RouteBatch(),
    );
  }

  /** Sends a copy of a route's body, at the end of the turn or when its batch is full. */
  send(key: RouteKey, body: Uint8Array): void {
    const index = ownerOf(key, this.#shards);
    const batch = this.#batches[index]!;
    batch.add(body);
    if (batch.isFull) this.#sendBatch(index);
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => this.flush());
  }

  /** Sends all batches now. */
  flush(): void {
    this.#isDue = false;
    for (let index = 0; index < this.#shards; index++) this.#sendBatch(index);
  }

  #sendBatch(index: number): void {
    const batch = this.#batches[index]!;
    if (!batch.isEmpty) this.#post(index, batch.take());
  }
}

/**
 * The routes of a batch.
 *
 * @throws {ProtocolError} If a body is not that of a route.
 */
export function* routesOf(batch: Uint8Array): Generator<Route> {
  for (let at = 0; at < batch.length;) {
    const start = at + LENGTH_BYTES;
    at = start + (batch[at]! | batch[at + 1]! << 8);
    yield decodeRoute(batch.subarray(start, at));
  }
}
