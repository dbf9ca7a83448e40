import {
  type Clock,
  type FramedConnection,
  type Histogram,
  type Logger,
  loggerOf,
  MessageRouter,
  type Random,
  TcpServer,
  type Transport,
  VERSION,
} from "../net/mod.ts";
import {
  decodeGetRouteRequest,
  decodeRoute,
  type Endpoint,
  FEATURE_LEASES,
  formatEndpoint,
  type HelloAck,
  isValidKey,
  MessageId,
  readRouteHead,
  type RouteHost,
  type RouteKey,
} from "../proto/mod.ts";
import type { LeaseStore, RouteStore } from "../store/mod.ts";
import { FeedLoop } from "./feed_loop.ts";
import { type LeaseCounters, LeaseKeeper } from "./leases/lease_keeper.ts";
import type { RegisterKeys } from "./leases/register_keys.ts";
import type { CallerEvidence } from "./leases/votes.ts";
import { Publisher } from "./publisher.ts";
import { RouteTable } from "./route_table.ts";
import { Subscriptions } from "./subscriptions.ts";

/** Pause between two batches of subscriptions that end. */
const EXPIRE_PAUSE_MS = 1_000;

/** Options of a {@linkcode DnsServer}. */
export interface DnsServerOptions {
  /** Opens the listener. */
  transport: Transport;
  /** Times polls and waits. */
  clock: Clock;
  /** Spreads waits. */
  random: Random;
  /** The caller's to close. */
  store: RouteStore;
  /** Endpoint to listen at; port 0 takes any free one. */
  at: Endpoint;
  /** Most connections. */
  connectionsMax: number;
  /** Most connections of one address; default: a share of all. */
  connectionsPerAddressMax?: number | undefined;
  /** Time between two polls of the store for changes, in milliseconds. */
  watchIntervalMs: number;
  /** Time between two full comparisons with the store, in milliseconds. */
  fullCompareIntervalMs: number;
  /** What agents register; default: they cannot. */
  leases?: LeaseOptions | undefined;
  /** Default: that of "dns". */
  logger?: Logger;
}

/** What a dns needs to take what agents register. */
export interface LeaseOptions {
  /** The caller's to close. */
  store: LeaseStore;
  /** What callers have told of hosts; default: nothing is known of that. */
  evidence?: CallerEvidence | undefined;
  /** Whether an agent at an address may register. */
  isAllowed: (hostname: string) => boolean;
  /** The keys of which an agent must have one; default: it needs none. */
  keys?: RegisterKeys | undefined;
}

/** Counters of a server without leases. */
const NO_LEASES: LeaseCounters = {
  leaseSyncs: 0,
  leaseSyncsUnsigned: 0,
  registrationsRefused: 0,
  registeredAgents: 0,
  registeredHosts: 0,
  leasesAlive: 0,
  leasesOverdue: 0,
  instancesExpired: 0,
  expirySuspended: 0,
};

/** Parts of a server besides its socket. */
interface Parts {
  table: RouteTable;
  subscriptions: Subscriptions;
  publisher: Publisher;
  feed: FeedLoop;
  leases: LeaseKeeper | undefined;
}

