import {
  FlatRouteMap,
  isValidAddress,
  isValidKey,
  type Route,
  type RouteKey,
} from "../../proto/mod.ts";
import { LinkedQueue } from "./linked_queue.ts";
import type { Policies } from "../policies/policies.ts";
import { PULL_TIMEOUT_MS, RouteEntry } from "./route_entry.ts";
import type { ShardCounters } from "./counters.ts";

/**
 * Entries without hosts in one shard; the least recently asked makes room. With
 * this many a shard holds 5 MB more than with none, however many unknown routes
 * are asked for.
 */
export const UNKNOWN_ROUTES_MAX = 16_384;

/** An entry without hosts that nobody asks for is dropped after this long. */
export const UNKNOWN_ROUTE_EXPIRE_MS = 60_000;

/** A route with hosts that nobody asks for is dropped after this long, if dns is there to ask again. */
export const KNOWN_ROUTE_EXPIRE_MS = 3_600_000;

/** Pause before dns is asked again for a route that it said is empty. */
export const EMPTY_RETRY_MS = 1_000;

/** A known route is pulled this often at least; dns forgets subscriptions after 15 min. */
export const SUBSCRIPTION_RENEW_MS = 300_000;

/**
 * Routes with hosts that are pulled again in a second because they are old, at
 * most; the rest wait for a later request. Changes are pushed: a pull tells
 * nothing new unless a push was lost, and 100,000 of them at once would cost
 * more than the answers do.
 */
export const REFRESHES_PER_SECOND_MAX = 300;

/** Every route with hosts is looked at about this often, for expiry and renewal. */
const SWEEP_MS = 5_000;

/** Entries looked at in one tick, so that none takes long; the rest comes next. */
const SWEEP_ENTRIES_MAX = 512;

export interface ShardRoutesOptions {
  /** A route older than this is pulled again when asked for. */
  updateTimeoutMs: number;
  policies: Policies;
  /** Whether routes that do not say let the agent check their resting hosts. */
  checks: boolean;
  /** Ask dns for a route. */
  pull: (key: RouteKey) => void;
  /** A route that had hosts is known no more. */
  forget: (key: RouteKey) => void;
  counters: ShardCounters;
}

/**
 * The life of a shard's routes: created when asked for or told of, pulled,
 * updated, doubted when dns calls them empty, and dropped.
 */
export class ShardRoutes {
  readonly #options: ShardRoutesOptions;
  readonly #entries = new FlatRouteMap<RouteEntry>();
  /** Entries without hosts, the least recently asked first. */
  readonly #unknown = new LinkedQueue<RouteEntry>();
  /** Entries with hosts, the one the sweep looked at longest ago first. */
  readonly #known = new LinkedQueue<RouteEntry>();
  readonly #doubted = new Set<RouteEntry>();
  #dnsConnected = false;
  /** When the present second of refreshes began, and how many it had. */
  #refreshesMs = -Infinity;
  #refreshes = 0;

  constructor(options: ShardRoutesOptions) {
    this.#options = options;
  }

  get(key: RouteKey): RouteEntry | undefined {
    return this.#entries.get(key);
  }

  /** Routes with hosts; not to be changed meanwhile. */
  known(): Iterable<RouteEntry> {
    return this.#known;
  }

  /** The entry of a route that a program asks for, created if need be. */
  ask(key: RouteKey, nowMs: number): RouteEntry {
    const entry = this.#entries.get(key) ?? this.#create(key, nowMs);
    entry.askedMs = nowMs;
    if (entry.balancer === undefined) this.#unknown.moveToTail(entry);
    return entry;
  }

  /** Pulls a route that was just asked for, if it is time. */
  refresh(entry: RouteEntry, nowMs: number): void {
    // A doubted route is asked about by tick(), at its own time.
    if (entry.isPulling(nowMs) || entry.doubt !== undefined) return;
    const due = entry.balancer === undefined
      ? nowMs - entry.pulledMs >= EMPTY_RETRY_MS
      : nowMs - entry.updatedMs > this.#options.updateTimeoutMs &&
        this.#takeRefresh(nowMs);
    if (due) this.#pull(entry, nowMs);
  }

