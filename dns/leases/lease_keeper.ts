import {
  type Clock,
  type Logger,
  type Random,
  Slices,
  StandingCondition,
  untilBeat,
} from "../../net/mod.ts";
import { formatAddress, type RouteKey, RouteMap } from "../../proto/mod.ts";
import {
  type AgentLease,
  type ExpireOutcome,
  LeasesOffError,
  type LeaseStore,
  placeKey,
  type RouteRow,
  StoreError,
} from "../../store/mod.ts";
import { StoreOutage } from "../store_outage.ts";
import type { LeasePeer } from "./agent_sets.ts";
import { Expiry, type Verdict } from "./expiry.ts";
import { LeaseWatch } from "./lease_watch.ts";
import type { RegisterKeys } from "./register_keys.ts";
import { NO_LEASE, Registrations } from "./registrations.ts";
import { RouteSizes } from "./route_sizes.ts";
import { type RouteSource, ServedRoutes } from "./served_routes.ts";
import { type CallerEvidence, isVotedDead } from "./votes.ts";

/** Time between two looks at all leases. */
const LOOK_MS = 5_000;

/** Time for which leases cannot be read until agents are to try another dns. */
const BLIND_MS_MAX = 15_000;

/** Time between two signs of life of this process, and the longest after which it was not stopped. */
const BEAT_MS = 500;
const BEAT_MAX_MS = 2_000;

/** Most leases that are marked as overdue, and that expire, in one transaction. */
const MARKS_MAX = 500;
const EXPIRE_MAX = 50;

/** Most hosts whose callers are asked for in one look, and most of an agent that are read. */
const VOTES_MAX = 64;
const INSTANCES_MAX = 400;

/** Names and hosts that a line of the log lists. */
const NAMES_MAX = 10;

/** What a keeper of leases is made of. */
export interface LeaseKeeperOptions {
  clock: Clock;
  random: Random;
  logger: Logger;
  store: LeaseStore;
  /** What callers have told of hosts; undefined: nothing is kept of that. */
  evidence?: CallerEvidence | undefined;
  /** The routes that this dns serves. */
  routes: RouteSource;
  /** Whether those cannot be read from the store, which the log says. */
  isStoreAway: () => boolean;
  /** Name of this dns, up to 64 characters. */
  name: () => string;
  /** Whether an agent at an address may register. */
  isAllowed: (hostname: string) => boolean;
  /** The keys of which an agent must have one; undefined: it needs none. */
  keys?: RegisterKeys | undefined;
  /** Called when {@linkcode LeaseKeeper.isOn} changes. */
  onChange: () => void;
}

