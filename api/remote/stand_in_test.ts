import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { seededRandom } from "../../net/testing/mod.ts";
import { parseAddress } from "../../proto/mod.ts";
import {
  type ClientFixture,
  type ClientFixtureOptions,
  finish,
  withClient,
} from "../testing/mod.ts";
import {
  KEPT_RESULTS_MAX,
  KnownRoutes,
  REMEMBER_MS,
  ROUTES_MAX,
} from "./known_routes.ts";
import { NO_ROUTE_GRACE_MS, REFRESH_MS } from "./stand_in.ts";

const ADDRESSES = ["10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1"];
const HOSTS = ADDRESSES.map((address) => parseAddress(address));
const MACHINE = "10.0.0.1";
/** Of another server of the agent than (1, 1). */
const OTHER = [1, 2] as const;

/** A client that has asked for a host of (1, 1), and whose agent then went away. */
async function withAgentAway(
  options: ClientFixtureOptions,
  body: (fixture: ClientFixture) => Promise<void>,
): Promise<void> {
  const routes = { "1,1": ADDRESSES, "1,2": ADDRESSES };
  await withClient(
    { standInMs: 60_000, routes, ...options },
    async (fixture) => {
      const { clock, client, network } = fixture;
      await finish(clock, client.getHost(1, 1));
      // The second has the route listed.
      await finish(clock, client.getHost(1, 1));
      await clock.advance(1);
      network.partition(MACHINE, MACHINE);
      await body(fixture);
    },
  );
}

Deno.test("StandIn answers the request that finds the agent away, and every later one at once", async () => {
  await withAgentAway({}, async ({ clock, client }) => {
    const startMs = clock.nowMs();
    const first = await finish(clock, client.getHost(1, 1));
    assertEquals(first.state === "found" && first.standIn, true);
    assertEquals(clock.nowMs() - startMs, 300);
    for (let call = 0; call < 1_000; call++) {
      const { state } = await finish(clock, client.getHost(1, 1));
      assertEquals(state, "found");
    }
    assertEquals(clock.nowMs() - startMs, 300);
    assertEquals(client.agent, "down");
    assertEquals(client.counters.downs, 1);
    assertEquals(client.counters.standIns, 1_001);
    assertEquals(client.getHostNow(1, 1)?.state, "found");
  });
});

Deno.test("StandIn remembers the first host before the route is listed, and lists none that is asked for once", async () => {
  const routes = { "1,1": ADDRESSES };
  await withClient({ standInMs: 60_000, routes }, async (fixture) => {
    const { clock, client, network, agent } = fixture;
    const first = await finish(clock, client.getHost(1, 1));
    await clock.advance(10_000);
    assertEquals(agent.routeRequests.length, 0);
    network.partition(MACHINE, MACHINE);
    const outcome = await finish(clock, client.getHost(1, 1));
    assertEquals(outcome, { ...first, standIn: true } as typeof outcome);
    // One host of three is no list.
    const list = await finish(clock, client.getRoute(1, 1));
    assertEquals(list.state, "timeout");
  });
});

Deno.test("StandIn sends one probe at a time, however many ask", async () => {
  await withAgentAway({}, async ({ clock, client }) => {
    await finish(clock, client.getHost(1, 1));
    const { sent } = client.counters;
    for (let waitedMs = 0; waitedMs < 3_000; waitedMs += 10) {
      await Promise.all([client.getHost(1, 1), client.getHost(1, 1)]);
      await clock.advance(10);
    }
    const probes = client.counters.sent - sent;
    assertEquals(probes >= 28 && probes <= 31, true, `${probes} datagrams`);
  });
});

