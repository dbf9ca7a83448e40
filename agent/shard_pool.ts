import { type Endpoint, WorkerPool } from "../net/mod.ts";
import type { FromShard, ShardSettings, ToShard } from "./messages.ts";
import { SHARDS } from "./shard_server.ts";
import type { FromWorker, ToWorker } from "./shard_worker.ts";

export interface ShardPoolOptions {
  /** The module that the workers run: it calls runShardWorker. */
  entry: string;
  /** Where the first shard listens; the others take the next ports. Port 0 takes any. */
  listen: Endpoint;
  settings: ShardSettings;
  onMessage: (index: number, message: FromShard) => void;
  onFailure: (index: number, error: Error) => void;
}

/** The agent's shard servers, each in a worker thread of its own. */
export class ShardPool {
  readonly #workers: WorkerPool<ToWorker, FromWorker>;

  private constructor(workers: WorkerPool<ToWorker, FromWorker>) {
    this.#workers = workers;
  }

  /**
   * Starts the workers, and waits until every one listens.
   *
   * @throws {ListenError} If one of the ports cannot be had.
   */
  static async open(options: ShardPoolOptions): Promise<ShardPool> {
    const listening = Promise.withResolvers<void>();
    let opened = 0;
    const workers = await WorkerPool.start<ToWorker, FromWorker>({
      entry: options.entry,
      count: SHARDS,
      onMessage: (index, message) => {
        if (message.kind === "opened") {
          opened += 1;
          if (opened === SHARDS) listening.resolve();
        } else if (message.kind === "refused") {
          listening.reject(new ListenError(message.at, message.reason));
        } else {
          options.onMessage(index, message);
        }
      },
      onFailure: options.onFailure,
    });
    const { hostname, port } = options.listen;
    for (let index = 0; index < SHARDS; index++) {
      workers.post(index, {
        kind: "open",
        at: { hostname, port: port === 0 ? 0 : port + index },
        settings: options.settings,
      });
    }
    await listening.promise;
    return new ShardPool(workers);
  }

  /** Takes a message to one shard. */
  post(index: number, message: ToShard): void {
    this.#workers.post(index, message);
  }

  /** Ends the workers at once; tell the shards to stop first. */
  terminate(): void {
    this.#workers.terminate();
  }
}

/** A shard cannot listen where it was told to. */
export class ListenError extends Error {
  override name = "ListenError";
  readonly at: Endpoint;

  constructor(at: Endpoint, reason: string) {
    super(reason);
    this.at = at;
  }
}
