import { freeTcpPort, freeUdpPorts } from "../../tasks/local/free_ports.ts";
import { SERVICES } from "../../tasks/local/services.ts";
import { processesWith, RunningDeno, type RunOptions } from "./processes.ts";
import { eventually } from "./wait.ts";

/** A folder with the configuration of `deno task start` on ports nobody has. */
export class StartFolder implements AsyncDisposable {
  readonly agentPort: number = freeUdpPorts(3);
  readonly dnsPort: number = freeTcpPort();
  readonly reporterPort: number = freeTcpPort();
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<StartFolder> {
    const path = await Deno.makeTempDir({ prefix: "lars-" });
    const folder = new StartFolder(path);
    for (const name of SERVICES) await folder.write(name);
    return folder;
  }

  /** Where the services keep what they keep. */
  get data(): string {
    return `${this.path}/data`;
  }

  /** Writes a service's file, with `more` behind its addresses. */
  async write(name: typeof SERVICES[number], more = ""): Promise<void> {
    const addresses = {
      dns: `[reactor]\nport = ${this.dnsPort}\n`,
      reporter: `[reactor]\nport = ${this.reporterPort}\n`,
      agent:
        `[agent]\nport = ${this.agentPort}\n[dnsserver]\nport = ${this.dnsPort}\n[reporter]\nport = ${this.reporterPort}\n`,
    };
    const text = addresses[name] + more;
    await Deno.writeTextFile(`${this.path}/${name}.conf`, text);
  }

  /** Arguments of `deno` that start everything. */
  get arguments(): string[] {
    return ["task", "start", "--conf", this.path, "--data", this.data];
  }

  /** Starts everything. */
  start(options: RunOptions = {}): RunningDeno {
    return new RunningDeno(this.arguments, options);
  }

  /** The process of a service. */
  async pidOf(name: typeof SERVICES[number]): Promise<number> {
    const found = await eventually(
      `process of ${name}`,
      async () => (await processesWith(`--conf=${this.path}/${name}.conf`))[0],
    );
    return found.pid;
  }

  /** Waits until no service of this folder runs. */
  async allEnded(): Promise<void> {
    await eventually(
      "all services have ended",
      async () => (await processesWith(`--conf=${this.path}/`)).length === 0,
    );
  }

  /** Removes the folder, and ends what a start that failed has left behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    // The starter first, which else would start the others again.
    for (const { pid } of await processesWith(this.path)) {
      try {
        Deno.kill(pid, "SIGKILL");
      } catch {
        // It has ended since.
      }
    }
    await Deno.remove(this.path, { recursive: true });
  }
}
