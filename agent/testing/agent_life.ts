import { DeadlineTimer, type Random } from "../../net/mod.ts";
import type { MemoryNetwork, VirtualClock } from "../../net/testing/mod.ts";
import {
  type Endpoint,
  formatAddress,
  type HostAddress,
  LATENCY_COUNTS,
} from "../../proto/mod.ts";
import { Agent } from "../hub/agent.ts";
import { DEFAULT_POLICY_SETTINGS } from "../policies/settings.ts";
import { LocalShard } from "../shard/local.ts";
import type { ShardSettings } from "../shard/shard.ts";
import { addTo, type Sums } from "./history_peer.ts";

const SETTINGS: ShardSettings = {
  policy: "adaptive",
  settings: DEFAULT_POLICY_SETTINGS,
  healthChecks: false,
};

/** Where there is no dns. */
const DNS: readonly Endpoint[] = [{ hostname: "10.9.9.9", port: 7778 }];

/** What an {@linkcode AgentLife} is made of. */
export interface AgentLifeOptions {
  clock: VirtualClock;
  network: MemoryNetwork;
  /** Number of this life, below 2⁵³. */
  epoch: number;
  /** Its machine. */
  ip: string;
  agentId: string;
  /** Hosts of its two routes, 1/1 and 2/1. */
  hosts: readonly HostAddress[];
  reporters: readonly Endpoint[];
}

/** One life of an agent, with one shard. */
export class AgentLife {
  readonly epoch: number;
  /** What it was told of calls. */
  readonly reported: Sums = {};
  readonly #clock: VirtualClock;
  readonly #local: LocalShard;
  readonly #timer: DeadlineTimer;
  readonly #hosts: readonly HostAddress[];
  readonly #agent: Agent;
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>;

  constructor(
    { clock, network, epoch, ip, agentId, hosts, reporters }: AgentLifeOptions,
  ) {
    this.#clock = clock;
    this.epoch = epoch;
    this.#hosts = hosts;
    this.#local = new LocalShard({
      settings: SETTINGS,
      random: () => 0.5,
      post: (message) => agent.receive(0, message),
    });
    this.#timer = new DeadlineTimer(clock, this.#local);
    const agent: Agent = new Agent({
      transport: network.machine(ip),
      clock,
      // Of it, the epoch is made.
      random: () => epoch / 2 ** 53,
      dns: DNS,
      reporter: reporters,
      shards: 1,
      agentId,
      cache: { async *load() {}, save: () => Promise.resolve() },
      post: (_, message) => {
        if (message.kind === "stop") {
          this.#local.stop(clock.nowMs());
          agent.receive(0, { kind: "stopped" });
          return;
        }
        this.#local.receive(message, clock.nowMs());
        this.#local.flushOutbox();
        this.#timer.update();
      },
    });
    this.#agent = agent;
    this.#running = Promise.all([
      agent.run(this.#stop.signal),
      this.#timer.run(this.#stop.signal),
    ]);
    this.update(hosts);
  }

  /** Gives it other reporters. */
  async setReporters(reporter: readonly Endpoint[]): Promise<void> {
    await this.#agent.configure({
      settings: SETTINGS,
      dns: DNS,
      reporter,
      resend: false,
    });
  }

  /** Dns gives its routes these hosts. */
  update(hosts: readonly HostAddress[]): void {
    for (const modId of [1, 2]) {
      const route = { modId, cmdId: 1, hosts };
      this.#local.shard.update(route, this.#clock.nowMs());
    }
  }

  /** A call that is reported to it. */
  report(random: Random): void {
    const modId = 1 + Math.floor(random() * 2);
    const host = this.#hosts[Math.floor(random() * this.#hosts.length)]!;
    const durationUs = random() < 0.2 ? 0 : Math.ceil(random() * 2_000);
    const returnCode = random() < 0.1 ? 1 : 0;
    const key = { modId, cmdId: 1 };
    const call = { ...host, returnCode, durationUs, unused: false };
    if (!this.#local.shard.report(key, call, this.#clock.nowMs())) return;
    this.#timer.update();
    const timed = durationUs > 0 ? 1 : 0;
    const numbers = [1, returnCode, timed, durationUs];
    addTo(this.reported, `${modId}/1 ${formatAddress(host)}`, numbers);
    const latency = new Array(LATENCY_COUNTS).fill(0);
    if (timed) latency[[500, 1_000].filter((us) => durationUs > us).length] = 1;
    addTo(this.reported, `${modId}/1`, latency);
  }

  /** Ends, and hands over what it can. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#clock.advance(5_000);
    await this.#running;
  }
}
