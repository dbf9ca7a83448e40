import { serviceArguments } from "../../../tasks/local/services.ts";
import { makeStore, RunningDeno } from "../../support/processes.ts";
import { type Machine, MachineNetwork } from "./machines.ts";
import { eventually } from "../../support/wait.ts";
import type { Seen } from "./caller.ts";

/** Machines with callers, each with an agent; programs are called by all of them. */
const CALLER_MACHINES = 3;

/** Callers of each machine: together they make about 500 calls a second. */
const CALLERS_EACH = 13;

/** Time that a program takes to answer, in milliseconds. */
const SERVICE_MS = 30;

/** Longer than a test: programs end when their calls have. */
const DRAIN = "10m";

/** Calls of each machine without a failure after which a dead host is out. */
const CALLS_IN_ORDER = 20;

/** Time that callers may take to see something: an ejection may last a minute. */
const DEADLINE_MS = 90_000;

/** Machines on a network: one with dns, reporter and the store, three with callers, one with programs. */
export class Fleet implements AsyncDisposable {
  /** The folder of the store. */
  readonly folder: string;
  /** The machines with callers. */
  readonly callers: readonly Machine[];
  /** The machine with programs alone. */
  readonly server: Machine;
  /** Their network. */
  readonly network: MachineNetwork;
  readonly #center: Machine;
  readonly #running: RunningDeno[] = [];
  readonly #agents = new Map<Machine, RunningDeno>();
  #calling: RunningDeno[] = [];

  private constructor(network: MachineNetwork, folder: string) {
    this.network = network;
    this.folder = folder;
    const [center, server, ...callers] = network.machines;
    this.#center = center!;
    this.server = server!;
    this.callers = callers;
  }

  /** Starts services, agents and callers, who wait for this number of hosts; returns why it cannot be here, in words. */
  static async start(
    { hostsMin }: { hostsMin: number },
  ): Promise<Fleet | string> {
    const network = await MachineNetwork.create(2 + CALLER_MACHINES);
    if (typeof network === "string") return network;
    const folder = await Deno.makeTempDir({ prefix: "lars-machines-" });
    const fleet = new Fleet(network, folder);
    try {
      await makeStore(folder);
      await fleet.#start(hostsMin);
    } catch (error) {
      await fleet[Symbol.asyncDispose]();
      throw error;
    }
    return fleet;
  }

