import {
  type Clock,
  type DatagramTransport,
  localHostname,
  type Random,
  SystemClock,
  SystemDatagrams,
  systemRandom,
} from "../net/client.ts";
import {
  AGENT_SERVERS,
  type Endpoint,
  type HostAddress,
  type RouteKey,
} from "../proto/mod.ts";
import { abortable } from "./abortable.ts";
import { checkOptions, routeKey, toDurationUs, toResult } from "./arguments.ts";
import { pickChannel, reportChannel } from "./diagnostics.ts";
import {
  type CallResult,
  type ExplainOutcome,
  type HostOutcome,
  noHostError,
  type RouteOutcome,
} from "./outcome.ts";
import { AgentLink } from "./remote/agent_link.ts";
import { serve, type ServedInstance, type ServeOptions } from "./serve/mod.ts";
import type {
  AgentState,
  ExplainOptions,
  GetRouteOptions,
  HostSource,
  LarsClientCounters,
} from "./source.ts";

/** Requests of {@linkcode LarsClient.register}, at most. */
export const REGISTER_TRIES = 3;

/** Pause between two of these in milliseconds, in which the agent pulls the route. */
export const REGISTER_PAUSE_MS = 50;

/** Return code that {@linkcode LarsClient.call} reports when a call fails. */
export const CALL_FAILED = 1;

/** How to reach the agent; everything has a default. */
export interface LarsClientOptions {
  /**
   * The first of the agent's UDP servers; 127.0.0.1:8888 if not given. The other
   * two have the next ports, and each owns a third of the routes.
   */
  agent?: Endpoint;
  /** Timeout of one try in milliseconds, from 1 to 2³¹−1; 100 if not given. */
  timeoutMs?: number;
  /** Tries before the outcome is `timeout`, from 1 to 1,000; 3 if not given. */
  tries?: number;
  /**
   * Whether callers who ask for the same route at the same time share requests,
   * if the agent takes that; true if not given. See {@linkcode LarsClient}.
   */
  batching?: boolean;
  /**
   * Longest time in milliseconds that an agent which does not answer is stood in
   * for by what it said last, from 0 (never) to 2³¹−1; 60,000 if not given. Hosts
   * found so are marked `standIn`.
   */
  standInMs?: number;
  /** Opens the socket; the system's if not given. */
  transport?: DatagramTransport;
  /** Tells time and sleeps; the system's if not given. */
  clock?: Clock;
  /** Source of randomness, for the first sequence number; the system's if not given. */
  random?: Random;
}

/**
 * Asks which host to call, and reports how the call went: usually to the agent
 * of this machine, over UDP.
 *
 * Up to {@linkcode PENDING_MAX} requests may wait at a time. A lost datagram is
 * sent again: `tries` times with a timeout of `timeoutMs` each. Expected outcomes
 * are values; only wrong arguments throw.
 *
 * Under load, datagrams are shared. A caller who asks for a route while a request
 * for it is on its way waits for that answer, at most {@linkcode FLUSH_MS}, and
 * then shares the next request with all who did the same, up to
 * {@linkcode BATCH_MAX}; results of calls on that route travel with it, or after
 * {@linkcode FLUSH_MS} in a datagram of their own. Hosts are never asked for in
 * advance: one is handed out at most a round trip after the agent picked it or,
 * when its caller gave up, to the next caller within the agent's `use_ms`.
 * Without load nothing waits. An agent of the original system, which takes one
 * request in a datagram, is not sent anything else.
 *
 * @example
 * ```ts
 * import { formatAddress, LarsClient } from "@lars/lars";
 *
 * await using client = LarsClient.open();
 * const outcome = await client.getHost(1, 1);
 * if (outcome.state === "found") {
 *   console.log(formatAddress(outcome.host)); // 192.168.1.177:7777
 *   await client.report(1, 1, { host: outcome.host, returnCode: 0 });
 * }
 * ```
 */
export class LarsClient implements AsyncDisposable {
  readonly #source: HostSource;
  readonly #clock: Clock;
  readonly #served = new Set<ServedInstance>();

  /**
   * A client of a source of one's own, such as a double in a test. For an agent
   * use {@linkcode LarsClient.open}.
   */
  constructor(source: HostSource, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
  }

