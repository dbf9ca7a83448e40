import { assertEquals } from "@std/assert";
import {
  formatAddress,
  type HostAddress,
  parseAddress,
} from "../../proto/mod.ts";
import { Cluster, type ClusterSize } from "./cluster.ts";

const KEY = { modId: 1, cmdId: 1 };
const A = parseAddress("192.168.0.1:7001");
const B = parseAddress("192.168.0.2:7002");

/** A push takes the watch interval of 100 ms, and no time to travel. */
const PUSH_MS = 150;

Deno.test("an edit made while every dns is down reaches all agents once one is back", async () => {
  await using story = await Story.begin({ dns: 2, reporters: 1, agents: 2 });
  await story.cluster.killDns(0);
  await story.cluster.killDns(1);
  await story.add(B);
  await story.pass(2_000);
  story.everyAgentHas([A]);

  await story.cluster.startDns(1);
  await story.pass(6_000);
  story.everyAgentHas([A, B]);
});

Deno.test("two edits within one second are both pushed", async () => {
  await using story = await Story.begin({ dns: 2, reporters: 1, agents: 3 });
  await story.add(B);
  await story.pass(PUSH_MS);
  story.everyAgentHas([A, B]);
  await story.remove(A);
  await story.pass(PUSH_MS);
  story.everyAgentHas([B]);
});

Deno.test("an edit by hand that names no change is found by the full comparison", async () => {
  await using story = await Story.begin({ dns: 1, reporters: 1, agents: 2 });
  const edit = { add: [{ ...KEY, ...B }] };
  story.cluster.store.editSilently(edit, { moveVersion: false });
  await story.pass(11_000);
  story.everyAgentHas([A, B]);
});

Deno.test("an edit whose RouteChange row the original's dns has deleted is found at once", async () => {
  await using story = await Story.begin({ dns: 1, reporters: 1, agents: 2 });
  await story.add(B);
  story.cluster.store.deleteChanges();
  await story.pass(PUSH_MS);
  story.everyAgentHas([A, B]);
});

Deno.test("an agent whose dns has fallen silent moves to the other, and is pushed to again", async () => {
  await using story = await Story.begin({ dns: 2, reporters: 1, agents: 4 });
  for (const agent of ["10.0.2.1", "10.0.2.2", "10.0.2.3", "10.0.2.4"]) {
    story.cluster.network.partition(agent, "10.0.0.1");
  }
  await story.pass(12_000);
  await story.add(B);
  await story.pass(PUSH_MS);
  story.everyAgentHas([A, B]);
});

Deno.test("an agent restarted while every dns is away serves its routes, and follows later", async () => {
  await using story = await Story.begin({ dns: 1, reporters: 1, agents: 1 });
  await story.pass(2_000);
  await story.cluster.killDns(0);
  await story.cluster.stopAgent(0);
  await story.cluster.startAgent(0);
  assertEquals(await story.ask(0), "192.168.0.1:7001");

  await story.add(B);
  await story.cluster.startDns(0);
  await story.pass(6_000);
  story.everyAgentHas([A, B]);
});

Deno.test("a route that was emptied by mistake and filled again at once was never forgotten", async () => {
  await using story = await Story.begin({ dns: 1, reporters: 1, agents: 2 });
  await story.remove(A);
  await story.pass(PUSH_MS);
  assertEquals(await story.ask(0), "192.168.0.1:7001");
  await story.add(A);
  await story.pass(5_000);
  story.everyAgentHas([A]);
});

Deno.test("a route that stays empty is forgotten", async () => {
  await using story = await Story.begin({ dns: 1, reporters: 1, agents: 2 });
  await story.remove(A);
  await story.pass(5_000);
  story.everyAgentHas([]);
  assertEquals(await story.ask(0), "no_route");
});

Deno.test("counters told while every reporter is down arrive when one is back", async () => {
  await using story = await Story.begin({ dns: 1, reporters: 2, agents: 1 });
  await story.cluster.killReporter(0);
  await story.cluster.killReporter(1);
  for (let call = 0; call < 10; call++) await story.call(0, { returnCode: 0 });
  await story.pass(3_000);
  assertEquals(await story.cluster.store.list(), []);

  await story.cluster.startReporter(0);
  await story.pass(6_000);
  const [row] = await story.cluster.store.list();
  assertEquals([row?.succ, row?.err], [10, 0]);
});

Deno.test("a wall clock that jumps back an hour stops neither pushes nor statuses", async () => {
  await using story = await Story.begin({ dns: 1, reporters: 1, agents: 2 });
  story.cluster.clock.jumpWall(-3_600);
  await story.add(B);
  await story.pass(PUSH_MS);
  story.everyAgentHas([A, B]);
  await story.call(0, { returnCode: 0 });
  await story.pass(2_000);
  assertEquals((await story.cluster.store.list()).length, 2);
});

Deno.test("a host whose calls fail is rested, and risked again at every eleventh pick", async () => {
  await using story = await Story.begin({ dns: 1, reporters: 1, agents: 1 });
  await story.add(B);
  await story.pass(PUSH_MS);
  for (let call = 0; call < 60; call++) {
    await story.call(0, { sick: B });
  }
  const picks = [];
  for (let pick = 0; pick < 22; pick++) picks.push(await story.ask(0));
  const sick = picks.filter((host) => host === formatAddress(B));
  assertEquals(sick.length, 2);
});

/** A cluster in which every agent knows the route, which has host A. */
class Story implements AsyncDisposable {
  readonly cluster: Cluster;

  private constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  static async begin(size: ClusterSize): Promise<Story> {
    const story = new Story(await Cluster.start(1, size));
    await story.add(A);
    await story.pass(1_000);
    for (const index of story.cluster.agents.keys()) {
      await story.ask(index);
      await story.ask(index);
    }
    story.everyAgentHas([A]);
    return story;
  }

  async add(host: HostAddress): Promise<void> {
    await this.cluster.store.edit({ add: [{ ...KEY, ...host }] });
  }

  async remove(host: HostAddress): Promise<void> {
    await this.cluster.store.edit({ remove: [{ ...KEY, ...host }] });
  }

  async pass(ms: number): Promise<void> {
    await this.cluster.clock.advance(ms);
  }

  /** What a program on an agent's machine is answered. */
  async ask(index: number): Promise<string> {
    const client = this.cluster.agents.get(index)!.client;
    const asking = client.getHost(KEY.modId, KEY.cmdId);
    await this.pass(1);
    const answer = await asking;
    return answer.state === "found" ? formatAddress(answer.host) : answer.state;
  }

  /** One call of a program: it fails at the host that is sick. */
  async call(
    index: number,
    how: { returnCode?: number; sick?: HostAddress },
  ): Promise<void> {
    const name = await this.ask(index);
    if (name === "overloaded") return;
    const host = parseAddress(name);
    const failed = how.sick !== undefined && formatAddress(how.sick) === name;
    const client = this.cluster.agents.get(index)!.client;
    await client.report(KEY.modId, KEY.cmdId, {
      host,
      returnCode: how.returnCode ?? (failed ? 1 : 0),
    });
    await this.pass(1);
  }

  everyAgentHas(hosts: readonly HostAddress[]): void {
    for (const index of this.cluster.agents.keys()) {
      const known = this.cluster.known(index, KEY);
      assertEquals(
        known.map(formatAddress).sort(),
        hosts.map(formatAddress).sort(),
        `agent ${index}`,
      );
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cluster.stop();
    assertEquals(this.cluster.failures, []);
  }
}