  /** Runs a program that serves route (1, 1) on a machine. */
  serve({ wrapper }: Machine, port: number): RunningDeno {
    return this.#run({ wrapper }, [
      ...["run", "--no-prompt", "--allow-net", "--allow-read"],
      ...["--allow-write", "--allow-run", "api/cli/main.ts"],
      ...["serve", "1", "1", "--port", String(port), "--drain", DRAIN],
      ...["--", Deno.execPath(), "run", "--allow-net"],
      ...["tests/e2e/serve/program.ts", String(port), String(SERVICE_MS)],
    ]);
  }

  /** The options of the `lars` command that name the store. */
  get storeOptions(): string[] {
    const { folder } = this;
    return [
      "--conf",
      `${folder}/${this.#center.ip}/dns.conf`,
      "--data",
      folder,
    ];
  }

  /** The program that a `lars serve` runs on a machine, itself. */
  async programOn(machine: Machine): Promise<number> {
    const pids = await machine.processesWith("tests/e2e/serve/program.ts");
    // That of `lars serve` has the whole line.
    const outer = await machine.processesWith("api/cli/main.ts");
    return pids.find((pid) => !outer.includes(pid))!;
  }

  /** What the callers of each machine see now. */
  seen(): Seen[] {
    return this.#calling.map(({ output }) => {
      const lines = output.slice(0, output.lastIndexOf("\n")).split("\n");
      return { ...NOTHING_SEEN, ...JSON.parse(lines.at(-1) || "{}") };
    });
  }

  /** Waits until the agents of all callers have these hosts, and no other. */
  async assertServed(...addresses: string[]): Promise<void> {
    const wanted = addresses.sort().join(", ");
    await eventually(
      `hosts ${wanted}`,
      () => this.seen().every(({ hosts }) => hosts.join(", ") === wanted),
      { explain: () => this.explain(), deadlineMs: 20_000 },
    );
  }

  /** Waits until callers of each machine get a host. */
  async hasCalled(address: string): Promise<void> {
    const before = this.seen();
    await this.#eventually(
      `calls to ${address}`,
      (seen, at) => callsTo(seen, address) > callsTo(before[at]!, address),
    );
  }

  /** Waits until calls of each machine have failed. */
  async hasFailed(): Promise<void> {
    const before = this.seen();
    await this.#eventually(
      "calls that fail",
      (seen, at) => failuresOf(seen) > failuresOf(before[at]!),
    );
  }

  /** Waits until the callers of each machine go on for a while without a failure. */
  async isCalledInOrder(): Promise<void> {
    let before = this.seen();
    await this.#eventually("calls without a failure", (seen, at) => {
      const started = before[at]!;
      const isFailing = failuresOf(seen) > failuresOf(started);
      if (isFailing) before = before.with(at, seen);
      return !isFailing && callsOf(seen) - callsOf(started) >= CALLS_IN_ORDER;
    });
  }

  /** Calls so far that a host answered. */
  calls(): number {
    return sum(this.seen().map(callsOf));
  }

  /** Calls so far that failed, or went to another host in vain first. */
  failures(): number {
    return sum(this.seen().map((seen) => failuresOf(seen) + seen.broken));
  }

  /** Calls that fail during `body`, by caller, by machine. */
  async failuresDuring(body: () => Promise<void>): Promise<number[][]> {
    const before = this.seen();
    await body();
    return this.seen().map(({ failed }, at) =>
      failed.map((count, caller) => count - before[at]!.failed[caller]!)
    );
  }

  /** What callers see, for the message of a failure. */
  explain(): string {
    return this.seen().map((seen) => JSON.stringify(seen)).join("\n");
  }

  /** Lines that the agent of a machine has printed. */
  agentLines(machine: Machine, pattern: RegExp): string[] {
    return this.#agents.get(machine)!.linesWith(pattern);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A `lars serve` that was killed leaves a program behind, with its output.
    await this.network.killAll();
    for (const each of this.#running.toReversed()) {
      await each[Symbol.asyncDispose]();
    }
    await this.network[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }

  async #start(hostsMin: number): Promise<void> {
    const { ip } = this.#center;
    const reactor = `[reactor]\nip = ${ip}\n`;
    const networks = "[register]\nnetworks = 10.77.0.0/24\n";
    const agent = `[dnsserver]\nip = ${ip}\n[reporter]\nip = ${ip}
[register]\nenabled = on\n[loadbalance]\npolicy = adaptive\n`;
    await Promise.all([
      this.#service("dns", this.#center, reactor + networks),
      this.#service("reporter", this.#center, reactor),
      ...[this.server, ...this.callers].map(async (machine) => {
        const running = await this.#service("agent", machine, agent);
        this.#agents.set(machine, running);
      }),
    ]);
    this.#calling = this.callers.map(({ wrapper }) =>
      this.#run({ wrapper }, [
        ...["run", "--allow-net", "tests/e2e/serve/caller.ts"],
        ...[String(CALLERS_EACH), String(hostsMin)],
      ])
    );
  }

  async #service(
    name: "dns" | "reporter" | "agent",
    { ip, wrapper }: Machine,
    text: string,
  ): Promise<RunningDeno> {
    const conf = `${this.folder}/${ip}`;
    await Deno.mkdir(conf, { recursive: true });
    await Deno.writeTextFile(`${conf}/${name}.conf`, text);
    const data = name === "agent" ? conf : this.folder;
    const options = await serviceArguments(name, { conf, data });
    const service = this.#run({ wrapper }, options);
    await service.printed(/ ready at=/);
    return service;
  }

  #run(
    options: { wrapper: readonly string[] },
    args: readonly string[],
  ): RunningDeno {
    const running = new RunningDeno(args, options);
    this.#running.push(running);
    return running;
  }

  async #eventually(
    what: string,
    holds: (seen: Seen, at: number) => boolean,
  ): Promise<void> {
    await eventually(what, () => this.seen().every(holds), {
      explain: () => this.explain(),
      deadlineMs: DEADLINE_MS,
    });
  }
}

/** What callers see before they have looked. */
const NOTHING_SEEN: Seen = {
  broken: 0,
  hosts: [],
  succeeded: {},
  failed: [],
  failure: "",
};

/** Calls of a machine that a host answered. */
function callsTo({ succeeded }: Seen, address: string): number {
  return succeeded[address] ?? 0;
}

/** Calls of a machine that any host answered. */
function callsOf({ succeeded }: Seen): number {
  return sum(Object.values(succeeded));
}

/** Calls of a machine that failed. */
function failuresOf({ failed }: Seen): number {
  return sum(failed);
}

/** The sum of some numbers. */
export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
