import { type Clock, type FramedConnection, Slices } from "../net/mod.ts";
import { type RouteKey, RouteMap } from "../proto/mod.ts";

/**
 * Most subscriptions of one connection to routes that exist; one more ends the
 * least recently renewed.
 */
export const SUBSCRIPTIONS_PER_CONNECTION_MAX = 65_536;

/** Most of all connections; one more ends the oldest of the asking connection. */
export const SUBSCRIPTIONS_MAX = 2_097_152;

/** Most subscriptions of one connection to routes that do not exist: anyone can name any number. */
export const ABSENT_PER_CONNECTION_MAX = 4_096;

/** Most subscriptions of all connections to routes that do not exist. */
export const ABSENT_MAX = 131_072;

/** Time after which a subscription that is not renewed ends. Agents ask every 15 s. */
export const SUBSCRIPTION_EXPIRE_MS = 15 * 60_000;

/** Most subscriptions that one call of {@linkcode Subscriptions.expire} ends, to keep serving. */
export const EXPIRE_BATCH_MAX = 20_000;

/** A route with at least one subscriber; one object per route. */
export interface Topic extends RouteKey {
  /** Who wants its changes. */
  readonly subscribers: Set<Subscriber>;
  /** Clock milliseconds of the last change; 0: none. */
  changedMs: number;
}

/** Subscriptions of one connection to routes that exist, or to others. */
class Share {
  /** Clock milliseconds at which each route was last asked for, longest ago first. */
  readonly topics = new Map<Topic, number>();
  #oldest: Iterator<Topic> = this.topics.keys();

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

/** A connection that asked for at least one route, kept in the connection's `data`. */
export class Subscriber {
  /** Its subscriptions to routes that exist. */
  readonly present = new Share();
  /** Its subscriptions to routes that do not. */
  readonly absent = new Share();
  /** Changed routes not sent yet, longest waiting first. */
  readonly pending = new Set<Topic>();

  /** Begins without subscriptions. */
  constructor(readonly connection: FramedConnection) {}
}

/** Which of the two shares of a subscriber. */
type Kind = "present" | "absent";

/** Bounds of one kind of subscriptions. */
export interface SubscriptionBounds {
  /** Most of one connection. */
  perConnectionMax: number;
  /** Most of all connections. */
  max: number;
}

/** Options of {@linkcode Subscriptions}. */
export interface SubscriptionsOptions {
  /** Cuts the end of many subscriptions into slices. */
  clock: Clock;
  /** Bounds for routes that exist; default: those of this file. */
  present?: SubscriptionBounds;
  /** Bounds for routes that do not; default: likewise. */
  absent?: SubscriptionBounds;
}

/**
 * Which connections want the changes of which routes. The routes need not exist:
 * an agent that asked for an unknown route learns when it appears. Those have
 * bounds of their own, so that asking for them ends no subscription to a route
 * that is there.
 *
 * A subscription takes about 0.1 KB of memory, and 0.3 KB if it is the only one
 * of its route: routes that do not exist take at most 1.2 MB for a connection and
 * 40 MB in all.
 */
export class Subscriptions {
  /** Totals since the start. */
  readonly counters = { evicted: 0, expired: 0, refused: 0 };
  readonly #clock: Clock;
  readonly #bounds: Readonly<Record<Kind, SubscriptionBounds>>;
  readonly #topics = new RouteMap<Topic>();
  readonly #subscribers = new Set<Subscriber>();
  readonly #sizes: Record<Kind, number> = { present: 0, absent: 0 };
  /** Subscribers that have gone and whose subscriptions are being ended. */
  readonly #gone = new Set<Subscriber>();

  /** Begins empty. */
  constructor({ clock, present, absent }: SubscriptionsOptions) {
    this.#clock = clock;
    this.#bounds = {
      present: present ?? {
        perConnectionMax: SUBSCRIPTIONS_PER_CONNECTION_MAX,
        max: SUBSCRIPTIONS_MAX,
      },
      absent: absent ?? {
        perConnectionMax: ABSENT_PER_CONNECTION_MAX,
        max: ABSENT_MAX,
      },
    };
  }

  /** Number of subscriptions of all connections. */
  get size(): number {
    return this.#sizes.present + this.#sizes.absent;
  }

  /** Number of those to routes that did not exist when they were asked for. */
  get absent(): number {
    return this.#sizes.absent;
  }

