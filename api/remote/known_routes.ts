import type { Random } from "../../net/client.ts";
import {
  type CallReport,
  type HostAddress,
  type RouteKey,
  RouteMap,
} from "../../proto/mod.ts";
import type { RouteHost } from "../outcome.ts";

/** Routes that are remembered; one more is not, until one is {@linkcode KnownRoute.isOld}. */
export const ROUTES_MAX = 4_096;

/**
 * Age after which hosts are not used any more, in milliseconds: ten minutes. They
 * do not age while they stand in for the agent.
 */
export const REMEMBER_MS = 600_000;

/** Pause between two searches for old routes, in milliseconds. */
const SWEEP_MS = 2_000;

/** Results of a route that are kept; above it, the oldest is dropped. */
export const KEPT_RESULTS_MAX = 64;

/** Time in which a host is not picked after a failed call, in milliseconds. */
const SKIP_MS = 1_000;

/** The hosts of a route as its agent listed them last, and what happened since. */
export class KnownRoute {
  /** With their state; empty until the agent has answered. */
  hosts: readonly RouteHost[] = [];
  /** Whether these are all, and not the one that was picked first. */
  isListed = false;
  /** When the agent was asked for them last. */
  askedMs: number;
  /** Hosts that failed, and until when they are not picked, by {@linkcode hostKey}. */
  readonly #skipUntilMs = new Map<number, number>();
  #results: CallReport[] = [];

  constructor(askedMs: number) {
    this.askedMs = askedMs;
  }

  /** Whether the hosts are too old to be used, if they aged until `untilMs`. */
  isOld(untilMs: number): boolean {
    return untilMs >= this.askedMs + REMEMBER_MS;
  }

  /**
   * A host at random: of those that are idle and did not just fail; else of those
   * that did not fail; else of all, but for drained ones. Undefined if none is
   * known. O(hosts).
   */
  pick(nowMs: number, random: Random): HostAddress | undefined {
    const usable = this.hosts.filter(({ drained }) => !drained);
    const untried = usable.filter((host) => !this.#skips(host, nowMs));
    const idle = untried.filter(({ overload }) => !overload);
    const candidates = [idle, untried, usable]
      .find(({ length }) => length > 0);
    if (candidates === undefined) return undefined;
    const { ip, port } = candidates[Math.floor(random() * candidates.length)]!;
    return { ip, port };
  }

  /** Keeps a result until {@linkcode takeResults}; a host that failed is skipped. */
  keep(result: CallReport, nowMs: number): void {
    if (result.returnCode !== 0) {
      this.#skipUntilMs.set(hostKey(result), nowMs + SKIP_MS);
    }
    this.#results.push(result);
    if (this.#results.length > KEPT_RESULTS_MAX) this.#results.shift();
  }

  /** The results kept, oldest first; the agent judges their hosts from now on. */
  takeResults(): readonly CallReport[] {
    const results = this.#results;
    this.#results = [];
    this.#skipUntilMs.clear();
    return results;
  }

  #skips(host: HostAddress, nowMs: number): boolean {
    const untilMs = this.#skipUntilMs.get(hostKey(host));
    return untilMs !== undefined && nowMs < untilMs;
  }
}

/** An address as a number. */
function hostKey({ ip, port }: HostAddress): number {
  return (ip >>> 0) * 0x1_0000 + port;
}

/** What is remembered of the routes in use, at most {@linkcode ROUTES_MAX}. */
export class KnownRoutes {
  readonly #routes = new RouteMap<KnownRoute>();
  readonly #agedMs: (key: RouteKey) => number;
  #sweptMs = -Infinity;

  /** `agedMs` says until when the hosts of a route have aged. */
  constructor(agedMs: (key: RouteKey) => number) {
    this.#agedMs = agedMs;
  }

  /** What is remembered of a route. */
  get(key: RouteKey): KnownRoute | undefined {
    return this.#routes.get(key);
  }

  /** Remembers a route from now on; undefined if there are too many. */
  add(key: RouteKey, nowMs: number): KnownRoute | undefined {
    if (this.#routes.size >= ROUTES_MAX) this.#sweep(nowMs);
    if (this.#routes.size >= ROUTES_MAX) return undefined;
    const route = new KnownRoute(nowMs);
    this.#routes.set(key, route);
    return route;
  }

  /** Forgets a route. */
  delete(key: RouteKey): void {
    this.#routes.delete(key);
  }

  /** Every route. */
  [Symbol.iterator](): Generator<[RouteKey, KnownRoute]> {
    return this.#routes[Symbol.iterator]();
  }

  #sweep(nowMs: number): void {
    if (nowMs < this.#sweptMs + SWEEP_MS) return;
    this.#sweptMs = nowMs;
    for (const [key, route] of Array.from(this.#routes)) {
      if (route.isOld(this.#agedMs(key))) this.#routes.delete(key);
    }
  }
}