/**
 * Keeps what agents register in step with the store, and ends what nobody renews.
 * Any number of dns do so on one store: each judges by what it has seen itself, and
 * what one ends is ended on the condition that nobody renewed it since.
 */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #watch = new LeaseWatch();
  readonly #expiry = new Expiry();
  readonly #sizes = new RouteSizes();
  readonly #served: ServedRoutes;
  readonly #registrations: Registrations;
  readonly #outage: StoreOutage;
  readonly #off: StandingCondition;
  readonly #suspended: StandingCondition;
  /** Routes that changed since the last look, and between the two before. */
  #changed = new RouteMap<true>();
  #changedBefore = new RouteMap<true>();
  #isOn = false;
  #lookedMs = -Infinity;
  #beatMs = -Infinity;
  #alive = 0;
  #overdue = 0;
  #expired = 0;
  #hasVotesFailed = false;
  /** Looks so far: each begins to ask at another lease. */
  #looks = 0;

  /** Works while it runs. */
  constructor(options: LeaseKeeperOptions) {
    const { logger } = options;
    this.#options = options;
    this.#served = new ServedRoutes(options.routes);
    this.#registrations = new Registrations({
      ...options,
      watch: this.#watch,
      served: this.#served,
      isOn: () => this.#isOn,
    });
    this.#outage = new StoreOutage({
      ...options,
      action: "read leases",
      part: { ...options, isWhole: options.isStoreAway },
    });
    this.#off = new StandingCondition({
      logger,
      level: "warn",
      begins: "going on without registration: its tables are missing",
      ends: "agents can register now",
    });
    this.#suspended = new StandingCondition({
      logger,
      level: "warn",
      begins: "expiry is suspended: too many leases are overdue together",
      ends: "leases expire again",
    });
  }

  /** Whether agents can register, as far as is known. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** Totals so far, and what was seen last. */
  get counters(): LeaseCounters {
    const { counters, sets, admission } = this.#registrations;
    return {
      ...counters,
      ...admission.counters,
      registeredAgents: sets.size,
      registeredHosts: sets.hosts,
      leasesAlive: this.#alive,
      leasesOverdue: this.#overdue,
      instancesExpired: this.#expired,
      expirySuspended: this.#expiry.isSuspended ? 1 : 0,
    };
  }

  /**
   * Takes a LeaseSync.
   *
   * @throws {ProtocolError} If it is none.
   */
  take(peer: LeasePeer, body: Uint8Array): void {
    this.#registrations.take(peer, body);
  }

  /** A connection has closed. */
  drop(peer: LeasePeer): void {
    this.#registrations.drop(peer);
  }

  /** Routes that this dns serves have changed. */
  changed(keys: readonly RouteKey[]): void {
    const nowMs = this.#options.clock.nowMs();
    for (const key of keys) {
      this.#served.changed(key);
      this.#changed.set(key, true);
      this.#sizes.set(key, this.#options.routes.hostCount(key), nowMs);
    }
  }

  /** Works until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#countHosts();
    await Promise.all([
      this.#beat(signal),
      this.#look(signal),
      this.#registrations.runSyncs(signal),
      this.#registrations.runRenewals(signal),
      this.#registrations.runLeaving(signal),
    ]);
  }

  async #countHosts(): Promise<void> {
    const { clock, routes } = this.#options;
    const slices = new Slices(clock);
    for (const key of routes.keys()) {
      this.#sizes.set(key, routes.hostCount(key), clock.nowMs());
      if (slices.isOver()) await slices.next();
    }
  }

  async #beat(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      this.#wasStopped(clock.nowMs());
      this.#beatMs = clock.nowMs();
      // Without a lease nothing would be held against anybody.
      const hasLeases = this.#watch.leases.size > 0;
      const periodMs = hasLeases ? BEAT_MS : LOOK_MS;
      await clock.sleep(untilBeat(clock.nowMs(), periodMs), signal);
    }
  }

  /** Whether this process was stopped for a while, in which it saw nothing; the watch begins anew then. */
  #wasStopped(nowMs: number): boolean {
    if (nowMs - this.#beatMs <= BEAT_MAX_MS) return false;
    this.#watch.restart();
    return true;
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      let failedMs: number | undefined;
      try {
        await this.#lookOnce();
        this.#outage.over();
      } catch (error) {
        failedMs = this.#failed(error);
      }
      const waitMs = failedMs ?? untilBeat(clock.nowMs(), LOOK_MS);
      await clock.sleep(waitMs, signal);
    }
  }

  /** @throws {unknown} The error itself if it is not a StoreError. */
  #failed(error: unknown): number {
    if (!(error instanceof LeasesOffError)) {
      const waitMs = this.#outage.began(error);
      // What agents say here reaches nobody: another dns may have the store.
      const lookedAgoMs = this.#options.clock.nowMs() - this.#lookedMs;
      if (lookedAgoMs > BLIND_MS_MAX) this.#turn(false);
      return waitMs;
    }
    this.#off.begin({ reason: error.message });
    this.#turn(false);
    return LOOK_MS;
  }

  async #lookOnce(): Promise<void> {
    const { clock, store } = this.#options;
    const startMs = clock.nowMs();
    const leases = await store.leases();
    const endMs = clock.nowMs();
    this.#off.end();
    this.#lookedMs = endMs;
    this.#watch.observe(leases, { startMs, endMs });
    this.#turn(!await this.#registrations.isFailing());
    const [changed, before] = [this.#changed, this.#changedBefore];
    this.#changed = new RouteMap();
    this.#changedBefore = changed;
    this.#registrations.heal(
      new Map(leases.map((lease) => [lease.agent, lease])),
      { startMs, isChanged: (key) => changed.has(key) || before.has(key) },
    );
    // What was read before this process was stopped is old.
    if (this.#wasStopped(clock.nowMs())) return;
    const { writableSinceMs } = this.#watch;
    const verdict = this.#expiry.judge([...this.#watch.leases.values()], {
      nowMs: startMs,
      writableSinceMs,
    });
    this.#tell(verdict);
    if (verdict.overdue.length > 0) await this.#mark(verdict.unmarked);
    await this.#expire(verdict.expired);
    await this.#expireVoted(verdict.voted);
  }

  /** Marks leases as overdue; without any it tries whether the store can be written. */
  async #mark(leases: readonly AgentLease[]): Promise<void> {
    const { clock, store } = this.#options;
    const rows = leases.length > 0 ? leases : [NO_LEASE];
    try {
      for (let at = 0; at < rows.length; at += MARKS_MAX) {
        await store.mark(rows.slice(at, at + MARKS_MAX));
      }
    } catch (error) {
      this.#watch.failedToWrite();
      throw error;
    }
    this.#watch.wrote(clock.nowMs());
  }

  #tell({ alive, overdue }: Verdict): void {
    this.#alive = alive;
    this.#overdue = overdue.length;
    if (!this.#expiry.isSuspended) return this.#suspended.end();
    this.#suspended.begin({
      overdue: overdue.length,
      leases: alive + overdue.length,
      agents: overdue.slice(0, NAMES_MAX).map(nameOf),
    });
  }

  #turn(isOn: boolean): void {
    if (isOn === this.#isOn) return;
    this.#isOn = isOn;
    this.#options.onChange();
  }

  /** Ends leases; with `only` as far as these hosts go. */
  async #expire(
    leases: readonly AgentLease[],
    only?: ReadonlySet<string>,
  ): Promise<void> {
    const { clock, store, name } = this.#options;
    for (let at = 0; at < leases.length; at += EXPIRE_MAX) {
      const some = leases.slice(at, at + EXPIRE_MAX);
      const nowMs = clock.nowMs();
      if (this.#wasStopped(nowMs)) return;
      const outcomes = await store.expire(some, {
        by: {
          actor: `dns ${name()}`,
          action: "expire",
          comment: some.map(nameOf).join(", "),
        },
        least: (key) => this.#sizes.least(key, nowMs),
        isServed: (row) => this.#served.has(row),
        ...only === undefined
          ? {}
          : { only: (row: RouteRow) => only.has(placeKey(row)) },
      });
      outcomes.forEach((outcome, index) => this.#note(outcome, some[index]!));
    }
  }

  #note({ state, removed }: ExpireOutcome, lease: AgentLease): void {
    if (state === "cancelled" || removed.length === 0) return;
    this.#expired += removed.length;
    this.#options.logger.warn("hosts have expired", {
      agent: nameOf(lease),
      address: lease.address,
      hosts: removed.slice(0, NAMES_MAX).map((row) =>
        `${row.modId}/${row.cmdId} ${formatAddress(row)}`
      ),
      number: removed.length,
    });
  }

  /** Ends hosts of overdue leases that their callers have found dead. */
  async #expireVoted(leases: readonly AgentLease[]): Promise<void> {
    const { clock, evidence, store } = this.#options;
    if (evidence === undefined) return;
    let asked = 0;
    const first = (this.#looks += 1) % Math.max(1, leases.length);
    for (const lease of [...leases.slice(first), ...leases.slice(0, first)]) {
      if (asked >= VOTES_MAX) return;
      const instances = await store.instances({
        agent: lease.agent,
        limit: INSTANCES_MAX,
      });
      const dead = new Set<string>();
      for (const row of instances) {
        if (row.isStatic || row.state !== "served" || asked >= VOTES_MAX) {
          continue;
        }
        asked += 1;
        try {
          if (!await isVotedDead(evidence, row, clock.wallSeconds())) continue;
        } catch (error) {
          return this.#withoutVotes(error);
        }
        dead.add(placeKey(row));
      }
      if (dead.size > 0) await this.#expire([lease], dead);
    }
  }

  /** @throws {unknown} The error itself if it is not a StoreError. */
  #withoutVotes(error: unknown): void {
    if (!(error instanceof StoreError)) throw error;
    if (this.#hasVotesFailed) return;
    this.#hasVotesFailed = true;
    this.#options.logger.info(
      "going on without what callers have found of overdue hosts",
      { error },
    );
  }
}

/** Counters of leases, by name. */
export interface LeaseCounters {
  /** LeaseSyncs of agents. */
  leaseSyncs: number;
  /** Those that were not signed with a key, although one is asked for. */
  leaseSyncsUnsigned: number;
  /** Hosts in answers that refuse them. */
  registrationsRefused: number;
  /** Agents that are connected and have said what they register. */
  registeredAgents: number;
  /** Hosts that they register. */
  registeredHosts: number;
  /** Leases in the store that are renewed, as this dns sees it. */
  leasesAlive: number;
  /** Those that are not. */
  leasesOverdue: number;
  /** Hosts that this dns has taken out as nobody renewed their lease. */
  instancesExpired: number;
  /** 1 while leases do not expire, as too many are overdue together. */
  expirySuspended: number;
}

function nameOf({ name, agent }: AgentLease): string {
  return name || agent;
}
