import {
  addressKey,
  HostReason,
  HostState,
  type HostStateEntry,
  RouteMap,
} from "../../../proto/mod.ts";
import type { RouteStates } from "../../routes/route_hosts.ts";

/** Change of the time of the next try, in milliseconds, that is worth a message. */
const NEXT_TRY_MS_MIN = 1_000;

/** Greatest time that the wire has room for. */
const WIRE_MS_MAX = 0xffff_ffff;

/** A state as the hub holds it: with times instead of ages. */
interface HeldState extends Omit<HostStateEntry, "ageMs" | "nextTryMs"> {
  hasLeft?: true;
  sinceMs: number;
  nextTryAtMs: number;
}

/**
 * The hosts of all shards that are not plainly in use, and what a reporter that was
 * told of them has not heard yet. Memory is bounded by those hosts, and by what
 * changes while one is connected.
 */
export class HostStates {
  readonly #routes = new RouteMap<ReadonlyMap<number, HeldState>>();
  /** What a reporter is to hear of, by host, with the newest state of each. */
  readonly #changes = new Map<string, HeldState>();
  /** Whether there is a reporter that takes states. */
  #isTaken = false;

  /** Number of changes that wait. */
  get changes(): number {
    return this.#changes.size;
  }

  /** Takes whether there is a reporter that takes states, false at first: then no change waits, as the next is told everything. */
  setTaken(isTaken: boolean): void {
    this.#isTaken = isTaken;
    if (!isTaken) this.#changes.clear();
  }

  /** Hosts of routes by state. */
  counts(): ReadonlyMap<number, number> {
    const counts = new Map<number, number>();
    for (const hosts of this.#routes.values()) {
      for (const { state, hasLeft } of hosts.values()) {
        if (hasLeft) continue;
        counts.set(state, (counts.get(state) ?? 0) + 1);
      }
    }
    return counts;
  }

  /** Takes the hosts of a route that are not plainly in use, in place of those before. */
  set({ hosts, ...key }: RouteStates, nowMs: number): void {
    const before = this.#routes.get(key) ?? new Map<number, HeldState>();
    const now = new Map<number, HeldState>();
    for (const { ageMs, nextTryMs, ...host } of hosts) {
      const held = before.get(addressKey(host));
      // A host that is ejected anew after each probe is ejected since the first time.
      const sinceMs = held?.state === host.state
        ? Math.min(held.sinceMs, nowMs - ageMs)
        : nowMs - ageMs;
      const next = {
        ...key,
        ...host,
        sinceMs,
        nextTryAtMs: nowMs + nextTryMs,
      };
      now.set(addressKey(host), next);
      if (held === undefined || isNews(held, next)) this.#change(next);
    }
    for (const [address, held] of before) {
      if (!now.has(address)) this.#change(inUse(held, nowMs));
    }
    if (now.size === 0) this.#routes.delete(key);
    else this.#routes.set(key, now);
  }

  /** Everything; no change waits afterwards. */
  takeAll(nowMs: number): HostStateEntry[] {
    this.#changes.clear();
    const entries: HostStateEntry[] = [];
    for (const hosts of this.#routes.values()) {
      for (const host of hosts.values()) entries.push(toEntry(host, nowMs));
    }
    return entries;
  }

  /** Takes out the changes. */
  takeChanges(nowMs: number): HostStateEntry[] {
    const changes = [...this.#changes.values()];
    this.#changes.clear();
    return changes.map((host) => toEntry(host, nowMs));
  }

  #change(host: HeldState): void {
    if (!this.#isTaken) return;
    const { modId, cmdId } = host;
    this.#changes.set(`${modId} ${cmdId} ${addressKey(host)}`, host);
  }
}

function isNews(before: HeldState, now: HeldState): boolean {
  return before.state !== now.state || before.reason !== now.reason ||
    before.inFlight !== now.inFlight ||
    Math.abs(before.nextTryAtMs - now.nextTryAtMs) >= NEXT_TRY_MS_MIN;
}

function inUse(host: HeldState, nowMs: number): HeldState {
  return {
    ...host,
    state: HostState.inUse,
    reason: HostReason.none,
    sinceMs: nowMs,
    inFlight: 0,
    nextTryAtMs: nowMs,
  };
}

function toEntry(
  { sinceMs, nextTryAtMs, hasLeft: _, ...host }: HeldState,
  nowMs: number,
): HostStateEntry {
  return {
    ...host,
    ageMs: toWireMs(nowMs - sinceMs),
    nextTryMs: toWireMs(nextTryAtMs - nowMs),
  };
}

function toWireMs(ms: number): number {
  return Math.min(WIRE_MS_MAX, Math.max(0, Math.round(ms)));
}
