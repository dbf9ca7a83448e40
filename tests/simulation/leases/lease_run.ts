import { assert } from "@std/assert";
import { loggerOf, type Random } from "../../../net/mod.ts";
import { seededRandom, VirtualClock } from "../../../net/testing/mod.ts";
import {
  formatAddress,
  isDrained,
  type LeaseHost,
  parseIp,
  type RouteKey,
} from "../../../proto/mod.ts";
import { placeKey, placeOf, type RouteRow } from "../../../store/mod.ts";
import { MemoryStore } from "../../../store/memory/store.ts";
import { LeaseAgent } from "./lease_agent.ts";
import { LeaseDns } from "./lease_dns.ts";
import type { StoreFaults } from "./faulty_leases.ts";

/** Machines of a run: two are no number that suspends expiry, whatever is wrong. */
const AGENTS = [20, 20, 3, 2] as const;
const DNS = 3;

/** Routes that are registered for: so many hosts that no fence of a route is in the way. */
const ROUTES: readonly RouteKey[] = [1, 2].map((cmdId) => ({
  modId: 1,
  cmdId,
}));
const HAND_MADE = 40;

/** Rounds of faults, and the time that each leaves to itself. */
const ROUNDS = 8;
const ROUND_MAX_MS = 240_000;

/** Time between two looks at what must hold. */
const LOOK_MS = 5_000;

/** Time in which the hosts of a dead machine go, without faults. */
const GONE_WITHIN_MS = 360_000;

/** Time until suspended expiry goes on, and leases are seen anew, when faults have ended. */
const CALM_MS = 200_000;

/** Longest step of a wall clock. */
const STEP_SECONDS = 40 * 86_400;

const NO_FAULTS: StoreFaults = {
  isAway: false,
  isReadOnly: false,
  failing: 0,
  delayMs: 20,
};

/**
 * One random run of agents and dns over one store, all from one seed.
 *
 * @param log Takes a line for each thing that happens.
 * @throws {AssertionError} If an invariant does not hold.
 */
export async function leaseRun(
  seed: number,
  log: (line: string) => void = () => {},
): Promise<void> {
  const run = new LeaseRun(seed, log);
  try {
    await run.start();
    for (let round = 0; round < ROUNDS; round++) await run.round();
    await run.settle();
  } finally {
    await run.end();
  }
}

class LeaseRun {
  readonly #random: Random;
  readonly #clock = new VirtualClock();
  readonly #store: MemoryStore;
  readonly #log: (line: string) => void;
  readonly #agents: LeaseAgent[] = [];
  readonly #dns: LeaseDns[] = [];
  readonly #stop = new AbortController();
  readonly #running: Promise<void>[] = [];
  readonly #seed: number;
  /** Rows that a person has made. */
  readonly #handMade = new Map<string, RouteRow>();
  /** Hosts that a person has removed. */
  readonly #removed = new Map<string, RouteRow>();
  /** Those that have come back to be served by a person's word, and are not yet. */
  readonly #returning = new Set<string>();
  /** Agents that have begun anew without their disk, and have left a lease behind. */
  readonly #replaced = new Set<LeaseAgent>();
  #wallOffsetSeconds = 0;
  /** Since when there has been no fault. */
  #calmMs = 0;
  #ports = 8_000;

