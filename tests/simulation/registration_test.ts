/** Programs that register themselves, in a whole installation with faults. */
import { assertEquals } from "@std/assert";
import { LarsClient, type ServedInstance } from "../../api/mod.ts";
import { seededRandom } from "../../net/testing/mod.ts";
import { formatAddress } from "../../proto/mod.ts";
import { agentIp, dnsIp } from "./addresses.ts";
import { Cluster } from "./cluster.ts";

const KEY = { modId: 1, cmdId: 1 };
const AGENTS = 3;
const DNS = 2;
const SEEDS = 4;
const STEPS = 25;

/** Time in which all is told to everybody when nothing is wrong. */
const TOLD_MS = 2_000;

/** A program on an agent's machine, which serves. */
interface Served {
  client: LarsClient;
  instance: ServedInstance;
  host: string;
}

/** An installation in which a program serves on every agent's machine. */
class ServingCluster {
  readonly cluster: Cluster;
  readonly served: Served[] = [];
  readonly #random;

  private constructor(cluster: Cluster, seed: number) {
    this.cluster = cluster;
    this.#random = seededRandom(seed, "serving");
  }

  static async start(seed: number): Promise<ServingCluster> {
    const size = { dns: DNS, reporters: 1, agents: AGENTS, registers: true };
    const cluster = await Cluster.start(seed, size);
    const serving = new ServingCluster(cluster, seed);
    await cluster.clock.advance(1_000);
    for (let index = 0; index < AGENTS; index++) await serving.#serve(index);
    await cluster.clock.advance(TOLD_MS);
    return serving;
  }

  async #serve(index: number): Promise<void> {
    const { clock, network, random } = this.cluster;
    const hostname = agentIp(index);
    const client = LarsClient.open({
      agent: { hostname, port: 8888 },
      transport: network.machine(hostname),
      clock,
      random,
    });
    const port = 80 + index;
    const serving = client.serve({ ...KEY, port, drainMs: 30_000 });
    await clock.advance(100);
    const instance = await serving;
    this.served.push({ client, instance, host: `${hostname}:${port}` });
  }

  /** Something happens that takes no program away. */
  async disturb(): Promise<void> {
    const { cluster } = this;
    const agent = Math.floor(this.#random() * AGENTS);
    const dns = Math.floor(this.#random() * DNS);
    const at = Math.floor(this.#random() * 6);
    if (at === 0) await cluster.killDns(dns);
    else if (at === 1) await cluster.startDns(dns);
    else if (at === 2) cluster.network.partition(agentIp(agent), dnsIp(dns));
    else if (at === 3) cluster.network.heal();
    else if (at === 4) cluster.network.reset(agentIp(agent));
    else {
      await cluster.stopAgent(agent);
      await cluster.clock.advance(this.#random() * 5_000);
      await cluster.startAgent(agent);
    }
    await cluster.clock.advance(this.#random() * 20_000);
  }

  /** Hosts of the route as the store has them. */
  async stored(): Promise<string[]> {
    const { hosts } = await this.cluster.stored(KEY);
    return hosts.map(formatAddress).sort();
  }

  /** Hosts of the route as each agent has them. */
  async known(): Promise<string[][]> {
    const { clock, agents } = this.cluster;
    const known: string[][] = [];
    for (const { client } of agents.values()) {
      const asking = client.getRoute(KEY.modId, KEY.cmdId);
      await clock.advance(10);
      const route = await asking;
      const hosts = route.state === "found" ? route.hosts : [];
      known.push(hosts.map(formatAddress).sort());
    }
    return known;
  }
}

Deno.test("a program that serves is in its route through every fault, and leaves it when it says so", async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const serving = await ServingCluster.start(seed);
    const { cluster, served } = serving;
    const hosts = served.map(({ host }) => host).sort();
    assertEquals(await serving.stored(), hosts, `seed ${seed}`);
    for (let step = 0; step < STEPS; step++) {
      await serving.disturb();
      assertEquals(await serving.stored(), hosts, `seed ${seed}, ${step}`);
    }
    await cluster.recover();
    cluster.network.heal();
    await cluster.clock.advance(60_000);
    await serving.known();
    await cluster.clock.advance(TOLD_MS);
    assertEquals(await serving.known(), Array(AGENTS).fill(hosts));
    const states = served.map(({ instance }) => instance.state);
    assertEquals(states, Array(AGENTS).fill("served"), `seed ${seed}`);

    const [first, ...others] = served;
    const startMs = cluster.clock.nowMs();
    let closedMs = Infinity;
    first!.instance.close().then(() => closedMs = cluster.clock.nowMs());
    await cluster.clock.advance(500);
    const left = others.map(({ host }) => host).sort();
    assertEquals(await serving.known(), Array(AGENTS).fill(left));
    assertEquals(closedMs, Infinity);
    await cluster.clock.advance(2_500);
    assertEquals(closedMs - startMs < 2_000, true);

    for (const { client } of served) {
      const closing = client.close();
      await cluster.clock.advance(3_000);
      await closing;
    }
    assertEquals(await serving.stored(), [], `seed ${seed}`);
    await cluster.stop();
    assertEquals(cluster.failures, []);
  }
});