Deno.test("StandIn asks the agent again when it is back", async () => {
  await withAgentAway({}, async ({ clock, client, network, agent }) => {
    await finish(clock, client.getHost(1, 1));
    await clock.advance(5_000);
    network.heal();
    await finish(clock, client.getHost(1, 1));
    await clock.advance(1);
    assertEquals(client.agent, "up");
    const asked = agent.hostRequests.length;
    const outcome = await finish(clock, client.getHost(1, 1));
    assertEquals(outcome.state === "found" && outcome.standIn, undefined);
    assertEquals(agent.hostRequests.length, asked + 1);
  });
});

Deno.test("StandIn avoids hosts that the agent found overloaded, and for a second those that failed", async () => {
  const [first, second, third] = HOSTS;
  await withAgentAway({}, async (fixture) => {
    const { clock, client, network, agent } = fixture;
    network.heal();
    agent.overloaded.add(ADDRESSES[0]!);
    await clock.advance(REFRESH_MS);
    await finish(clock, client.getHost(1, 1));
    await clock.advance(1);
    network.partition(MACHINE, MACHINE);
    await finish(clock, client.getHost(1, 1));
    assertEquals(await picked(fixture), ["10.0.0.2:1", "10.0.0.3:1"]);
    client.report(1, 1, { host: second!, returnCode: 1 });
    assertEquals(await picked(fixture), ["10.0.0.3:1"]);
    client.report(1, 1, { host: third!, returnCode: 1 });
    assertEquals(await picked(fixture), ["10.0.0.1:1"]);
    client.report(1, 1, { host: first!, returnCode: 1 });
    assertEquals(await picked(fixture), ADDRESSES);
    await clock.advance(1_000);
    assertEquals(await picked(fixture), ["10.0.0.2:1", "10.0.0.3:1"]);
  });
});

Deno.test("StandIn never picks hosts that are drained, whatever fails", async () => {
  await withAgentAway({}, async (fixture) => {
    const { clock, client, network, agent } = fixture;
    network.heal();
    agent.drained.add(ADDRESSES[0]!);
    await clock.advance(REFRESH_MS);
    await finish(clock, client.getHost(1, 1));
    await clock.advance(1);
    network.partition(MACHINE, MACHINE);
    await finish(clock, client.getHost(1, 1));
    assertEquals(await picked(fixture), ["10.0.0.2:1", "10.0.0.3:1"]);
    for (const host of HOSTS) client.report(1, 1, { host, returnCode: 1 });
    assertEquals(await picked(fixture), ["10.0.0.2:1", "10.0.0.3:1"]);
  });
});

Deno.test("StandIn does not believe no_route within 2 s after the agent is back, and then does", async () => {
  await withAgentAway({}, async ({ clock, client, network, agent }) => {
    await finish(clock, client.getHost(1, 1));
    delete agent.routes["1,1"];
    network.heal();
    await clock.advance(200);
    await finish(clock, client.getHost(1, 1));
    await clock.advance(1);
    assertEquals(client.agent, "up");
    const early = await finish(clock, client.getHost(1, 1));
    assertEquals(early.state === "found" && early.standIn, true);
    assertEquals((await finish(clock, client.getRoute(1, 1))).state, "found");
    await clock.advance(NO_ROUTE_GRACE_MS);
    assertEquals(await finish(clock, client.getHost(1, 1)), {
      state: "no_route",
    });
    assertEquals(await finish(clock, client.getRoute(1, 1)), {
      state: "no_route",
    });
  });
});

Deno.test("StandIn stands in for standInMs, and not at all if that is 0", async () => {
  await withAgentAway({ standInMs: 5_000 }, async ({ clock, client }) => {
    assertEquals((await finish(clock, client.getHost(1, 1))).state, "found");
    await clock.advance(4_999);
    assertEquals((await finish(clock, client.getHost(1, 1))).state, "found");
    await clock.advance(1);
    const late = await finish(clock, client.getHost(1, 1));
    assertEquals(late, { state: "timeout" });
    assertEquals(client.getHostNow(1, 1), undefined);
  });
  await withAgentAway({ standInMs: 0 }, async ({ clock, client }) => {
    const outcome = await finish(clock, client.getHost(1, 1));
    assertEquals(outcome, { state: "timeout" });
    assertEquals(client.counters.standIns, 0);
  });
});

