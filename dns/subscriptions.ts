import type { FramedConnection } from "../net/mod.ts";
import { type RouteKey, RouteMap } from "../proto/mod.ts";

/** Most subscriptions of one connection; one more ends the least recently renewed. */
export const SUBSCRIPTIONS_PER_CONNECTION_MAX = 65_536;

/** Most subscriptions of all connections; one more ends the oldest of the asking connection. */
export const SUBSCRIPTIONS_MAX = 2_097_152;

/** Time after which a subscription that is not renewed ends. Agents ask every 15 s. */
export const SUBSCRIPTION_EXPIRE_MS = 15 * 60_000;

/** Most subscriptions that one call of {@linkcode Subscriptions.expire} ends, to keep serving. */
export const EXPIRE_BATCH_MAX = 20_000;

/** A route with at least one subscriber; one object per route. */
export interface Topic extends RouteKey {
  /** Who wants its changes. */
  readonly subscribers: Set<Subscriber>;
}

/** A connection that asked for at least one route, kept in the connection's `data`. */
export class Subscriber {
  /** Clock milliseconds at which each route was last asked for, longest ago first. */
  readonly topics = new Map<Topic, number>();
  /** Changed routes not sent yet, longest waiting first. */
  readonly pending = new Set<Topic>();

  #oldest: Iterator<Topic> = this.topics.keys();

  /** Begins without subscriptions. */
  constructor(readonly connection: FramedConnection) {}

  /**
   * The route asked for longest ago, for the caller to remove. All calls share an
   * iterator, as a new one would step over everything removed before.
   */
  nextOldest(): Topic | undefined {
    const next = this.#oldest.next();
    if (next.done !== true) return next.value;
    this.#oldest = this.topics.keys();
    return this.#oldest.next().value;
  }
}

/**
 * Which connections want the changes of which routes. The routes need not exist:
 * an agent that asked for an unknown route learns when it appears.
 *
 * A subscription takes about 0.1 KB of memory, and 0.3 KB if it is the only one
 * of its route. An agent that asks for 300,000 unknown routes holds 65,536 of
 * them, 20 MB, for 15 minutes; all agents together at most 2,097,152, 0.6 GB.
 */
export class Subscriptions {
  /** Totals since the start. */
  readonly counters = { evicted: 0, expired: 0, refused: 0 };
  readonly #perConnectionMax: number;
  readonly #max: number;
  readonly #topics = new RouteMap<Topic>();
  readonly #subscribers = new Set<Subscriber>();
  #size = 0;

  /** The bounds default to those of this file. */
  constructor(options: { perConnectionMax?: number; max?: number } = {}) {
    this.#perConnectionMax = options.perConnectionMax ??
      SUBSCRIPTIONS_PER_CONNECTION_MAX;
    this.#max = options.max ?? SUBSCRIPTIONS_MAX;
  }

  /** Number of subscriptions of all connections. */
  get size(): number {
    return this.#size;
  }

  /** Subscribes a connection to a route, or renews its subscription. */
  subscribe(
    { connection, key }: { connection: FramedConnection; key: RouteKey },
    nowMs: number,
  ): void {
    const subscriber = this.#subscriberOf(connection);
    const known = this.#topics.get(key);
    if (known !== undefined && subscriber.topics.delete(known)) {
      // Set again, it moves to the end, which keeps the map ordered by time.
      subscriber.topics.set(known, nowMs);
      return;
    }
    if (!this.#makeRoom(subscriber)) return;
    const topic = known ?? this.#addTopic(key);
    topic.subscribers.add(subscriber);
    subscriber.topics.set(topic, nowMs);
    this.#size += 1;
  }

  /** Ends all subscriptions of a connection. */
  drop(connection: FramedConnection): void {
    const subscriber = connection.data;
    if (!(subscriber instanceof Subscriber)) return;
    for (const topic of subscriber.topics.keys()) {
      this.#remove(subscriber, topic);
    }
    this.#subscribers.delete(subscriber);
    connection.data = undefined;
  }

  /** The route with its subscribers, or undefined if it has none. */
  topicOf(key: RouteKey): Topic | undefined {
    return this.#topics.get(key);
  }

  /**
   * Ends subscriptions not renewed in time, at most
   * {@linkcode EXPIRE_BATCH_MAX} per call.
   */
  expire(nowMs: number): void {
    let left = EXPIRE_BATCH_MAX;
    for (const subscriber of this.#subscribers) {
      for (const [topic, askedMs] of subscriber.topics) {
        if (nowMs - askedMs < SUBSCRIPTION_EXPIRE_MS) break;
        if (left === 0) return;
        left -= 1;
        this.counters.expired += 1;
        this.#remove(subscriber, topic);
      }
    }
  }

  #subscriberOf(connection: FramedConnection): Subscriber {
    if (connection.data instanceof Subscriber) return connection.data;
    const subscriber = new Subscriber(connection);
    connection.data = subscriber;
    this.#subscribers.add(subscriber);
    return subscriber;
  }

  /** Ends the oldest subscription if there is no room; false if the connection has none. */
  #makeRoom(subscriber: Subscriber): boolean {
    const full = subscriber.topics.size >= this.#perConnectionMax ||
      this.#size >= this.#max;
    if (!full) return true;
    const oldest = subscriber.nextOldest();
    if (oldest === undefined) {
      this.counters.refused += 1;
      return false;
    }
    this.counters.evicted += 1;
    this.#remove(subscriber, oldest);
    return true;
  }

  #addTopic({ modId, cmdId }: RouteKey): Topic {
    const topic = { modId, cmdId, subscribers: new Set<Subscriber>() };
    this.#topics.set(topic, topic);
    return topic;
  }

  #remove(subscriber: Subscriber, topic: Topic): void {
    subscriber.topics.delete(topic);
    subscriber.pending.delete(topic);
    topic.subscribers.delete(subscriber);
    if (topic.subscribers.size === 0) this.#topics.delete(topic);
    this.#size -= 1;
  }
}
