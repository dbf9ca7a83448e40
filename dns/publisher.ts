import { type Clock, Slices } from "../net/mod.ts";
import { markNamed, MessageId, type RouteKey } from "../proto/mod.ts";
import type { RouteTable } from "./route_table.ts";
import type { Subscriber, Subscriptions, Topic } from "./subscriptions.ts";

/** Time after which a subscriber that takes nothing of what waits for it is closed. */
export const STALL_MS_MAX = 30_000;

/** Time and state since which a subscriber has taken nothing. */
interface Stall {
  sinceMs: number;
  queuedBytes: number;
}

/**
 * Pushes changed routes to subscribers. A route waits at most once for each
 * subscriber and is sent with the hosts it has by then: a slow peer gets fewer
 * pushes, not outdated ones, and does not delay others.
 */
export class Publisher {
  /** Totals since the start. */
  readonly counters = { pushes: 0, coalesced: 0, stalledClosed: 0 };
  readonly #table: RouteTable;
  readonly #subscriptions: Subscriptions;
  readonly #clock: Clock;
  /** Subscribers whose connection is not writable now. */
  readonly #waiting = new Map<Subscriber, Stall>();
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
  answer({ connection, saidHello }: Subscriber, key: RouteKey): boolean {
    // send() copies the view of the table.
    const body = this.#table.answer(key);
    const isNamed = saidHello && this.#table.isNamed(key);
    return connection.send(
      MessageId.getRouteResponse,
      isNamed ? markNamed(body) : body,
    );
  }

  /** Closes subscribers that have taken nothing for {@linkcode STALL_MS_MAX}. */
  closeStalled(): void {
    const nowMs = this.#clock.nowMs();
    for (const [{ connection, pending }, stall] of this.#waiting) {
      const { queuedBytes } = connection;
      if (queuedBytes < stall.queuedBytes) stall.sinceMs = nowMs;
      stall.queuedBytes = queuedBytes;
      if (nowMs - stall.sinceMs < STALL_MS_MAX) continue;
      this.counters.stalledClosed += 1;
      connection.close(
        `it has taken nothing for ${STALL_MS_MAX} ms: ${pending.size} changed routes wait`,
      );
    }
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
      if (!this.answer(subscriber, topic)) return;
      this.counters.pushes += 1;
    }
  }

  async #sendLater(subscriber: Subscriber): Promise<void> {
    const { connection } = subscriber;
    if (connection.closed) return;
    this.#waiting.set(subscriber, {
      sinceMs: this.#clock.nowMs(),
      queuedBytes: connection.queuedBytes,
    });
    await connection.drained();
    this.#waiting.delete(subscriber);
    this.#send(subscriber);
  }
}