/**
 * Answers which hosts a route has, and pushes changes to those who asked. It
 * keeps nothing that the store does not have, so any number can run.
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
    const { leases } = parts;
    const keys = options.leases?.keys;
    if (leases !== undefined) {
      this.#router.on(
        MessageId.leaseSync,
        (connection, body) => leases.take(connection, body),
      );
    }
    this.#server = new TcpServer({
      ...options,
      logger: options.logger ?? loggerOf("dns"),
      router: this.#router,
      ack: (connection) => ({
        ...ackOf(parts),
        ...connection && keys && { nonce: keys.nonceOf(connection) },
      }),
      onClose: (connection) => {
        parts.subscriptions.drop(connection);
        parts.leases?.drop(connection);
      },
    });
  }

  /**
   * Loads all routes, as soon as the store can be read, then listens. Connections
   * are accepted once it runs.
   *
   * @throws {StoreError} If the store cannot be read and trying again cannot help.
   * @throws {Deno.errors.AddrInUse} If the port is taken.
   * @throws {unknown} The signal's reason when it is aborted.
   */
  static async open(
    options: DnsServerOptions,
    signal?: AbortSignal,
  ): Promise<DnsServer> {
    const { clock, logger = loggerOf("dns") } = options;
    // Set below: nothing is announced, or registered, before there is a server.
    const late: { server?: TcpServer; leases?: LeaseKeeper } = {};
    const table = new RouteTable({ logger });
    const subscriptions = new Subscriptions({ clock });
    const publisher = new Publisher({ table, subscriptions, clock });
    const feed = await FeedLoop.open({
      ...options,
      logger,
      table,
      onChanged: (keys) => {
        publisher.publish(keys);
        late.leases?.changed(keys);
      },
      onStore: () => late.server?.announce(),
    }, signal);
    const leases = options.leases && new LeaseKeeper({
      ...options,
      ...options.leases,
      logger,
      routes: {
        keys: () => table.keys(),
        hosts: (key) => hostsIn(table, key),
        hostCount: (key) => {
          const body = table.body(key);
          return body === undefined ? 0 : readRouteHead(body).hostCount;
        },
      },
      isStoreAway: () => feed.storeAway,
      name: () => late.server ? formatEndpoint(late.server.local) : "",
      onChange: () => late.server?.announce(),
    });
    if (leases !== undefined) late.leases = leases;
    const parts = { table, subscriptions, publisher, feed, leases };
    const dns = new DnsServer(options, parts);
    late.server = dns.#server;
    return dns;
  }

  /** The endpoint it listens at. */
  get local(): Endpoint {
    return this.#server.local;
  }

  /** The routes it knows. */
  get table(): RouteTable {
    return this.#parts.table;
  }

  /** Its connections. */
  get connections(): ReadonlySet<FramedConnection> {
    return this.#server.connections;
  }

  /** What keeps those equal to the store. */
  get feed(): FeedLoop {
    return this.#parts.feed;
  }

  /** Time from when a change was read until a subscriber was sent it. */
  get pushDelay(): Histogram {
    return this.#parts.publisher.delay;
  }

  /** Totals so far, and what it holds now. */
  get counters(): DnsCounters {
    const { table, subscriptions, publisher, feed, leases } = this.#parts;
    return {
      ...this.#server.counters,
      ...this.#requests,
      ...table.counters,
      ...publisher.counters,
      ...feed.counters,
      ...subscriptions.counters,
      ...leases?.counters ?? NO_LEASES,
      unknownIds: this.#router.unknownIds,
      connections: this.#server.connections.size,
      routes: table.size,
      subscriptions: subscriptions.size,
      absentSubscriptions: subscriptions.absent,
      waitingSubscribers: publisher.waiting,
      removalsHeld: table.held,
      storeAway: feed.storeAway ? 1 : 0,
    };
  }

  /** Serves until `signal` is aborted, then sends what is queued and closes all connections. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([
      this.#server.run(signal),
      this.#parts.feed.run(signal),
      this.#parts.leases?.run(signal),
      this.#expireSubscriptions(signal),
    ]);
  }

  #answer(connection: FramedConnection, body: Uint8Array): void {
    const key: RouteKey = decodeGetRouteRequest(body);
    const { subscriptions, publisher, table } = this.#parts;
    this.#requests.requests += 1;
    if (isValidKey(key)) {
      const exists = table.has(key);
      subscriptions.subscribe({ connection, key, exists }, this.#clock.nowMs());
    } else {
      this.#requests.invalidKeys += 1;
    }
    publisher.answer(connection, key);
  }

  /** Ends old subscriptions; one that comes later is not due earlier. */
  async #expireSubscriptions(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const nowMs = this.#clock.nowMs();
      const waitMs = this.#parts.subscriptions.expire(nowMs) - nowMs;
      await this.#clock.sleep(Math.max(EXPIRE_PAUSE_MS, waitMs), signal);
    }
  }
}

/** Hosts of a route as a table has it. */
function hostsIn(table: RouteTable, key: RouteKey): readonly RouteHost[] {
  const body = table.body(key);
  return body === undefined ? [] : decodeRoute(body).hosts;
}

/** What a dns over this store says of itself. */
function ackOf({ feed, table, leases }: Parts): HelloAck {
  const { identity = "", accepted } = feed.store;
  return {
    version: VERSION,
    features: leases?.isOn ? FEATURE_LEASES : 0,
    store: identity,
    accepted,
    held: table.held,
  };
}

/** Counters of a server, by name. */
export type DnsCounters =
  & TcpServer["counters"]
  & RouteTable["counters"]
  & Publisher["counters"]
  & FeedLoop["counters"]
  & Subscriptions["counters"]
  & LeaseCounters
  & {
    requests: number;
    /** Requests with a negative modid or cmdid, answered without hosts. */
    invalidKeys: number;
    /** Frames dropped as their message id is unknown to a dns. */
    unknownIds: number;
    connections: number;
    routes: number;
    subscriptions: number;
    /** Those to routes that did not exist when they were asked for. */
    absentSubscriptions: number;
    /** Subscribers that do not take their pushes now. */
    waitingSubscribers: number;
    /** Routes served with hosts that the store does not have, until a person accepts that. */
    removalsHeld: number;
    /** 1 while the store cannot be read. */
    storeAway: number;
  };
