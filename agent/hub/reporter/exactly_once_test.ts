/**
 * Each call counts once, in whatever order agent and reporters end and begin
 * again: what is counted of an agent is what was reported to it, but for what it
 * had not been told to be counted when it died.
 */
import { assert, assertEquals } from "@std/assert";
import { DeadlineTimer, type Random } from "../../../net/mod.ts";
import {
  MemoryNetwork,
  seededRandom,
  settle,
  VirtualClock,
} from "../../../net/testing/mod.ts";
import {
  formatAddress,
  type HostAddress,
  LATENCY_COUNTS,
  parseAddress,
} from "../../../proto/mod.ts";
import { DEFAULT_POLICY_SETTINGS } from "../../policies/settings.ts";
import { LocalShard } from "../../shard/local.ts";
import {
  addTo,
  History,
  HistoryPeer,
  type Sums,
} from "../../testing/history_peer.ts";
import { Agent } from "../agent.ts";

const SEEDS = Number(Deno.env.get("LARS_TOTALS_SEEDS") ?? 40);
const AGENT_IP = "10.0.0.9";
const REPORTERS = ["10.0.0.5", "10.0.0.6"];
const HOSTS = ["10.1.0.1:80", "10.1.0.2:80", "10.1.0.3:80"].map(parseAddress);

/** Time in which everything is counted, once nothing fails any more. */
const SETTLE_MS = 120_000;

/** One life of an agent, with one shard. */
class Life {
  readonly epoch: number;
  /** What it was told of calls. */
  readonly reported: Sums = {};
  readonly #clock: VirtualClock;
  readonly #local: LocalShard;
  readonly #timer: DeadlineTimer;
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>;

  constructor(
    { clock, network, epoch }: {
      clock: VirtualClock;
      network: MemoryNetwork;
      epoch: number;
    },
  ) {
    this.#clock = clock;
    this.epoch = epoch;
    this.#local = new LocalShard({
      settings: {
        policy: "adaptive",
        settings: DEFAULT_POLICY_SETTINGS,
        healthChecks: false,
      },
      random: () => 0.5,
      post: (message) => agent.receive(0, message),
    });
    this.#timer = new DeadlineTimer(clock, this.#local);
    const agent: Agent = new Agent({
      transport: network.machine(AGENT_IP),
      clock,
      // Of it, the epoch is made.
      random: () => epoch / 2 ** 53,
      dns: [{ hostname: "10.0.0.1", port: 7778 }],
      reporter: REPORTERS.map((hostname) => ({ hostname, port: 7779 })),
      shards: 1,
      agentId: "ab".repeat(16),
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
    this.#running = Promise.all([
      agent.run(this.#stop.signal),
      this.#timer.run(this.#stop.signal),
    ]);
    this.update(HOSTS);
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
    const host = HOSTS[Math.floor(random() * HOSTS.length)]!;
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

/** A run of agent and reporters, whose seed makes it. */
class Run {
  readonly clock = new VirtualClock();
  readonly random: Random;
  readonly network: MemoryNetwork;
  readonly history = new History();
  readonly lives: Life[] = [];
  readonly #peers = new Map<string, HistoryPeer>();

  constructor(seed: number) {
    this.random = seededRandom(seed);
    const faults = { delayMinMs: 1, delayMaxMs: 20, tearRate: 0.2 };
    const { clock, random } = this;
    this.network = new MemoryNetwork({ clock, random, faults });
  }

  get life(): Life {
    return this.lives.at(-1)!;
  }

  begin(): void {
    const { clock, network } = this;
    const epoch = Math.floor(this.random() * 2 ** 53);
    this.lives.push(new Life({ clock, network, epoch }));
  }

  startReporter(hostname: string): void {
    if (this.#peers.has(hostname)) return;
    const { clock, network, history, random } = this;
    const at = { hostname, port: 7779 };
    this.#peers.set(
      hostname,
      new HistoryPeer({ clock, network, history, random, at }),
    );
  }

  async endReporter(hostname: string): Promise<void> {
    const peer = this.#peers.get(hostname);
    if (peer === undefined) return;
    this.#peers.delete(hostname);
    const ending = this.random() < 0.5 ? peer.kill() : peer.stop();
    await this.clock.advance(3_000);
    await ending;
  }

  async killAgent(): Promise<void> {
    this.network.reset(AGENT_IP);
    await this.life.stop();
    this.begin();
  }

  /** One thing that happens, and some time. */
  async step(): Promise<void> {
    const { random, clock } = this;
    const reporter = REPORTERS[Math.floor(random() * 2)]!;
    const kind = Math.floor(random() * 12);
    if (kind < 2) await this.endReporter(reporter);
    else if (kind < 4) this.startReporter(reporter);
    else if (kind === 4) this.network.reset(AGENT_IP);
    else if (kind === 5) this.network.partition(AGENT_IP, reporter);
    else if (kind === 6) this.network.heal();
    else if (kind === 7) {
      this.life.update(HOSTS.filter(() => random() < 0.7));
    } else if (kind === 8) {
      this.life.update(HOSTS);
      await this.killAgent();
    }
    for (let burst = Math.floor(random() * 20); burst > 0; burst--) {
      for (let call = 0; call < 5; call++) this.life.report(random);
      await clock.advance(random() * 1_000);
    }
  }

  async end(): Promise<void> {
    for (const hostname of REPORTERS) {
      const ending = this.#peers.get(hostname)?.stop();
      await this.clock.advance(3_000);
      await ending;
    }
    await this.life.stop();
    await settle();
  }
}

for (let seed = 1; seed <= SEEDS; seed++) {
  Deno.test(`each call counts once, whatever ends and begins again (seed ${seed})`, async () => {
    const run = new Run(seed);
    const { history } = run;
    run.begin();
    run.startReporter(REPORTERS[0]!);
    for (let step = 0; step < 25; step++) await run.step();
    run.network.heal();
    for (const hostname of REPORTERS) run.startReporter(hostname);
    await run.clock.advance(SETTLE_MS);
    assertEquals(history.faults, []);
    // Of the agent that lives nothing is lost.
    assertEquals(history.of(run.life.epoch), run.life.reported);
    for (const { epoch, reported } of run.lives) {
      for (const [key, numbers] of Object.entries(history.of(epoch))) {
        numbers.forEach((number, index) =>
          assert(number <= reported[key]![index]!, `${key} of a life before`)
        );
      }
    }
    await run.end();
  });
}

Deno.test("an agent that is stopped hands over all it has", async () => {
  const run = new Run(7);
  run.begin();
  const peer = new HistoryPeer({
    clock: run.clock,
    network: run.network,
    history: run.history,
    at: { hostname: REPORTERS[0]!, port: 7779 },
  });
  await run.clock.advance(2_000);
  for (let call = 0; call < 100; call++) run.life.report(run.random);
  await run.life.stop();
  assertEquals(run.history.of(run.life.epoch), run.life.reported);
  const ending = peer.stop();
  await run.clock.advance(3_000);
  await ending;
});