Deno.test("StandIn stands in for an agent that is away for longer than hosts are remembered, also when it is back without routes", async () => {
  const options = { standInMs: 6 * REMEMBER_MS };
  await withAgentAway(options, async ({ clock, client, network, agent }) => {
    await finish(clock, client.getHost(1, 1));
    await clock.advance(5 * REMEMBER_MS);
    assertEquals((await finish(clock, client.getHost(1, 1))).state, "found");
    delete agent.routes["1,1"];
    network.heal();
    await clock.advance(200);
    await finish(clock, client.getHost(1, 1));
    await clock.advance(1);
    assertEquals(client.agent, "up");
    const early = await finish(clock, client.getHost(1, 1));
    assertEquals(early.state === "found" && early.standIn, true);
  });
  await withAgentAway(options, async ({ clock, client }) => {
    await finish(clock, client.getHost(1, 1));
    await clock.advance(6 * REMEMBER_MS);
    const late = await finish(clock, client.getHost(1, 1));
    assertEquals(late, { state: "timeout" });
  });
});

Deno.test("StandIn does not use hosts that were old when the agent went away", async () => {
  await withAgentAway({}, async ({ clock, client }) => {
    await clock.advance(REMEMBER_MS);
    const outcome = await finish(clock, client.getHost(1, 1));
    assertEquals(outcome, { state: "timeout" });
  });
});

Deno.test("KnownRoutes makes room for a route by those whose hosts have aged", () => {
  let agedMs = 0;
  const routes = new KnownRoutes(() => agedMs);
  for (let cmdId = 0; cmdId < ROUTES_MAX; cmdId++) {
    routes.add({ modId: 1, cmdId }, 0);
  }
  const key = { modId: 2, cmdId: 1 };
  assertEquals(routes.add(key, REMEMBER_MS), undefined);
  agedMs = REMEMBER_MS;
  assertNotEquals(routes.add(key, 2 * REMEMBER_MS), undefined);
});

Deno.test("StandIn has callers without memory wait for the probe, and sends nothing for each", async () => {
  await withAgentAway({}, async ({ clock, client, network }) => {
    await finish(clock, client.getHost(1, 1));
    await clock.advance(500);
    const { sent } = client.counters;
    // (4, 1) has the server of (1, 1).
    const asked = Array.from({ length: 50 }, () => client.getHost(4, 1));
    const outcomes = await finish(clock, Promise.all(asked));
    assertEquals(new Set(outcomes.map(({ state }) => state)).size, 1);
    assertEquals(outcomes[0], { state: "timeout" });
    assertEquals(client.counters.sent - sent, 3);
    await clock.advance(100);
    network.heal();
    assertEquals((await finish(clock, client.getHost(4, 1))).state, "no_route");
  });
});

Deno.test("StandIn keeps the last results of a route, and sends them when the agent is back", async () => {
  await withAgentAway({}, async ({ clock, client, network, agent }) => {
    await finish(clock, client.getHost(1, 1));
    const host = HOSTS[0]!;
    for (let returnCode = 1; returnCode <= 70; returnCode++) {
      assertEquals(await client.report(1, 1, { host, returnCode }), true);
    }
    await clock.advance(400);
    assertEquals(agent.results, []);
    network.heal();
    await finish(clock, client.getHost(1, 1));
    await clock.advance(1);
    const codes = agent.results.map((result) => Number(result.split(" ")[1]));
    assertEquals(codes.length, KEPT_RESULTS_MAX);
    assertEquals([codes[0], codes.at(-1)], [7, 70]);
  });
});

