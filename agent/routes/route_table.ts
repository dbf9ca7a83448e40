import {
  FlatRouteMap,
  isValidAddress,
  isValidKey,
  type Route,
  type RouteKey,
} from "../../proto/mod.ts";
import TinyQueue from "tinyqueue";
import type { Policies } from "../policies/mod.ts";
import type { ShardCounters } from "./counters.ts";
import type { HostTable } from "./host_table.ts";
import { LinkedQueue } from "./linked_queue.ts";
import {
  type EmptyAnswer,
  PULL_TIMEOUT_MS,
  RouteEntry,
} from "./route_entry.ts";
import { type HostsChange, RouteHosts } from "./route_hosts.ts";

/**
 * Entries without hosts in one shard, 5 MB of them; the one asked for longest ago
 * makes room for another.
 */
export const UNKNOWN_ROUTES_MAX = 16_384;

/** Time after which an entry without hosts is dropped, if no program asks for it. */
const UNKNOWN_ROUTE_EXPIRE_MS = 60_000;

/** Time after which a route with hosts is dropped, if no program asks for it and dns is there to be asked again. */
const KNOWN_ROUTE_EXPIRE_MS = 3_600_000;

/** Pause before dns is asked again for a route that it said is empty. */
const EMPTY_RETRY_MS = 1_000;

/** A known route is pulled this often at least; dns forgets subscriptions after 15 min. */
const SUBSCRIPTION_RENEW_MS = 300_000;

/**
 * Most routes with hosts that are pulled again in a second because they are old;
 * the rest wait for a later request. Changes are pushed: a pull finds nothing new
 * unless a push was lost, and 100,000 at once would cost more than the answers.
 */
export const REFRESHES_PER_SECOND_MAX = 300;

/** Most entries of a kind that one tick looks at, in under a millisecond … */
const TICK_ENTRIES_MAX = 512;

/** … and the time until the next goes on there, as every look may lead to a pull. */
const TICK_PAUSE_MS = 100;

/** What may change while a route table is in use. */
export interface RouteTableSettings {
  /** Age of a route, in milliseconds, at which it is pulled again when asked for. */
  updateTimeoutMs: number;
  /** Whether ejected hosts of routes that do not say may be health checked. */
  healthChecks: boolean;
}

/** What a route table is made of. */
export interface RouteTableOptions extends RouteTableSettings {
  policies: Policies;
  /** The addresses of the hosts of all routes. */
  hosts: HostTable;
  /** Asks dns for a route. */
  pull: (key: RouteKey) => void;
  /** Takes that a route with hosts was dropped. */
  forget: (key: RouteKey) => void;
  /** Takes that a route got hosts, and what became of those it had. */
  onUpdate: (entry: RouteEntry, change: HostsChange, nowMs: number) => void;
  /** Takes that a route is about to lose its hosts. */
  onDrop: (entry: RouteEntry, nowMs: number) => void;
  counters: ShardCounters;
}

/**
 * The routes of a shard and their life: created by a request or a push, pulled, updated, dropped when dns twice calls them empty or no program asks.
 */