  constructor(seed: number, log: (line: string) => void) {
    this.#seed = seed;
    this.#random = seededRandom(seed, "leases");
    this.#log = log;
    this.#store = new MemoryStore({
      wallSeconds: () => this.#clock.wallSeconds() + this.#wallOffsetSeconds,
    });
  }

  async start(): Promise<void> {
    for (const key of ROUTES) {
      for (let last = 1; last <= HAND_MADE; last++) {
        const row = { ...key, ip: parseIp(`10.9.0.${last}`), port: 80 };
        this.#handMade.set(placeKey(row), row);
      }
    }
    await this.#store.edit({ add: [...this.#handMade.values()] });
    for (let index = 0; index < DNS; index++) this.#startDns(index);
    const agents = AGENTS[this.#seed % AGENTS.length]!;
    for (let index = 0; index < agents; index++) {
      const agent = new LeaseAgent({
        index,
        clock: this.#clock,
        random: this.#random,
        dns: () => this.#dns,
      });
      this.#agents.push(agent);
      this.#register(agent);
      // What is made by hand stays so, whoever registers it.
      if (index === 0) {
        const [row] = this.#handMade.values();
        agent.put(hostOf(row!));
      }
      this.#running.push(agent.run(this.#stop.signal));
    }
    await this.#advance(30_000);
  }

  /** Something happens, and time goes by. */
  async round(): Promise<void> {
    const undo = this.#fault();
    const until = this.#clock.nowMs() + this.#random() * ROUND_MAX_MS;
    while (this.#clock.nowMs() < until) {
      await this.#act();
      await this.#advance(this.#random() * 60_000);
    }
    await undo();
    this.#calmMs = this.#clock.nowMs();
    await this.#advance(this.#random() * CALM_MS);
  }

  /** The faults have ended: in the end all is as it must be. */
  async settle(): Promise<void> {
    this.#calmMs = this.#clock.nowMs();
    await this.#advance(CALM_MS + GONE_WITHIN_MS + 60_000);
    const expected = new Set(this.#handMade.keys());
    for (const agent of this.#agents) {
      if (!agent.lives) continue;
      for (const [key, { notReady }] of agent.hosts) {
        const isAway = notReady || this.#removed.has(key);
        if (!isAway) expected.add(key);
        assert(agent.acknowledged.has(key), this.#say(`${key} is pending`));
      }
    }
    const served = await this.#served();
    for (const key of expected) {
      assert(served.has(key), this.#say(`${key} is not served in the end`));
    }
    for (const key of served) {
      assert(expected.has(key), this.#say(`${key} is served in the end`));
    }
  }

  async end(): Promise<void> {
    this.#stop.abort();
    const ending = [
      ...this.#running,
      ...this.#dns.map((dns) => dns.kill()),
    ];
    await this.#clock.advance(300_000);
    await Promise.all(ending);
    await this.#store[Symbol.asyncDispose]();
  }

  /** Begins a fault of the installation; the result ends it. */
  #fault(): () => Promise<void> {
    const nothing = () => Promise.resolve();
    const index = Math.floor(this.#random() * DNS);
    const dns = this.#dns[index]!;
    const all = this.#dns;
    switch (Math.floor(this.#random() * 8)) {
      case 0:
        return this.#storeFault("store away for an hour", all, {
          isAway: true,
        }, 3_600_000);
      case 1:
        return this.#storeFault(
          "store read-only",
          all,
          { isReadOnly: true },
          this.#random() * 900_000,
        );
      case 2:
        return this.#storeFault("store flaky", all, {
          failing: 0.2,
          delayMs: 4_000,
        });
      case 3:
        return this.#storeFault(
          "store away for one dns",
          [dns],
          this.#random() < 0.5 ? { isAway: true } : { isReadOnly: true },
          this.#random() * 1_200_000,
        );
      case 4: {
        const some = this.#random() < 0.5 ? [dns] : all;
        this.#log(`${some.length} dns stopped for two minutes`);
        for (const each of some) each.clock.stop(120_000);
        return () => this.#advance(120_000);
      }
      case 5: {
        const cut = this.#agents.filter((agent) => agent.lives)
          .filter(() => this.#random() < 0.4).slice(0, 8);
        if (cut.length < 6) return nothing;
        this.#log(`${cut.length} agents cut off`);
        for (const agent of cut) agent.isCut = true;
        return async () => {
          if (this.#random() < 0.5) await this.#advance(900_000);
          for (const agent of cut) agent.isCut = false;
        };
      }
      case 6:
        this.#log(`dns ${index} killed`);
        this.#running.push(dns.kill());
        return () => {
          this.#startDns(index);
          return Promise.resolve();
        };
      default:
        return nothing;
    }
  }

  #storeFault(
    what: string,
    dns: readonly LeaseDns[],
    faults: Partial<StoreFaults>,
    ms = 0,
  ): () => Promise<void> {
    this.#log(what);
    for (const each of dns) Object.assign(each.faults, faults);
    return async () => {
      await this.#advance(ms);
      for (const each of dns) Object.assign(each.faults, NO_FAULTS);
    };
  }

  /** Something that people and machines do. */
  async #act(): Promise<void> {
    const living = this.#agents.filter((agent) => agent.lives && !agent.isCut);
    const agent = living[Math.floor(this.#random() * living.length)];
    if (agent === undefined) return;
    const keys = [...agent.hosts.keys()];
    const key = keys[Math.floor(this.#random() * keys.length)];
    switch (Math.floor(this.#random() * 9)) {
      case 0:
        return this.#register(agent);
      case 1:
        if (key === undefined) return;
        // Without a lease of its own it would be as dead as the one before it.
        if (this.#replaced.has(agent) && keys.length === 1) return;
        return agent.remove(key);
      case 2: {
        if (key === undefined) return;
        const host = agent.hosts.get(key)!;
        return agent.put({ ...host, notReady: !host.notReady });
      }
      case 3: {
        // So few that nothing but their callers would speak against expiry.
        const dead = this.#agents.filter(({ lives }) => !lives);
        if (dead.length >= (this.#agents.length > 3 ? 2 : 1)) return;
        if (living.length === 1) return;
        this.#log(`${agent.address} dies`);
        return agent.die();
      }
      case 4:
        this.#log(`${agent.address} starts again`);
        return agent.restart(this.#random() * 20_000, { isNew: false });
      case 5:
        if (key === undefined) return;
        this.#replaced.add(agent);
        this.#log(`${agent.address} starts again without its disk`);
        return agent.restart(this.#random() * 20_000, { isNew: true });
      case 6:
        this.#wallOffsetSeconds = this.#step();
        for (const dns of this.#dns) dns.clock.wallOffsetSeconds = this.#step();
        return;
      case 7: {
        const host = key === undefined ? undefined : agent.hosts.get(key);
        if (host === undefined || host.notReady || this.#removed.has(key!)) {
          return;
        }
        if (this.#returning.has(key!)) return;
        if (this.#handMade.has(key!) || !agent.acknowledged.has(key!)) return;
        this.#log(`a person removes ${key}`);
        this.#removed.set(key!, placeOf(host));
        await this.#store.edit({ remove: [placeOf(host)] });
        return;
      }
      default: {
        const [key, row] = [...this.#removed][0] ?? [];
        if (key === undefined || row === undefined) return;
        const { modId, cmdId, ip, port } = row;
        const target = { ip, port, route: { modId, cmdId } };
        const { changed } = await this.#store.edit({ undrain: [target] });
        if (changed === 0) return;
        this.#log(`a person takes back that ${key} is removed`);
        this.#removed.delete(key);
        this.#returning.add(key);
      }
    }
  }

  #register(agent: LeaseAgent): void {
    const key = ROUTES[Math.floor(this.#random() * ROUTES.length)]!;
    const port = this.#ports += 1;
    agent.put(hostOf({ ...key, ip: parseIp(agent.address), port }));
  }

  #startDns(index: number): void {
    const faults = { ...NO_FAULTS };
    const dns = new LeaseDns({
      clock: this.#clock,
      random: this.#random,
      logger: loggerOf("dns"),
      name: `dns-${index}`,
      store: this.#store,
      leases: this.#store.leases({ isKept: false }),
      faults,
    });
    this.#dns[index] = dns;
  }

  /** Time goes by; what must hold at any time is looked at. */
  async #advance(ms: number): Promise<void> {
    const endMs = this.#clock.nowMs() + ms;
    while (this.#clock.nowMs() < endMs) {
      const leftMs = endMs - this.#clock.nowMs();
      await this.#clock.advance(Math.min(LOOK_MS, leftMs));
      await this.#check();
    }
  }

  async #check(): Promise<void> {
    const served = await this.#served();
    for (const key of this.#handMade.keys()) {
      assert(
        served.has(key),
        this.#say(`${key} was made by hand, and is gone`),
      );
    }
    for (const key of this.#removed.keys()) {
      assert(!served.has(key), this.#say(`${key} is back without a person`));
    }
    const nowMs = this.#clock.nowMs();
    // A fault may end before its round does.
    if (this.#isFaulty) this.#calmMs = nowMs;
    for (const agent of this.#agents) {
      if (agent.lives) {
        for (const [key, { notReady }] of agent.hosts) {
          if (notReady || this.#removed.has(key)) continue;
          if (!agent.acknowledged.has(key)) continue;
          if (served.has(key)) this.#returning.delete(key);
          if (this.#returning.has(key)) continue;
          assert(
            served.has(key),
            this.#say(`${key} of ${agent.address}, which lives, is gone`),
          );
        }
        continue;
      }
      const calmMs = Math.max(this.#calmMs + CALM_MS, agent.diedMs!);
      if (nowMs - calmMs <= GONE_WITHIN_MS) continue;
      for (const key of agent.hosts.keys()) {
        if (this.#handMade.has(key)) continue;
        assert(
          !served.has(key),
          this.#say(`${key} of ${agent.address}, which is dead, is there`),
        );
      }
    }
  }

  /** Whether something is wrong with the installation. */
  get #isFaulty(): boolean {
    return this.#dns.some(({ faults, clock }) =>
      faults.isAway || faults.isReadOnly || faults.failing > 0 ||
      clock.isStopped
    ) || this.#agents.some(({ isCut }) => isCut);
  }

  /** Hosts that callers are told of. */
  async #served(): Promise<Set<string>> {
    const served = new Set<string>();
    for (const { modId, cmdId, hosts } of await this.#store.read(ROUTES)) {
      for (const host of hosts) {
        if (isDrained(host)) continue;
        served.add(placeKey({ modId, cmdId, ...host }));
      }
    }
    return served;
  }

  #step(): number {
    return Math.round((this.#random() * 2 - 1) * STEP_SECONDS);
  }

  #say(what: string): string {
    return `seed ${this.#seed}, at ${
      Math.round(this.#clock.nowMs() / 1_000)
    } s: ${what}`;
  }
}

function hostOf(row: RouteRow): LeaseHost {
  return {
    ...placeOf(row),
    weight: 0,
    zone: "",
    version: formatAddress(row),
    notReady: false,
    gone: false,
    drainMs: 0,
  };
}
