import type { RouteKey } from "../../proto/mod.ts";
import { AgentMachine } from "./agent_machine.ts";
import { inventions, settle, summarize } from "./agreement.ts";
import { LARS, readStatuses } from "./database.ts";
import type { GaleraCluster } from "./cluster.ts";
import type { Ledger } from "../support/ledger.ts";
import { LarsServices } from "./lars_services.ts";
import { Session } from "../support/session.ts";
import { pick, sleep, waitUntil } from "../support/wait.ts";

/** Between two calls of a program on an agent's machine. */
const CALL_PAUSE_MS = 20;

/** How long everything may take to settle after the last change. */
const SETTLED_MS_MAX = 60_000;

/** Lines of services that a failure shows. */
const LINES_MAX = 60;

export interface InstallationOptions {
  cluster: GaleraCluster;
  dns: number;
  reporters: number;
  agents: number;
  fullCompareSeconds: number;
  /** Routes that every agent wants. */
  keys: readonly RouteKey[];
  /** Routes that only the agent with this index calls: their callers look alike here. */
  calledBy: (agent: number) => readonly RouteKey[];
}

/** dns and reporter processes over a cluster, and agents with programs that call. */
export class Installation implements AsyncDisposable {
  readonly agents: AgentMachine[] = [];
  /** Whether programs call and report; they ask for routes in any case. */
  calls = true;
  readonly #options: InstallationOptions;
  readonly #stop = new AbortController();
  readonly #lines: string[] = [];
  #services: LarsServices | undefined;
  #asking: Promise<unknown> = Promise.resolve();

  private constructor(options: InstallationOptions) {
    this.#options = options;
  }

  /** Starts everything. @throws {StartError} If a service does not start. */
  static async start(options: InstallationOptions): Promise<Installation> {
    const installation = new Installation(options);
    try {
      await installation.#start();
    } catch (error) {
      installation.printLines();
      await installation[Symbol.asyncDispose]();
      throw error;
    }
    return installation;
  }

  /** Waits until a node, and with it every agent, has exactly what was acknowledged. */
  async settle(ledger: Ledger, { node }: { node: number }): Promise<void> {
    using session = this.#session(node);
    await settle({
      session,
      ledger,
      agents: this.agents,
      keys: this.#options.keys,
    }, {
      limitMs: SETTLED_MS_MAX,
      onFailure: () => this.printLines(),
    });
  }

  /** States that agents held and that were in no committed state. */
  inventions(ledger: Ledger): string[] {
    return inventions({
      ledger,
      agents: this.agents,
      keys: this.#options.keys,
    });
  }

  /** Waits until a node has every status as the agents told it last; there must be no calls. */
  async settleStatuses({ node }: { node: number }): Promise<void> {
    using session = this.#session(node);
    let missing: string[] = [];
    await waitUntil(async () => {
      const stored = await readStatuses(session);
      missing = this.agents.flatMap(({ reported }, index) =>
        [...reported].filter(([key, count]) => stored.get(key) !== count)
          .map(([key, count]) =>
            `agent ${index} told ${count} for ${key}: stored is ${
              stored.get(key)
            }`
          )
      );
      return missing.length === 0;
    }, {
      what: "the newest status of every host",
      limitMs: SETTLED_MS_MAX,
      explain: () => {
        this.printLines();
        return summarize(missing);
      },
    });
  }

  /** Prints the last lines of the services. */
  printLines(): void {
    for (const line of this.#lines) console.log(`  ${line}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#asking;
    await Promise.all(this.agents.map((agent) => agent[Symbol.asyncDispose]()));
    await this.#services?.[Symbol.asyncDispose]();
  }

  async #start(): Promise<void> {
    const { cluster, agents, ...options } = this.#options;
    const services = this.#services = await LarsServices.start({
      ...options,
      nodes: cluster.hosts,
      account: LARS,
      print: (line) => {
        this.#lines.push(line);
        if (this.#lines.length > LINES_MAX) this.#lines.shift();
      },
    });
    for (let index = 0; index < agents; index++) {
      this.agents.push(
        new AgentMachine({
          dns: services.dns,
          reporters: services.reporters,
        }),
      );
    }
    this.#asking = Promise.all(
      this.agents.map((agent, index) =>
        this.#call(agent, options.calledBy(index))
      ),
    );
  }

  /** What programs do: they ask for routes, and report calls of some. */
  async #call(
    agent: AgentMachine,
    called: readonly RouteKey[],
  ): Promise<void> {
    const { signal } = this.#stop;
    for (const key of this.#options.keys) await agent.ask(key);
    while (!signal.aborted) {
      await agent.ask(pick(this.#options.keys));
      if (this.calls && called.length > 0) await agent.call(pick(called));
      await sleep(CALL_PAUSE_MS);
    }
  }

  #session(node: number): Session {
    return new Session(this.#options.cluster.hosts[node]!, LARS);
  }
}
