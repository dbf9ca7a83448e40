import { type Deadline, type Random, TICK_MS } from "../../net/udp/worker.ts";
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
import {
  IGNORED_ATTRIBUTES,
  type LoadBalanceSettings,
  NO_HOST,
  Policies,
  type PolicyRegistry,
  type PolicySettings,
} from "../policies/mod.ts";
import { ShardCounters } from "../routes/counters.ts";
import { HostTable } from "../routes/host_table.ts";
import { NO_TOTALS, type RouteEntry } from "../routes/route_entry.ts";
import type { RouteHosts, RouteOutages } from "../routes/route_hosts.ts";
import { RouteTable } from "../routes/route_table.ts";
import { CallTotals } from "./call_totals.ts";
import { type ChangesOutbox, HostChanges } from "./host_changes.ts";
import { StatusSender } from "./status_sender.ts";
import { type TotalsOutbox, TotalsSender } from "./totals_sender.ts";
import {
  EXPLAINED_CALLS_MAX,
  EXPLAINED_DECISIONS_MAX,
  Recorder,
} from "./recorder.ts";

export type { ShardCounters } from "../routes/counters.ts";

/** Most hosts out of use that a restart remembers of one shard. */
const OUTAGES_MAX = 16_384;

/** Where a shard's messages to the links go; called synchronously, must not throw. */
export interface ShardOutbox
  extends TotalsOutbox, Omit<ChangesOutbox, "overloadChanged"> {
  /** Ask dns for a route. */
  pull(key: RouteKey): void;
  /** Send a route's counters to the reporter. */
  status(status: RouteStatus): void;
  /** Forget a route that had hosts. */
  forget(key: RouteKey): void;
  /** Find out whether a host accepts connections: answered by {@linkcode Shard.onHealthCheck}. */
  healthCheck(key: RouteKey, host: HostAddress): void;
}

/** Settings of a shard, as they go to a worker. */
export interface ShardSettings {
  /** Name of the policy for routes that name none. */
  policy: string;
  /** Constants of all policies. */
  settings: PolicySettings;
  /** Whether ejected hosts of routes that do not say may be health checked. */
  healthChecks: boolean;
}

/** What a shard is made of. */
export interface ShardOptions extends ShardSettings {
  /** Source of the policies' randomness. */
  random: Random;
  /** Where its messages go. */
  outbox: ShardOutbox;
  /** The agent's own policies if absent. */
  policies?: PolicyRegistry;
}

/** The answer to a request for a host. */
export type PickOutcome =
  | { state: "found"; host: HostAddress }
  | { state: "overloaded" | "no_route" };

/**
 * The routes that one UDP server owns, and what is known of their hosts. It
 * knows no socket, no clock and no thread: `nowMs` is the caller's, in
 * milliseconds, and never goes back. `ShardDatagrams` reads and writes bytes.
 */
export class Shard implements Deadline {
  /** Events so far; for others to read only. */
  readonly counters: ShardCounters = new ShardCounters();
  /** The hosts of all routes; for others to read only. */
  readonly hosts: HostTable = new HostTable((row) =>
    this.#totals.leaveHost(row)
  );
  /** Whether dns has another store than the routes came from. */
  #isOtherStore = false;
  /** Shared with the policies. */
  readonly #loadBalance: LoadBalanceSettings;
  readonly #policies: Policies;
  readonly #routes: RouteTable;
  readonly #recorder = new Recorder();
  readonly #statuses: StatusSender;
  readonly #totals = new CallTotals(this);
  readonly #totalsSender: TotalsSender;
  readonly #changes: HostChanges;

