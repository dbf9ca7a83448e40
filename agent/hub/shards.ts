import type { Clock } from "../../net/mod.ts";
import type { RouteOutages } from "../routes/route_hosts.ts";
import type { ShardServerCounters, ToShard } from "../shard/worker_messages.ts";

/** Time that shards get to send their last statuses, or what they know of hosts. */
const STOP_MS_MAX = 1_000;

/** What shards are made of. */
export interface ShardsOptions {
  clock: Clock;
  /** How many there are. */
  count: number;
  /** Takes a message to a shard, in a worker or in this thread. */
  post: (index: number, message: ToShard) => void;
}

/** The shards as the hub knows them: all that is told to each, and what each told last. */
export class Shards {
  /** How many there are. */
  readonly count: number;
  readonly #options: ShardsOptions;
  readonly #counters = new Map<number, ShardServerCounters>();
  /** Ejections of each by "reason policy". */
  readonly #ejections = new Map<number, ReadonlyMap<string, number>>();
  /** What each told when it was asked. */
  readonly #outages = new Map<number, readonly RouteOutages[]>();
  readonly #stopped = new Set<number>();
  readonly #allOutages = Promise.withResolvers<void>();
  readonly #allStopped = Promise.withResolvers<void>();

  /** Shards that have told nothing yet. */
  constructor(options: ShardsOptions) {
    this.#options = options;
    this.count = options.count;
  }

  /** Gives a message to every shard. */
  postAll(message: ToShard): void {
    for (let index = 0; index < this.count; index++) {
      this.#options.post(index, message);
    }
  }

  /** A counter summed over the shards, up to a second old. */
  counter(name: keyof ShardServerCounters): number {
    let sum = 0;
    for (const counters of this.#counters.values()) sum += counters[name];
    return sum;
  }

  /** Ejections by "reason policy", up to a second old. */
  get ejections(): ReadonlyMap<string, number> {
    const sums = new Map<string, number>();
    for (const ejections of this.#ejections.values()) {
      for (const [cause, count] of ejections) {
        sums.set(cause, (sums.get(cause) ?? 0) + count);
      }
    }
    return sums;
  }

  /** A shard tells its counters. */
  onCounters(
    index: number,
    { counters, ejections }: {
      counters: ShardServerCounters;
      ejections: ReadonlyMap<string, number>;
    },
  ): void {
    this.#counters.set(index, counters);
    this.#ejections.set(index, ejections);
  }

  /** A shard tells its hosts out of use. */
  onOutages(index: number, routes: readonly RouteOutages[]): void {
    this.#outages.set(index, routes);
    if (this.#outages.size === this.count) this.#allOutages.resolve();
  }

  /** A shard has stopped. */
  onStopped(index: number): void {
    this.#stopped.add(index);
    if (this.#stopped.size === this.count) this.#allStopped.resolve();
  }

  /** The hosts out of use of all shards, once: of those that tell in time. */
  async outages(): Promise<RouteOutages[]> {
    this.postAll({ kind: "tell_outages" });
    await this.#inTime(this.#allOutages.promise);
    return [...this.#outages.values()].flat();
  }

  /** Stops them; resolves when all have, or have had time to. */
  async stop(): Promise<void> {
    this.postAll({ kind: "stop" });
    await this.#inTime(this.#allStopped.promise);
  }

  async #inTime(all: Promise<void>): Promise<void> {
    const enough = new AbortController();
    await Promise.race([
      all,
      this.#options.clock.sleep(STOP_MS_MAX, enough.signal),
    ]);
    enough.abort();
  }
}
