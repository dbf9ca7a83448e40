import {
  MemoryNetwork,
  seededRandom,
  VirtualClock,
} from "../../net/testing/mod.ts";
import {
  Agent,
  DEFAULT_POLICY_SETTINGS,
  type RegistrationOptions,
  type SavedInstance,
  ShardServer,
} from "../../agent/mod.ts";
import { LarsClient } from "../../api/mod.ts";
import { DnsServer } from "../../dns/mod.ts";
import type { Random } from "../../net/mod.ts";
import {
  AGENT_SERVERS,
  type HostStatus,
  parseIp,
  type Route,
  type RouteKey,
} from "../../proto/mod.ts";
import {
  KnownHosts,
  ReporterServer,
  type StatusSink,
} from "../../reporter/mod.ts";
import { MemoryStore } from "../../store/memory/store.ts";
import { agentIp, dnsIp, endpoints, reporterIp } from "./addresses.ts";
import { unpackRows } from "../../reporter/testing/mod.ts";

const DNS_PORT = 7778;
const REPORTER_PORT = 7779;
const AGENT_PORT = 8888;

/** A service in the simulation: its machine's address, and how to end it. */
interface Process {
  ip: string;
  stop: AbortController;
  ended: Promise<void>;
}

/** One agent machine: the hub, its shard servers, and the program that asks them. */
export interface AgentMachine extends Process {
  agent: Agent;
  shards: ShardServer[];
  client: LarsClient;
}

export interface ClusterSize {
  dns: number;
  reporters: number;
  agents: number;
  /** Whether programs may register; they may not if absent. */
  registers?: boolean;
}

/**
 * A whole installation in one thread: store, dns, reporters and agents on
 * machines of a network in memory, under a clock that only a test moves. One
 * seed makes one run.
 */
export class Cluster {
  readonly clock = new VirtualClock();
  readonly random: Random;
  readonly network: MemoryNetwork;
  readonly store: MemoryStore;
  /** Errors of services, which no fault may cause. */
  readonly failures: unknown[] = [];
  readonly agents = new Map<number, AgentMachine>();
  readonly #size: ClusterSize;
  readonly #dns = new Map<number, Process>();
  readonly #reporters = new Map<number, Process>();
  /** What agents keep on disk. */
  readonly #disks = new Map<number, Route[]>();
  readonly #registrations = new Map<number, readonly SavedInstance[]>();

  private constructor(seed: number, size: ClusterSize) {
    this.#size = size;
    this.random = seededRandom(seed);
    this.network = new MemoryNetwork({
      clock: this.clock,
      random: this.random,
    });
    this.store = new MemoryStore({
      wallSeconds: () => this.clock.wallSeconds(),
    });
  }

  /** A cluster with everything started. */
  static async start(seed: number, size: ClusterSize): Promise<Cluster> {
    const cluster = new Cluster(seed, size);
    for (let index = 0; index < size.dns; index++) {
      await cluster.startDns(index);
    }
    for (let index = 0; index < size.reporters; index++) {
      await cluster.startReporter(index);
    }
    for (let index = 0; index < size.agents; index++) {
      await cluster.startAgent(index);
    }
    return cluster;
  }

