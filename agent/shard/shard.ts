import type { Random } from "../../net/mod.ts";
import {
  type CallReport,
  type HostAddress,
  isValidAddress,
  isValidKey,
  type Route,
  type RouteExplanation,
  type RouteKey,
  type RouteStatus,
} from "../../proto/mod.ts";
import { NO_HOST, type PolicyOutbox } from "../policies/balancer.ts";
import { EXPLAINED_CALLS_MAX } from "./call_recording.ts";
import { Policies } from "../policies/policies.ts";
import { createPolicy } from "../policies/mod.ts";
import { Recorder } from "./recorder.ts";
import type { RouteEntry } from "../routes/route_entry.ts";
import type { PolicySettings } from "../policies/settings.ts";
import { createShardCounters, type ShardCounters } from "../routes/counters.ts";
import { ShardRoutes } from "../routes/route_table.ts";

export type { ShardCounters } from "../routes/counters.ts";

/** A route with news gets a status this often at most. */
export const STATUS_INTERVAL_MS = 1_000;

/** Where a shard's messages to the links go; called synchronously, must not throw. */
export interface ShardOutbox {
  /** Ask dns for a route. */
  pull(key: RouteKey): void;
  /** Tell the reporter a route's counters. */
  status(status: RouteStatus): void;
  /** A route that had hosts is known no more. */
  forget(key: RouteKey): void;
  /** Find out whether a host accepts connections: answered by {@linkcode Shard.checked}. */
  check(key: RouteKey, host: HostAddress): void;
}

/** What a shard needs to know from the start. */
export interface ShardOptions {
  /** Name of the policy for routes that ask for none. */
  policy: string;
  settings: PolicySettings;
  /** Whether resting hosts of routes that do not say may be checked. */
  checks: boolean;
  random: Random;
  outbox: ShardOutbox;
  /** For tests; otherwise those of policy.ts. */
  createPolicy?: typeof createPolicy;
}

/** What becomes of a question for a host. */
export type PickOutcome =
  | { state: "found"; host: HostAddress }
  | { state: "overloaded" | "no_route" };

/**
 * The routes that one UDP server owns, and what is known of their hosts. It
 * knows no socket, no clock and no thread: times are milliseconds that come from
 * the caller and never go back. {@linkcode ShardDatagrams} puts bytes around it.
 */
export class Shard {
  /** What happened so far; plain numbers, for others to read only. */
  readonly counters: ShardCounters = createShardCounters();
  readonly #outbox: ShardOutbox;
  readonly #policies: Policies;
  readonly #routes: ShardRoutes;
  /** Routes that had reports since their last status. */
  readonly #news = new Set<RouteEntry>();
  readonly #recorder = new Recorder();

