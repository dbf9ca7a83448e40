/**
 * Each call counts once, in whatever order agent and reporters end and begin
 * again: what is counted of an agent is what was reported to it, but for what it
 * had not been told to be counted when it died.
 */
import { assert, assertEquals } from "@std/assert";
import type { Random } from "../../../net/mod.ts";
import {
  MemoryNetwork,
  seededRandom,
  settle,
  VirtualClock,
} from "../../../net/testing/mod.ts";
import { parseAddress } from "../../../proto/mod.ts";
import { AgentLife } from "../../testing/agent_life.ts";
import { History, HistoryPeer } from "../../testing/history_peer.ts";

const SEEDS = Number(Deno.env.get("LARS_TOTALS_SEEDS") ?? 40);
const AGENT_IP = "10.0.0.9";
const REPORTERS = ["10.0.0.5", "10.0.0.6"];
const HOSTS = ["10.1.0.1:80", "10.1.0.2:80", "10.1.0.3:80"].map(parseAddress);

/** Time in which everything is counted, once nothing fails any more. */
const SETTLE_MS = 120_000;

/** A run of agent and reporters, whose seed makes it. */
class Run {
  readonly clock = new VirtualClock();
  readonly random: Random;
  readonly network: MemoryNetwork;
  readonly history = new History();
  readonly lives: AgentLife[] = [];
  readonly #peers = new Map<string, HistoryPeer>();

  constructor(seed: number) {
    this.random = seededRandom(seed);
    const faults = { delayMinMs: 1, delayMaxMs: 20, tearRate: 0.2 };
    const { clock, random } = this;
    this.network = new MemoryNetwork({ clock, random, faults });
  }

  get life(): AgentLife {
    return this.lives.at(-1)!;
  }

  begin(): void {
    const { clock, network } = this;
    const epoch = Math.floor(this.random() * 2 ** 53);
    this.lives.push(
      new AgentLife({
        clock,
        network,
        epoch,
        ip: AGENT_IP,
        agentId: "ab".repeat(16),
        hosts: HOSTS,
        reporters: REPORTERS.map((hostname) => ({ hostname, port: 7779 })),
      }),
    );
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
