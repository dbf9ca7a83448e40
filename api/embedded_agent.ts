import {
  Agent,
  type FromShard,
  RouteCache,
  type RouteKeeper,
  routesOf,
  ShardCore,
  type ToShard,
} from "../agent/mod.ts";
import {
  type Clock,
  DenoTransport,
  SystemClock,
  systemRandom,
} from "../net/mod.ts";
import { type Route, type RouteKey, RouteMap } from "../proto/mod.ts";
import { abortable } from "./abortable.ts";
import { PENDING_MAX } from "./agent_link.ts";
import {
  checkSettings,
  type EmbeddedSettings,
  policySettingsOf,
} from "./embedded_settings.ts";
import type { Result } from "./host_codec.ts";
import {
  createCounters,
  type HostSource,
  type LarsClientCounters,
} from "./host_source.ts";
import type { HostOutcome, NoAnswer, RouteOutcome } from "./outcome.ts";

/** How often the shard looks at what time has made due. */
const TICK_MS = 100;

const CLOSED: NoAnswer = { state: "closed" };
const REFUSED: NoAnswer = { state: "system_error" };
const TOLD = Promise.resolve(true);
const NOT_TOLD = Promise.resolve(false);

/** Callers who wait for dns to say something of a route. */
interface Expected {
  heard: Promise<void>;
  hear: () => void;
}

/**
 * An agent inside the program: one shard and the links to dns and reporter, in
 * this thread. No datagram is sent, and a known route is answered at once.
 *
 * The first request for a route that nobody asked for yet waits for what dns
 * says, `timeoutMs` at most: here nobody else has asked before, as on a machine
 * with an agent, and `no_route` would be the answer to every program's first
 * call. While dns is silent, one such wait in 3 s is made for a route.
 */
export class EmbeddedAgent implements HostSource {
  readonly #core: ShardCore;
  readonly #agent: Agent;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #counters = createCounters();
  readonly #closing = new AbortController();
  readonly #expected = new RouteMap<Expected>();
  /** The route that the shard asked dns for last. */
  #pulled: RouteKey | undefined;
  #waiting = 0;
  #running: Promise<unknown> = Promise.resolve();

