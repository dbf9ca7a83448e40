import { SystemClock } from "../net/mod.ts";
import type { RouteRow } from "../store/mod.ts";
import { SqliteRouteStore } from "../store/mod.ts";
import { freeUdpPorts } from "./free_ports.ts";
import { ServiceProcess } from "./service_process.ts";
import { serviceArguments, type ServiceName, SERVICES } from "./services.ts";

/** UDP servers of an agent, on consecutive ports. */
const AGENT_PORTS = 3;

export interface LocalLarsOptions {
  /** What the embedded store begins with. */
  routes: readonly RouteRow[];
  /** More lines for the agent's configuration file. */
  agentConf?: string;
  /** Takes each line that a service prints. */
  print: (line: string) => void;
}

/**
 * dns, reporter and agent as processes on free ports of this machine, with a
 * folder of their own that is removed at the end.
 */
export class LocalLars implements AsyncDisposable {
  /** Where the agent's first UDP server is. */
  readonly agent: { hostname: string; port: number };
  /** The folder with configuration and data; the store is `lars.db` in it. */
  readonly folder: string;
  readonly #options: LocalLarsOptions;
  readonly #services = new Map<ServiceName, ServiceProcess>();
  readonly #addresses = new Map<ServiceName, string>();

  private constructor(folder: string, options: LocalLarsOptions) {
    this.agent = { hostname: "127.0.0.1", port: freeUdpPorts(AGENT_PORTS) };
    this.folder = folder;
    this.#options = options;
  }

  /** Starts the three services, one after another. @throws {StartError} If one fails. */
  static async start(options: LocalLarsOptions): Promise<LocalLars> {
    const folder = await Deno.makeTempDir({ prefix: "lars-" });
    const lars = new LocalLars(folder, options);
    try {
      await lars.#seed();
      for (const name of SERVICES) await lars.#start(name);
    } catch (error) {
      await lars[Symbol.asyncDispose]();
      throw error;
    }
    return lars;
  }

  /** "IP:PORT" where a service accepts. */
  addressOf(name: ServiceName): string {
    return this.#addresses.get(name) ?? "";
  }

  /** Process id of a service, while it runs. */
  pidOf(name: ServiceName): number | undefined {
    return this.#services.get(name)?.pid;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of SERVICES.toReversed()) {
      await this.#services.get(name)?.stop();
    }
    await Deno.remove(this.folder, { recursive: true });
  }

  async #seed(): Promise<void> {
    const clock = new SystemClock();
    await using store = await SqliteRouteStore.open({
      path: `${this.folder}/lars.db`,
      wallSeconds: () => clock.wallSeconds(),
    });
    await store.edit({ add: this.#options.routes });
  }

  async #start(name: ServiceName): Promise<void> {
    await Deno.writeTextFile(
      `${this.folder}/${name}.conf`,
      this.#configuration(name),
    );
    const folders = { conf: this.folder, data: this.folder };
    const service = new ServiceProcess({
      name,
      arguments: await serviceArguments(name, folders),
      print: this.#options.print,
    });
    this.#services.set(name, service);
    const address = await service.ready();
    this.#addresses.set(name, address);
    // After a restart it must be found where it was.
    await Deno.writeTextFile(
      `${this.folder}/${name}.conf`,
      this.#configuration(name),
    );
  }

  #configuration(name: ServiceName): string {
    const port = this.addressOf(name).split(":")[1] ?? "0";
    if (name !== "agent") return `[reactor]\nport = ${port}\n`;
    return `[agent]
port = ${this.agent.port}
[dnsserver]
addresses = ${this.addressOf("dns")}
[reporter]
addresses = ${this.addressOf("reporter")}
${this.#options.agentConf ?? ""}`;
  }
}
