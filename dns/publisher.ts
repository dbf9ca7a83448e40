import { type Clock, type FramedConnection, Slices } from "../net/mod.ts";
import { markNamed, MessageId, type RouteKey } from "../proto/mod.ts";
import type { RouteTable } from "./route_table.ts";
import type { Subscriber, Subscriptions, Topic } from "./subscriptions.ts";

/**
 * Pushes changed routes to subscribers. A route waits at most once for each
 * subscriber and is sent with the hosts it has by then: a slow peer gets fewer
 * pushes, not outdated ones, and does not delay others.
 */
export class Publisher {
  /** Totals since the start. */
  readonly counters = { pushes: 0, coalesced: 0 };
  readonly #table: RouteTable;
  readonly #subscriptions: Subscriptions;
  readonly #clock: Clock;
  /** Subscribers whose connection is not writable now. */
  readonly #waiting = new Set<Subscriber>();
  /** Changed routes not yet passed to their subscribers, longest waiting first. */
  readonly #changed = new Set<Topic>();
  #spreading = false;

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
    for (const key of keys) {
      const topic = this.#subscriptions.topicOf(key);
      if (topic !== undefined) this.#changed.add(topic);
    }
    if (!this.#spreading) this.#spread();
  }

  /** Sends a route as the table has it; false if the connection is closed. */
  answer(connection: FramedConnection, key: RouteKey): boolean {
    // send() copies the view of the table.
    const body = this.#table.answer(key);
    const isNamed = connection.hello !== undefined && this.#table.isNamed(key);
    return connection.send(
      MessageId.getRouteResponse,
      isNamed ? markNamed(body) : body,
    );
  }

  async #spread(): Promise<void> {
    this.#spreading = true;
    const slices = new Slices(this.#clock);
    for (const topic of this.#changed) {
      this.#changed.delete(topic);
      for (const subscriber of topic.subscribers) {
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
