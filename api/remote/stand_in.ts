import type { Clock, Random } from "../../net/client.ts";
import {
  AGENT_SERVERS,
  type CallReport,
  type HostAddress,
  ownerOf,
  type RouteKey,
} from "../../proto/mod.ts";
import type { HostOutcome, RouteHost, RouteOutcome } from "../outcome.ts";
import type { AgentState, LarsClientCounters } from "../source.ts";
import { type KnownRoute, KnownRoutes } from "./known_routes.ts";

/** Age of the remembered hosts of a route in use after which they are asked for again, in milliseconds. */
export const REFRESH_MS = 2_000;

/** Pause between the starts of two probes of a server that does not answer, in milliseconds. */
export const PROBE_MS = 100;

/**
 * Time after a server is back in which its `no_route` is not believed, in
 * milliseconds: it may not have its routes again yet.
 */
export const NO_ROUTE_GRACE_MS = 2_000;

/** What a {@linkcode StandIn} is made of. */
export interface StandInOptions {
  clock: Clock;
  random: Random;
  /** Longest time that hosts are found without the agent, in milliseconds; 0: none. */
  standInMs: number;
  counters: LarsClientCounters;
  /** Asks the agent for all hosts of a route, with their state. Never rejects. */
  askRoute: (key: RouteKey) => Promise<RouteOutcome>;
  /** Sends results to the agent. */
  sendResults: (key: RouteKey, results: readonly CallReport[]) => unknown;
}

/** Whether one of the agent's UDP servers answers. */
interface Server {
  isDown: boolean;
  /** Since when it does not answer, or when it ceased to before it was back. */
  downSinceMs: number;
  /** When it answered again after that. */
  backMs: number;
  /** The route of the last request without an answer: the one to probe with. */
  key: RouteKey | undefined;
  probedMs: number;
  /** The probe on its way. */
  probe: Promise<void> | undefined;
}

/**
 * Finds hosts while the agent is away, from what it listed last.
 *
 * Every answer of the agent comes by here. Each route in use is listed every
 * {@linkcode REFRESH_MS}, from its second host on. A request without an answer makes its server *down*:
 * from then on nobody waits for it but one probe, and hosts are found here at
 * once, marked `standIn`, until the probe is answered or `standInMs` have passed.
 * Calls drive all of it: no timer runs in a program that asks for nothing.
 */
export class StandIn {
  readonly #options: StandInOptions;
  readonly #routes = new KnownRoutes((key) => this.#agedMs(key));
  readonly #servers: readonly Server[];

