/**
 * Agents and reporters as they are, over one store: each call counts once, in
 * whatever order they end and begin again and the store fails.
 */
import { assert, assertEquals } from "@std/assert";
import { AgentLife } from "../../agent/testing/agent_life.ts";
import type { Sums } from "../../agent/testing/history_peer.ts";
import type { Random } from "../../net/mod.ts";
import { recordLogs, seededRandom } from "../../net/testing/mod.ts";
import { formatAddress } from "../../proto/mod.ts";
import {
  type FakeReporter,
  HistoryFixture,
} from "../../reporter/testing/mod.ts";

const SEEDS = Number(Deno.env.get("LARS_TOTALS_SEEDS") ?? 12);
const AGENTS = 2;
const FATES = ["done", "done", "done", "failed", "done but failed"] as const;

/** Time in which everything is counted, once nothing fails any more. */
const SETTLE_MS = 120_000;

/** A run of agents, reporters and a store, whose seed makes it. */
class Run {
  readonly fixture: HistoryFixture;
  readonly random: Random;
  /** Lives of each agent, the last one of which goes on. */
  readonly lives: AgentLife[][] = [];
  readonly #alive: FakeReporter[];

  constructor(seed: number) {
    this.random = seededRandom(seed);
    this.fixture = new HistoryFixture({ random: this.random });
    this.#alive = [this.fixture.addReporter(), this.fixture.addReporter()];
    for (let agent = 0; agent < AGENTS; agent++) this.begin(agent);
  }

  /** The next life of an agent; its hosts are of no other life. */
  begin(agent: number): void {
    const lives = this.lives[agent] ??= [];
    const first = 0x0a01_0000 + agent * 0x1_0000 + lives.length * 0x100;
    lives.push(
      new AgentLife({
        clock: this.fixture.clock,
        network: this.fixture.network,
        epoch: Math.floor(this.random() * 2 ** 53),
        ip: ipOf(agent),
        agentId: `0${agent}`.repeat(16),
        hosts: [1, 2, 3].map((host) => ({ ip: first + host, port: 80 })),
        reporters: this.#alive.map(({ server }) => server.local),
      }),
    );
  }

  lifeOf(agent: number): AgentLife {
    return this.lives[agent]!.at(-1)!;
  }

  /** A reporter dies in the middle of what it does; another takes its place. */
  async replaceReporter(): Promise<void> {
    const at = Math.floor(this.random() * this.#alive.length);
    const dead = this.#alive[at]!;
    dead.fate = () => "never ends";
    this.fixture.network.reset(dead.server.local.hostname);
    dead.stop.abort();
    this.#alive[at] = this.fixture.addReporter();
    const reporters = this.#alive.map(({ server }) => server.local);
    for (let agent = 0; agent < AGENTS; agent++) {
      await this.lifeOf(agent).setReporters(reporters);
    }
  }

  /** One thing that happens, and some time with calls. */
  async step(): Promise<void> {
    const { random, fixture } = this;
    const agent = Math.floor(random() * AGENTS);
    const kind = Math.floor(random() * 12);
    if (kind === 0) await this.replaceReporter();
    else if (kind === 1) fixture.network.reset(ipOf(agent));
    else if (kind < 4) {
      for (const each of this.#alive) {
        each.fate = () => FATES[Math.floor(random() * FATES.length)]!;
      }
    } else if (kind === 4) {
      // Stopped or, without its connections, killed.
      if (random() < 0.5) fixture.network.reset(ipOf(agent));
      await this.lifeOf(agent).stop();
      this.begin(agent);
    }
    for (let burst = Math.floor(random() * 12); burst > 0; burst--) {
      for (let call = 0; call < 5; call++) this.lifeOf(agent).report(random);
      await fixture.clock.advance(random() * 1_000);
    }
  }

  /** Nothing fails any more, and time passes. */
  async settle(): Promise<void> {
    for (const each of this.#alive) each.fate = () => "done";
    await this.fixture.clock.advance(SETTLE_MS);
  }

  /** What the store has counted, as agents write what was reported to them. */
  async counted(): Promise<Sums> {
    const rows = await this.fixture.hosts();
    return Object.fromEntries(rows.map((row) => [
      `${row.modId}/${row.cmdId} ${formatAddress(row)}`,
      [row.calls, row.failed, row.timed, row.sumUs],
    ]));
  }

  async end(): Promise<void> {
    for (let agent = 0; agent < AGENTS; agent++) {
      await this.lifeOf(agent).stop();
    }
  }
}

function ipOf(agent: number): string {
  return `10.0.2.${agent + 1}`;
}

/** What was reported of hosts, without the counts of routes. */
function hostsOf({ reported }: AgentLife): [string, number[]][] {
  return Object.entries(reported).filter(([key]) => key.includes(" "));
}

for (let seed = 1; seed <= SEEDS; seed++) {
  Deno.test(`simulation: each call counts once in the store, whatever ends and begins again (seed ${seed})`, async () => {
    using _logs = recordLogs();
    const run = new Run(seed);
    await using _ = run.fixture;
    for (let step = 0; step < 40; step++) await run.step();
    await run.settle();
    const counted = await run.counted();
    for (const lives of run.lives) {
      for (const life of lives) {
        const isLast = life === lives.at(-1);
        for (const [key, numbers] of hostsOf(life)) {
          const found = counted[key] ?? [0, 0, 0, 0];
          // Of an agent that lives nothing is lost, of none anything is counted twice.
          if (isLast) assertEquals(found, numbers, key);
          else found.forEach((one, at) => assert(one <= numbers[at]!, key));
        }
      }
    }
    assert(Object.keys(counted).length >= AGENTS * 6);
    await run.end();
  });
}