  async startDns(index: number): Promise<void> {
    if (this.#dns.has(index)) return;
    const ip = dnsIp(index);
    const server = await this.#settled(DnsServer.open({
      transport: this.network.machine(ip),
      clock: this.clock,
      random: this.random,
      store: this.store,
      at: { hostname: ip, port: DNS_PORT },
      connectionsMax: 1024,
      watchIntervalMs: 100,
      fullCompareIntervalMs: 10_000,
      ...this.#size.registers && {
        leases: {
          store: this.store.leases({ isKept: false }),
          isAllowed: () => true,
        },
      },
    }));
    this.#dns.set(index, this.#run(ip, (signal) => server.run(signal)));
  }

  async startReporter(index: number): Promise<void> {
    if (this.#reporters.has(index)) return;
    const ip = reporterIp(index);
    const server = await this.#settled(ReporterServer.open({
      transport: this.network.machine(ip),
      clock: this.clock,
      random: this.random,
      sinks: [this.#sink()],
      at: { hostname: ip, port: REPORTER_PORT },
      connectionsMax: 1024,
      batchRowsMax: 1_000,
      keysMax: 100_000,
    }));
    this.#reporters.set(index, this.#run(ip, (signal) => server.run(signal)));
  }

  async startAgent(index: number): Promise<void> {
    if (this.agents.has(index)) return;
    const ip = agentIp(index);
    const transport = this.network.machine(ip);
    const shards: ShardServer[] = [];
    const agent = new Agent({
      transport,
      clock: this.clock,
      random: this.random,
      dns: endpoints(this.#size.dns, dnsIp, DNS_PORT),
      reporter: endpoints(this.#size.reporters, reporterIp, REPORTER_PORT),
      // As between threads, it is received in a later turn.
      post: (shard, message) =>
        queueMicrotask(() => shards[shard]?.receive(message)),
      cache: {
        load: () => kept(this.#disks.get(index) ?? []),
        save: (routes) => {
          this.#disks.set(index, structuredClone([...routes]));
          return Promise.resolve();
        },
      },
      agentId: index.toString(16).padStart(32, "a"),
      ...this.#size.registers && { registrations: this.#register(index) },
    });
    for (let shard = 0; shard < AGENT_SERVERS; shard++) {
      shards.push(
        new ShardServer({
          index: shard,
          socket: transport.bind({ hostname: ip, port: AGENT_PORT + shard }),
          clock: this.clock,
          settings: {
            policy: "lars",
            settings: DEFAULT_POLICY_SETTINGS,
            healthChecks: false,
          },
          random: () => 0,
          post: (message) =>
            queueMicrotask(() => agent.receive(shard, message)),
        }),
      );
    }
    await agent.restore();
    const process = this.#run(ip, async (signal) => {
      await Promise.all([
        agent.run(signal),
        ...shards.map((shard) => shard.run()),
      ]);
    });
    const client = await LarsClient.open({
      agent: { hostname: ip, port: AGENT_PORT },
      transport,
      clock: this.clock,
      random: this.random,
    });
    this.agents.set(index, { ...process, agent, shards, client });
  }

  /** Kills a dns: its connections break as if the machine lost power. */
  killDns(index: number): Promise<void> {
    return this.#kill(this.#dns, index);
  }

  killReporter(index: number): Promise<void> {
    return this.#kill(this.#reporters, index);
  }

  /** Stops an agent and its program in order, as for an upgrade. */
  async stopAgent(index: number): Promise<void> {
    const machine = this.agents.get(index);
    if (machine === undefined) return;
    this.agents.delete(index);
    await machine.client[Symbol.asyncDispose]();
    machine.stop.abort();
    await this.#settled(machine.ended);
  }

  /**
   * Starts whatever is down and takes every fault away but one: an agent stays
   * cut off from one dns, and has to do with another.
   */
  async recover(): Promise<void> {
    Object.assign(this.network.faults, {
      lossRate: 0,
      duplicateRate: 0,
      delayMaxMs: 5,
    });
    this.network.heal();
    this.network.partition(
      agentIp(0),
      dnsIp(Math.floor(this.random() * this.#size.dns)),
    );
    for (let index = 0; index < this.#size.dns; index++) {
      await this.startDns(index);
    }
    for (let index = 0; index < this.#size.reporters; index++) {
      await this.startReporter(index);
    }
    for (let index = 0; index < this.#size.agents; index++) {
      await this.startAgent(index);
    }
  }

  /** Cuts one agent off from one of its servers, at random. */
  cutSomewhere(): void {
    const agent = agentIp(Math.floor(this.random() * this.#size.agents));
    const server = this.random() < 0.5
      ? dnsIp(Math.floor(this.random() * this.#size.dns))
      : reporterIp(Math.floor(this.random() * this.#size.reporters));
    this.network.partition(agent, server);
  }

  /** The hosts that one agent knows of a route, and their counters. */
  known(index: number, key: RouteKey): readonly HostStatus[] {
    const nowMs = this.clock.nowMs();
    const shards = this.agents.get(index)?.shards ?? [];
    return shards.flatMap(({ shard }) => shard.explain(key, { nowMs }).hosts);
  }

  /** The caller in an agent's statuses: its address. */
  callerOf(index: number): number {
    return parseIp(agentIp(index));
  }

  /** The hosts of a route as the store has them. */
  async stored(key: RouteKey): Promise<Route> {
    const [route] = await this.store.read([key]);
    return route!;
  }

  /** Stops everything; the clock then has nothing left to do. */
  async stop(): Promise<void> {
    for (const index of [...this.agents.keys()]) await this.stopAgent(index);
    for (const index of [...this.#reporters.keys()]) {
      await this.killReporter(index);
    }
    for (const index of [...this.#dns.keys()]) await this.killDns(index);
  }

  /** How programs register with an agent. */
  #register(index: number): RegistrationOptions {
    const kept = this.#registrations;
    return {
      settings: {
        enabled: true,
        allow: [{ modId: undefined, cmdId: undefined }],
        advertise: [],
      },
      addresses: () => ({ ips: [parseIp(agentIp(index))] }),
      keeper: {
        load: () => Promise.resolve(structuredClone(kept.get(index)?.slice())),
        save: (instances) => {
          kept.set(index, structuredClone([...instances]));
          return Promise.resolve();
        },
      },
    };
  }

  /** Where a reporter writes: as in its thread, only of hosts that routes have. */
  #sink(): StatusSink {
    const hosts = new KnownHosts({
      open: () => Promise.resolve(this.store),
      clock: this.clock,
    });
    return {
      write: async (words) => {
        const rows = unpackRows(words);
        const { rows: known, onlyIn } = await hosts.filter(rows);
        await this.store.write(known, { onlyIn });
        return { refused: rows.length - known.length };
      },
    };
  }

  #run(ip: string, run: (signal: AbortSignal) => Promise<void>): Process {
    const stop = new AbortController();
    const ended = run(stop.signal).catch((error) => {
      this.failures.push(error);
    });
    return { ip, stop, ended };
  }

  async #kill(processes: Map<number, Process>, index: number): Promise<void> {
    const process = processes.get(index);
    if (process === undefined) return;
    processes.delete(index);
    this.network.reset(process.ip);
    process.stop.abort();
    await this.#settled(process.ended);
  }

  /** Advances the clock until a promise has settled. */
  async #settled<Value>(value: Value | Promise<Value>): Promise<Value> {
    const promise = Promise.resolve(value);
    let settled = false;
    const mark = () => settled = true;
    promise.then(mark, mark);
    await this.clock.advanceUntil(() => settled, 10_000);
    return await promise;
  }
}

async function* kept(
  routes: readonly Route[],
): AsyncGenerator<{ routes: readonly Route[] }> {
  yield { routes };
}
