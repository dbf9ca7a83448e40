import { LeaseKeeper } from "../../../dns/leases/lease_keeper.ts";
import type { Logger, Random } from "../../../net/mod.ts";
import type { VirtualClock } from "../../../net/testing/mod.ts";
import { type RouteHost, type RouteKey, RouteMap } from "../../../proto/mod.ts";
import type { LeaseStore } from "../../../store/mod.ts";
import type { MemoryStore } from "../../../store/memory/store.ts";
import type { LeasePeer } from "../../../dns/leases/agent_sets.ts";
import { FaultyLeases, type StoreFaults } from "./faulty_leases.ts";
import { MachineClock } from "./machine_clock.ts";

/** Time between two polls for changed routes. */
const POLL_MS = 1_000;

/** One dns, as far as leases are concerned. */
export class LeaseDns {
  readonly clock: MachineClock;
  readonly faults: StoreFaults;
  readonly keeper: LeaseKeeper;
  readonly #routes = new RouteMap<readonly RouteHost[]>();
  readonly #store: MemoryStore;
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>;
  /** Frames that came while it was stopped. */
  #inbox: (() => void)[] = [];

  constructor(
    { clock, random, logger, name, store, leases, faults }: {
      clock: VirtualClock;
      random: Random;
      logger: Logger;
      name: string;
      store: MemoryStore;
      leases: LeaseStore;
      faults: StoreFaults;
    },
  ) {
    this.clock = new MachineClock(clock);
    this.faults = faults;
    this.#store = store;
    this.keeper = new LeaseKeeper({
      clock: this.clock,
      random,
      logger,
      store: new FaultyLeases(leases, {
        clock: this.clock,
        random,
        faults,
        isGone: () => this.#stop.signal.aborted,
      }),
      routes: {
        keys: () => this.#routes.keys(),
        hosts: (key) => this.#routes.get(key) ?? [],
        hostCount: (key) => this.#routes.get(key)?.length ?? 0,
      },
      isStoreAway: () => faults.isAway,
      name: () => name,
      isAllowed: () => true,
      onChange: () => {},
    });
    const { signal } = this.#stop;
    this.#running = Promise.all([this.#poll(signal), this.keeper.run(signal)]);
  }

  /** Whether it takes connections and answers. */
  get isUp(): boolean {
    return !this.#stop.signal.aborted && !this.clock.isStopped;
  }

  /** Gives it a frame of a connection: at once, or when it goes on. */
  take(peer: LeasePeer, body: Uint8Array): void {
    this.#do(() => this.keeper.take(peer, body));
  }

  /** Tells it that a connection has closed. */
  drop(peer: LeasePeer): void {
    this.#do(() => this.keeper.drop(peer));
  }

  /** Ends it as a loss of power does. */
  async kill(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  #do(action: () => void): void {
    if (this.#stop.signal.aborted) return;
    this.#inbox.push(action);
    if (this.#inbox.length === 1) this.#work();
  }

  async #work(): Promise<void> {
    await this.clock.resumed();
    const inbox = this.#inbox;
    this.#inbox = [];
    for (const action of inbox) {
      if (!this.#stop.signal.aborted) action();
    }
  }

  async #poll(signal: AbortSignal): Promise<void> {
    const feed = await this.#store.watch();
    for await (const route of this.#store.scan()) this.#set(route, route.hosts);
    while (!signal.aborted) {
      await this.clock.sleep(POLL_MS, signal);
      if (this.faults.isAway) continue;
      const { routes } = await feed.poll();
      for (const route of routes) this.#set(route, route.hosts);
      this.keeper.changed(routes);
    }
  }

  #set({ modId, cmdId }: RouteKey, hosts: readonly RouteHost[]): void {
    if (hosts.length === 0) this.#routes.delete({ modId, cmdId });
    else this.#routes.set({ modId, cmdId }, hosts);
  }
}
