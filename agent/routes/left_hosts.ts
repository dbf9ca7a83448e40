import {
  addressKey,
  type HostAddress,
  HostReason,
  HostState,
  type RouteKey,
  RouteMap,
} from "../../proto/mod.ts";
import { OPEN_PICKS_MS_MAX } from "./drained_hosts.ts";
import type { LeavingHost, RouteStates } from "./route_hosts.ts";

/**
 * Time for which a host that has left is told of. Until then every caller has
 * told that none of its calls is under way any more, and the history of calls
 * names no caller from before.
 */
export const LEFT_MS = OPEN_PICKS_MS_MAX + 30_000;

/**
 * Most hosts of one shard that are told of; one more makes it forget the one that
 * left first. Each is a row of every agent in the store: an edit that takes away
 * many thousands together must not become millions of rows.
 */
export const LEFT_HOSTS_MAX = 256;

interface LeftHost extends LeavingHost {
  readonly key: RouteKey;
  readonly sinceMs: number;
}

/**
 * Hosts that routes have lost, also with the route itself: they are told of as
 * drained ones, so that who takes a host away can wait until its calls have ended.
 * It holds no row, and costs nothing while there is none.
 */
export class LeftHosts {
  /** By {@linkcode addressKey}. */
  readonly #routes = new RouteMap<Map<number, LeftHost>>();
  /** All of them, who left first first. */
  readonly #all = new Set<LeftHost>();
  /** Those with picks that are not reported. */
  readonly #open = new Set<LeftHost>();

  /** When tick() is due; Infinity while there is none. O(hosts) */
  get dueMs(): number {
    const [first] = this.#all;
    let dueMs = first === undefined ? Infinity : first.sinceMs + LEFT_MS;
    for (const { sinceMs, openMs } of this.#open) {
      dueMs = Math.min(dueMs, sinceMs + openMs);
    }
    return dueMs;
  }

  /** Whether some host has left a route. */
  has(key: RouteKey): boolean {
    return this.#all.size > 0 && this.#routes.has(key);
  }

  /** Takes hosts that a route has lost now; answers the routes of those that are forgotten for them. */
  add(
    key: RouteKey,
    hosts: readonly LeavingHost[],
    nowMs: number,
  ): RouteKey[] {
    const forgotten: RouteKey[] = [];
    const some = hosts.length <= LEFT_HOSTS_MAX
      ? hosts
      : hosts.toSorted((a, b) => b.openPicks - a.openPicks)
        .slice(0, LEFT_HOSTS_MAX);
    for (const { ip, port, openPicks, openMs } of some) {
      this.#forget(this.#find(key, { ip, port }));
      const host = { key, ip, port, openPicks, openMs, sinceMs: nowMs };
      const route = this.#routes.get(key) ?? new Map<number, LeftHost>();
      this.#routes.set(key, route.set(addressKey(host), host));
      this.#all.add(host);
      if (openPicks > 0) this.#open.add(host);
      if (this.#all.size <= LEFT_HOSTS_MAX) continue;
      const [oldest] = this.#all;
      this.#forget(oldest);
      forgotten.push(oldest!.key);
    }
    return forgotten;
  }

  /** Forgets the hosts of a route that it has again; whether there was one. */
  returned(key: RouteKey, isBack: (host: HostAddress) => boolean): boolean {
    if (!this.has(key)) return false;
    const back = [...this.#routes.get(key)!.values()].filter(isBack);
    for (const host of back) this.#forget(host);
    return back.length > 0;
  }

  /** Takes that a pick was reported; whether that is news of a host that has left. */
  report(key: RouteKey, address: HostAddress): boolean {
    const host = this.#all.size > 0 ? this.#find(key, address) : undefined;
    if (host === undefined || host.openPicks === 0) return false;
    host.openPicks -= 1;
    if (host.openPicks === 0) this.#open.delete(host);
    return true;
  }

  /** How the hosts that have left a route are told of. */
  states(key: RouteKey, nowMs: number): RouteStates["hosts"] {
    if (!this.has(key)) return [];
    return Array.from(
      this.#routes.get(key)!.values(),
      ({ ip, port, openPicks, sinceMs }) => ({
        ip,
        port,
        state: HostState.drained,
        reason: HostReason.drained,
        ageMs: Math.round(nowMs - sinceMs),
        inFlight: openPicks,
        nextTryMs: 0,
        hasLeft: true,
      }),
    );
  }

  /** Forgets what is old; answers the routes of which that is news. */
  tick(nowMs: number): RouteKey[] {
    const changed: RouteKey[] = [];
    for (const host of this.#open) {
      if (nowMs < host.sinceMs + host.openMs) continue;
      host.openPicks = 0;
      this.#open.delete(host);
      changed.push(host.key);
    }
    for (const host of this.#all) {
      if (nowMs < host.sinceMs + LEFT_MS) break;
      this.#forget(host);
      changed.push(host.key);
    }
    return changed;
  }

  #find(key: RouteKey, address: HostAddress): LeftHost | undefined {
    return this.#routes.get(key)?.get(addressKey(address));
  }

  #forget(host: LeftHost | undefined): void {
    if (host === undefined) return;
    this.#all.delete(host);
    this.#open.delete(host);
    const route = this.#routes.get(host.key);
    route?.delete(addressKey(host));
    if (route?.size === 0) this.#routes.delete(host.key);
  }
}
