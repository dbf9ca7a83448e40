import type { Endpoint } from "../../proto/mod.ts";
import { freeTcpPort } from "../../tasks/local/free_ports.ts";
import { ServiceProcess } from "../../tasks/local/service_process.ts";
import { serviceArguments } from "../../tasks/local/services.ts";
import type { Account } from "../support/session.ts";

export interface LarsServicesOptions {
  dns: number;
  reporters: number;
  /** The database's nodes; each process begins with another one. */
  nodes: readonly Endpoint[];
  account: Account;
  /** A dns compares everything this often. */
  fullCompareSeconds: number;
  /** Takes each line that a process prints. */
  print: (line: string) => void;
}

/** dns and reporter processes over one database, each with a folder of its own. */
export class LarsServices implements AsyncDisposable {
  readonly dns: Endpoint[] = [];
  readonly reporters: Endpoint[] = [];
  readonly #options: LarsServicesOptions;
  readonly #folder: string;
  readonly #processes: ServiceProcess[] = [];

  private constructor(options: LarsServicesOptions, folder: string) {
    this.#options = options;
    this.#folder = folder;
  }

  /** Starts them all. @throws {StartError} If one fails. */
  static async start(options: LarsServicesOptions): Promise<LarsServices> {
    const folder = await Deno.makeTempDir({ prefix: "lars-cluster-" });
    const services = new LarsServices(options, folder);
    try {
      for (let index = 0; index < options.dns; index++) {
        services.dns.push(await services.#launch("dns", index));
      }
      for (let index = 0; index < options.reporters; index++) {
        services.reporters.push(await services.#launch("reporter", index));
      }
      await Promise.all(
        services.#processes.map((process) => process.ready()),
      );
    } catch (error) {
      await services[Symbol.asyncDispose]();
      throw error;
    }
    return services;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.stop()));
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #launch(
    name: "dns" | "reporter",
    index: number,
  ): Promise<Endpoint> {
    const folder = `${this.#folder}/${name}${index}`;
    const at = { hostname: "127.0.0.1", port: freeTcpPort() };
    await Deno.mkdir(folder);
    await Deno.writeTextFile(
      `${folder}/${name}.conf`,
      this.#configuration(name, { index, port: at.port }),
    );
    const process = new ServiceProcess({
      name: `${name}${index}`,
      arguments: await serviceArguments(name, { conf: folder, data: folder }),
      print: (line) => this.#options.print(`${name}${index}: ${line}`),
    });
    this.#processes.push(process);
    return at;
  }

  #configuration(
    name: "dns" | "reporter",
    { index, port }: { index: number; port: number },
  ): string {
    const { nodes, account, fullCompareSeconds } = this.#options;
    const first = index % nodes.length;
    const hosts = [...nodes.slice(first), ...nodes.slice(0, first)]
      .map((node) => `${node.hostname}:${node.port}`);
    const feed = `[feed]\nfull_compare_interval_s = ${fullCompareSeconds}\n`;
    return `[reactor]
port = ${port}
[mysql]
db_host = ${hosts.join(", ")}
db_user = ${account.user}
db_passwd = ${account.password}
db_name = lars_dns
${name === "dns" ? feed : ""}`;
  }
}
