import { AGENT_SERVERS, type Endpoint } from "../../proto/mod.ts";
import { BatchSocket, WakeupCounter, WorkerPool } from "../../net/mod.ts";
import type { ShardSettings } from "./shard.ts";
import type { FromShard, ToShard } from "./worker_messages.ts";
import type { FromWorker, ToWorker } from "./worker.ts";

/** What a pool is made of. */
export interface ShardPoolOptions {
  /** The module that the workers run: it calls runShardWorker. */
  entry: string;
  /** Where the first shard listens; the others take the next ports. Port 0 takes any. */
  listen: Endpoint;
  /** How datagrams travel: one at a time through Deno, or in batches through libc. */
  transport: "datagram" | "batch";
  settings: ShardSettings;
  onMessage: (index: number, message: FromShard) => void;
  onFailure: (index: number, error: Error) => void;
}

/** The agent's shard servers, each in a worker thread of its own. */
export class ShardPool {
  /** Where each shard listens. */
  readonly addresses: readonly Endpoint[];
  readonly #workers: WorkerPool<ToWorker, FromWorker>;
  /** With batches: counters of each worker's messages. */
  readonly #wakeups: readonly WakeupCounter[];
  readonly #wakeupSocket: BatchSocket | undefined;

  private constructor(
    workers: WorkerPool<ToWorker, FromWorker>,
    options: {
      addresses: readonly Endpoint[];
      wakeups: readonly WakeupCounter[];
      wakeupSocket: BatchSocket | undefined;
    },
  ) {
    this.#workers = workers;
    this.addresses = options.addresses;
    this.#wakeups = options.wakeups;
    this.#wakeupSocket = options.wakeupSocket;
  }

  /**
   * Starts the workers, and resolves when every one listens.
   *
   * @throws {ListenError} If one of the ports cannot be had.
   * @throws {BatchUnavailableError} If batches cannot work here.
   */
  static async open(options: ShardPoolOptions): Promise<ShardPool> {
    const { hostname, port } = options.listen;
    const isBatch = options.transport === "batch";
    const wakeups = isBatch
      ? Array.from({ length: AGENT_SERVERS }, () => new WakeupCounter())
      : [];
    const wakeupSocket = isBatch
      ? BatchSocket.open({ at: { hostname: wakeupHost(hostname), port: 0 } })
      : undefined;
    const listening = Promise.withResolvers<void>();
    const addresses: Endpoint[] = [];
    let opened = 0;
    const workers = await WorkerPool.start<ToWorker, FromWorker>({
      entry: options.entry,
      count: AGENT_SERVERS,
      onMessage: (index, message) => {
        if (message.kind === "opened") {
          addresses[index] = message.at;
          opened += 1;
          if (opened === AGENT_SERVERS) listening.resolve();
        } else if (message.kind === "refused") {
          listening.reject(new ListenError(message.at, message.reason));
        } else {
          options.onMessage(index, message);
        }
      },
      onFailure: options.onFailure,
    });
    for (let index = 0; index < AGENT_SERVERS; index++) {
      const memory = wakeups[index]?.memory;
      const batch = wakeupSocket && memory
        ? { wakeups: memory, wakeupSender: wakeupSocket.local }
        : undefined;
      workers.post(index, {
        kind: "open",
        at: { hostname, port: port === 0 ? 0 : port + index },
        settings: options.settings,
        ...(batch === undefined ? {} : { batch }),
      });
    }
    await listening.promise;
    return new ShardPool(workers, { addresses, wakeups, wakeupSocket });
  }

  /** Sends a message to one shard. */
  post(index: number, message: ToShard): void {
    this.#workers.post(index, message);
    // A worker that waits for datagrams is woken by one.
    if (this.#wakeups[index]?.posted()) this.#wake(index);
  }

  /** Ends the workers at once; the shards are to stop before. */
  terminate(): void {
    this.#workers.terminate();
    this.#wakeupSocket?.close();
  }

  #wake(index: number): void {
    const { hostname, port } = this.addresses[index]!;
    this.#wakeupSocket?.queue(0, { hostname: wakeupHost(hostname), port });
    this.#wakeupSocket?.flush();
  }
}

/** A server that listens at every address is woken at loopback. */
function wakeupHost(hostname: string): string {
  if (hostname === "0.0.0.0") return "127.0.0.1";
  return hostname === "::" ? "::1" : hostname;
}

/** A port of the agent cannot be had. */
export class ListenError extends Error {
  override name = "ListenError";
  readonly at: Endpoint;

  constructor(at: Endpoint, reason: string) {
    super(reason);
    this.at = at;
  }
}
