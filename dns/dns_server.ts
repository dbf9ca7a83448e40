import {
  type Clock,
  type FramedConnection,
  type Logger,
  loggerOf,
  MessageRouter,
  type Random,
  TcpServer,
  type Transport,
} from "../net/mod.ts";
import {
  decodeGetRouteRequest,
  type Endpoint,
  isValidKey,
  MessageId,
  type RouteKey,
} from "../proto/mod.ts";
import type { RouteStore } from "../store/mod.ts";
import { FeedLoop } from "./feed_loop.ts";
import { Publisher } from "./publisher.ts";
import { RouteTable } from "./route_table.ts";
import { Subscriptions } from "./subscriptions.ts";

/** How often old subscriptions and stalled connections are looked for. */
const HOUSEKEEPING_INTERVAL_MS = 1_000;

export interface DnsServerOptions {
  transport: Transport;
  clock: Clock;
  random: Random;
  /** Stays the caller's to close. */
  store: RouteStore;
  /** Where to listen; port 0 takes any free one. */
  at: Endpoint;
  connectionsMax: number;
  /** Time between two questions to the store for changes, in milliseconds. */
  watchIntervalMs: number;
  /** Time between two full comparisons with the store, in milliseconds. */
  fullCompareIntervalMs: number;
  logger?: Logger;
}

/** What a server is made of besides its socket. */
interface Parts {
  table: RouteTable;
  subscriptions: Subscriptions;
  publisher: Publisher;
  feed: FeedLoop;
}

/**
 * Answers which hosts a route has, and tells whoever asked when that changes.
 * It keeps nothing that the store does not have: run as many as you like.
 */
export class DnsServer {
  readonly #requests = { requests: 0, invalidKeys: 0 };
  readonly #clock: Clock;
  readonly #parts: Parts;
  readonly #router = new MessageRouter();
  readonly #server: TcpServer;

  private constructor(options: DnsServerOptions, parts: Parts) {
    this.#clock = options.clock;
    this.#parts = parts;
    this.#router.on(
      MessageId.getRouteRequest,
      (connection, body) => this.#answer(connection, body),
    );
    this.#server = new TcpServer({
      ...options,
      logger: options.logger ?? loggerOf("dns"),
      router: this.#router,
      onClose: (connection) => parts.subscriptions.drop(connection),
    });
  }

  /**
   * Loads all routes, for as long as that takes when the store is away, and
   * then listens. Connections are taken once it runs.
   *
   * @throws {StoreError} If the store cannot be read and trying again cannot help.
   * @throws {Deno.errors.AddrInUse} If the port is taken.
   * @throws {unknown} The signal's reason when it is aborted meanwhile.
   */
  static async open(
    options: DnsServerOptions,
    signal?: AbortSignal,
  ): Promise<DnsServer> {
    const { clock, logger = loggerOf("dns") } = options;
    const table = new RouteTable({ logger });
    const subscriptions = new Subscriptions();
    const publisher = new Publisher({ table, subscriptions, clock });
    const onChanged = (keys: readonly RouteKey[]) => publisher.publish(keys);
    const feed = await FeedLoop.open(
      { ...options, logger, table, onChanged },
      signal,
    );
    const parts = { table, subscriptions, publisher, feed };
    return new DnsServer(options, parts);
  }

  /** Where it listens. */
  get local(): Endpoint {
    return this.#server.local;
  }

  /** The routes it knows. */
  get table(): RouteTable {
    return this.#parts.table;
  }

  /** What happened so far, and what it holds now. */
  get counters(): DnsCounters {
    const { table, subscriptions, publisher, feed } = this.#parts;
    return {
      ...this.#server.counters,
      ...this.#requests,
      ...table.counters,
      ...publisher.counters,
      ...feed.counters,
      ...subscriptions.counters,
      unknownIds: this.#router.unknownIds,
      connections: this.#server.connections.size,
      routes: table.size,
      subscriptions: subscriptions.size,
      waitingSubscribers: publisher.waiting,
      storeAway: feed.storeAway ? 1 : 0,
    };
  }

  /** Serves until `signal` is aborted, then sends what is queued, and closes all. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([
      this.#server.run(signal),
      this.#parts.feed.run(signal),
      this.#keepHouse(signal),
    ]);
  }

  #answer(connection: FramedConnection, body: Uint8Array): void {
    const key: RouteKey = decodeGetRouteRequest(body);
    const { table, subscriptions } = this.#parts;
    this.#requests.requests += 1;
    if (isValidKey(key)) {
      subscriptions.subscribe({ connection, key }, this.#clock.nowMs());
    } else {
      this.#requests.invalidKeys += 1;
    }
    // Sending copies it into its frame: the table may change at once.
    const answer = table.answer(key);
    connection.send(MessageId.getRouteResponse, answer);
  }

  async #keepHouse(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#clock.sleep(HOUSEKEEPING_INTERVAL_MS, signal);
      this.#parts.subscriptions.expire(this.#clock.nowMs());
      this.#parts.publisher.closeStalled();
    }
  }
}

/** Everything a server counts, by name. */
export type DnsCounters =
  & TcpServer["counters"]
  & RouteTable["counters"]
  & Publisher["counters"]
  & FeedLoop["counters"]
  & Subscriptions["counters"]
  & {
    requests: number;
    /** Requests whose modid or cmdid is negative: answered without hosts. */
    invalidKeys: number;
    /** Frames dropped as their message id is none of dns's. */
    unknownIds: number;
    connections: number;
    routes: number;
    subscriptions: number;
    /** Subscribers that do not take their pushes for now. */
    waitingSubscribers: number;
    /** 1 while the store cannot be read. */
    storeAway: number;
  };
