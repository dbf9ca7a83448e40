import {
  type Clock,
  DenoTransport,
  type Random,
  SystemClock,
  systemRandom,
  type Transport,
} from "../net/client.ts";
import type { Endpoint, HostAddress } from "../proto/mod.ts";
import { AgentLink } from "./remote/agent_link.ts";
import {
  checkOptions,
  DURATION_US_MAX,
  routeKey,
  toResult,
} from "./arguments.ts";
import type { EmbeddedSettings } from "./embedded/settings.ts";
import type { HostSource, LarsClientCounters } from "./source.ts";
import {
  type CallResult,
  type HostOutcome,
  noHostError,
  type RouteOutcome,
} from "./outcome.ts";

/** How often {@linkcode LarsClient.register} asks. */
export const REGISTER_TRIES = 3;

/** The pause between two of these, in which the agent pulls the route. */
export const REGISTER_PAUSE_MS = 50;

/** What {@linkcode LarsClient.call} reports as return code when a call fails. */
export const CALL_FAILED = 1;

/** How to reach the agent; everything has a default. */
export interface LarsClientOptions {
  /**
   * The first of the agent's UDP servers; 127.0.0.1:8888 if not given. The other
   * two have the next ports, and each owns a third of the routes.
   */
  agent?: Endpoint;
  /** How long one try waits for its answer; 100 if not given. */
  timeoutMs?: number;
  /** How often a request is sent before the answer is `timeout`; 3 if not given. */
  tries?: number;
  /**
   * Whether callers who ask for the same route at the same time share requests,
   * if the agent takes that; true if not given. See {@linkcode LarsClient}.
   */
  batching?: boolean;
  transport?: Transport;
  clock?: Clock;
  random?: Random;
}

