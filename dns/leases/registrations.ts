import { LogBudget, type Random, untilBeat } from "../../net/mod.ts";
import {
  decodeLeaseSync,
  encodeLeaseAck,
  formatAddress,
  LEASE_HASH_EMPTY,
  type LeaseDrain,
  type LeaseHost,
  type LeaseOverride,
  type LeaseSync,
  MessageId,
  type RouteKey,
} from "../../proto/mod.ts";
import {
  type AgentLease,
  type AgentSet,
  type HeldHost,
  type LeaseRenewal,
  type LeaseSeen,
  type LeaseStore,
  placeKey,
  placeOf,
  REMOVED_BY_HAND,
  type SyncOutcome,
} from "../../store/mod.ts";
import { StoreOutage } from "../store_outage.ts";
import { Admission, type AdmissionOptions } from "./admission.ts";
import {
  AgentSets,
  type AgentState,
  type LeasePeer,
  toSet,
} from "./agent_sets.ts";
import { wrongHost } from "./networks.ts";
import type { LeaseWatch } from "./lease_watch.ts";
import { LeavingHosts } from "./leaving_hosts.ts";
import type { ServedRoutes } from "./served_routes.ts";
import { firstRouteOf, inRouteOrder, NO_ROUTE } from "./sync_order.ts";
import type { CallerEvidence } from "./votes.ts";

/** Time in which what agents register is collected into one transaction. */
const COLLECT_MS = 20;

/** Shortest time between two syncs of one agent: 20 a second. */
const SYNC_PAUSE_MS = 50;

/** Most agents, and about most hosts, that one transaction takes. */
const SYNC_AGENTS_MAX = 1_000;
const SYNC_HOSTS_MAX = 10_000;

/** Time between two writes of all renewals. */
export const RENEW_MS = 10_000;

/** Most renewals that one transaction writes: what waits for it is not to wait long. */
const RENEWALS_MAX = 1_000;

/** Time for which renewals cannot be written until agents are to try another dns. */
const WRITE_FAILING_MS = 15_000;

/** Time in which what is stored comes into the routes that are served. */
const SERVED_WITHIN_MS = 5_000;

/**
 * Time after the begin of a connection from which a renewal by the other agent says
 * that both live: before, it may have waited in its dns.
 */
const BOTH_LIVE_MS = 15_000;

/** A lease that no agent has: to mark it tells whether the store can be written. */
export const NO_LEASE: LeaseSeen = {
  agent: "0".repeat(32),
  epoch: 0,
  renewal: 0,
};

/** What registrations are made of. */
export interface RegistrationsOptions extends AdmissionOptions {
  random: Random;
  store: LeaseStore;
  /** What is known of the leases of all agents. */
  watch: LeaseWatch;
  /** What callers have told of hosts; undefined: nothing is kept of that. */
  evidence?: CallerEvidence | undefined;
  /** The routes that this dns serves. */
  served: ServedRoutes;
  /** Whether the whole store is away, as far as is known. */
  isStoreAway: () => boolean;
  /** Name of this dns, up to 64 characters. */
  name: () => string;
  /** Whether the store takes registrations, as far as is known. */
  isOn: () => boolean;
}

/**
 * What the agents of this dns register: takes it, has it stored, and says so when it
 * is. What waits is the newest set of each agent, and its newest renewal.
 */
export class Registrations {
  /** Totals so far. */
  readonly counters = { leaseSyncs: 0, registrationsRefused: 0 };
  /** The agents, and their sets. */
  readonly sets: AgentSets = new AgentSets();
  readonly #options: RegistrationsOptions;
  readonly #outage: StoreOutage;
  readonly #log: LogBudget;
  /** Who may register. */
  readonly admission: Admission;
  readonly #leaving: LeavingHosts | undefined;
  #wake = Promise.withResolvers<void>();
  /** First route of the last set that was written. */
  #syncedKey: RouteKey = NO_ROUTE;
  #failingSinceMs = Infinity;

