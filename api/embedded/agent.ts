import {
  Agent,
  type FromShard,
  LocalShard,
  RouteCache,
  type RouteKeeper,
  type Shard,
  type ToShard,
} from "../../agent/mod.ts";
import {
  type Clock,
  DenoTransport,
  SystemClock,
  systemRandom,
  TICK_MS,
} from "../../net/client.ts";
import { type CallReport, type RouteKey, RouteMap } from "../../proto/mod.ts";
import { abortable } from "../remote/abortable.ts";
import { PENDING_MAX } from "../remote/agent_link.ts";
import {
  checkSettings,
  type EmbeddedSettings,
  policySettingsOf,
} from "./settings.ts";
import {
  createCounters,
  type HostSource,
  type LarsClientCounters,
} from "../source.ts";
import {
  type HostOutcome,
  type NoAnswer,
  type RouteOutcome,
  toRouteOutcome,
} from "../outcome.ts";

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
  readonly #local: LocalShard;
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
    this.#local = new LocalShard({
      settings: {
        policy,
        settings: policySettingsOf(settings),
        checks: settings.check ?? true,
      },
      random,
      post: (message) => this.#post(message),
      onRoute: (route) => this.#expected.get(route)?.hear(),
    });
    this.#agent = new Agent({
      transport,
      clock,
      random,
      dns,
      reporter,
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

  get #shard(): Shard {
    return this.#local.shard;
  }

  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  get counters(): LarsClientCounters {
    const { requests, routeRequests } = this.#shard.counters;
    return { ...this.#counters, answered: requests + routeRequests };
  }

  getHost(key: RouteKey, signal?: AbortSignal): Promise<HostOutcome> {
    return this.#answer(key, signal, () => this.getHostNow(key));
  }

  getHostNow(key: RouteKey): HostOutcome {
    if (this.#closing.signal.aborted) return CLOSED;
    const outcome = this.#shard.pick(key, this.#clock.nowMs());
    this.#local.flushOutbox();
    return outcome;
  }

  report(key: RouteKey, result: CallReport): Promise<boolean> {
    if (this.#closing.signal.aborted) return NOT_TOLD;
    this.#shard.report(key, result, this.#clock.nowMs());
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
    const { hosts } = this.#shard.list(key, this.#clock.nowMs());
    this.#local.flushOutbox();
    return toRouteOutcome(hosts, { withState });
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

  #post(message: FromShard): void {
    if (message.kind === "pulls") this.#pulled = message.keys.at(-1);
    this.#agent.receive(0, message);
  }

  #receive(message: ToShard): void {
    if (message.kind === "stop") {
      this.#local.stop();
      this.#post({ kind: "stopped" });
      return;
    }
    const nowMs = this.#clock.nowMs();
    this.#local.receive(message, nowMs);
    if (message.kind === "dns" && message.connected) {
      // What they wait for was asked while there was nobody to ask.
      for (const key of this.#expected.keys()) {
        this.#shard.refresh(this.#shard.ask(key, nowMs), nowMs);
      }
    }
    this.#local.flushOutbox();
  }

  async #tick(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#clock.sleep(TICK_MS, signal);
      this.#shard.tick(this.#clock.nowMs());
      this.#local.flushOutbox();
    }
  }
}

/** A file, or nothing. */
function keeperOf(path: string | undefined): RouteKeeper {
  if (path !== undefined) return new RouteCache(path);
  return { async *load() {}, save: () => Promise.resolve() };
}
