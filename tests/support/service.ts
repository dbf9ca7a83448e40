import type { Endpoint } from "../../proto/mod.ts";
import { freeTcpPort } from "../../tasks/local/free_ports.ts";
import { ServiceProcess } from "../../tasks/local/service_process.ts";
import { serviceArguments } from "../../tasks/local/services.ts";
import type { Account } from "./session.ts";

/** Lines of a service that are kept. */
const LINES_MAX = 200;

export interface ServiceSetup {
  name: "dns" | "reporter";
  /** Hosts of the database, the preferred one first. */
  databases: readonly Endpoint[];
  account: Account;
  /** More sections of its configuration. */
  conf?: string;
}

/** A dns or reporter process on a database, which can die and come back. */
export class Service implements AsyncDisposable {
  /** Address on which it accepts, also after a restart. */
  readonly at: Endpoint = { hostname: "127.0.0.1", port: freeTcpPort() };
  /** Its newest lines. */
  readonly lines: string[] = [];
  readonly #setup: ServiceSetup;
  readonly #folder: string;
  #process: ServiceProcess | undefined;

  private constructor(setup: ServiceSetup, folder: string) {
    this.#setup = setup;
    this.#folder = folder;
  }

  /** Makes its folder with its configuration; starts nothing. */
  static async create(setup: ServiceSetup): Promise<Service> {
    const folder = await Deno.makeTempDir({ prefix: `lars-${setup.name}-` });
    const service = new Service(setup, folder);
    await Deno.writeTextFile(
      `${folder}/${setup.name}.conf`,
      service.#configuration(),
    );
    return service;
  }

  /** Arguments of `deno` that run it. */
  arguments(): Promise<string[]> {
    const folder = this.#folder;
    return serviceArguments(this.#setup.name, { conf: folder, data: folder });
  }

  /** Starts it, and waits until it serves unless told not to. @throws {StartError} If it fails. */
  async start({ wait = true }: { wait?: boolean } = {}): Promise<void> {
    this.#process = new ServiceProcess({
      name: this.#setup.name,
      arguments: await this.arguments(),
      print: (line) => {
        this.lines.push(line);
        if (this.lines.length > LINES_MAX) this.lines.shift();
      },
    });
    if (wait) await this.ready();
  }

  /** Resolves when it serves. */
  async ready(): Promise<void> {
    await this.#process?.ready();
  }

  /** Ends it, with SIGKILL as a crash would. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    await this.#process?.stop(signal);
    this.#process = undefined;
  }

  /** Lines that `pattern` matches. */
  linesWith(pattern: RegExp): string[] {
    return this.lines.filter((line) => pattern.test(line));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await Deno.remove(this.#folder, { recursive: true });
  }

  #configuration(): string {
    const { databases, account, conf = "" } = this.#setup;
    const hosts = databases.map(({ hostname, port }) => `${hostname}:${port}`);
    return `[reactor]
port = ${this.at.port}
[mysql]
db_host = ${hosts.join(", ")}
db_user = ${account.user}
db_passwd = ${account.password}
db_name = lars_dns
${conf}`;
  }
}