  /** Works while it runs. */
  constructor(options: RegistrationsOptions) {
    this.#options = options;
    this.#outage = new StoreOutage({
      ...options,
      action: "write what agents register",
      part: { ...options, isWhole: options.isStoreAway },
    });
    this.#log = new LogBudget(options);
    this.admission = new Admission(options);
    const { evidence } = options;
    this.#leaving = evidence && new LeavingHosts({
      ...options,
      evidence,
      isThere: (state) => this.sets.get(state.agent) === state,
      onNews: (state) => this.#onNews(state),
    });
  }

  /**
   * Whether the store has not taken what it was given for a while, and does not
   * now either: agents do better at a dns whose store does.
   */
  async isFailing(): Promise<boolean> {
    const nowMs = this.#options.clock.nowMs();
    if (nowMs - this.#failingSinceMs < WRITE_FAILING_MS) return false;
    try {
      await this.#options.store.mark([NO_LEASE]);
    } catch (error) {
      this.#failed(error);
      return true;
    }
    this.#wrote();
    return false;
  }

  /**
   * Takes a LeaseSync.
   *
   * @throws {ProtocolError} If it is none.
   */
  take(peer: LeasePeer, body: Uint8Array): void {
    const sync = decodeLeaseSync(body);
    const { clock, isOn } = this.#options;
    const nowMs = clock.nowMs();
    this.counters.leaseSyncs += 1;
    if (!isOn()) return;
    const admission = this.admission.judge(peer, body, sync);
    if (admission === "ignored") return;
    if (admission !== "admitted") {
      this.sets.drop(peer);
      return this.#refuseAll(peer, sync, admission);
    }
    const { hostname } = peer.remote;
    const { renewal, hash } = sync;
    const state = this.sets.of(peer, nowMs);
    if (state === undefined) return;
    const taken = this.sets.take(state, sync, {
      nowMs,
      check: ({ ip }) => wrongHost(ip, hostname),
    });
    if (taken === "full") {
      this.#refuseAll(peer, sync, {
        reason: "dns has no room for more hosts",
      });
    } else if (taken === "unknown") {
      this.#send(peer, { renewal, hash: state.storedHash, all: true });
    } else if (state.isPending || state.isSyncing) return;
    else if (state.storedHash === hash) this.#ack(state);
    else if (!this.#isSaidToBeStored(state)) this.queue(state);
  }

  /** Has the store told of an agent's set. */
  queue(state: AgentState): void {
    state.isPending = true;
    this.#wake.resolve();
  }

  /** A connection has closed. */
  drop(peer: LeasePeer): void {
    this.sets.drop(peer);
  }

  /**
   * Compares what is stored with what the agents here have, and queues what is
   * not so: after a restore, an expiry, or when another agent took it.
   */
  heal(
    leases: ReadonlyMap<string, AgentLease>,
    { startMs, isChanged }: {
      startMs: number;
      /** Whether the route of a host has changed since it was looked at. */
      isChanged: (host: LeaseHost) => boolean;
    },
  ): void {
    for (const state of this.sets.all) {
      const { hosts, isPending, isSyncing } = state;
      if (hosts === undefined || isPending || isSyncing) continue;
      if (Math.max(state.storedMs, state.changedMs) > startMs) continue;
      const isRetried = state.refusedThere.length + state.removed.length > 0;
      if (
        isRetried || !isStored(state, leases.get(state.agent)) ||
        this.#isMissing(state, { startMs, isChanged })
      ) this.queue(state);
      else if (state.storedHash === undefined) this.#find(state);
    }
  }

  /** Has sets stored until `signal` is aborted. */
  async runSyncs(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const wake = () => this.#wake.resolve();
    signal.addEventListener("abort", wake);
    while (!signal.aborted) {
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
      await clock.sleep(COLLECT_MS, signal);
      if (signal.aborted) break;
      const waitMs = await this.#syncSome();
      if (waitMs === undefined) continue;
      await clock.sleep(waitMs, signal);
      this.#wake.resolve();
    }
    signal.removeEventListener("abort", wake);
  }

  /** Finds out about the calls of hosts that leave until `signal` is aborted. */
  async runLeaving(signal: AbortSignal): Promise<void> {
    await this.#leaving?.run(signal);
  }

  /** Writes renewals until `signal` is aborted. */
  async runRenewals(signal: AbortSignal): Promise<void> {
    const { clock, isOn } = this.#options;
    while (!signal.aborted) {
      await clock.sleep(untilBeat(clock.nowMs(), RENEW_MS), signal);
      if (!signal.aborted && isOn()) await this.#renewAll();
    }
  }

  /** Syncs as many as fit; returns the time until the next attempt, if one is needed. */
  async #syncSome(): Promise<number | undefined> {
    const { clock, store, served } = this.#options;
    const nowMs = clock.nowMs();
    const batch: { state: AgentState; set: AgentSet }[] = [];
    let hosts = 0;
    let waitMs: number | undefined;
    const pending = [...this.sets.all].filter(({ isPending }) => isPending);
    for (const state of inRouteOrder(pending, this.#syncedKey)) {
      const dueMs = state.syncedMs + SYNC_PAUSE_MS;
      const isFull = batch.length >= SYNC_AGENTS_MAX || hosts >= SYNC_HOSTS_MAX;
      if (dueMs > nowMs || isFull) {
        waitMs = isFull ? 0 : Math.min(waitMs ?? Infinity, dueMs - nowMs);
        continue;
      }
      const set = toSet(state, this.#lease(state));
      this.#syncedKey = firstRouteOf(state);
      state.isPending = false;
      state.isSyncing = true;
      hosts += set.hosts.length;
      batch.push({ state, set });
    }
    if (batch.length === 0) return waitMs;
    try {
      const outcomes = await store.sync(batch.map(({ set }) => set), {
        isServed: (row) => served.has(row),
        mayTake: (holder, claimant) => this.#mayTake(holder, claimant),
      });
      this.#wrote();
      batch.forEach((each, index) => this.#stored(each, outcomes[index]!));
      return waitMs;
    } catch (error) {
      for (const { state } of batch) {
        state.isPending = true;
        state.isSyncing = false;
      }
      return this.#failed(error);
    }
  }

  #stored(
    { state, set }: { state: AgentState; set: AgentSet },
    outcome: SyncOutcome,
  ): void {
    const nowMs = this.#options.clock.nowMs();
    state.isSyncing = false;
    state.syncedMs = nowMs;
    // It has gone meanwhile, or may not register any more.
    if (this.sets.get(state.agent) !== state) return;
    // The next look tells whether a newer one is to be written.
    if (outcome.state === "stale") state.storedHash = undefined;
    else {
      state.storedHash = set.hash;
      state.storedMs = nowMs;
      state.writtenRenewal = Math.max(state.writtenRenewal, set.lease.renewal);
      state.refusedThere = outcome.refused;
      state.removed = outcome.removed;
      this.#warnOf(state);
      if (state.hash === set.hash) this.#ack(state);
    }
    if (state.hash !== set.hash) this.queue(state);
  }

  /** The calls of hosts that leave have changed. */
  #onNews(state: AgentState): void {
    const { isPending, isSyncing, hash, storedHash } = state;
    // What is being stored is answered when it is.
    if (!isPending && !isSyncing && storedHash === hash) this.#ack(state);
  }

  /** What an agent from another dns has registered is stored. */
  #find(state: AgentState): void {
    state.storedHash = state.hash;
    state.storedMs = this.#options.clock.nowMs();
    state.isUnchecked = true;
    this.#ack(state);
  }

  async #renewAll(): Promise<void> {
    const due = [...this.sets.all].filter((state) =>
      state.storedHash === state.hash && state.hosts !== undefined &&
      state.hosts.size > 0 && state.renewal > state.writtenRenewal
    );
    for (let at = 0; at < due.length; at += RENEWALS_MAX) {
      const some = due.slice(at, at + RENEWALS_MAX);
      const renewals = some.map((state) => this.#lease(state));
      try {
        await this.#options.store.renew(renewals);
        this.#wrote();
      } catch (error) {
        this.#failed(error);
        return;
      }
      some.forEach((state, index) => {
        state.writtenRenewal = renewals[index]!.renewal;
      });
    }
  }

  #lease(state: AgentState): LeaseRenewal {
    const { agent, peer, renewal, ttlMs } = state;
    return {
      agent,
      epoch: peer.hello?.epoch ?? 0,
      renewal,
      ttlMs,
      name: peer.hello?.name ?? "",
      address: peer.remote.hostname,
      dns: this.#options.name(),
    };
  }

  #wrote(): void {
    this.#failingSinceMs = Infinity;
    this.#outage.over();
  }

  /** @throws {unknown} The error itself if it is not a StoreError. */
  #failed(error: unknown): number {
    const nowMs = this.#options.clock.nowMs();
    this.#failingSinceMs = Math.min(this.#failingSinceMs, nowMs);
    return this.#outage.began(error);
  }

  /**
   * Whether the set of an agent that comes from another dns was stored at the last
   * look: the next one tells whether it is.
   */
  #isSaidToBeStored(state: AgentState): boolean {
    const lease = this.#options.watch.leases.get(state.agent)?.lease;
    return lease !== undefined && state.storedHash === undefined &&
      isStored(state, lease);
  }

  /** Whether a host that is stored is not served, and no commit is on its way. */
  #isMissing(
    state: AgentState,
    { startMs, isChanged }: {
      startMs: number;
      isChanged: (host: LeaseHost) => boolean;
    },
  ): boolean {
    if (startMs - state.storedMs < SERVED_WITHIN_MS) return false;
    const isUnchecked = state.isUnchecked;
    state.isUnchecked = false;
    return state.taken.some((host) =>
      !host.notReady && (isUnchecked || isChanged(host)) &&
      !this.#options.served.has(host)
    );
  }

  /** Whether an agent may take hosts of another: of one that is gone, or was at the same address. */
  #mayTake(
    holder: AgentLease | undefined,
    claimant: LeaseRenewal,
  ): boolean {
    if (holder === undefined) return true;
    const { watch } = this.#options;
    const seen = watch.leases.get(holder.agent);
    if (holder.overdue) return true;
    const connectedMs = this.sets.get(claimant.agent)?.connectedMs ?? Infinity;
    return holder.address === claimant.address &&
      (seen === undefined || seen.sinceMs < connectedMs + BOTH_LIVE_MS);
  }

  #warnOf({ agent, peer, refusedThere }: AgentState): void {
    const [first] = refusedThere;
    if (first === undefined) return;
    this.#log.warn("an agent registers hosts that another one holds", {
      agent: peer.hello?.name || agent,
      peer: peer.remote.hostname,
      host: formatAddress(first),
      modId: first.modId,
      cmdId: first.cmdId,
      holder: nameOf(first.holder),
      hosts: refusedThere.length,
    });
  }

  #refuseAll(
    peer: LeasePeer,
    sync: LeaseSync,
    { reason }: { reason: string },
  ): void {
    const { renewal, hash, hosts } = sync;
    this.counters.registrationsRefused += hosts.length;
    const refused = hosts.map((host) => ({ ...placeOf(host), reason }));
    const all = !sync.all && hash !== LEASE_HASH_EMPTY;
    this.#send(peer, { renewal, hash, all, refused });
  }

  /** Says what is stored of an agent's set, and what of it is not served. */
  #ack(state: AgentState): void {
    const { setRenewal: renewal, hash, refusedHere, refusedThere } = state;
    const refused: LeaseOverride[] = [
      ...refusedHere,
      ...refusedThere.map((row) => ({
        ...placeOf(row),
        reason: `${nameOf(row.holder)} has registered it`,
      })),
    ];
    this.counters.registrationsRefused += refused.length;
    const held = new Set(refusedThere.map(placeKey));
    const drained = [
      ...state.removed.map((row) => ({ ...row, reason: REMOVED_BY_HAND })),
      ...state.taken.filter((host) => this.#options.served.isDrained(host))
        .filter((host) => !held.has(placeKey(host)))
        .map((host) => ({ ...placeOf(host), reason: "drained by a person" })),
    ];
    const draining = this.#leaving?.of(state) ?? [];
    this.#send(state.peer, { renewal, hash, refused, drained, draining });
  }

  #send(
    peer: LeasePeer,
    {
      renewal,
      hash = LEASE_HASH_EMPTY,
      all = false,
      refused = [],
      drained = [],
      draining = [],
    }: {
      renewal: number;
      hash?: number | undefined;
      all?: boolean;
      refused?: readonly LeaseOverride[];
      drained?: readonly LeaseOverride[];
      draining?: readonly LeaseDrain[];
    },
  ): void {
    const body = encodeLeaseAck({
      renewal,
      hash,
      all,
      refused,
      drained,
      draining,
    });
    peer.send(MessageId.leaseAck, body);
  }
}

/** Whether a lease that is stored has what an agent registers. */
function isStored(state: AgentState, lease: AgentLease | undefined): boolean {
  const count = state.taken.length;
  if (count === 0) return lease === undefined || lease.instances === 0;
  return lease?.hash === state.hash &&
    lease.instances === count - state.refusedThere.length;
}

function nameOf({ agent, name, address }: HeldHost["holder"]): string {
  return `agent ${name || agent}${address === "" ? "" : ` at ${address}`}`;
}
