import {
  Agent,
  type FromShard,
  type LoadedIdentity,
  loadIdentity,
  LocalShard,
  RouteCache,
  type RouteKeeper,
  type Shard,
  type ToShard,
} from "../../agent/mod.ts";
import {
  type Clock,
  DeadlineTimer,
  type Random,
  SystemClock,
  systemRandom,
} from "../../net/client.ts";
import { DenoTransport, machineName } from "../../net/mod.ts";
import { type CallReport, type RouteKey, RouteMap } from "../../proto/mod.ts";
import { abortable } from "../abortable.ts";
import {
  type ExplainOutcome,
  type HostOutcome,
  type NoAnswer,
  type RouteOutcome,
  toExplainOutcome,
  toRouteOutcome,
} from "../outcome.ts";
import {
  createCounters,
  type ExplainOptions,
  type GetRouteOptions,
  type HostSource,
  type LarsClientCounters,
  PENDING_MAX,
  type RegistrationSource,
} from "../source.ts";
import {
  checkSettings,
  type EmbeddedSettings,
  policySettingsOf,
  registerSettingsOf,
} from "./settings.ts";

const CLOSED: NoAnswer = { state: "closed" };
const REFUSED: NoAnswer = { state: "system_error" };
const TAKEN = Promise.resolve(true);
const NOT_TAKEN = Promise.resolve(false);

/** A pull of a route that callers wait for. */
interface Pull {
  /** Resolves when dns has answered, or after the timeout. */
  ended: Promise<void>;
  /** Ends the wait. */
  end: () => void;
}

/**
 * An agent inside the program: one shard and the links to dns and reporter, in
 * this thread. No datagram is sent, and a known route is answered at once.
 *
 * The first request for a route waits for the answer of dns, `timeoutMs` at
 * most. On a machine with an agent another program may have asked before; here
 * `no_route` would be the answer to every program's first call. While dns does
 * not answer, there is one such wait in 3 s for a route.
 */
export class EmbeddedAgent implements HostSource {
  readonly registrations: RegistrationSource;
  readonly #local: LocalShard;
  readonly #timer: DeadlineTimer;
  readonly #agent: Agent;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #counters = createCounters();
  readonly #closing = new AbortController();
  readonly #pulls = new RouteMap<Pull>();
  /** The route that the shard asked dns for last. */
  #lastPull: RouteKey | undefined;
  #waiting = 0;
  #running: Promise<unknown> = Promise.resolve();

