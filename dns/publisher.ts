import {
  type Clock,
  type FramedConnection,
  Histogram,
  Slices,
} from "../net/mod.ts";
import {
  encodeFrame,
  markNamed,
  MessageId,
  type RouteKey,
} from "../proto/mod.ts";
import type { RouteTable } from "./route_table.ts";
import type { Subscriber, Subscriptions, Topic } from "./subscriptions.ts";

/** A route's answer as a frame, for those who get it next. */
interface Answer extends RouteKey {
  readonly isNamed: boolean;
  /** State of the table that it was made from. */
  readonly changes: number;
  readonly frame: Uint8Array;
}

/**
 * Pushes changed routes to subscribers. A route waits at most once for each
 * subscriber and is sent with the hosts it has by then: a slow peer gets fewer
 * pushes, not outdated ones, and does not delay others.
 */
export class Publisher {
  /** Totals since the start. */
  readonly counters = { pushes: 0, coalesced: 0 };
  /** Time from publish() until a subscriber was sent the route. */
  readonly delay: Histogram = new Histogram();
  readonly #table: RouteTable;
  readonly #subscriptions: Subscriptions;
  readonly #clock: Clock;
  /** Subscribers whose connection is not writable now. */
  readonly #waiting = new Set<Subscriber>();
  /** Changed routes not yet passed to their subscribers, longest waiting first. */
  readonly #changed = new Set<Topic>();
  #spreading = false;
  /** The answer given last: subscribers of a route mostly get it one after another. */
  #last: Answer | undefined;

  /** Publishes what `table` has to `subscriptions`. */
  constructor(
    options: {
      table: RouteTable;
      subscriptions: Subscriptions;
      clock: Clock;
    },
  ) {
    this.#table = options.table;
    this.#subscriptions = options.subscriptions;
    this.#clock = options.clock;
  }

  /** Number of subscribers that do not take their pushes now. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Pushes routes, as the table has them, to all their subscribers, in slices. */
  publish(keys: readonly RouteKey[]): void {
    const nowMs = this.#clock.nowMs();
    for (const key of keys) {
      const topic = this.#subscriptions.topicOf(key);
      if (topic === undefined) continue;
      topic.changedMs = nowMs;
      if (this.#table.has(key)) this.#subscriptions.appeared(topic);
      this.#changed.add(topic);
    }
    if (!this.#spreading) this.#spread();
  }

  /** Sends a route as the table has it; false if the connection is closed. */
  answer(connection: FramedConnection, key: RouteKey): boolean {
    const table = this.#table;
    const isNamed = connection.hello !== undefined && table.isNamed(key);
    const { modId, cmdId } = key;
    const { changes } = table;
    const last = this.#last;
    if (
      last?.modId === modId && last.cmdId === cmdId &&
      last.isNamed === isNamed && last.changes === changes
    ) return connection.sendFrame(last.frame);
    const body = table.answer(key);
    const frame = encodeFrame(
      MessageId.getRouteResponse,
      isNamed ? markNamed(body) : body,
    );
    this.#last = { modId, cmdId, isNamed, changes, frame };
    return connection.sendFrame(frame);
  }

  async #spread(): Promise<void> {
    this.#spreading = true;
    const slices = new Slices(this.#clock);
    for (const topic of this.#changed) {
      this.#changed.delete(topic);
      for (const subscriber of topic.subscribers) {
        if (subscriber.connection.closed) continue;
        if (subscriber.pending.has(topic)) this.counters.coalesced += 1;
        subscriber.pending.add(topic);
        this.#send(subscriber);
      }
      if (slices.isOver()) await slices.next();
    }
    this.#spreading = false;
  }

  #send(subscriber: Subscriber): void {
    if (this.#waiting.has(subscriber)) return;
    const { connection, pending } = subscriber;
    for (const topic of pending) {
      if (!connection.writable) {
        this.#sendLater(subscriber);
        return;
      }
      pending.delete(topic);
      if (!this.answer(connection, topic)) return;
      this.counters.pushes += 1;
      this.delay.observe((this.#clock.nowMs() - topic.changedMs) / 1_000);
    }
  }

  async #sendLater(subscriber: Subscriber): Promise<void> {
    const { connection } = subscriber;
    if (connection.closed) return;
    this.#waiting.add(subscriber);
    await connection.drained();
    this.#waiting.delete(subscriber);
    this.#send(subscriber);
  }
}