  /** Whether one more old route may be pulled now. */
  #takeRefresh(nowMs: number): boolean {
    if (nowMs - this.#refreshesMs >= 1_000) {
      this.#refreshesMs = nowMs;
      this.#refreshes = 0;
    }
    this.#refreshes += 1;
    return this.#refreshes <= REFRESHES_PER_SECOND_MAX;
  }

  /** Takes what dns answered or pushed, or what was kept on disk. */
  update(route: Route, nowMs: number): void {
    if (!isValidKey(route)) return;
    const hosts = route.hosts.filter(isValidAddress);
    const wholeMs = Math.floor(nowMs);
    let entry = this.#entries.get(route);
    if (hosts.length === 0) {
      if (entry !== undefined) this.#updateEmpty(entry, nowMs);
      return;
    }
    if (entry === undefined) {
      entry = this.#create(route, wholeMs);
      // Nobody pulled it, but somebody subscribes to it: renewal is not due.
      entry.pulledMs = wholeMs;
    }
    entry.noteAnswer();
    entry.updatedMs = wholeMs;
    this.#believe(entry);
    if (entry.balancer === undefined) this.#promote(entry, wholeMs);
    this.#balance(entry, { ...route, hosts }, nowMs);
  }

  /** Every route whose pull was lost is NEW again. */
  onDnsConnected(): void {
    this.#dnsConnected = true;
    for (const entry of this.#entries.values()) entry.forgetPull();
  }

  /** From now on routes with hosts are kept, however long nobody asks for them. */
  onDnsLost(): void {
    this.#dnsConnected = false;
  }

  /** The name of the policy that picks among the hosts of an entry. */
  policyOf({ settings }: RouteEntry): string {
    return this.#options.policies.nameFor(settings?.policy);
  }

  /** Does what time has made due; costs little when nothing is. */
  tick(nowMs: number): void {
    this.#askDoubted(nowMs);
    this.#expireUnknown(nowMs);
    this.#sweepKnown(nowMs);
  }

  #create(key: RouteKey, nowMs: number): RouteEntry {
    const entry = new RouteEntry(key, nowMs);
    this.#entries.set(entry.key, entry);
    this.#unknown.push(entry);
    if (this.#unknown.size > UNKNOWN_ROUTES_MAX) {
      const oldest = this.#unknown.head;
      if (oldest !== undefined) this.#dropUnknown(oldest);
      this.#options.counters.evictedRoutes += 1;
    }
    this.#countEntries();
    return entry;
  }

  /** Moves an entry that gets its first hosts. */
  #promote(entry: RouteEntry, nowMs: number): void {
    this.#unknown.remove(entry);
    entry.sweptMs = nowMs;
    this.#known.push(entry);
    this.#countEntries();
  }

  /** Gives an entry its hosts, and the policy that the route asks for. */
  #balance(entry: RouteEntry, route: Route, nowMs: number): void {
    const { policies, checks } = this.#options;
    const { hosts, settings } = route;
    const { key, balancer } = entry;
    const name = policies.nameFor(settings?.policy);
    if (balancer === undefined) {
      entry.balancer = policies.create(key, name);
      entry.balancer.update(hosts, nowMs);
    } else if (name === policies.nameFor(entry.settings?.policy)) {
      balancer.update(hosts, nowMs);
    } else {
      entry.balancer = policies.exchange(balancer, {
        key,
        name,
        hosts,
        nowMs,
      });
    }
    entry.settings = settings;
    entry.balancer!.checks = settings?.check ?? checks;
  }

  #updateEmpty(entry: RouteEntry, nowMs: number): void {
    entry.noteAnswer();
    if (entry.balancer === undefined) return;
    if (entry.doubt === undefined) {
      entry.doubt = { askMs: nowMs + EMPTY_RETRY_MS, asked: false };
      this.#doubted.add(entry);
    } else if (entry.doubt.asked) {
      this.#dropKnown(entry);
      this.#options.counters.emptiedRoutes += 1;
    }
  }

  #believe(entry: RouteEntry): void {
    if (entry.doubt === undefined) return;
    entry.doubt = undefined;
    this.#doubted.delete(entry);
  }

  #pull(entry: RouteEntry, nowMs: number): void {
    entry.notePull(nowMs);
    this.#options.counters.pulls += 1;
    this.#options.pull(entry.key);
  }

  #askDoubted(nowMs: number): void {
    for (const entry of this.#doubted) {
      const { doubt } = entry;
      if (doubt === undefined || nowMs < doubt.askMs) continue;
      doubt.asked = true;
      doubt.askMs = nowMs + PULL_TIMEOUT_MS;
      this.#pull(entry, nowMs);
    }
  }

  #expireUnknown(nowMs: number): void {
    for (let count = 0; count < SWEEP_ENTRIES_MAX; count++) {
      const entry = this.#unknown.head;
      if (entry === undefined) return;
      if (nowMs - entry.askedMs < UNKNOWN_ROUTE_EXPIRE_MS) return;
      this.#dropUnknown(entry);
      this.#options.counters.expiredRoutes += 1;
    }
  }

  #sweepKnown(nowMs: number): void {
    for (let count = 0; count < SWEEP_ENTRIES_MAX; count++) {
      const entry = this.#known.head;
      if (entry === undefined || nowMs - entry.sweptMs < SWEEP_MS) return;
      entry.sweptMs = nowMs;
      this.#known.moveToTail(entry);
      if (nowMs - entry.askedMs < KNOWN_ROUTE_EXPIRE_MS) {
        this.#renew(entry, nowMs);
      } else if (this.#dnsConnected) {
        this.#dropKnown(entry);
        this.#options.counters.expiredRoutes += 1;
      }
    }
  }

  #renew(entry: RouteEntry, nowMs: number): void {
    if (nowMs - entry.pulledMs >= SUBSCRIPTION_RENEW_MS) {
      this.#pull(entry, nowMs);
    }
  }

  #dropUnknown(entry: RouteEntry): void {
    this.#unknown.remove(entry);
    this.#entries.delete(entry.key);
    this.#countEntries();
  }

  #dropKnown(entry: RouteEntry): void {
    this.#believe(entry);
    this.#known.remove(entry);
    this.#entries.delete(entry.key);
    entry.balancer?.release();
    // Whoever still holds the entry sees that there is nothing left in it.
    entry.balancer = undefined;
    this.#countEntries();
    this.#options.forget(entry.key);
  }

  #countEntries(): void {
    this.#options.counters.routes = this.#known.size;
    this.#options.counters.unknownRoutes = this.#unknown.size;
  }
}
