import { SystemClock, SystemDatagrams } from "../../net/mod.ts";
import { AGENT_SERVERS } from "../../proto/mod.ts";
import { freeUdpPorts } from "../../tasks/local/free_ports.ts";
import { eventually } from "../../tests/support/wait.ts";
import { LarsClient } from "../mod.ts";
import { FakeAgent } from "./fake_agent.ts";

/** A scripted agent at real ports, and its client: for libraries that have sockets of their own. */
export class LiveAgent implements AsyncDisposable {
  readonly agent: FakeAgent;
  readonly client: LarsClient;
  readonly #stop = new AbortController();
  readonly #serving: Promise<void>;

  /** Starts with the hosts of each route, as "modid,cmdid" to "IP:PORT". */
  constructor(routes: Record<string, string[]>) {
    const port = freeUdpPorts(AGENT_SERVERS);
    const [transport, clock] = [new SystemDatagrams(), new SystemClock()];
    this.agent = new FakeAgent({ transport, clock, port, routes });
    this.#serving = this.agent.run(this.#stop.signal);
    const at = { hostname: "127.0.0.1", port };
    this.client = LarsClient.open({ agent: at });
  }

  /** Waits for results, and returns all that came: "IP:PORT returnCode" each. */
  async results(count: number): Promise<string[]> {
    const { agent } = this;
    await eventually(
      `${count} results`,
      () => agent.results.length >= count,
      { explain: () => agent.results.join(", ") },
    );
    return agent.results;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
    this.#stop.abort();
    await this.#serving;
  }
}
