import {
  Agent,
  DEFAULT_POLICY_SETTINGS,
  DEFAULT_SETTINGS,
  routesOf,
  ShardServer,
} from "../../agent/mod.ts";
import { LarsClient } from "../../api/mod.ts";
import { DenoTransport, SystemClock, systemRandom } from "../../net/mod.ts";
import {
  AGENT_SERVERS,
  type Endpoint,
  formatAddress,
  type HostAddress,
  type RouteKey,
  type RouteStatus,
} from "../../proto/mod.ts";
import { freeUdpPorts } from "../../tasks/local/free_ports.ts";
import { hostsText, keyText } from "./ledger.ts";

/** Counters that never start again: one that goes down was overwritten. */
const LOAD_BALANCE = { ...DEFAULT_SETTINGS, idleTimeoutMs: 3_600_000 };

export interface AgentMachineOptions {
  dns: readonly Endpoint[];
  reporters: readonly Endpoint[];
}

/** An agent with real sockets, whose memory a test can look into. */
export class AgentMachine implements AsyncDisposable {
  /** Every state that a route ever had here, by {@linkcode keyText}. */
  readonly observed = new Map<string, Set<string>>();
  /** Successes last sent to the reporter, by route and host. */
  readonly reported = new Map<string, number>();
  /** Statuses sent to the reporter. */
  statuses = 0;
  #calls = 0;
  /** Every route that was ever observed, by {@linkcode keyText}. */
  readonly #keys = new Map<string, RouteKey>();
  readonly #clock = new SystemClock();
  readonly #client: LarsClient;
  readonly #shards: ShardServer[] = [];
  readonly #agent: Agent;
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>;

  constructor(options: AgentMachineOptions) {
    const transport = new DenoTransport();
    const clock = this.#clock;
    const agent = this.#agent = new Agent({
      transport,
      clock,
      random: systemRandom,
      dns: options.dns,
      reporter: options.reporters,
      post: (index, message) => {
        if (message.kind === "routes") {
          for (const route of routesOf(message.batch)) this.#observe(route);
        }
        // As between threads: the other side takes it on a later turn.
        queueMicrotask(() => this.#shards[index]?.receive(message));
      },
      cache: { async *load() {}, save: () => Promise.resolve() },
    });
    const port = freeUdpPorts(AGENT_SERVERS);
    for (let index = 0; index < AGENT_SERVERS; index++) {
      this.#shards.push(
        new ShardServer({
          index,
          socket: transport.bind({
            hostname: "127.0.0.1",
            port: port + index,
          }),
          clock,
          settings: {
            policy: "lars",
            settings: { ...DEFAULT_POLICY_SETTINGS, loadBalance: LOAD_BALANCE },
            healthChecks: false,
          },
          random: Math.random,
          post: (message) => {
            if (message.kind === "statuses") {
              message.statuses.forEach(this.#noteStatus);
            }
            queueMicrotask(() => agent.receive(index, message));
          },
        }),
      );
    }
    this.#running = Promise.all([
      agent.run(this.#stop.signal),
      ...this.#shards.map((shard) => shard.run()),
    ]);
    this.#client = LarsClient.open({ agent: { hostname: "127.0.0.1", port } });
  }

  /** Asks for a route, as a program does, so that the agent pulls and keeps it. */
  async ask({ modId, cmdId }: RouteKey): Promise<void> {
    await this.#client.getRoute(modId, cmdId);
  }

  /** Picks a host and reports a success; false when the route is not known yet. */
  async call({ modId, cmdId }: RouteKey): Promise<boolean> {
    const outcome = await this.#client.getHost(modId, cmdId);
    if (outcome.state !== "found") return false;
    const { host } = outcome;
    const sent = await this.#client.report(modId, cmdId, {
      host,
      returnCode: 0,
    });
    if (sent) this.#calls += 1;
    return sent;
  }

  /** True when the reporter has been sent every call. */
  get hasReportedAll(): boolean {
    const sent = [...this.reported.values()].reduce((sum, all) => sum + all, 0);
    return sent === this.#calls;
  }

  /** Routes with hosts, as programs get them now. */
  routes(): Map<string, string> {
    const routes = new Map<string, string>();
    const nowMs = this.#clock.nowMs();
    for (const key of this.#keys.values()) {
      const hosts = this.#shards.flatMap(({ shard }) =>
        shard.explain(key, { nowMs }).hosts
      );
      if (hosts.length > 0) routes.set(keyText(key), hostsText(hosts));
    }
    return routes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client[Symbol.asyncDispose]();
    this.#stop.abort();
    await this.#running;
  }

  #observe = (route: RouteKey & { hosts: readonly HostAddress[] }): void => {
    const key = keyText(route);
    this.#keys.set(key, { modId: route.modId, cmdId: route.cmdId });
    const states = this.observed.get(key) ?? new Set();
    this.observed.set(key, states.add(hostsText(route.hosts)));
  };

  #noteStatus = (status: RouteStatus): void => {
    this.statuses += 1;
    for (const host of status.hosts) {
      this.reported.set(`${keyText(status)} ${formatAddress(host)}`, host.succ);
    }
  };
}
