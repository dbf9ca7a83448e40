import type { RouteKey } from "../../proto/mod.ts";
import type { Mariadb } from "../../store/testing/mariadb.ts";
import { freeTcpPort } from "../../tasks/local/free_ports.ts";
import { AgentMachine } from "../galera/agent_machine.ts";
import { inventions, settle } from "../galera/agreement.ts";
import type { Ledger } from "../support/ledger.ts";
import { Session } from "../support/session.ts";
import { sleep, waitUntil } from "../support/wait.ts";
import type { Choices } from "./choices.ts";
import { addressOf, LARS } from "./database.ts";
import { Service } from "./service.ts";

/** Between two questions of a program on an agent's machine. */
const ASK_PAUSE_MS = 20;

/** How long everything may take to settle after the last edit. */
const SETTLED_MS_MAX = 30_000;

/** Lines of each service that a failure shows. */
const LINES_SHOWN = 15;

export interface SceneOptions {
  server: Mariadb;
  dns: number;
  agents: number;
  fullCompareSeconds: number;
  /** Routes that every agent wants. */
  keys: readonly RouteKey[];
  choices: Choices;
}

/** dns processes over one MariaDB, and agents with programs that ask. */
export class Scene implements AsyncDisposable {
  readonly agents: AgentMachine[] = [];
  readonly dns: Service[] = [];
  readonly #options: SceneOptions;
  readonly #stop = new AbortController();
  #asking: Promise<unknown> = Promise.resolve();

  private constructor(options: SceneOptions) {
    this.#options = options;
  }

  /** Starts everything. @throws {StartError} If a dns does not start. */
  static async start(options: SceneOptions): Promise<Scene> {
    const scene = new Scene(options);
    try {
      await scene.#start();
    } catch (error) {
      scene.printLines();
      await scene[Symbol.asyncDispose]();
      throw error;
    }
    return scene;
  }

  /** Waits until every agent has exactly what RouteData says, and that is what was acknowledged. */
  async settle(ledger: Ledger): Promise<void> {
    using session = new Session(addressOf(this.#options.server), LARS);
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

  /** States that agents held at any time and that were never committed. */
  inventions(ledger: Ledger): string[] {
    return inventions({
      ledger,
      agents: this.agents,
      keys: this.#options.keys,
    });
  }

  /** Resolves when every agent has, or has had, this state of a route. */
  async published(
    key: string,
    { state, limitMs }: { state: string; limitMs: number },
  ): Promise<void> {
    await waitUntil(
      () => this.agents.every(({ observed }) => observed.get(key)?.has(state)),
      {
        what: `(${key}) at every agent as "${state}"`,
        limitMs,
        explain: () => {
          this.printLines();
          return "the feed has missed it";
        },
      },
    );
  }

  /** Prints the last lines of every service. */
  printLines(): void {
    for (const [index, { lines }] of this.dns.entries()) {
      for (const line of lines.slice(-LINES_SHOWN)) {
        console.log(`  dns${index}: ${line}`);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#asking;
    await Promise.all(this.agents.map((agent) => agent[Symbol.asyncDispose]()));
    await Promise.all(this.dns.map((dns) => dns[Symbol.asyncDispose]()));
  }

  async #start(): Promise<void> {
    const { server, dns, agents, fullCompareSeconds } = this.#options;
    for (let index = 0; index < dns; index++) {
      this.dns.push(
        await Service.create({
          name: "dns",
          database: addressOf(server),
          account: LARS,
          conf: `[feed]\nfull_compare_interval_s = ${fullCompareSeconds}\n`,
        }),
      );
    }
    await Promise.all(this.dns.map((each) => each.start()));
    // Nobody listens there: statuses are other tests' matter.
    const reporters = [{ hostname: "127.0.0.1", port: freeTcpPort() }];
    for (let index = 0; index < agents; index++) {
      this.agents.push(
        new AgentMachine({ dns: this.dns.map(({ at }) => at), reporters }),
      );
    }
    this.#asking = Promise.all(
      this.agents.map((agent) =>
        this.#ask(agent, this.#options.choices.fork())
      ),
    );
  }

  /** What programs do: they ask for routes, and so the agent keeps them. */
  async #ask(agent: AgentMachine, choices: Choices): Promise<void> {
    const { keys } = this.#options;
    for (const key of keys) await agent.ask(key);
    while (!this.#stop.signal.aborted) {
      await agent.ask(choices.pick(keys));
      await sleep(ASK_PAUSE_MS);
    }
  }
}
