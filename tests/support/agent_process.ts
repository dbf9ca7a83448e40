import type { Endpoint, Route } from "../../proto/mod.ts";
import { AGENT_SERVERS, routeToJson } from "../../proto/mod.ts";
import { freeTcpPort, freeUdpPorts } from "../../tasks/local/free_ports.ts";
import { ServiceProcess } from "../../tasks/local/service_process.ts";
import { serviceArguments } from "../../tasks/local/services.ts";

export interface AgentProcessOptions {
  /** Servers of dns, "IP:PORT" each; one that refuses if not given. */
  dns?: readonly string[];
  /** Reporters; likewise. */
  reporters?: readonly string[];
  /** More sections of its configuration. */
  conf?: string;
  /** What its file holds when it is first started. */
  routes?: readonly Route[];
}

/** An agent process in a folder of its own, which can die and come back. */
export class AgentProcess implements AsyncDisposable {
  /** Where its first UDP server is, also after a restart. */
  readonly at: Endpoint = {
    hostname: "127.0.0.1",
    port: freeUdpPorts(AGENT_SERVERS),
  };
  /** Its lines. */
  readonly lines: string[] = [];
  /** Its data folder. */
  readonly data: string;
  readonly #folder: string;
  #process: ServiceProcess | undefined;

  private constructor(folder: string) {
    this.#folder = folder;
    this.data = `${folder}/data`;
  }

  /** Makes its folder with its configuration; starts nothing. */
  static async create(
    options: AgentProcessOptions = {},
  ): Promise<AgentProcess> {
    const folder = await Deno.makeTempDir({ prefix: "lars-agent-" });
    const agent = new AgentProcess(folder);
    const { routes = [] } = options;
    await Deno.mkdir(agent.data);
    await agent.configure(options);
    const lines = routes.map((route) => JSON.stringify(routeToJson(route)));
    await agent.write([
      '{"version":1,"routes":[',
      lines.join(",\n"),
      "]}\n",
    ].join("\n"));
    return agent;
  }

  /** What it reads when it starts the next time. */
  async configure(
    { dns, reporters, conf = "" }: AgentProcessOptions,
  ): Promise<void> {
    const nowhere = `127.0.0.1:${freeTcpPort()}`;
    await Deno.writeTextFile(
      `${this.#folder}/agent.conf`,
      `[agent]
port = ${this.at.port}
[dnsserver]
addresses = ${dns?.join(", ") ?? nowhere}
[reporter]
addresses = ${reporters?.join(", ") ?? nowhere}
${conf}`,
    );
  }

  /** What its file of routes is to hold. */
  async write(text: string): Promise<void> {
    await Deno.writeTextFile(`${this.data}/agent-routes.json`, text);
  }

  /** Starts it, and waits until it serves unless told not to. @throws {StartError} If it fails. */
  async start({ wait = true }: { wait?: boolean } = {}): Promise<void> {
    const { data } = this;
    const folders = { conf: this.#folder, data };
    this.#process = new ServiceProcess({
      name: "agent",
      arguments: await serviceArguments("agent", folders),
      print: (line) => this.lines.push(line),
    });
    if (wait) await this.#process.ready();
  }

  /** Has it read its configuration again. */
  reload(): void {
    Deno.kill(this.#process!.pid!, "SIGHUP");
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
}
