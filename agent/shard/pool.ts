import { AGENT_SERVERS, type Endpoint } from "../../proto/mod.ts";
import {
  BatchSocket,
  type Clock,
  WakeupCounter,
  WorkerPool,
} from "../../net/udp/worker.ts";
import type { ShardSettings } from "./shard.ts";
import type { FromShard, ToShard } from "./worker_messages.ts";
import type { FromWorker, ToWorker } from "./worker.ts";

/** Time that shards get to answer a ping. */
export const PING_MS_MAX = 2_000;

/** What a pool is made of. */
export interface ShardPoolOptions {
  /** The module that the workers run: it calls runShardWorker. */
  entry: string;
  onMessage: (index: number, message: FromShard) => void;
  onFailure: (index: number, error: Error) => void;
}

/** What the shards of a pool are made of. */
export interface ShardsOptions {
  /** Where the first shard listens; the others take the next ports. Port 0 takes any. */
  listen: Endpoint;
  /** How datagrams travel: one at a time through Deno, or in batches through libc. */
  transport: "datagram" | "batch";
  settings: ShardSettings;
  /** Descriptors of sockets that systemd keeps; with batches those of the ports are used. */
  inherited: readonly number[];
}

/** The agent's shard servers, each in a worker thread of its own. */
export class ShardPool {
  /** Where each shard listens, once they are open. */
  readonly addresses: Endpoint[] = [];
  /** Shards on a socket that the process was started with. */
  inheritedSockets = 0;
  readonly #onMessage: ShardPoolOptions["onMessage"];
  readonly #listening = Promise.withResolvers<void>();
  readonly #starting: Promise<WorkerPool<ToWorker, FromWorker>>;
  #workers: WorkerPool<ToWorker, FromWorker> | undefined;
  /** With batches: counters of each worker's messages. */
  #wakeups: readonly WakeupCounter[] = [];
  #wakeupSocket: BatchSocket | undefined;
  #isServing = false;
  /** Shards that have not answered the ping that is under way. */
  readonly #silent = new Set<number>();
  #ping = Promise.withResolvers<void>();

  /** Starts the workers, which load their code while the caller does other things. */
  constructor({ entry, onMessage, onFailure }: ShardPoolOptions) {
    this.#onMessage = onMessage;
    this.#starting = WorkerPool.start<ToWorker, FromWorker>({
      entry,
      count: AGENT_SERVERS,
      onMessage: (index, message) => this.#receive(index, message),
      onFailure,
    });
    // Whoever opens the shards learns of it.
    this.#starting.catch(() => {});
    this.#listening.promise.catch(() => {});
  }

  /**
   * Binds the ports, and resolves when all are bound. Datagrams wait there until the
   * shards serve.
   *
   * @throws {ListenError} If one of the ports cannot be had.
   * @throws {BatchUnavailableError} If batches cannot work here.
   */
  async open(
    { listen, transport, settings, inherited }: ShardsOptions,
  ): Promise<void> {
    const { hostname, port } = listen;
    if (transport === "batch") {
      this.#wakeups = Array.from(
        { length: AGENT_SERVERS },
        () => new WakeupCounter(),
      );
      this.#wakeupSocket = BatchSocket.open({
        at: { hostname: wakeupHost(hostname), port: 0 },
      });
    }
    this.#workers = await this.#starting;
    for (let index = 0; index < AGENT_SERVERS; index++) {
      const memory = this.#wakeups[index]?.memory;
      const batch = this.#wakeupSocket && memory
        ? { wakeups: memory, wakeupSender: this.#wakeupSocket.local }
        : undefined;
      this.#workers.post(index, {
        kind: "open",
        at: { hostname, port: port === 0 ? 0 : port + index },
        settings,
        inherited,
        ...(batch === undefined ? {} : { batch }),
      });
    }
    await this.#listening.promise;
  }

  /** Has the shards answer datagrams, when they have taken what was posted until now. */
  serve(): void {
    for (let index = 0; index < AGENT_SERVERS; index++) {
      this.#send(index, { kind: "serve" });
    }
    this.#isServing = true;
  }

  /** Sends a message to one shard. */
  post(index: number, message: ToShard): void {
    this.#send(index, message);
  }

  /** Numbers of the shards that do not answer within {@linkcode PING_MS_MAX}. */
  async silentShards(clock: Clock): Promise<number[]> {
    if (this.#silent.size === 0) this.#pingAll();
    const answered = new AbortController();
    await Promise.race([
      this.#ping.promise,
      clock.sleep(PING_MS_MAX, answered.signal),
    ]);
    answered.abort();
    return [...this.#silent];
  }

  /** Pings all; one that never answers is not pinged again. */
  #pingAll(): void {
    this.#ping = Promise.withResolvers();
    for (let index = 0; index < AGENT_SERVERS; index++) {
      this.#silent.add(index);
      this.#send(index, { kind: "ping" });
    }
  }

  #send(index: number, message: ToWorker): void {
    this.#workers?.post(index, message);
    // A worker that waits for datagrams is woken by one.
    if (this.#wakeups[index]?.posted() && this.#isServing) this.#wake(index);
  }

  #receive(index: number, message: FromWorker): void {
    if (message.kind === "opened") {
      this.addresses[index] = message.at;
      this.inheritedSockets += Number(message.isInherited);
      const opened = Object.keys(this.addresses).length;
      if (opened === AGENT_SERVERS) this.#listening.resolve();
    } else if (message.kind === "refused") {
      this.#listening.reject(new ListenError(message.at, message.reason));
    } else if (message.kind === "pong") {
      this.#silent.delete(index);
      if (this.#silent.size === 0) this.#ping.resolve();
    } else this.#onMessage(index, message);
  }

  /** Ends the workers at once; the shards are to stop before. */
  terminate(): void {
    this.#workers?.terminate();
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
