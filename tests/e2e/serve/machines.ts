/** Machines with a network of their own: network namespaces of this one. */
import { processesWith } from "../../support/processes.ts";

/** Most machines of a network: what their addresses have room for. */
const MACHINES_MAX = 254;

/** A machine: what runs on it sees its loopback and its link, and nothing else. */
export interface Machine {
  /** Its address on the network, which is 10.77.0.0/24. */
  readonly ip: string;
  /** Runs a command on it, in place of itself: see `RunOptions`. */
  readonly wrapper: readonly string[];
  /** Ids of the processes that run on it and mention `text` in their command line. */
  processesWith(text: string): Promise<number[]>;
}

/** A switch and the machines on it. All is gone with this process and the last that runs on them. */
export class MachineNetwork implements AsyncDisposable {
  readonly machines: readonly Machine[];
  readonly #switch: Namespace;
  readonly #namespaces: readonly Namespace[];

  private constructor(namespaces: readonly Namespace[]) {
    [this.#switch] = namespaces as [Namespace];
    this.#namespaces = namespaces;
    this.machines = namespaces.slice(1).map((namespace, at) => ({
      ip: ipOf(at),
      wrapper: namespace.wrapper,
      processesWith: (text) => namespace.processesWith(text),
    }));
  }

  /** Builds a network; returns why it cannot be here, in words. */
  static async create(machines: number): Promise<MachineNetwork | string> {
    if (machines > MACHINES_MAX) throw new RangeError("Too many machines");
    if (Deno.build.os !== "linux" || Deno.uid() !== 0) {
      return "networks of machines need Linux and root";
    }
    const namespaces: Namespace[] = [];
    try {
      while (namespaces.length <= machines) {
        namespaces.push(await Namespace.create());
      }
      const network = new MachineNetwork(namespaces);
      await network.#connect();
      return network;
    } catch (error) {
      for (const each of namespaces) await each[Symbol.asyncDispose]();
      return `networks of machines cannot be made here: ${
        error instanceof Error ? error.message : error
      }`;
    }
  }

  /** Pulls the cable of a machine out of the switch: what is sent is lost, and nobody is told. */
  async cut(machine: Machine): Promise<void> {
    await this.#switch.ip(`link set ${this.#portOf(machine)} nomaster`);
  }

  /** Plugs it in again. */
  async heal(machine: Machine): Promise<void> {
    const port = this.#portOf(machine);
    await this.#switch.ip(`link set ${port} master switch`);
  }

  /** Ends all that runs on the machines. */
  async killAll(): Promise<void> {
    for (const { processesWith } of this.machines) {
      for (const pid of await processesWith("")) kill(pid);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.killAll();
    for (const each of this.#namespaces) await each[Symbol.asyncDispose]();
  }

  #portOf(machine: Machine): string {
    return `port${this.machines.indexOf(machine)}`;
  }

  async #connect(): Promise<void> {
    const machines = this.#namespaces.slice(1);
    const cables = machines.map(({ pid }, at) =>
      `link add port${at} type veth peer name eth0 netns ${pid}
link set port${at} master switch up`
    );
    await this.#switch.ip(
      `link add switch type bridge\nlink set switch up\n${cables.join("\n")}`,
    );
    for (const [at, machine] of machines.entries()) {
      await machine.ip(
        `address add ${ipOf(at)}/24 dev eth0
link set eth0 up
link set lo up`,
      );
    }
  }
}

/** Address of a machine by its place. */
function ipOf(at: number): string {
  return `10.77.0.${at + 1}`;
}

/** A network namespace, which a process holds that ends with this one. */
class Namespace implements AsyncDisposable {
  readonly #holder: Deno.ChildProcess;

  private constructor(holder: Deno.ChildProcess) {
    this.#holder = holder;
  }

  static async create(): Promise<Namespace> {
    const holder = new Deno.Command("unshare", {
      // Says when it is there, then waits for the end of its input.
      args: ["--net", "sh", "-c", "echo here && exec cat"],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const namespace = new Namespace(holder);
    const reader = holder.stdout.getReader();
    const { done } = await reader.read();
    reader.releaseLock();
    if (!done) return namespace;
    await namespace[Symbol.asyncDispose]();
    throw new Error("unshare --net fails");
  }

  get pid(): number {
    return this.#holder.pid;
  }

  get wrapper(): readonly string[] {
    return ["nsenter", `--net=/proc/${this.pid}/ns/net`, "--"];
  }

  /** Runs lines of `ip` in it. @throws {Error} If one fails. */
  async ip(lines: string): Promise<void> {
    const [command = "", ...args] = this.wrapper;
    const child = new Deno.Command(command, {
      args: [...args, "ip", "-batch", "-"],
      stdin: "piped",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    await writeAll(child.stdin, `${lines}\n`);
    const { success, stderr } = await child.output();
    if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
  }

  /** Ids of the processes in it whose command line has `text`, without its holder. */
  async processesWith(text: string): Promise<number[]> {
    const namespaceOf = (pid: number) =>
      Deno.readLink(`/proc/${pid}/ns/net`).catch(() => undefined);
    const own = await namespaceOf(this.pid);
    const inside = [];
    for (const { pid } of await processesWith(text)) {
      if (pid !== this.pid && await namespaceOf(pid) === own) inside.push(pid);
    }
    return inside;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#holder.stdin.close();
    await this.#holder.stdout.cancel();
    await this.#holder.status;
  }
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    // It has ended by itself.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function writeAll(
  stream: WritableStream<Uint8Array>,
  text: string,
): Promise<void> {
  const writer = stream.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
}
