import type { Clock } from "../../net/mod.ts";
import {
  type AgentLease,
  LeasesOffError,
  type LeaseStore,
} from "../../store/mod.ts";

/** For how long what was read is good enough: everybody who looks shares it. */
const FRESH_MS = 1_000;

/** A lease, and how old it is as far as this process knows. */
export interface SeenLease extends AgentLease {
  /** Time since it was seen to be renewed, in milliseconds; undefined: not seen yet. */
  renewedMs: number | undefined;
}

/**
 * Leases of agents. The store has no time of a renewal, as no two clocks agree:
 * how old one is, is known from having seen it change.
 */
export class LeaseModel {
  readonly #leases: LeaseStore;
  readonly #clock: Clock;
  readonly #seen = new Map<
    string,
    { renewal: string; changedMs: number | undefined }
  >();
  #read: { atMs: number; leases: readonly AgentLease[] } | undefined;

  constructor(options: { leases: LeaseStore; clock: Clock }) {
    this.#leases = options.leases;
    this.#clock = options.clock;
  }

  /** Every lease, by agent; none where nothing can be registered. @throws {StoreError} If they cannot be read. */
  async read(): Promise<SeenLease[]> {
    const nowMs = this.#clock.nowMs();
    if (this.#read === undefined || nowMs - this.#read.atMs >= FRESH_MS) {
      this.#read = { atMs: nowMs, leases: await this.#fromStore() };
      this.#look(this.#read);
    }
    return this.#read.leases.map((lease) => {
      const changedMs = this.#seen.get(lease.agent)?.changedMs;
      const renewedMs = changedMs === undefined ? undefined : nowMs - changedMs;
      return { ...lease, renewedMs };
    });
  }

  /** Forgets what was read: it was changed here. */
  forget(): void {
    this.#read = undefined;
  }

  async #fromStore(): Promise<AgentLease[]> {
    try {
      return await this.#leases.leases();
    } catch (error) {
      if (error instanceof LeasesOffError) return [];
      throw error;
    }
  }

  #look(
    { atMs, leases }: { atMs: number; leases: readonly AgentLease[] },
  ): void {
    for (const { agent, epoch, renewal } of leases) {
      const now = `${epoch} ${renewal}`;
      const known = this.#seen.get(agent);
      if (known?.renewal === now) continue;
      const changedMs = known === undefined ? undefined : atMs;
      this.#seen.set(agent, { renewal: now, changedMs });
    }
    const there = new Set(leases.map(({ agent }) => agent));
    for (const agent of this.#seen.keys()) {
      if (!there.has(agent)) this.#seen.delete(agent);
    }
  }
}
