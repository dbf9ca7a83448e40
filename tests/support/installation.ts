import type { Endpoint, RouteKey } from "../../proto/mod.ts";
import { freeTcpPort } from "../../tasks/local/free_ports.ts";
import { AgentMachine } from "./agent_machine.ts";
import { inventions, settle, summarize } from "./agreement.ts";
import type { Choices } from "./choices.ts";
import { LARS, readSuccesses } from "./database.ts";
import type { Ledger } from "./ledger.ts";
import { Service } from "./service.ts";
import { Session } from "./session.ts";
import { eventually, sleep } from "./wait.ts";

/** Pause between two calls of a program on an agent's machine. */
const CALL_PAUSE_MS = 20;

/** Time for everything to settle after the last change. */
const SETTLED_MS_MAX = 60_000;

/** Lines of each service that a failure shows. */
const LINES_SHOWN = 15;

export interface InstallationOptions {
  /** Hosts of the database; each service begins with another one. */
  databases: readonly Endpoint[];
  dns: number;
  reporters?: number;
  agents: number;
  fullCompareSeconds: number;
  /** Routes that every agent wants. */
  keys: readonly RouteKey[];
  /** Routes that only the agent with this index calls: their callers look alike here. */
  calledBy?: (agent: number) => readonly RouteKey[];
  choices: Choices;
}

/** dns and reporter processes over a database, and agents with programs that call. */
export class Installation implements AsyncDisposable {
  readonly agents: AgentMachine[] = [];
  readonly dns: Service[] = [];
  readonly reporters: Service[] = [];
  /** True while programs call and report; they ask for routes in any case. */
  calls = true;
  readonly #options: InstallationOptions;
  readonly #stop = new AbortController();
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

  /**
   * Waits until RouteData at a host of the database is what was acknowledged,
   * and every agent has exactly that.
   */
  async settle(ledger: Ledger, { host = 0 } = {}): Promise<void> {
    using session = this.#session(host);
    const { agents } = this;
    const { keys } = this.#options;
    await settle({ session, ledger, agents, keys }, {
      limitMs: SETTLED_MS_MAX,
      onFailure: () => this.printLines(),
    });
  }

  /** States that agents held at any time and that were never committed. */
  inventions(ledger: Ledger): string[] {
    const { keys } = this.#options;
    return inventions({ ledger, agents: this.agents, keys });
  }

  /** Resolves when every agent has, or has had, this state of a route. */
  async published(
    key: string,
    { state, limitMs }: { state: string; limitMs: number },
  ): Promise<void> {
    await eventually(
      `(${key}) at every agent as "${state}"`,
      () => this.agents.every(({ observed }) => observed.get(key)?.has(state)),
      {
        deadlineMs: limitMs,
        explain: () => {
          this.printLines();
          return "the feed has missed it";
        },
      },
    );
  }

  /** Waits until a host has every status as the agents sent it last; there must be no calls. */
  async settleStatuses({ host }: { host: number }): Promise<void> {
    using session = this.#session(host);
    let missing: string[] = [];
    await eventually("the newest status of every host", async () => {
      const stored = await readSuccesses(session);
      missing = this.agents.flatMap(({ reported }, index) =>
        [...reported].filter(([key, count]) => stored.get(key) !== count)
          .map(([key, count]) =>
            `agent ${index} sent ${count} for ${key}: stored is ${
              stored.get(key)
            }`
          )
      );
      return missing.length === 0;
    }, {
      deadlineMs: SETTLED_MS_MAX,
      explain: () => {
        this.printLines();
        return summarize(missing);
      },
    });
  }

  /** Prints the last lines of every service. */
  printLines(): void {
    for (const [name, services] of Object.entries(this.#services())) {
      for (const [index, { lines }] of services.entries()) {
        for (const line of lines.slice(-LINES_SHOWN)) {
          console.log(`  ${name}${index}: ${line}`);
        }
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#asking;
    await Promise.all(this.agents.map((agent) => agent[Symbol.asyncDispose]()));
    const { dns, reporters } = this;
    await Promise.all(
      [...dns, ...reporters].map((each) => each[Symbol.asyncDispose]()),
    );
  }

  #services(): Record<"dns" | "reporter", Service[]> {
    return { dns: this.dns, reporter: this.reporters };
  }

  async #start(): Promise<void> {
    const { dns, reporters = 0, agents, fullCompareSeconds } = this.#options;
    const feed = `[feed]\nfull_compare_interval_s = ${fullCompareSeconds}\n`;
    for (let index = 0; index < dns; index++) {
      this.dns.push(await this.#create("dns", index, feed));
    }
    for (let index = 0; index < reporters; index++) {
      this.reporters.push(await this.#create("reporter", index));
    }
    await Promise.all(
      [...this.dns, ...this.reporters].map((each) => each.start()),
    );
    const addresses = this.reporters.map(({ at }) => at);
    if (addresses.length === 0) {
      // An address that refuses: the statuses are not looked at.
      addresses.push({ hostname: "127.0.0.1", port: freeTcpPort() });
    }
    for (let index = 0; index < agents; index++) {
      this.agents.push(
        new AgentMachine({
          dns: this.dns.map(({ at }) => at),
          reporters: addresses,
        }),
      );
    }
    const { calledBy = () => [], choices } = this.#options;
    this.#asking = Promise.all(
      this.agents.map((agent, index) =>
        this.#call(agent, { called: calledBy(index), choices: choices.fork() })
      ),
    );
  }

  #create(
    name: "dns" | "reporter",
    index: number,
    conf = "",
  ): Promise<Service> {
    const { databases } = this.#options;
    const first = index % databases.length;
    const hosts = [...databases.slice(first), ...databases.slice(0, first)];
    return Service.create({ name, databases: hosts, account: LARS, conf });
  }

  /** Does what programs do: asks for routes, and reports calls of some. */
  async #call(
    agent: AgentMachine,
    { called, choices }: { called: readonly RouteKey[]; choices: Choices },
  ): Promise<void> {
    const { keys } = this.#options;
    for (const key of keys) await agent.ask(key);
    while (!this.#stop.signal.aborted) {
      await agent.ask(choices.pick(keys));
      if (this.calls && called.length > 0) {
        await agent.call(choices.pick(called));
      }
      await sleep(CALL_PAUSE_MS);
    }
  }

  #session(host: number): Session {
    return new Session(this.#options.databases[host]!, LARS);
  }
}
