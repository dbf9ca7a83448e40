/**
 * Programs, agents and dns in virtual time, with lost and late datagrams, broken
 * connections, restarts and a store that is away or restored.
 */
import { assertEquals } from "@std/assert";
import {
  MemoryNetwork,
  seededRandom,
  VirtualClock,
} from "../../net/testing/mod.ts";
import type { Random } from "../../net/mod.ts";
import { LeaseTable } from "../testing/lease_peer.ts";
import {
  LeaseDns,
  RegisteringProgram,
  RegistrarLife,
} from "../testing/registrar_life.ts";

const AGENT_IP = "10.0.0.9";
const DNS = ["10.0.0.1", "10.0.0.2"];
const PROGRAMS = 6;
const STEPS = 80;
const SEEDS = 10;

/** One world: what it does is drawn from the seed. */
class Storm {
  readonly clock = new VirtualClock();
  readonly random: Random;
  readonly network: MemoryNetwork;
  readonly leases = new LeaseTable();
  readonly dns: LeaseDns[];
  readonly programs: RegisteringProgram[] = [];
  agent: RegistrarLife;
  /** Share of datagrams between programs and the agent that is lost. */
  lossRate = 0.1;
  #ids = 0;
  /** Whether the file of an agent was lost. */
  #isLost = false;

  constructor(seed: number) {
    const { clock } = this;
    this.random = seededRandom(seed);
    const network = this.network = new MemoryNetwork({
      clock,
      random: this.random,
      faults: { delayMinMs: 0, delayMaxMs: 5, tearRate: 0.2 },
    });
    this.dns = DNS.map((ip) =>
      new LeaseDns({
        clock,
        network,
        random: this.random,
        ip,
        leases: this.leases,
      })
    );
    this.agent = this.#startAgent(undefined);
  }

  #startAgent(saved: RegistrarLife["saved"]): RegistrarLife {
    const { clock, network, random } = this;
    return new RegistrarLife({
      clock,
      network,
      random,
      ip: AGENT_IP,
      dns: DNS,
      saved,
    });
  }

  startProgram(): void {
    this.#ids += 1;
    const { clock, random } = this;
    this.programs.push(
      new RegisteringProgram({
        clock,
        random,
        number: this.#ids,
        ask: (datagram, answer) => this.#carry(datagram, answer),
      }),
    );
  }

  /** Takes a datagram to the agent, and its answer back: late, twice or never. */
  #carry(datagram: Uint8Array, answer: (datagram: Uint8Array) => void): void {
    const copies = this.random() < 0.1 ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      if (this.random() < this.lossRate) continue;
      this.clock.schedule(this.random() * 50, () => {
        const answered = this.agent.answer(datagram);
        if (answered === undefined || this.random() < this.lossRate) return;
        this.clock.schedule(this.random() * 50, () => answer(answered));
      });
    }
  }

  async step(): Promise<void> {
    const { random, programs } = this;
    const any = programs[Math.floor(random() * programs.length)];
    const at = Math.floor(random() * 15);
    if (at <= 2 && programs.length < PROGRAMS) this.startProgram();
    else if (at === 3) any?.kill();
    else if (at === 4) any?.end();
    else if (at === 5 && any) any.notReady = !any.notReady;
    else if (at === 6) this.network.reset(AGENT_IP);
    else if (at === 7) await this.#restartDns();
    else if (at === 8) this.leases.mayStore = () => random() < 0.5;
    else if (at === 9) this.leases.mayStore = () => true;
    else if (at === 10) this.leases.clear();
    else if (at === 12) this.#turnDraining();
    else if (at === 11) {
      const isLost = random() < 0.2;
      this.#isLost ||= isLost;
      await this.#restartAgent(isLost ? undefined : this.agent.saved);
    }
    await this.clock.advance(random() * 3_000);
    for (const program of programs.filter(({ isOver }) => isOver)) {
      programs.splice(programs.indexOf(program), 1);
    }
  }

  /** Something that takes no program away. */
  async disturb(): Promise<void> {
    const at = Math.floor(this.random() * 6);
    if (at === 0) this.network.reset(AGENT_IP);
    else if (at === 1) await this.#restartDns();
    else if (at === 2) this.leases.mayStore = () => this.random() < 0.5;
    else if (at === 3) this.leases.mayStore = () => true;
    else if (at === 4) await this.#restartAgent(this.agent.saved);
  }

  async #restartDns(): Promise<void> {
    const index = Math.floor(this.random() * DNS.length);
    await this.dns[index]!.stop();
    const { clock, network, random, leases } = this;
    const ip = DNS[index]!;
    this.dns[index] = new LeaseDns({ clock, network, random, ip, leases });
  }

  async #restartAgent(saved: RegistrarLife["saved"]): Promise<void> {
    await this.agent.stop();
    await this.clock.advance(this.random() * 2_000);
    this.agent = this.#startAgent(saved);
  }

  /** Dns begins to say how far callers are of programs that leave, or ceases to. */
  #turnDraining(): void {
    const callers = Math.floor(this.random() * 3);
    this.leases.draining = this.random() < 0.3
      ? undefined
      : { callers, inFlight: callers, done: false };
  }

  /** Everything is well again, and nothing more happens. */
  async calm(): Promise<void> {
    this.leases.mayStore = () => true;
    // Without its file an agent on which nothing registers knows nothing to take back.
    if (this.#isLost && this.expected.length === 0) this.startProgram();
    await this.clock.advance(60_000);
  }

  /** The hosts of the programs that serve, as dns is to have them. */
  get expected(): string[] {
    return this.programs.filter(({ isAlive }) => isAlive)
      .map(({ host }) => host).sort();
  }

  async stop(): Promise<void> {
    for (const program of this.programs) program.kill();
    await this.agent.stop();
    for (const dns of this.dns) await dns.stop();
  }
}

Deno.test("dns has exactly the programs that live, whatever has happened", async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const storm = new Storm(seed);
    for (let step = 0; step < STEPS; step++) await storm.step();
    await storm.calm();
    const has = storm.leases.of(RegistrarLife.agentId);
    assertEquals(has, storm.expected, `seed ${seed}`);
    const wrong = storm.programs.filter(({ isAlive, isServed, notReady }) =>
      isAlive && isServed === notReady
    );
    assertEquals(wrong.length, 0, `seed ${seed}: a program is told wrongly`);
    await storm.stop();
  }
});

Deno.test("a program that lives never leaves dns for a restart of its agent or dns, or a store that is away", async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const storm = new Storm(1_000 + seed);
    // Five lost beats in a row are the end of a program, as they should be.
    storm.lossRate = 0.01;
    for (let count = 0; count < PROGRAMS; count++) storm.startProgram();
    await storm.calm();
    const { expected, random } = storm;
    const check = () => {
      const has = new Set(storm.leases.of(RegistrarLife.agentId));
      const lost = expected.filter((host) => !has.has(host));
      assertEquals(lost, [], `seed ${seed}`);
    };
    check();
    for (let step = 0; step < STEPS; step++) {
      await storm.disturb();
      await storm.clock.advance(random() * 3_000);
      check();
    }
    await storm.stop();
  }
});