  /**
   * Opens a client of an agent: binds a socket to any free port, of loopback if
   * the agent is there.
   *
   * @throws {RangeError} If an option is out of its range.
   */
  static open(options: LarsClientOptions = {}): LarsClient {
    const {
      agent = { hostname: "127.0.0.1", port: 8888 },
      timeoutMs = 100,
      tries = 3,
      batching = true,
      standInMs = 60_000,
      transport = new SystemDatagrams(),
      clock = new SystemClock(),
      random = systemRandom,
    } = options;
    checkOptions({ agent, timeoutMs, tries, standInMs });
    const ports = Array.from(
      { length: AGENT_SERVERS },
      (_, index) => agent.port + index,
    );
    const socket = transport.bindFor?.(agent.hostname, ports) ??
      transport.bind({ hostname: localHostname(agent.hostname), port: 0 });
    const link = new AgentLink({
      socket,
      clock,
      random,
      agent,
      timeoutMs,
      tries,
      batching,
      standInMs,
    });
    return new LarsClient(link, clock);
  }

  /** Whether the agent answers; while it does not, hosts are what it said last. */
  get agent(): AgentState {
    return this.#source.agent;
  }

  /** A copy of what happened so far. */
  get counters(): LarsClientCounters {
    return this.#source.counters;
  }