  constructor(options: StandInOptions) {
    this.#options = options;
    this.#servers = Array.from({ length: AGENT_SERVERS }, () => ({
      isDown: false,
      downSinceMs: -Infinity,
      backMs: -Infinity,
      key: undefined,
      probedMs: -Infinity,
      probe: undefined,
    }));
  }

  /** `down` while one of the agent's servers does not answer. */
  get agent(): AgentState {
    return this.#servers.some(({ isDown }) => isDown) ? "down" : "up";
  }

  /** Whether the route's server is down; if so, makes sure that it is probed. */
  isDown(key: RouteKey): boolean {
    const server = this.#serverOf(key);
    if (!server.isDown) return false;
    this.#probe(server, key);
    return true;
  }

  /** Resolves when the probe on its way, if there is one, has ended: true if the server is up. */
  async probed(key: RouteKey): Promise<boolean> {
    const server = this.#serverOf(key);
    await server.probe;
    return !server.isDown;
  }

  /** A host from memory; undefined without one, or if the server has been away too long. */
  host(key: RouteKey): HostOutcome | undefined {
    const nowMs = this.#options.clock.nowMs();
    const host = this.#usable(key, nowMs)?.pick(nowMs, this.#options.random);
    if (host === undefined) return undefined;
    this.#options.counters.standIns += 1;
    return { state: "found", host, standIn: true };
  }

  /** The hosts from memory, as {@linkcode host}; also undefined if not all are known. */
  route(key: RouteKey): RouteOutcome | undefined {
    const route = this.#usable(key, this.#options.clock.nowMs());
    if (!route?.isListed) return undefined;
    this.#options.counters.standIns += 1;
    return { state: "found", hosts: [...route.hosts], standIn: true };
  }

  /** Takes the outcome of a request for a host; returns what its caller gets. */
  onHost(key: RouteKey, outcome: HostOutcome): HostOutcome {
    if (!this.#mayBelieve(key, outcome.state)) return this.host(key) ?? outcome;
    if (outcome.state === "found") this.#onFound(key, outcome.host);
    return outcome;
  }

  /** Takes the outcome of a request for all hosts; returns what its caller gets. */
  onRoute(key: RouteKey, outcome: RouteOutcome): RouteOutcome {
    if (outcome.state === "found") this.#remember(key, outcome.hosts);
    else if (!this.#mayBelieve(key, outcome.state)) {
      return this.route(key) ?? outcome;
    }
    return outcome;
  }

  /** Keeps a result until the route's server is back; false if it is not known to be away. */
  keep(key: RouteKey, result: CallReport): boolean {
    const route = this.#routes.get(key);
    if (route === undefined || !this.isDown(key)) return false;
    route.keep(result, this.#options.clock.nowMs());
    return true;
  }

  /** Sends the results that were kept. */
  flush(server?: Server): void {
    for (const [key, route] of this.#routes) {
      if (server !== undefined && this.#serverOf(key) !== server) continue;
      const results = route.takeResults();
      if (results.length > 0) this.#options.sendResults(key, results);
    }
  }

  #serverOf(key: RouteKey): Server {
    return this.#servers[ownerOf(key, AGENT_SERVERS)]!;
  }

  /** Whether an outcome is what its caller gets; learns from it. */
  #mayBelieve(
    key: RouteKey,
    state: (HostOutcome | RouteOutcome)["state"],
  ): boolean {
    if (this.#options.standInMs === 0) return true;
    switch (state) {
      case "timeout":
        this.#onTimeout(key);
        return false;
      case "no_route":
        if (!this.#isJustBack(key)) this.#routes.delete(key);
        return !this.#isJustBack(key);
      default:
        return true;
    }
  }

  #isJustBack(key: RouteKey): boolean {
    const { backMs } = this.#serverOf(key);
    return this.#options.clock.nowMs() < backMs + NO_ROUTE_GRACE_MS;
  }

  /** What is remembered of a route, unless it is too old or its server is away too long. */
  #usable(key: RouteKey, nowMs: number): KnownRoute | undefined {
    const route = this.#routes.get(key);
    if (route === undefined) return undefined;
    const { isDown, downSinceMs } = this.#serverOf(key);
    const isOver = isDown && nowMs >= downSinceMs + this.#options.standInMs;
    return isOver || route.isOld(this.#agedMs(key)) ? undefined : route;
  }

  /** Until when the hosts of a route have aged. */
  #agedMs(key: RouteKey): number {
    const nowMs = this.#options.clock.nowMs();
    const { isDown, downSinceMs } = this.#serverOf(key);
    if (!isDown && !this.#isJustBack(key)) return nowMs;
    return Math.max(downSinceMs, nowMs - this.#options.standInMs);
  }

  #onTimeout(key: RouteKey): void {
    const server = this.#serverOf(key);
    if (!server.isDown) {
      server.isDown = true;
      server.downSinceMs = this.#options.clock.nowMs();
      this.#options.counters.downs += 1;
    }
    server.key = key;
    this.#probe(server, key);
  }

  /**
   * Asks for a route's hosts, unless that was done within {@linkcode REFRESH_MS}.
   * A program that asks only once sends nothing more: its first host is all that
   * is remembered, until it asks again.
   */
  #onFound(key: RouteKey, host: HostAddress): void {
    if (this.#options.standInMs === 0) return;
    const nowMs = this.#options.clock.nowMs();
    const route = this.#routes.get(key);
    if (route === undefined) {
      const added = this.#routes.add(key, nowMs - REFRESH_MS);
      if (added !== undefined) added.hosts = [host];
    } else if (nowMs >= route.askedMs + REFRESH_MS) {
      route.askedMs = nowMs;
      this.#ask(key);
    }
  }

  #probe(server: Server, key: RouteKey): void {
    const nowMs = this.#options.clock.nowMs();
    if (server.probe !== undefined || nowMs < server.probedMs + PROBE_MS) {
      return;
    }
    server.probedMs = nowMs;
    server.probe = this.#ask(key).then((isAnswered) => {
      server.probe = undefined;
      if (isAnswered) this.#onBack(server);
    });
  }

  #onBack(server: Server): void {
    server.isDown = false;
    server.backMs = this.#options.clock.nowMs();
    this.flush(server);
    for (const other of this.#servers) {
      const { isDown, key } = other;
      if (isDown && key !== undefined) this.#probe(other, key);
    }
  }

  /** Remembers hosts; those without their state only where there are none. */
  #remember(key: RouteKey, hosts: readonly RouteHost[]): void {
    const nowMs = this.#options.clock.nowMs();
    if (this.#options.standInMs === 0) return;
    const route = this.#routes.get(key) ?? this.#routes.add(key, nowMs);
    if (route === undefined) return;
    const hasState = hosts[0]?.overload !== undefined;
    if (!hasState && route.isListed) return;
    route.hosts = hosts;
    route.isListed = true;
    if (hasState) route.askedMs = nowMs;
  }

  /** Remembers the hosts that the agent lists; false if it does not answer. */
  async #ask(key: RouteKey): Promise<boolean> {
    const outcome = await this.#options.askRoute(key);
    if (outcome.state === "found") this.#remember(key, outcome.hosts);
    return outcome.state === "found" || outcome.state === "no_route";
  }
}