  /**
   * A shard without routes.
   *
   * @throws {RangeError} If no policy has the name in `options`.
   */
  constructor(options: ShardOptions) {
    const { settings, random, outbox, healthChecks, policies } = options;
    // Its own, as it may change.
    this.#loadBalance = { ...settings.loadBalance };
    this.#policies = new Policies(options.policy, {
      settings: { ...settings, loadBalance: this.#loadBalance },
      random,
      outbox: this.hosts.policyOutbox({
        healthCheck: (key, host) => outbox.healthCheck(key, host),
        decided: (decision) => this.#recorder.decided(decision),
        changed: (change) => {
          const entry = this.#routes.get(change.key);
          if (entry !== undefined) this.#changes.onChange(entry, change);
        },
      }),
      ...(policies && { registry: policies }),
    });
    this.#routes = new RouteTable({
      updateTimeoutMs: settings.loadBalance.updateTimeoutMs,
      policies: this.#policies,
      hosts: this.hosts,
      healthChecks,
      pull: (key) => outbox.pull(key),
      forget: (key) => outbox.forget(key),
      onUpdate: (entry, change, nowMs) =>
        this.#changes.onUpdate(entry, change, nowMs),
      onDrop: (entry, nowMs) => {
        this.#totals.leaveRoute(entry);
        this.#changes.onDrop(entry, nowMs);
      },
      counters: this.counters,
    });
    this.#statuses = new StatusSender({
      counters: this.counters,
      send: (status) => outbox.status(status),
    });
    this.#totalsSender = new TotalsSender(this.#totals, outbox);
    this.#changes = new HostChanges(this.hosts, {
      states: (states) => outbox.states(states),
      events: (events, dropped) => outbox.events(events, dropped),
      overloadChanged: (entry) => this.#statuses.onOverloadChanged(entry),
    }, (key) => this.#routes.get(key));
  }

  /**
   * Takes other settings of [loadbalance]. A route whose policy or health checks
   * they change follows at its next update.
   *
   * @throws {RangeError} If no policy has that name.
   */
  configure({ policy, settings, healthChecks }: ShardSettings): void {
    const { loadBalance } = settings;
    Object.assign(this.#loadBalance, loadBalance);
    this.#policies.setDefault(policy);
    const { updateTimeoutMs } = loadBalance;
    this.#routes.configure({ updateTimeoutMs, healthChecks });
  }

  /** The host to call now. */
  pick(key: RouteKey, nowMs: number): PickOutcome {
    const entry = this.ask(key, nowMs);
    const row = this.pickRow(entry, nowMs);
    this.refresh(entry, nowMs);
    if (entry?.hosts === undefined) return { state: "no_route" };
    if (row === NO_HOST) return { state: "overloaded" };
    return { state: "found", host: this.hosts.address(row) };
  }

  /** The entry of a route that a program asks for; undefined for an invalid key. */
  ask(key: RouteKey, nowMs: number): RouteEntry | undefined {
    return isValidKey(key)
      ? this.#routes.ask(key, Math.floor(nowMs))
      : undefined;
  }

  /** Picks among the hosts of an entry just asked for: a row of `hosts`, or NO_HOST. */
  pickRow(entry: RouteEntry | undefined, nowMs: number): number {
    const { counters } = this;
    counters.requests += 1;
    if (entry?.hosts === undefined) {
      counters.noRoute += 1;
      return NO_HOST;
    }
    const row = entry.hosts.balancer.pick(nowMs);
    if (row === NO_HOST) counters.overloaded += 1;
    else counters.found += 1;
    if (this.#recorder.active) this.#record(entry, row, nowMs);
    return row;
  }

  /** Pulls an entry that was just asked for, if it is time. */
  refresh(entry: RouteEntry | undefined, nowMs: number): void {
    if (entry !== undefined) this.#routes.refresh(entry, Math.floor(nowMs));
  }

  /** Takes how a call to a host went; false if the route has no such host. */
  report(key: RouteKey, call: CallReport, nowMs: number): boolean {
    this.counters.reports += 1;
    const entry = this.#routes.get(key);
    const hosts = entry?.hosts;
    // Keys of addresses are exact only for valid ones.
    const row = hosts !== undefined && isValidAddress(call)
      ? hosts.find(call)
      : NO_HOST;
    if (entry === undefined || hosts === undefined || row === NO_HOST) {
      this.counters.unknownReports += 1;
      if (isValidAddress(call)) this.#changes.onLeftReport(key, call, nowMs);
      return false;
    }
    hosts.reportRow(row, call, nowMs);
    if (call.unused) this.counters.unusedReports += 1;
    else {
      if (call.returnCode !== 0) this.counters.failedReports += 1;
      if (entry.totals === NO_TOTALS) this.#totalsSender.noteTotals(nowMs);
      this.#totals.add(entry, row, call);
      if (!entry.hasNews) this.#statuses.noteNews(entry, nowMs);
    }
    if (hosts.isDrained(row)) this.#changes.onDrainedReport(entry, nowMs);
    if (this.#recorder.active) {
      this.#recorder.recordingOf(key)?.report(call, nowMs);
    }
    return true;
  }

  /** Every host of a route with its counters; none for an unknown route. */
  list(key: RouteKey, nowMs: number): RouteStatus {
    this.counters.routeRequests += 1;
    const entry = this.ask(key, nowMs);
    const hosts = entry?.hosts?.status() ?? [];
    this.refresh(entry, nowMs);
    return { modId: key.modId, cmdId: key.cmdId, hosts };
  }

  /**
   * Takes a route that dns answered or pushed, or that was kept on disk. Hosts
   * with ip 0 or port 0 are left out.
   */
  update(route: Route, nowMs: number): void {
    this.#routes.update(route, nowMs);
  }

  /**
   * A connection to dns opened: pulls that were under way are lost and may be
   * repeated. While its store is another than the routes came from, routes with
   * hosts are kept as without dns.
   */
  onDnsConnected({ isOtherStore = false } = {}): void {
    this.#isOtherStore = isOtherStore;
    this.#routes.onDnsConnected({ mayExpire: !isOtherStore });
  }

  /** The connection to dns was lost: routes with hosts are kept until there is one. */
  onDnsLost(): void {
    this.#routes.onDnsLost();
  }

  /** The hub is ready for the totals that it was told are due. */
  tellTotals(nowMs: number): void {
    this.#totalsSender.start(nowMs);
  }

  /** Takes whether the reporter takes totals and states: then statuses are rare. */
  onReporter(takesHistory: boolean, nowMs: number): void {
    this.#statuses.onReporter(takesHistory, nowMs);
  }

  /** Ejections so far by "reason policy". */
  get ejections(): ReadonlyMap<string, number> {
    return this.#changes.ejections;
  }

  /** When tick() is due, a multiple of TICK_MS; Infinity while nothing waits for time. */
  dueMs(): number {
    const dueMs = Math.min(
      this.#statuses.dueMs,
      this.#policies.dueMs(),
      this.#recorder.dueMs(),
      this.#routes.dueMs(),
      this.#totalsSender.dueMs,
      this.#changes.dueMs,
    );
    return Math.ceil(dueMs / TICK_MS) * TICK_MS;
  }

  /** Does what is due. */
  tick(nowMs: number): void {
    this.#statuses.tick(nowMs);
    this.#policies.tick(nowMs);
    this.#recorder.tick(nowMs);
    this.#routes.tick(Math.floor(nowMs));
    this.#totalsSender.tick(nowMs);
    this.#changes.tick(nowMs);
  }

  /** Takes whether a host that was to be checked accepts connections. */
  onHealthCheck(
    key: RouteKey,
    { host, alive }: { host: HostAddress; alive: boolean },
    nowMs: number,
  ): void {
    this.#routes.get(key)?.hosts?.onHealthCheck(host, alive, nowMs);
  }

  /** The hosts out of use, for the next run of the agent: the first {@linkcode OUTAGES_MAX}. */
  outages(nowMs: number): RouteOutages[] {
    const routes: RouteOutages[] = [];
    let left = OUTAGES_MAX;
    for (const { key, hosts } of this.#routes.values()) {
      const outages = hosts?.outages(nowMs).slice(0, left) ?? [];
      if (outages.length === 0) continue;
      routes.push({ ...key, hosts: outages });
      left -= outages.length;
      if (left === 0) break;
    }
    return routes;
  }

  /** Takes hosts out of use as they were in the run before, of routes that it has. */
  restore(routes: readonly RouteOutages[], nowMs: number): void {
    for (const { hosts, ...key } of routes) {
      this.#routes.get(key)?.hosts?.restore(hosts, nowMs);
    }
  }

  /** Sends the status of every route with news, and all totals, when the shard ends. */
  flush(nowMs: number): void {
    this.#statuses.flush(nowMs);
    this.#totalsSender.flush();
  }

  /**
   * The state of a route's balancing; an unknown route stays unknown.
   * `withCalls` records its picks and reports from now on, until that is not
   * asked for during 10 s. With a `page` it is no more than some hosts, and the
   * newest decisions.
   */
  explain(
    key: RouteKey,
    { nowMs, page, afterDecision = 0, afterCall = 0, withCalls = false }: {
      nowMs: number;
      /** Which hosts; all of them, in their order, if absent. */
      page?: { after: number; max: number };
      afterDecision?: number;
      afterCall?: number;
      withCalls?: boolean;
    },
  ): RouteExplanation {
    const entry = isValidKey(key) ? this.#routes.get(key) : undefined;
    const hosts = entry?.hosts;
    const recording = hosts && withCalls
      ? this.#recorder.record(key, nowMs)
      : undefined;
    const shown = page === undefined
      ? hosts?.explain(nowMs)
      : hosts?.explainSome(nowMs, page);
    return {
      policy: entry && hosts ? entry.policy : "",
      hosts: shown ?? [],
      hostCount: hosts?.length ?? 0,
      notes: entry && hosts ? this.#notesOn(entry, hosts) : [],
      decisions: this.#recorder.decisionsOf(key, afterDecision)
        .slice(page && -EXPLAINED_DECISIONS_MAX)
        .map(({ atMs, ...decision }) => ({ ...decision, ageMs: nowMs - atMs })),
      calls: (recording?.since(afterCall, EXPLAINED_CALLS_MAX) ?? [])
        .map(({ atMs, ...call }) => ({ ...call, ageMs: nowMs - atMs })),
    };
  }

  #notesOn({ key, policy }: RouteEntry, hosts: RouteHosts): string[] {
    const notes: string[] = [];
    if (this.#isOtherStore) {
      notes.push(
        'dns has another store than the routes of this agent came from: hosts that it lacks stay until "lars store accept"',
      );
    }
    const ignored = IGNORED_ATTRIBUTES.get(policy)
      ?.filter((name) => hosts.attributesSet.includes(name)) ?? [];
    if (ignored.length > 0) {
      notes.push(
        `policy ${policy} does not look at the ${
          ignored.join(" and ")
        } of hosts: "lars route policy ${key.modId} ${key.cmdId} adaptive" does`,
      );
    }
    return notes;
  }

  #record({ key }: RouteEntry, row: number, nowMs: number): void {
    const host = row === NO_HOST ? undefined : this.hosts.address(row);
    this.#recorder.recordingOf(key)?.pick(host, nowMs);
  }
}