  /**
   * The host to call now. {@linkcode report} how the call went, or use
   * {@linkcode call}, which does both.
   *
   * Ids that no route can have, such as negative ones, are answered `no_route`.
   *
   * @throws {RangeError} If an id is not an int32.
   * @throws {unknown} The signal's reason, if it is aborted first.
   */
  getHost(
    modId: number,
    cmdId: number,
    options?: { signal?: AbortSignal },
  ): Promise<HostOutcome> {
    try {
      const key = routeKey(modId, cmdId);
      const outcome = this.#source.getHost(key, options?.signal);
      return pickChannel.hasSubscribers
        ? this.#publishPick(key, outcome)
        : outcome;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * The host to call now, if it is known without waiting: to an embedded client
   * it always is. With an agent it is undefined, unless a caller just gave up its
   * host: use {@linkcode getHost} then.
   *
   * @throws {RangeError} If an id is not an int32.
   */
  getHostNow(modId: number, cmdId: number): HostOutcome | undefined {
    const outcome = this.#source.getHostNow(routeKey(modId, cmdId));
    if (outcome !== undefined && pickChannel.hasSubscribers) {
      pickChannel.publish({ modId, cmdId, outcome, durationMs: 0 });
    }
    return outcome;
  }

  /**
   * Reports how a call went. A report is not answered and may get lost: the
   * promise resolves when the datagram has left, or at once when the result
   * travels with others, and to false if it could not be sent. There is no need
   * to wait for it.
   *
   * @throws {RangeError} If an id or the return code is not an int32, if there
   * can be no such host, or if the duration is not an uint32.
   */
  report(modId: number, cmdId: number, call: CallResult): Promise<boolean> {
    try {
      const key = routeKey(modId, cmdId);
      const result = toResult(call);
      if (reportChannel.hasSubscribers) {
        reportChannel.publish({ ...key, ...call });
      }
      return this.#source.report(key, result);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * All hosts of a route, or as many as fit one datagram; with `withState` also
   * which of them the agent finds overloaded.
   *
   * @throws {RangeError} If an id is not an int32.
   * @throws {unknown} The signal's reason, if it is aborted first.
   */
  async getRoute(
    modId: number,
    cmdId: number,
    options: GetRouteOptions = {},
  ): Promise<RouteOutcome> {
    return await this.#source.getRoute(routeKey(modId, cmdId), options);
  }

  /**
   * What the agent knows of a route's balancing: each host's state with the rule
   * and the numbers behind it, the latest decisions and, `withCalls`, picks and
   * reports as they happen. Reading does not make a route known: one that no
   * program has asked for is `no_route`.
   *
   * Agents of the original system do not answer this: the outcome is
   * `unsupported` if the agent answers another request, else `timeout`.
   *
   * @throws {RangeError} If an id is not an int32.
   * @throws {unknown} The signal's reason, if it is aborted first.
   *
   * @example
   * ```ts
   * import { formatAddress, LarsClient } from "@lars/lars";
   *
   * await using client = LarsClient.open();
   * const outcome = await client.explain(1, 1);
   * if (outcome.state === "found") {
   *   for (const host of outcome.hosts) {
   *     console.log(formatAddress(host), host.reason);
   *   }
   * }
   * ```
   */
  async explain(
    modId: number,
    cmdId: number,
    options: ExplainOptions = {},
  ): Promise<ExplainOutcome> {
    return await this.#source.explain(routeKey(modId, cmdId), options);
  }

  /**
   * Asks for the route, so that the agent has pulled it before the first call: up
   * to {@linkcode REGISTER_TRIES} times, {@linkcode REGISTER_PAUSE_MS} apart.
   * True when the agent has hosts for it.
   *
   * @throws {RangeError} If an id is not an int32.
   * @throws {unknown} The signal's reason, if it is aborted first.
   */
  async register(
    modId: number,
    cmdId: number,
    options: { signal?: AbortSignal } = {},
  ): Promise<boolean> {
    const { signal } = options;
    for (let tried = 1;; tried++) {
      const { state } = await this.getRoute(modId, cmdId, options);
      if (state === "found") return true;
      if (tried === REGISTER_TRIES || state === "closed") return false;
      const pause = this.#clock.sleep(REGISTER_PAUSE_MS, this.#source.closing);
      await abortable(pause, signal);
    }
  }

  /**
   * Gets a host, runs `use` on it, and reports success or failure and the
   * duration. A call fails if `use` throws; what `use` throws or returns is
   * passed on. `signal` ends the wait for a host; `use` may take it too.
   *
   * @throws {NoHostError} If there is no host to call; `use` did not run.
   * @throws {RangeError} If an id is not an int32.
   * @throws {unknown} The signal's reason, if it is aborted before there is a host.
   *
   * @example
   * ```ts
   * import { formatAddress, LarsClient } from "@lars/lars";
   *
   * await using client = LarsClient.open();
   * if (await client.register(1, 1)) {
   *   const text = await client.call(1, 1, async (host) => {
   *     const answer = await fetch(`http://${formatAddress(host)}/`);
   *     if (!answer.ok) throw new Error(answer.statusText);
   *     return await answer.text();
   *   });
   *   console.log(text);
   * }
   * ```
   */
  async call<Value>(
    modId: number,
    cmdId: number,
    use: (host: HostAddress) => Value | Promise<Value>,
    options?: { signal?: AbortSignal },
  ): Promise<Value> {
    const outcome = await this.getHost(modId, cmdId, options);
    if (outcome.state !== "found") throw noHostError(modId, cmdId, outcome);
    const { host } = outcome;
    const startMs = this.#clock.nowMs();
    let returnCode = CALL_FAILED;
    try {
      const value = await use(host);
      returnCode = 0;
      return value;
    } finally {
      const durationUs = toDurationUs(this.#clock.nowMs() - startMs);
      await this.report(modId, cmdId, { host, returnCode, durationUs });
    }
  }

  /**
   * Registers this program as a host of a route, or of several, and keeps it
   * registered until it is closed: the agent of this machine hands it to callers
   * everywhere within milliseconds. Resolves when the agent has accepted.
   *
   * It leaves in order: no new calls, then those under way end, then it is
   * forgotten. That is at the end of an `await using` block, with
   * {@linkcode ServedInstance.close}, when `signal` is aborted, and when this
   * client closes. Only then is the program to stop listening. A program that
   * dies without it is taken out `ttlMs` later, and not called by those who find
   * out.
   *
   * An agent that is away or restarted costs nothing: the client registers again.
   *
   * @throws {RangeError | SyntaxError} If an option is out of its range.
   * @throws {TypeError} If the client has no agent, as an embedded one.
   * @throws {ServeError} If the agent refuses the program, does not know
   * registrations, or does not answer within `waitMs`.
   * @throws {unknown} The signal's reason, if it is aborted first.
   *
   * @example
   * ```ts
   * import { LarsClient, ServeError } from "@lars/lars";
   *
   * await using client = LarsClient.open();
   * const route = { modId: 1, cmdId: 1 };
   * try {
   *   await using instance = await client.serve({
   *     ...route,
   *     port: 8080,
   *     waitMs: 0,
   *     onChange: ({ state, reason }) => console.log(state, reason),
   *   });
   *   console.log(instance.state); // served, or pending until dns has it
   * } catch (error) {
   *   if (!(error instanceof ServeError)) throw error;
   *   console.log(error.message);
   * }
   * ```
   */
  async serve(options: ServeOptions): Promise<ServedInstance> {
    const instance = await serve(options, {
      source: this.#source,
      clock: this.#clock,
    });
    this.#served.add(instance);
    void instance.closed.then(() => this.#served.delete(instance));
    return instance;
  }

  /**
   * Ends what {@linkcode serve} registered, sends the results that wait and closes
   * the socket. Requests that wait then, and later ones, are answered `closed`.
   * Twice is once.
   */
  async close(): Promise<void> {
    await Promise.all(Array.from(this.#served, (instance) => instance.close()));
    await this.#source.close();
  }

  async #publishPick(
    { modId, cmdId }: RouteKey,
    found: Promise<HostOutcome>,
  ): Promise<HostOutcome> {
    const startMs = this.#clock.nowMs();
    const outcome = await found;
    const durationMs = this.#clock.nowMs() - startMs;
    pickChannel.publish({ modId, cmdId, outcome, durationMs });
    return outcome;
  }

  /** As {@linkcode close}, at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