  private constructor(
    settings: EmbeddedSettings,
    identity: LoadedIdentity | undefined,
  ) {
    const {
      dns = [{ hostname: "127.0.0.1", port: 7778 }],
      reporter = [{ hostname: "127.0.0.1", port: 7779 }],
      policy = "adaptive",
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
        healthChecks: settings.check ?? true,
      },
      random,
      post: (message) => this.#post(message),
      onRoute: (route) => this.#pulls.get(route)?.end(),
    });
    this.#timer = new DeadlineTimer(clock, this.#local);
    this.#agent = new Agent({
      transport,
      clock,
      random,
      dns,
      reporter,
      shards: 1,
      post: (_, message) => this.#receive(message),
      cache: keeperOf(settings.cacheFile),
      name: machineName(),
      ...(identity && { agentId: identity.agentId, diskError: identity.error }),
      ...(settings.zone !== undefined && { zone: settings.zone }),
      registrations: { settings: registerSettingsOf(settings) },
    });
    this.registrations = toRegistrationSource(this.#agent, random);
  }

  /**
   * Loads the routes of the last run, and begins to connect.
   *
   * @throws {RangeError} If a setting is out of its range.
   */
  static async open(settings: EmbeddedSettings): Promise<EmbeddedAgent> {
    const { cacheFile } = settings;
    const identity = cacheFile === undefined
      ? undefined
      : await loadIdentity(`${cacheFile}.agent-id`);
    const embedded = new EmbeddedAgent(settings, identity);
    await embedded.#agent.restore();
    const { signal } = embedded.#closing;
    embedded.#running = Promise.all([
      embedded.#agent.run(signal),
      embedded.#timer.run(signal),
    ]);
    return embedded;
  }

  get #shard(): Shard {
    return this.#local.shard;
  }

  /** It is part of the program. */
  get agent(): "up" {
    return "up";
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
    this.#flush();
    return outcome;
  }

  report(key: RouteKey, result: CallReport): Promise<boolean> {
    if (this.#closing.signal.aborted) return NOT_TAKEN;
    this.#shard.report(key, result, this.#clock.nowMs());
    this.#timer.update();
    return TAKEN;
  }

  getRoute(key: RouteKey, options: GetRouteOptions): Promise<RouteOutcome> {
    const { withState = false, signal } = options;
    return this.#answer(key, signal, () => this.#list(key, withState));
  }

  explain(key: RouteKey, options: ExplainOptions): Promise<ExplainOutcome> {
    const { signal, afterHost: after = 0, ...wanted } = options;
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#closing.signal.aborted) return Promise.resolve(CLOSED);
    const nowMs = this.#clock.nowMs();
    const page = after > 0 ? { page: { after, max: Infinity } } : {};
    const asked = { ...wanted, ...page, nowMs };
    const explanation = this.#shard.explain(key, asked);
    return Promise.resolve(toExplainOutcome(explanation));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const { end } of this.#pulls.values()) end();
    await this.#running;
  }

  #list(key: RouteKey, withState: boolean): RouteOutcome {
    if (this.#closing.signal.aborted) return CLOSED;
    const { hosts } = this.#shard.list(key, this.#clock.nowMs());
    this.#flush();
    return toRouteOutcome(hosts, { withState });
  }

  /** What `look` finds now or, if the answer of dns is awaited, then. */
  #answer<Outcome extends { state: string }>(
    key: RouteKey,
    signal: AbortSignal | undefined,
    look: () => Outcome,
  ): Promise<Outcome | NoAnswer> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    this.#lastPull = undefined;
    const outcome = look();
    if (outcome.state !== "no_route" || !this.#isPulled(key)) {
      return Promise.resolve(outcome);
    }
    return abortable(this.#wait(key, signal, look), signal);
  }

  /** Whether callers of this route may wait for a pull, which has just begun or goes on. */
  #isPulled({ modId, cmdId }: RouteKey): boolean {
    if (this.#timeoutMs === 0) return false;
    const pull = this.#lastPull;
    return this.#pulls.has({ modId, cmdId }) ||
      pull?.modId === modId && pull.cmdId === cmdId;
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
      await this.#pull(key).ended;
      // A caller who has gone must not take a host.
      return signal?.aborted ? CLOSED : look();
    } finally {
      this.#waiting -= 1;
    }
  }

  #pull(key: RouteKey): Pull {
    let pull = this.#pulls.get(key);
    if (pull === undefined) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const answered = new AbortController();
      pull = { ended: promise, end: () => answered.abort() };
      this.#pulls.set(key, pull);
      this.#clock.sleep(this.#timeoutMs, answered.signal).then(() => {
        if (!answered.signal.aborted) this.#counters.timeouts += 1;
        this.#pulls.delete(key);
        resolve();
      });
    }
    return pull;
  }

  /** Lets messages leave, and looks at the time of the next tick. */
  #flush(): void {
    this.#local.flushOutbox();
    this.#timer.update();
  }

  #post(message: FromShard): void {
    if (message.kind === "pulls") this.#lastPull = message.keys.at(-1);
    this.#agent.receive(0, message);
  }

  #receive(message: ToShard): void {
    if (message.kind === "stop") {
      this.#local.stop(this.#clock.nowMs());
      this.#post({ kind: "stopped" });
      return;
    }
    const nowMs = this.#clock.nowMs();
    this.#local.receive(message, nowMs);
    if (message.kind === "dns" && message.connected) {
      // They were pulled while no dns was connected.
      for (const key of this.#pulls.keys()) {
        this.#shard.refresh(this.#shard.ask(key, nowMs), nowMs);
      }
    }
    this.#flush();
  }
}

/** The program itself is its agent: nothing is lost on the way, and nothing takes time. */
function toRegistrationSource(
  { registrar }: Agent,
  random: Random,
): RegistrationSource {
  const seq = 0;
  return {
    random,
    register: (request) => Promise.resolve(registrar.register(request)),
    beat: (request) => Promise.resolve(registrar.beat({ ...request, seq })),
    deregister: (request) =>
      Promise.resolve(registrar.deregister({ ...request, seq })),
  };
}

/** A file, or nothing. */
function keeperOf(path: string | undefined): RouteKeeper {
  if (path !== undefined) return new RouteCache(path);
  return { async *load() {}, save: () => Promise.resolve() };
}