export class RouteTable {
  readonly #options: RouteTableOptions;
  #settings: RouteTableSettings;
  readonly #entries = new FlatRouteMap<RouteEntry>();
  /** Entries without hosts, the least recently asked first. */
  readonly #unknown = new LinkedQueue<RouteEntry>();
  /** Entries with hosts by the time of the next look, and some that were dropped. */
  readonly #known = new TinyQueue<RouteEntry>(
    [],
    (a, b) => a.lookMs - b.lookMs,
  );
  #knownSize = 0;
  /** Entries with hosts that no program asks for, kept as there is no dns. */
  #expired: RouteEntry[] = [];
  /** Empty answers by the time at which dns is asked again, and some that are over. */
  readonly #emptied = new TinyQueue<EmptyAnswer>(
    [],
    (a, b) => a.askMs - b.askMs,
  );
  /** When the next tick may look at entries. */
  #pausedMs = -Infinity;
  #dnsConnected = false;
  /** When the present second of refreshes began, and its refreshes. */
  #refreshesMs = -Infinity;
  #refreshes = 0;

  constructor(options: RouteTableOptions) {
    this.#options = options;
    this.#settings = options;
  }

  /** Takes settings in place of those before; a route follows at its next update. */
  configure(settings: RouteTableSettings): void {
    this.#settings = settings;
  }

  get(key: RouteKey): RouteEntry | undefined {
    return this.#entries.get(key);
  }

  /** Every entry, with hosts or without. */
  values(): Iterable<RouteEntry> {
    return this.#entries.values();
  }

  /** The entry of a route that a program asks for, created if need be. */
  ask(key: RouteKey, nowMs: number): RouteEntry {
    const entry = this.#entries.get(key) ?? this.#create(key, nowMs);
    entry.askedMs = nowMs;
    if (entry.hosts === undefined) this.#unknown.moveToTail(entry);
    return entry;
  }

  /** Pulls a route that was just asked for, if it is time. */
  refresh(entry: RouteEntry, nowMs: number): void {
    // After an empty answer tick() asks again, at its own time.
    if (entry.isPulling(nowMs) || entry.emptyAnswer !== undefined) return;
    const due = entry.hosts === undefined
      ? nowMs - entry.pulledMs >= EMPTY_RETRY_MS
      : nowMs - entry.updatedMs > this.#settings.updateTimeoutMs &&
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
    entry ??= this.#create(route, wholeMs);
    entry.onAnswer();
    entry.updatedMs = wholeMs;
    entry.emptyAnswer = undefined;
    this.#updateHosts(entry, { ...route, hosts }, nowMs);
  }

  /** Pulls under way were lost: the next request for their route repeats them. */
  onDnsConnected({ mayExpire }: { mayExpire: boolean }): void {
    this.#dnsConnected = mayExpire;
    for (const entry of this.#entries.values()) entry.cancelPull();
    if (!mayExpire) return;
    for (const entry of this.#expired) this.#lookAt(entry);
    this.#expired = [];
  }

  /** From now on routes with hosts are kept, asked for or not. */
  onDnsLost(): void {
    this.#dnsConnected = false;
  }

  /** When tick() is due; Infinity while nothing waits for time. */
  dueMs(): number {
    const { head } = this.#unknown;
    const dueMs = Math.min(
      this.#emptied.peek()?.askMs ?? Infinity,
      head === undefined ? Infinity : head.askedMs + UNKNOWN_ROUTE_EXPIRE_MS,
      this.#known.peek()?.lookMs ?? Infinity,
    );
    return Math.max(dueMs, this.#pausedMs);
  }

  /** Does what is due; costs little when nothing is. */
  tick(nowMs: number): void {
    if (nowMs < this.dueMs()) return;
    this.#pausedMs = nowMs + TICK_PAUSE_MS;
    this.#askEmptied(nowMs);
    this.#expireUnknown(nowMs);
    this.#lookAtKnown(nowMs);
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
    // Pulled or not, the hub subscribed to it: renewal is not due.
    entry.pulledMs = nowMs;
    this.#knownSize += 1;
    this.#lookAt(entry);
    this.#countEntries();
  }

  /** Gives an entry its hosts, and the policy that the route names. */
  #updateHosts(
    entry: RouteEntry,
    { hosts, settings }: Route,
    nowMs: number,
  ): void {
    const { policies, hosts: table } = this.#options;
    const { healthChecks } = this.#settings;
    const name = policies.nameFor(settings?.policy);
    const policy = policies.get(name);
    const update = { healthChecks: settings?.check ?? healthChecks, nowMs };
    let change: HostsChange;
    if (entry.hosts === undefined) {
      this.#promote(entry, Math.floor(nowMs));
      entry.hosts = new RouteHosts(table, policy.createBalancer(entry.key));
      change = entry.hosts.update(hosts, update);
    } else if (name === entry.policy && !entry.hosts.lacksBalancer) {
      change = entry.hosts.update(hosts, update);
    } else {
      const balancer = policy.createBalancer(entry.key);
      change = entry.hosts.update(hosts, { ...update, balancer });
    }
    entry.policy = name;
    this.#options.onUpdate(entry, change, nowMs);
  }

  #updateEmpty(entry: RouteEntry, nowMs: number): void {
    entry.onAnswer();
    if (entry.hosts === undefined) return;
    if (entry.emptyAnswer === undefined) {
      const askMs = nowMs + EMPTY_RETRY_MS;
      entry.emptyAnswer = { entry, askMs, asked: false };
      this.#emptied.push(entry.emptyAnswer);
    } else if (entry.emptyAnswer.asked) {
      this.#dropKnown(entry, nowMs);
      this.#options.counters.emptiedRoutes += 1;
    }
  }

  #pull(entry: RouteEntry, nowMs: number): void {
    entry.onPull(nowMs);
    this.#options.counters.pulls += 1;
    this.#options.pull(entry.key);
  }

  #askEmptied(nowMs: number): void {
    for (let count = 0; count < TICK_ENTRIES_MAX; count++) {
      const answer = this.#emptied.peek();
      if (answer === undefined || nowMs < answer.askMs) return;
      this.#emptied.pop();
      if (answer.entry.emptyAnswer !== answer) continue;
      answer.asked = true;
      answer.askMs = nowMs + PULL_TIMEOUT_MS;
      this.#emptied.push(answer);
      this.#pull(answer.entry, nowMs);
    }
  }

  #expireUnknown(nowMs: number): void {
    for (let count = 0; count < TICK_ENTRIES_MAX; count++) {
      const entry = this.#unknown.head;
      if (entry === undefined) return;
      if (nowMs - entry.askedMs < UNKNOWN_ROUTE_EXPIRE_MS) return;
      this.#dropUnknown(entry);
      this.#options.counters.expiredRoutes += 1;
    }
  }

  #lookAtKnown(nowMs: number): void {
    for (let count = 0; count < TICK_ENTRIES_MAX; count++) {
      const entry = this.#known.peek();
      if (entry === undefined || nowMs < entry.lookMs) return;
      this.#known.pop();
      // Of those that were dropped only the place in the queue was left.
      if (entry.hosts !== undefined) this.#look(entry, nowMs);
    }
  }

  /** Drops a route with hosts, or renews its subscription, if it is time. */
  #look(entry: RouteEntry, nowMs: number): void {
    if (nowMs < entry.askedMs + KNOWN_ROUTE_EXPIRE_MS) {
      if (nowMs >= entry.pulledMs + SUBSCRIPTION_RENEW_MS) {
        this.#pull(entry, nowMs);
      }
      entry.hosts?.fade();
      this.#lookAt(entry);
    } else if (this.#dnsConnected) {
      this.#dropKnown(entry, nowMs);
      this.#options.counters.expiredRoutes += 1;
    } else {
      this.#expired.push(entry);
    }
  }

  /** Queues an entry for the next look. */
  #lookAt(entry: RouteEntry): void {
    entry.lookMs = Math.min(
      entry.pulledMs + SUBSCRIPTION_RENEW_MS,
      entry.askedMs + KNOWN_ROUTE_EXPIRE_MS,
    );
    this.#known.push(entry);
  }

  #dropUnknown(entry: RouteEntry): void {
    this.#unknown.remove(entry);
    this.#entries.delete(entry.key);
    this.#countEntries();
  }

  #dropKnown(entry: RouteEntry, nowMs: number): void {
    entry.emptyAnswer = undefined;
    this.#knownSize -= 1;
    this.#entries.delete(entry.key);
    this.#options.onDrop(entry, nowMs);
    entry.hosts?.release();
    // Holders of the entry see that there is nothing left in it.
    entry.hosts = undefined;
    this.#countEntries();
    this.#options.forget(entry.key);
  }

  #countEntries(): void {
    this.#options.counters.routes = this.#knownSize;
    this.#options.counters.unknownRoutes = this.#unknown.size;
  }
}