  /** @throws {RangeError} If no policy has that name. */
  constructor(options: ShardOptions) {
    const { settings, random, outbox, checks } = options;
    this.#outbox = outbox;
    this.#policies = new Policies(options.policy, {
      settings,
      random,
      outbox: this.#policyOutbox(),
      createPolicy: options.createPolicy ?? createPolicy,
    });
    this.#routes = new ShardRoutes({
      updateTimeoutMs: settings.loadBalance.updateTimeoutMs,
      policies: this.#policies,
      checks,
      pull: (key) => outbox.pull(key),
      forget: (key) => outbox.forget(key),
      counters: this.counters,
    });
  }

  /** The host to call now. */
  pick(key: RouteKey, nowMs: number): PickOutcome {
    const entry = this.ask(key, nowMs);
    const slot = this.pickRow(entry, nowMs);
    this.refresh(entry, nowMs);
    if (entry?.balancer === undefined) return { state: "no_route" };
    if (slot === NO_HOST) return { state: "overloaded" };
    return { state: "found", host: entry.balancer.hosts.address(slot) };
  }

  /** The entry of a route that a program asks for; undefined for a key that cannot be. */
  ask(key: RouteKey, nowMs: number): RouteEntry | undefined {
    return isValidKey(key)
      ? this.#routes.ask(key, Math.floor(nowMs))
      : undefined;
  }

  /** Picks among the hosts of an entry just asked for: a row of its balancer, or NO_HOST. */
  pickRow(entry: RouteEntry | undefined, nowMs: number): number {
    const { counters } = this;
    counters.requests += 1;
    const balancer = entry?.balancer;
    if (balancer === undefined) {
      counters.noRoute += 1;
      return NO_HOST;
    }
    const slot = balancer.pick(nowMs);
    if (slot === NO_HOST) counters.overloaded += 1;
    else counters.found += 1;
    if (this.#recorder.active) this.#record(entry!, slot, nowMs);
    return slot;
  }

  /** Pulls an entry that was just asked for, if it is time. */
  refresh(entry: RouteEntry | undefined, nowMs: number): void {
    if (entry !== undefined) this.#routes.refresh(entry, Math.floor(nowMs));
  }

  /** Takes how a call went, of a host that pick() gave; false if the route has no such host. */
  report(key: RouteKey, call: CallReport, nowMs: number): boolean {
    this.counters.reports += 1;
    const entry = this.#routes.get(key);
    // Keys of addresses are exact only for addresses that can be.
    const counted = isValidAddress(call) &&
      entry?.balancer?.report(call, nowMs);
    if (entry === undefined || !counted) {
      this.counters.unknownReports += 1;
      return false;
    }
    if (!call.unused) this.#news.add(entry);
    if (this.#recorder.active) {
      this.#recorder.recordingOf(key)?.report(call, nowMs);
    }
    return true;
  }

  /** Every host of a route with its counters; none for an unknown route. */
  list(key: RouteKey, nowMs: number): RouteStatus {
    this.counters.routeRequests += 1;
    const entry = this.ask(key, nowMs);
    const hosts = entry?.balancer?.status() ?? [];
    this.refresh(entry, nowMs);
    return { modId: key.modId, cmdId: key.cmdId, hosts };
  }

  /**
   * Takes a route that dns answered or pushed, or that was kept on disk. Hosts
   * that cannot be, with ip 0 or no port, are left out.
   */
  update(route: Route, nowMs: number): void {
    this.#routes.update(route, nowMs);
  }

  /** A connection to dns opened: pulls that were under way are lost and may be repeated. */
  onDnsConnected(): void {
    this.#routes.onDnsConnected();
  }

  /** The connection to dns was lost: routes with hosts are kept until there is one. */
  onDnsLost(): void {
    this.#routes.onDnsLost();
  }

  /** Does what time has made due: to be called about every 100 ms. */
  tick(nowMs: number): void {
    for (const entry of this.#news) {
      if (nowMs - entry.statusMs < STATUS_INTERVAL_MS) continue;
      entry.statusMs = Math.floor(nowMs);
      this.#sendStatus(entry);
    }
    this.#policies.tick(nowMs);
    this.#recorder.tick(nowMs);
    this.#routes.tick(Math.floor(nowMs));
  }

  /** Takes whether a host that was to be checked accepts connections. */
  checked(
    key: RouteKey,
    { host, alive }: { host: HostAddress; alive: boolean },
    nowMs: number,
  ): void {
    this.#routes.get(key)?.balancer?.checked(host, alive, nowMs);
  }

  /** Sends the status of every route with news at once, for the last time. */
  flushStatuses(): void {
    for (const entry of this.#news) this.#sendStatus(entry);
  }

  /**
   * All that is known of a route's balancing. Who looks asks for no host: an
   * unknown route stays unknown. `withCalls` keeps its picks and reports from
   * now on, for as long as somebody goes on looking.
   */
  explain(
    key: RouteKey,
    { nowMs, afterDecision = 0, afterCall = 0, withCalls = false }: {
      nowMs: number;
      afterDecision?: number;
      afterCall?: number;
      withCalls?: boolean;
    },
  ): RouteExplanation {
    const entry = isValidKey(key) ? this.#routes.get(key) : undefined;
    const balancer = entry?.balancer;
    const recording = balancer && withCalls
      ? this.#recorder.record(key, nowMs)
      : undefined;
    return {
      policy: entry && balancer ? this.#routes.policyOf(entry) : "",
      hosts: balancer?.explain(nowMs) ?? [],
      decisions: this.#recorder.decisions.of(key, afterDecision)
        .map(({ atMs, ...decision }) => ({ ...decision, ageMs: nowMs - atMs })),
      calls: (recording?.since(afterCall, EXPLAINED_CALLS_MAX) ?? [])
        .map(({ atMs, ...call }) => ({ ...call, ageMs: nowMs - atMs })),
    };
  }

  /** Keeps a pick for those who look. */
  #record(
    { key, balancer }: RouteEntry,
    slot: number,
    nowMs: number,
  ): void {
    const host = slot === NO_HOST ? undefined : balancer?.hosts.address(slot);
    this.#recorder.recordingOf(key)?.pick(host, nowMs);
  }

  #policyOutbox(): PolicyOutbox {
    return {
      check: (key, host) => this.#outbox.check(key, host),
      decided: (decision) => this.#recorder.decisions.add(decision),
    };
  }

  #sendStatus(entry: RouteEntry): void {
    this.#news.delete(entry);
    if (entry.balancer === undefined) return;
    this.counters.statuses += 1;
    this.#outbox.status({ ...entry.key, hosts: entry.balancer.status() });
  }
}
