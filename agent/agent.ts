import {
  type HostAddress,
  ownerOf,
  type Route,
  type RouteKey,
  RouteMap,
} from "../proto/mod.ts";
import {
  type Clock,
  type Endpoint,
  type Logger,
  loggerOf,
  type Random,
  type Transport,
} from "../net/mod.ts";
import { DnsLink } from "./dns_link.ts";
import { HostChecker } from "./host_checker.ts";
import type { FromShard, ShardServerCounters, ToShard } from "./messages.ts";
import { ReporterLink } from "./reporter_link.ts";
import { SHARDS } from "./shard_server.ts";

/** Changed routes are written to disk at most this often. */
const SAVE_MS = 1_000;

/** How long the shards get to send their last statuses. */
const STOP_MS_MAX = 1_000;

/** Keeps routes between runs; the agent's disk, or nothing. */
export interface RouteKeeper {
  load(): Promise<Route[]>;
  save(routes: Iterable<Route>): Promise<void>;
}

export interface AgentOptions {
  transport: Transport;
  clock: Clock;
  random: Random;
  dns: readonly Endpoint[];
  reporter: readonly Endpoint[];
  /** Takes a message to a shard server: a worker, or one in this thread. */
  post: (index: number, message: ToShard) => void;
  cache: RouteKeeper;
  /** How many shards there are; {@linkcode SHARDS} if not given. */
  shards?: number;
}

/**
 * The hub of the agent: the links to dns and reporter, the routes on disk, and
 * the mail between them and the shards, which answer programs by themselves.
 */
export class Agent {
  readonly dns: DnsLink;
  readonly reporter: ReporterLink;
  readonly checker: HostChecker;
  readonly #options: AgentOptions;
  readonly #shards: number;
  readonly #logger: Logger = loggerOf("agent");
  /** Every route with hosts, as dns said last: what a restart begins with. */
  readonly #routes = new RouteMap<Route>();
  readonly #counters = new Map<number, ShardServerCounters>();
  readonly #stopped = new Set<number>();
  #allStopped = Promise.withResolvers<void>();
  #changed = false;
  #saveFailing = false;

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#shards = options.shards ?? SHARDS;
    const { transport, clock, random } = options;
    const shared = { transport, clock, random, logger: this.#logger };
    this.dns = new DnsLink({
      ...shared,
      addresses: options.dns,
      onRoute: (route) => this.#onRoute(route),
      onChange: (connected) => this.#onDnsChange(connected),
      heartbeatKey: () => this.#anyKey(),
    });
    this.checker = new HostChecker(shared);
    this.reporter = new ReporterLink({
      ...shared,
      addresses: options.reporter,
    });
  }

  /** Number of routes with hosts. */
  get routeCount(): number {
    return this.#routes.size;
  }

  /** One counter, summed over the shards; at most a second old. */
  counter(name: keyof ShardServerCounters): number {
    let sum = 0;
    for (const counters of this.#counters.values()) sum += counters[name];
    return sum;
  }

  /** Hands the routes of the last run to the shards: call it before they serve. */
  async restore(): Promise<void> {
    let routes: Route[];
    try {
      routes = await this.#options.cache.load();
    } catch (error) {
      this.#logger.warn("cannot use the routes on disk, starting without", {
        error,
      });
      return;
    }
    for (const route of routes) {
      this.#routes.set(route, route);
      this.#post(route, { kind: "routes", routes: [route] });
    }
  }

  /** Keeps the links up until `signal` is aborted; the shards then stop first. */
  async run(signal: AbortSignal): Promise<void> {
    const links = new AbortController();
    const running = Promise.all([
      this.dns.run(links.signal),
      this.reporter.run(links.signal),
      this.#saveChanges(links.signal),
    ]);
    await Promise.race([running, aborted(signal)]);
    for (let index = 0; index < this.#shards; index++) {
      this.#options.post(index, { kind: "stop" });
    }
    await this.#waitForShards();
    // The last statuses leave on the next turn.
    await Promise.resolve();
    links.abort();
    await running;
  }

  /** Takes a message from a shard server. */
  receive(index: number, message: FromShard): void {
    switch (message.kind) {
      case "pulls":
        for (const key of message.keys) this.dns.pull(key);
        break;
      case "statuses":
        for (const status of message.statuses) this.reporter.report(status);
        break;
      case "forgotten":
        for (const key of message.keys) {
          this.#changed = this.#routes.delete(key) || this.#changed;
        }
        break;
      case "forward": {
        const { owner, token, datagram } = message;
        const forwarded = { from: index, token, datagram };
        this.#options.post(owner, { kind: "forwarded", ...forwarded });
        break;
      }
      case "answer": {
        const { to, token, datagram } = message;
        this.#options.post(to, { kind: "answer", token, datagram });
        break;
      }
      case "check":
        this.#check(index, message);
        break;
      case "counters":
        this.#counters.set(index, message.counters);
        break;
      case "stopped":
        this.#stopped.add(index);
        if (this.#stopped.size === this.#shards) this.#allStopped.resolve();
        break;
    }
  }

  async #check(
    index: number,
    { key, host }: { key: RouteKey; host: HostAddress },
  ): Promise<void> {
    const alive = await this.checker.check(host);
    if (alive === undefined) return;
    this.#options.post(index, { kind: "checked", key, host, alive });
  }

  #onRoute(route: Route): void {
    if (route.hosts.length > 0) {
      this.#routes.set(route, route);
      this.#changed = true;
    }
    this.#post(route, { kind: "routes", routes: [route] });
  }

  #onDnsChange(connected: boolean): void {
    for (let index = 0; index < this.#shards; index++) {
      this.#options.post(index, { kind: "dns", connected });
    }
    // A dns pushes only what was asked of it on this connection.
    if (connected) {
      for (const key of this.#routes.keys()) {
        this.dns.pull(key);
      }
    }
  }

  #anyKey(): RouteKey | undefined {
    for (const key of this.#routes.keys()) return key;
    return undefined;
  }

  #post(key: RouteKey, message: ToShard): void {
    this.#options.post(ownerOf(key, this.#shards), message);
  }

  async #waitForShards(): Promise<void> {
    const enough = new AbortController();
    await Promise.race([
      this.#allStopped.promise,
      this.#options.clock.sleep(STOP_MS_MAX, enough.signal),
    ]);
    enough.abort();
  }

  async #saveChanges(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#options.clock.sleep(SAVE_MS, signal);
      if (!this.#changed) continue;
      this.#changed = false;
      try {
        await this.#options.cache.save(this.#routes.values());
        this.#saveFailing = false;
      } catch (error) {
        this.#changed = true;
        if (!this.#saveFailing) {
          this.#logger.error("cannot keep routes on disk, trying again", {
            error,
          });
        }
        this.#saveFailing = true;
      }
    }
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