Deno.test("LarsClient.getRoute() lists what is remembered, with state if that is asked for", async () => {
  await withAgentAway({}, async ({ clock, client }) => {
    const plain = await finish(clock, client.getRoute(1, 1));
    assertEquals(plain, { state: "found", hosts: HOSTS, standIn: true });
    const stated = await client.getRoute(1, 1, { withState: true });
    const hosts = HOSTS.map((host) => ({ ...host, overload: false }));
    assertEquals(stated, { state: "found", hosts, standIn: true });
  });
});

Deno.test("StandIn knows of each of the agent's servers whether it is away", async () => {
  await withAgentAway({}, async ({ clock, client, network }) => {
    await finish(clock, client.getHost(1, 1));
    network.heal();
    const outcome = await finish(clock, client.getHost(...OTHER));
    assertEquals(outcome.state === "found" && outcome.standIn, undefined);
    assertEquals(client.agent, "down");
  });
});

Deno.test("StandIn lists a route in use every 2 s, and one that is not in use never", async () => {
  const routes = { "1,1": ADDRESSES };
  await withClient({ standInMs: 60_000, routes }, async (fixture) => {
    const { clock, client, agent } = fixture;
    for (let call = 0; call < 100; call++) {
      await finish(clock, client.getHost(1, 1));
      await clock.advance(100);
    }
    assertEquals(agent.routeRequests.length, 5);
    await clock.advance(60_000);
    assertEquals(agent.routeRequests.length, 5);
    assertEquals(client.counters.standIns, 0);
  });
});

Deno.test("LarsClient.close() sends the results that were kept", async () => {
  await withAgentAway({}, async ({ clock, client, network, agent }) => {
    await finish(clock, client.getHost(1, 1));
    await client.report(1, 1, { host: HOSTS[0]!, returnCode: 5 });
    network.heal();
    await finish(clock, client.close());
    await clock.advance(1);
    assertEquals(agent.results, ["10.0.0.1:1 5"]);
    assertNotEquals((await client.getHost(1, 1)).state, "found");
  });
});

Deno.test("StandIn lets no call fail while the agent comes and goes and a tenth of the datagrams is lost", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = seededRandom(seed);
    const faults = { lossRate: 0.1, delayMaxMs: 20, duplicateRate: 0.05 };
    const routes = { "1,1": ADDRESSES };
    await withClient({ standInMs: 60_000, routes, random }, async (fixture) => {
      const { clock, client, network } = fixture;
      await finish(clock, client.getHost(1, 1));
      await clock.advance(1);
      Object.assign(network.faults, faults);
      const failed: string[] = [];
      let answered = 0;
      let isAway = false;
      let untilMs = 0;
      for (let calls = 0; calls < 500; calls++) {
        if (clock.nowMs() > untilMs) {
          isAway = !isAway;
          if (isAway) network.partition(MACHINE, MACHINE);
          else network.heal();
          untilMs = clock.nowMs() + random() * 5_000;
        }
        client.getHost(1, 1).then((outcome) => {
          answered += 1;
          if (outcome.state !== "found") return failed.push(outcome.state);
          const returnCode = random() < 0.1 ? 1 : 0;
          client.report(1, 1, { host: outcome.host, returnCode });
        });
        await clock.advance(random() * 60);
      }
      await clock.advance(1_000);
      const expected = { seed, answered: 500, failed: [] as string[] };
      assertEquals({ seed, answered, failed }, expected);
      assert(client.counters.standIns > 50, `seed ${seed}`);
    });
  }
});

/** The addresses that 100 requests find, sorted. */
async function picked({ clock, client }: ClientFixture): Promise<string[]> {
  const found = new Set<string>();
  for (let call = 0; call < 100; call++) {
    const outcome = await finish(clock, client.getHost(1, 1));
    if (outcome.state !== "found") continue;
    const index = HOSTS.findIndex(({ ip }) => ip === outcome.host.ip);
    found.add(ADDRESSES[index]!);
  }
  return [...found].sort();
}
