import { SystemClock } from "../../net/mod.ts";
import { AGENT_SERVERS } from "../../proto/mod.ts";
import type { RouteRow, SettingsChange } from "../../store/mod.ts";
import { createStore, openRouteStore } from "../../store/mod.ts";
import { freeTcpPort, freeUdpPorts } from "./free_ports.ts";
import { ServiceProcess } from "./service_process.ts";
import {
  ALL_SERVICES,
  serviceArguments,
  type ServiceName,
  SERVICES,
  storeOf,
} from "./services.ts";

/** A MySQL-protocol database "lars_dns" on this machine. */
export interface LocalDatabase {
  port: number;
  user: string;
  password: string;
}

export interface LocalLarsOptions {
  /** What the store begins with. */
  routes: readonly RouteRow[];
  /** Policies of routes, if they name any. */
  settings?: readonly SettingsChange[];
  /** Where routes and statuses are kept; by default in an embedded store. */
  database?: LocalDatabase | undefined;
  /** Whether web is started too. */
  web?: boolean;
  /** More sections for the services' configuration files; a [reactor] must not be among them. */
  conf?: Partial<Record<ServiceName, string>>;
  /** More options of `deno run` for every service. */
  denoFlags?: readonly string[];
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
  /** The folder with configuration and data; an embedded store is `lars.db` in it. */
  readonly folder: string;
  readonly #options: LocalLarsOptions;
  readonly #services = new Map<ServiceName, ServiceProcess>();
  readonly #ports: Readonly<Record<ServiceName, number>> = {
    dns: freeTcpPort(),
    reporter: freeTcpPort(),
    agent: freeUdpPorts(AGENT_SERVERS),
    web: freeTcpPort(),
  };

  private constructor(folder: string, options: LocalLarsOptions) {
    this.agent = { hostname: "127.0.0.1", port: this.#ports.agent };
    this.folder = folder;
    this.#options = options;
  }

  /** Starts the services. @throws {StartError} If one fails. */
  static async start(options: LocalLarsOptions): Promise<LocalLars> {
    const folder = await Deno.makeTempDir({ prefix: "lars-" });
    const lars = new LocalLars(folder, options);
    try {
      await lars.#seed();
      for (const name of options.web ? ALL_SERVICES : SERVICES) {
        await lars.startService(name);
      }
    } catch (error) {
      await lars[Symbol.asyncDispose]();
      throw error;
    }
    return lars;
  }

  /** "IP:PORT" where a service accepts; the same after a restart. */
  addressOf(name: ServiceName): string {
    return `127.0.0.1:${this.#ports[name]}`;
  }

  /** Process id of a service, while it runs. */
  pidOf(name: ServiceName): number | undefined {
    return this.#services.get(name)?.pid;
  }

  /** Starts a service that was not started, or was stopped. @throws {StartError} If it fails. */
  async startService(name: ServiceName): Promise<void> {
    await this.#configure(name);
    const folders = { conf: this.folder, data: this.folder };
    const [run = "run", ...rest] = await serviceArguments(name, folders);
    const service = new ServiceProcess({
      name,
      arguments: [run, ...this.#options.denoFlags ?? [], ...rest],
      print: this.#options.print,
    });
    this.#services.set(name, service);
    await service.ready();
  }

  /** Ends a service: with SIGTERM as a person would, or with SIGKILL. It stays away. */
  async stopService(
    name: ServiceName,
    signal: "SIGTERM" | "SIGKILL" = "SIGTERM",
  ): Promise<void> {
    await this.#services.get(name)?.stop(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of ALL_SERVICES.toReversed()) {
      await this.#services.get(name)?.stop();
    }
    await Deno.remove(this.folder, { recursive: true });
  }

  async #seed(): Promise<void> {
    const clock = new SystemClock();
    await this.#configure("dns");
    const location = await storeOf(this.folder);
    const place = { dataDir: this.folder, clock };
    // Of a database the tables are there.
    if (location.kind === "sqlite") await createStore(location, place);
    await using store = await openRouteStore(location, place);
    const { routes, settings = [] } = this.#options;
    await store.edit({ add: routes, settings });
  }

  async #configure(name: ServiceName): Promise<void> {
    await Deno.writeTextFile(
      `${this.folder}/${name}.conf`,
      this.#configuration(name),
    );
  }

  #configuration(name: ServiceName): string {
    const more = this.#options.conf?.[name] ?? "";
    const port = this.#ports[name];
    if (name !== "agent") {
      const section = name === "web" ? "web" : "reactor";
      return `[${section}]\nport = ${port}\n${this.#storeSections()}${more}`;
    }
    return `[agent]
port = ${port}
[dnsserver]
addresses = ${this.addressOf("dns")}
[reporter]
addresses = ${this.addressOf("reporter")}
${more}`;
  }

  #storeSections(): string {
    const { database } = this.#options;
    if (database === undefined) return "";
    return `[store]
kind = mysql
[mysql]
db_port = ${database.port}
db_user = ${database.user}
db_passwd = ${database.password}
`;
  }
}