/**
 * Asks the agent of this machine which host to call, and tells it how it went.
 *
 * Any number of requests may be on their way at a time, up to
 * {@linkcode PENDING_MAX}. A lost datagram is sent again: `tries` times with
 * `timeoutMs` each. What may happen to a good program is a value; only wrong
 * arguments throw.
 *
 * Under load datagrams are shared. Whoever asks for a route while a request for
 * it is on its way waits for its answer, 1 ms at most, and then shares the next
 * request with all who did the same, up to 64; results of calls on that route
 * travel with it, or after 1 ms by themselves. Hosts are never asked for in
 * advance: one is handed out at most one round trip after the agent picked it,
 * or, when its caller gave up, to the next caller within the agent's `use_ms`.
 * Without load nothing waits. An agent that does not know this is not sent it.
 *
 * @example
 * ```ts
 * import { formatAddress, LarsClient } from "./mod.ts";
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

  private constructor(source: HostSource, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
  }

  /**
   * Binds a socket to any free port: on loopback when the agent is there.
   *
   * @throws {RangeError} If an option is out of its range.
   */
  static open(options: LarsClientOptions = {}): LarsClient {
    const {
      agent = { hostname: "127.0.0.1", port: 8888 },
      timeoutMs = 100,
      tries = 3,
      batching = true,
      transport = new DenoTransport(),
      clock = new SystemClock(),
      random = systemRandom,
    } = options;
    checkOptions({ agent, timeoutMs, tries });
    const loopback = /^(localhost|127\..*)$/.test(agent.hostname);
    const hostname = loopback ? "127.0.0.1" : "0.0.0.0";
    const socket = transport.bind({ hostname, port: 0 });
    const link = new AgentLink({
      ...{ socket, clock, random },
      ...{ agent, timeoutMs, tries, batching },
    });
    return new LarsClient(link, clock);
  }

  /**
   * An agent inside this program instead: it asks dns for routes and tells the
   * reporter by itself, and {@linkcode getHost} sends no datagram. For machines
   * on which one program needs one. The first request for a route waits for
   * what dns says, see {@linkcode EmbeddedSettings.timeoutMs}. The permissions
   * are the agent's: to connect to dns and reporters, to hosts if `check` is on,
   * and to read and write `cacheFile`.
   *
   * @throws {RangeError} If a setting is out of its range.
   *
   * @example
   * ```ts
   * import { LarsClient } from "./mod.ts";
   *
   * await using client = await LarsClient.embedded({
   *   dns: [{ hostname: "10.0.0.5", port: 7778 }],
   *   reporter: [{ hostname: "10.0.0.5", port: 7779 }],
   * });
   * const outcome = client.getHostNow(1, 1);
   * ```
   */
  static async embedded(settings: EmbeddedSettings = {}): Promise<LarsClient> {
    // Programs that use the agent of their machine need not load another.
    const { EmbeddedAgent } = await import("./embedded/agent.ts");
    const clock = settings.clock ?? new SystemClock();
    const source = await EmbeddedAgent.open({ ...settings, clock });
    return new LarsClient(source, clock);
  }

  /** What happened so far. */
  get counters(): LarsClientCounters {
    return this.#source.counters;
  }

  /**
   * The host to call now. Tell with {@linkcode report} how the call went, or use
   * {@linkcode call}, which does both.
   *
   * Ids that no route can have, such as negative ones, are answered `no_route`.
   *
   * @throws {RangeError} If an id is not an int32.
   * @throws The signal's reason, when it is aborted first.
   */
  getHost(
    modId: number,
    cmdId: number,
    options?: { signal?: AbortSignal },
  ): Promise<HostOutcome> {
    try {
      return this.#source.getHost(routeKey(modId, cmdId), options?.signal);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * The host to call now, if that takes no waiting: an embedded client always
   * knows it. Otherwise it is undefined, unless somebody just gave a host up, and
   * {@linkcode getHost} is the way.
   *
   * @throws {RangeError} If an id is not an int32.
   */
  getHostNow(modId: number, cmdId: number): HostOutcome | undefined {
    return this.#source.getHostNow(routeKey(modId, cmdId));
  }

  /**
   * Tells the agent how a call went. It is not answered, and may get lost:
   * resolves when the datagram has left, or at once when the result travels with
   * others, to false when it could not. Nobody needs to wait for it.
   *
   * @throws {RangeError} If an id or the return code is not an int32, if there
   * can be no such host, or if the duration is not an uint32.
   */
  report(modId: number, cmdId: number, call: CallResult): Promise<boolean> {
    try {
      const key = routeKey(modId, cmdId);
      return this.#source.report(key, toResult(call));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * All hosts of a route, or as many as fit one datagram; with `withState` also
   * which of them the agent finds overloaded.
   *
   * @throws {RangeError} If an id is not an int32.
   * @throws The signal's reason, when it is aborted first.
   */
  async getRoute(
    modId: number,
    cmdId: number,
    options: { withState?: boolean; signal?: AbortSignal } = {},
  ): Promise<RouteOutcome> {
    const { withState = false, signal } = options;
    const key = routeKey(modId, cmdId);
    return await this.#source.getRoute(key, { withState, signal });
  }

  /**
   * Asks for the route so that the agent has pulled it before the first call: up
   * to {@linkcode REGISTER_TRIES} times, {@linkcode REGISTER_PAUSE_MS} apart.
   * True when the agent has hosts for it; false leaves everything as it was.
   *
   * @throws {RangeError} If an id is not an int32.
   */
  async register(modId: number, cmdId: number): Promise<boolean> {
    for (let tried = 1;; tried++) {
      const { state } = await this.getRoute(modId, cmdId);
      if (state === "found") return true;
      if (tried === REGISTER_TRIES || state === "closed") return false;
      await this.#clock.sleep(REGISTER_PAUSE_MS, this.#source.closing);
    }
  }

  /**
   * Picks a host, runs `use` on it, and reports success or failure and how long
   * it took. Failure is when `use` throws; what it throws, or returns, is passed
   * on.
   *
   * @throws {NoHostError} If there is no host to call; `use` did not run.
   * @throws {RangeError} If an id is not an int32.
   *
   * @example
   * ```ts
   * import { formatAddress, LarsClient } from "./mod.ts";
   *
   * await using client = LarsClient.open();
   * await client.register(1, 1);
   * const text = await client.call(1, 1, async (host) => {
   *   const answer = await fetch(`http://${formatAddress(host)}/`);
   *   if (!answer.ok) throw new Error(answer.statusText);
   *   return await answer.text();
   * });
   * ```
   */
  async call<Value>(
    modId: number,
    cmdId: number,
    use: (host: HostAddress) => Value | Promise<Value>,
  ): Promise<Value> {
    const outcome = await this.getHost(modId, cmdId);
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
   * Sends results that wait, and closes the socket; requests that wait, and later
   * ones, are answered `closed`.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source.close();
  }
}

/** In whole microseconds; at least 1, as 0 on the wire is "not told". */
function toDurationUs(durationMs: number): number {
  const durationUs = Math.round(durationMs * 1000);
  return Math.min(Math.max(durationUs, 1), DURATION_US_MAX);
}
