/** A dns whose store is not the one that an agent's routes came from. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { LarsClient } from "../../api/mod.ts";
import { freeTcpPort } from "../../tasks/local/free_ports.ts";
import { AgentProcess } from "../support/agent_process.ts";
import { EmbeddedService } from "../support/embedded_service.ts";
import { metricsAt, row, runLars, toAgent } from "../support/processes.ts";
import { eventually } from "../support/wait.ts";

const ROWS = [1, 2, 3].map((modId) => row(modId, 1, "10.0.0.1:80"));

/** An agent process with a page of metrics, and a program that asks it. */
class Machine implements AsyncDisposable {
  readonly #metricsPort = freeTcpPort();
  readonly agent: AgentProcess;
  readonly #client: LarsClient;

  private constructor(agent: AgentProcess) {
    this.agent = agent;
    this.#client = LarsClient.open({ agent: agent.at });
  }

  static async create(): Promise<Machine> {
    return new Machine(await AgentProcess.create());
  }

  /** Starts the agent, again if it runs. */
  async start(...dns: readonly EmbeddedService[]): Promise<void> {
    await this.agent.stop();
    await this.agent.configure({
      dns: dns.map(({ at }) => at),
      conf: `[metrics]\nport = ${this.#metricsPort}\n`,
    });
    await this.agent.start();
  }

  /** What programs hear of the routes. */
  async states(): Promise<string[]> {
    const answers = ROWS.map(({ modId, cmdId }) =>
      this.#client.getHost(modId, cmdId)
    );
    return (await Promise.all(answers)).map(({ state }) => state);
  }

  async all(state: "found" | "no_route"): Promise<void> {
    await eventually(
      `all routes are ${state}`,
      async () => (await this.states()).every((each) => each === state),
    );
  }

  async metric(name: string): Promise<number> {
    const metrics = await metricsAt(this.#metricsPort);
    return metrics.get(`agent_${name}`) ?? NaN;
  }

  /** Waits until the agent has kept its routes on disk. */
  async kept(): Promise<void> {
    await eventually("the store in the file", async () => {
      const path = `${this.agent.data}/agent-routes.json`;
      const text = await Deno.readTextFile(path).catch(() => "");
      return text.includes('"store"') && text.split('"modid"').length === 4;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client[Symbol.asyncDispose]();
    await this.agent[Symbol.asyncDispose]();
  }
}

const ALL = ROWS.map(() => "found");
const HELD = /dns has another store/;

Deno.test("an agent keeps its routes when dns is restarted on an empty folder, until that is accepted", async () => {
  await using machine = await Machine.create();
  const conf = `[reactor]\nport = ${freeTcpPort()}\n`;
  {
    await using dns = await EmbeddedService.start({
      name: "dns",
      rows: ROWS,
      conf,
    });
    await machine.start(dns);
    await machine.all("found");
    await machine.kept();
  }
  await using empty = await EmbeddedService.start({
    name: "dns",
    rows: [],
    conf,
  });
  await eventually(
    "all are held",
    async () => await machine.metric("removals_held") === ROWS.length,
  );
  assertEquals(await machine.states(), ALL);
  const { hostname, port } = machine.agent.at;
  const explained = await runLars([
    ...["explain", "1", "1", ...toAgent(`${hostname}:${port}`)],
  ]);
  assertStringIncludes(explained.stdout, "note: dns has another store");
  // Also over a restart.
  await machine.start(empty);
  await eventually(
    "all are held again",
    async () => await machine.metric("removals_held") === ROWS.length,
  );
  assertEquals(await machine.states(), ALL);
  assertEquals(machine.agent.linesWith(HELD).length, 2);

  const { code } = await runLars([
    ...["store", "accept", "--conf", empty.folder, "--data", empty.folder],
  ]);
  assertEquals(code, 0);
  await machine.all("no_route");
  assertEquals(await machine.metric("removals_held"), 0);
});

Deno.test("an agent of two dns keeps to the one with its store, and its routes when only the other is left", async () => {
  await using machine = await Machine.create();
  await using empty = await EmbeddedService.start({ name: "dns", rows: [] });
  {
    await using dns = await EmbeddedService.start({ name: "dns", rows: ROWS });
    await machine.start(dns);
    await machine.all("found");
    await machine.kept();
    await machine.start(empty, dns);
    await eventually(
      "the agent at its own",
      async () =>
        (await dns.metric("connections")) === 1 &&
        (await empty.metric("connections")) === 0,
    );
    assertEquals(await machine.states(), ALL);
  }
  await eventually(
    "all are held",
    async () => await machine.metric("removals_held") === ROWS.length,
  );
  assertEquals(await machine.states(), ALL);
});