  /**
   * Subscribes a connection to a route, or renews its subscription; `exists` says
   * whether there is such a route now.
   */
  subscribe(
    { connection, key, exists }: {
      connection: FramedConnection;
      key: RouteKey;
      exists: boolean;
    },
    nowMs: number,
  ): void {
    const subscriber = this.#subscriberOf(connection);
    const kind = exists ? "present" : "absent";
    const known = this.#topics.get(key);
    if (known !== undefined) {
      const { topics } = subscriber[kind];
      if (topics.delete(known)) {
        // Set again, it moves to the end, which keeps the map ordered by time.
        topics.set(known, nowMs);
        return;
      }
      this.#remove(subscriber, known);
    }
    if (!this.#makeRoom(subscriber, kind)) return;
    const topic = this.#topics.get(key) ?? this.#addTopic(key);
    this.#add(subscriber, { topic, kind, askedMs: nowMs });
  }

  /** Ends all subscriptions of a connection, in slices. */
  drop(connection: FramedConnection): void {
    const subscriber = connection.data;
    if (!(subscriber instanceof Subscriber)) return;
    this.#subscribers.delete(subscriber);
    connection.data = undefined;
    this.#gone.add(subscriber);
    if (this.#gone.size === 1) this.#forgetGone();
  }

  /** The route with its subscribers, or undefined if it has none. */
  topicOf(key: RouteKey): Topic | undefined {
    return this.#topics.get(key);
  }

  /** Counts the subscriptions to a route as those to one that exists, from now on. */
  appeared(topic: Topic): void {
    for (const subscriber of topic.subscribers) {
      const askedMs = subscriber.absent.topics.get(topic);
      if (askedMs === undefined) continue;
      this.#remove(subscriber, topic);
      if (!this.#makeRoom(subscriber, "present")) continue;
      this.#add(subscriber, { topic, kind: "present", askedMs });
    }
    // A route that lost its only subscriber in between was forgotten.
    if (topic.subscribers.size > 0) this.#topics.set(topic, topic);
  }

  /**
   * Ends subscriptions not renewed in time, at most
   * {@linkcode EXPIRE_BATCH_MAX} per call; returns when the next are due.
   */
  expire(nowMs: number): number {
    let left = EXPIRE_BATCH_MAX;
    let oldestMs = nowMs;
    for (const subscriber of this.#subscribers) {
      for (const { topics } of [subscriber.present, subscriber.absent]) {
        for (const [topic, askedMs] of topics) {
          if (nowMs - askedMs < SUBSCRIPTION_EXPIRE_MS) {
            oldestMs = Math.min(oldestMs, askedMs);
            break;
          }
          if (left === 0) return nowMs;
          left -= 1;
          this.counters.expired += 1;
          this.#remove(subscriber, topic);
        }
      }
    }
    return oldestMs + SUBSCRIPTION_EXPIRE_MS;
  }

  async #forgetGone(): Promise<void> {
    const slices = new Slices(this.#clock);
    for (const subscriber of this.#gone) {
      for (const { topics } of [subscriber.present, subscriber.absent]) {
        for (const topic of topics.keys()) {
          this.#remove(subscriber, topic);
          if (slices.isOver()) await slices.next();
        }
      }
      this.#gone.delete(subscriber);
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
  #makeRoom(subscriber: Subscriber, kind: Kind): boolean {
    const { perConnectionMax, max } = this.#bounds[kind];
    const share = subscriber[kind];
    const full = share.topics.size >= perConnectionMax ||
      this.#sizes[kind] >= max;
    if (!full) return true;
    const oldest = share.nextOldest();
    if (oldest === undefined) {
      this.counters.refused += 1;
      return false;
    }
    this.counters.evicted += 1;
    this.#remove(subscriber, oldest);
    return true;
  }

  #addTopic({ modId, cmdId }: RouteKey): Topic {
    const topic = {
      modId,
      cmdId,
      subscribers: new Set<Subscriber>(),
      changedMs: 0,
    };
    this.#topics.set(topic, topic);
    return topic;
  }

  #add(
    subscriber: Subscriber,
    { topic, kind, askedMs }: { topic: Topic; kind: Kind; askedMs: number },
  ): void {
    topic.subscribers.add(subscriber);
    subscriber[kind].topics.set(topic, askedMs);
    this.#sizes[kind] += 1;
  }

  /** Ends a subscription, if there is one. */
  #remove(subscriber: Subscriber, topic: Topic): void {
    if (subscriber.present.topics.delete(topic)) this.#sizes.present -= 1;
    else if (subscriber.absent.topics.delete(topic)) this.#sizes.absent -= 1;
    else return;
    subscriber.pending.delete(topic);
    topic.subscribers.delete(subscriber);
    if (topic.subscribers.size === 0) this.#topics.delete(topic);
  }
}