  private constructor(settings: EmbeddedSettings) {
    const {
      dns = [{ hostname: "127.0.0.1", port: 7778 }],
      reporter = [{ hostname: "127.0.0.1", port: 7779 }],
      policy = "lars",
      timeoutMs = 300,
      transport = new DenoTransport(),
      clock = new SystemClock(),
      random = systemRandom,
    } = settings;
    checkSettings({ policy, timeoutMs });
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#core = new ShardCore({
      policy,
      settings: policySettingsOf(settings),
      checks: settings.check ?? true,
      random,
      outbox: {
        pull: (key) => this.#pull(key),
        status: (status) =>
          this.#mail({ kind: "statuses", statuses: [status] }),
        forget: (key) => this.#mail({ kind: "forgotten", keys: [key] }),
        check: (key, host) => this.#mail({ kind: "check", key, host }),
      },
    });
    this.#agent = new Agent({
      ...{ transport, clock, random, dns, reporter },
      shards: 1,
      post: (_, message) => this.#receive(message),
      cache: keeperOf(settings.cacheFile),
    });
  }

  /**
   * Loads the routes of the last run, and begins to connect.
   *
   * @throws {RangeError} If a setting is out of its range.
   */
  static async open(settings: EmbeddedSettings): Promise<EmbeddedAgent> {
    const embedded = new EmbeddedAgent(settings);
    await embedded.#agent.restore();
    const { signal } = embedded.#closing;
    embedded.#running = Promise.all([
      embedded.#agent.run(signal),
      embedded.#tick(signal),
    ]);
    return embedded;
  }

  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  get counters(): LarsClientCounters {
    const { requests, routeRequests } = this.#core.counters;
    return { ...this.#counters, answered: requests + routeRequests };
  }

  getHost(key: RouteKey, signal?: AbortSignal): Promise<HostOutcome> {
    return this.#answer(key, signal, () => this.getHostNow(key));
  }

  getHostNow(key: RouteKey): HostOutcome {
    if (this.#closing.signal.aborted) return CLOSED;
    return this.#core.pick(key, this.#clock.nowMs());
  }

  report(key: RouteKey, result: Result): Promise<boolean> {
    if (this.#closing.signal.aborted) return NOT_TOLD;
    this.#core.report(key, result, this.#clock.nowMs());
    return TOLD;
  }

  getRoute(
    key: RouteKey,
    options: { withState: boolean; signal?: AbortSignal | undefined },
  ): Promise<RouteOutcome> {
    const { withState, signal } = options;
    return this.#answer(key, signal, () => this.#list(key, withState));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const { hear } of this.#expected.values()) hear();
    await this.#running;
  }

  #list(key: RouteKey, withState: boolean): RouteOutcome {
    if (this.#closing.signal.aborted) return CLOSED;
    const { hosts } = this.#core.list(key, this.#clock.nowMs());
    if (hosts.length === 0) return { state: "no_route" };
    return {
      state: "found",
      hosts: hosts.map(({ ip, port, overload }) =>
        withState ? { ip, port, overload } : { ip, port }
      ),
    };
  }

  /** What `look` sees now or, if dns has yet to say something, then. */
  #answer<Outcome extends { state: string }>(
    key: RouteKey,
    signal: AbortSignal | undefined,
    look: () => Outcome,
  ): Promise<Outcome | NoAnswer> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    this.#pulled = undefined;
    const outcome = look();
    if (outcome.state !== "no_route" || !this.#isExpected(key)) {
      return Promise.resolve(outcome);
    }
    return abortable(this.#wait(key, signal, look), signal);
  }

  /** Whether dns was just asked for this route, and callers may wait for what it says. */
  #isExpected(key: RouteKey): boolean {
    if (this.#timeoutMs === 0) return false;
    const asked = this.#pulled;
    return this.#expected.has(key) ||
      asked?.modId === key.modId && asked.cmdId === key.cmdId;
  }

  async #wait<Outcome>(
    key: RouteKey,
    signal: AbortSignal | undefined,
    look: () => Outcome,
  ): Promise<Outcome | NoAnswer> {
    if (this.#waiting >= PENDING_MAX) {
      this.#counters.refused += 1;
      return REFUSED;
    }
    this.#waiting += 1;
    try {
      await this.#expect(key).heard;
      // No host is picked for somebody who has gone.
      return signal?.aborted ? CLOSED : look();
    } finally {
      this.#waiting -= 1;
    }
  }

  #expect(key: RouteKey): Expected {
    let expected = this.#expected.get(key);
    if (expected === undefined) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const heard = new AbortController();
      expected = { heard: promise, hear: () => heard.abort() };
      this.#expected.set(key, expected);
      this.#clock.sleep(this.#timeoutMs, heard.signal).then(() => {
        if (!heard.signal.aborted) this.#counters.timeouts += 1;
        this.#expected.delete(key);
        resolve();
      });
    }
    return expected;
  }

  #pull(key: RouteKey): void {
    this.#pulled = key;
    this.#mail({ kind: "pulls", keys: [key] });
  }

  #mail(message: FromShard): void {
    this.#agent.receive(0, message);
  }

  #receive(message: ToShard): void {
    const nowMs = this.#clock.nowMs();
    switch (message.kind) {
      case "routes":
        for (const route of routesOf(message.batch)) {
          this.#update(route, nowMs);
        }
        break;
      case "dns":
        if (message.connected) this.#onDnsConnected(nowMs);
        else this.#core.onDnsLost();
        break;
      case "checked":
        this.#core.checked(message.key, message, nowMs);
        break;
      case "stop":
        this.#core.flushStatuses();
        this.#mail({ kind: "stopped" });
        break;
    }
  }

  #update(route: Route, nowMs: number): void {
    this.#core.update(route, nowMs);
    this.#expected.get(route)?.hear();
  }

  #onDnsConnected(nowMs: number): void {
    this.#core.onDnsConnected();
    // What they wait for was asked while there was nobody to ask.
    for (const key of this.#expected.keys()) {
      this.#core.refresh(this.#core.ask(key, nowMs), nowMs);
    }
  }

  async #tick(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#clock.sleep(TICK_MS, signal);
      this.#core.tick(this.#clock.nowMs());
    }
  }
}

/** A file, or nothing. */
function keeperOf(path: string | undefined): RouteKeeper {
  if (path !== undefined) return new RouteCache(path);
  return { async *load() {}, save: () => Promise.resolve() };
}
