import { ownerOf, type RouteKey } from "../proto/mod.ts";
import { RouteBatch } from "./route_batch.ts";

/** Brings routes to the shards that own them; routes of one turn go to a shard together. */
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

  /** Sends a copy of a route's body, at the end of the turn or before. */
  send(key: RouteKey, body: Uint8Array): void {
    const index = ownerOf(key, this.#shards);
    const batch = this.#batches[index]!;
    batch.add(body);
    if (batch.isFull) this.#sendBatch(index);
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => this.flush());
  }

  /** Sends at once what waits. */
  flush(): void {
    this.#isDue = false;
    for (let index = 0; index < this.#shards; index++) this.#sendBatch(index);
  }

  #sendBatch(index: number): void {
    const batch = this.#batches[index]!;
    if (!batch.isEmpty) this.#post(index, batch.take());
  }
}
