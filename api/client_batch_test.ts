import { assertEquals, assertRejects } from "@std/assert";
import type { VirtualClock } from "../net/mod.ts";
import { finish, HOST, inWorld, type World } from "./client_rig.ts";
import {
  BATCH_MAX,
  HOLD_MS,
  type HostOutcome,
  type LarsClient,
} from "./mod.ts";

const SUCCESS = { host: HOST, returnCode: 0 };

/** A world whose agent takes several callers in a request, and is known to; a datagram takes 10 ms. */
async function inBatchWorld(
  body: (world: World) => Promise<void>,
): Promise<void> {
  const faults = { delayMinMs: 10, delayMaxMs: 10 };
  const routes = { "1,1": ["192.168.1.177:7777", "10.0.0.9:1"] };
  await inWorld({ faults, routes }, async (world) => {
    world.agent.useMs = 50;
    await states(world.clock, ask(world.client, 2));
    world.agent.hostRequests.length = 0;
    await body(world);
  });
}

function ask(client: LarsClient, callers: number): Promise<HostOutcome>[] {
  return Array.from({ length: callers }, () => client.getHost(1, 1));
}

/** What the agent was sent: hosts wanted + results, for each request. */
function requests({ agent }: World): string[] {
  return agent.hostRequests.map(({ request: { count, results } }) =>
    `${count}+${results.length}`
  );
}

async function states(
  clock: VirtualClock,
  asked: Promise<HostOutcome>[],
): Promise<string[]> {
  const outcomes = await finish(clock, Promise.all(asked));
  return outcomes.map(({ state }) => state);
}

Deno.test("LarsClient sends the original's bytes while nobody waits, whatever its agent is", async () => {
  await inWorld({}, async (world) => {
    const { clock, client, agent } = world;
    agent.useMs = 20;
    for (let call = 0; call < 3; call++) {
      await states(clock, ask(client, 1));
      await client.report(1, 1, SUCCESS);
    }
    await clock.advance(1);
    assertEquals(requests(world), ["0+0", "0+0", "0+0"]);
    assertEquals(agent.reports.length, 3);
  });
});

Deno.test("LarsClient finds out with the first shared request whether its agent lacks count, and then never sends it", async () => {
  await inWorld({}, async (world) => {
    const { clock, client, agent } = world;
    assertEquals(new Set(await states(clock, ask(client, 4))).size, 1);
    await states(clock, ask(client, 2));
    client.report(1, 1, SUCCESS);
    await clock.advance(1);
    const seen = ["0+0", "3+0", "0+0", "0+0", "0+0", "0+0"];
    assertEquals(requests(world), seen);
    assertEquals(agent.reports.length, 1);
  });
});

Deno.test("LarsClient has the first burst share requests, and nobody in it wait longer than 1 ms", async () => {
  const faults = { delayMinMs: 5, delayMaxMs: 5 };
  await inWorld({ faults }, async (world) => {
    const { clock, client } = world;
    world.agent.useMs = 20;
    const startMs = clock.nowMs();
    await states(clock, ask(client, 4));
    assertEquals(requests(world), ["0+0", "3+0"]);
    assertEquals(clock.nowMs() - startMs, 10 + HOLD_MS);
  });
  await inWorld({}, async (world) => {
    world.agent.useMs = 20;
    await states(world.clock, ask(world.client, 100));
    assertEquals(requests(world), ["0+0", "64+0", "35+0"]);
  });
});

Deno.test("LarsClient finds out anew what its agent takes after a request that was lost", async () => {
  await inWorld({}, async (world) => {
    const { clock, client, agent } = world;
    await states(clock, ask(client, 2));
    agent.onHost = () => {
      agent.useMs = 20;
      agent.onHost = (_, send) => send();
    };
    assertEquals(await states(clock, ask(client, 1)), ["found"]);
    await states(clock, ask(client, 5));
    assertEquals(requests(world), ["0+0", "1+0", "0+0", "0+0", "0+0", "4+0"]);
  });
});

Deno.test("LarsClient never batches when told so", async () => {
  await inWorld({ batching: false }, async (world) => {
    world.agent.useMs = 20;
    await states(world.clock, ask(world.client, 2));
    await states(world.clock, ask(world.client, 2));
    assertEquals(requests(world), ["0+0", "0+0", "0+0", "0+0"]);
  });
});

Deno.test("LarsClient.getHost() shares the next request while one is on its way, and each caller gets a host of its own", async () => {
  await inWorld(
    { routes: { "1,1": ["1.0.0.1:1", "1.0.0.2:1"] } },
    async (world) => {
      const { clock, client, agent } = world;
      agent.useMs = 20;
      await states(clock, ask(client, 2));
      const outcomes = await finish(clock, Promise.all(ask(client, 5)));
      assertEquals(requests(world), ["0+0", "1+0", "1+0", "4+0"]);
      const ips = outcomes.map((each) =>
        each.state === "found" ? each.host.ip & 255 : 0
      );
      assertEquals(ips, [1, 2, 1, 2, 1]);
      assertEquals(client.counters.shared, 5);
    },
  );
});

Deno.test("LarsClient has those who go on at once after a shared answer share the next request", async () => {
  await inWorld({}, async (world) => {
    const { clock, client, agent } = world;
    agent.useMs = 20;
    const loop = async () => {
      for (let call = 0; call < 4; call++) {
        const outcome = await client.getHost(1, 1);
        if (outcome.state !== "found") throw new Error(outcome.state);
        await client.report(1, 1, { host: outcome.host, returnCode: 0 });
      }
    };
    await finish(clock, Promise.all([loop(), loop(), loop()]));
    await clock.advance(HOLD_MS);
    const seen = ["0+0", "3+0", "3+3", "3+3", "2+3"];
    assertEquals(requests(world), seen);
    assertEquals(agent.results.length, 12);
  });
});

Deno.test("LarsClient holds the callers of each route no longer than 1 ms", async () => {
  await inBatchWorld(async (world) => {
    const { clock, client, agent } = world;
    agent.routes["4,1"] = agent.routes["1,1"]!;
    const times: number[] = [];
    agent.onHost = (_, send) => times.push(clock.nowMs()) && send();
    const startMs = clock.nowMs();
    const asked = [...ask(client, 2), client.getHost(4, 1)];
    await clock.advance(0.4);
    asked.push(client.getHost(4, 1));
    await states(clock, asked);
    const seen = times.map((ms) => Math.round((ms - startMs - 10) * 10) / 10);
    assertEquals(seen, [0, 0, HOLD_MS, 0.4 + HOLD_MS]);
  });
});

Deno.test("LarsClient holds nobody longer than 1 ms for a request that is late", async () => {
  await inBatchWorld(async (world) => {
    const { clock, client } = world;
    const times: number[] = [];
    world.agent.onHost = (_, send) => times.push(clock.nowMs()) && send();
    const startMs = clock.nowMs();
    const asked = ask(client, 1);
    await clock.advance(3);
    asked.push(...ask(client, 4));
    await states(clock, asked);
    assertEquals(requests(world), ["1+0", "4+0"]);
    assertEquals(times[1]! - startMs, 3 + HOLD_MS + 10);
  });
});

Deno.test("LarsClient asks for at most 64 hosts in one request", async () => {
  await inBatchWorld(async (world) => {
    assertEquals(
      (await states(world.clock, ask(world.client, 150))).length,
      150,
    );
    assertEquals(requests(world), ["1+0", "64+0", "64+0", "21+0"]);
  });
});

Deno.test("LarsClient.report() leaves at once and alone when no request is on its way", async () => {
  await inBatchWorld(async ({ clock, client, agent }) => {
    client.report(1, 1, SUCCESS);
    client.report(1, 1, { ...SUCCESS, returnCode: 7, durationUs: 9 });
    await clock.advance(10);
    const seen = agent.reports.map(({ report }) => [
      report.retcode,
      report.duration_us,
      report.more.length,
    ]);
    assertEquals(seen, [[0, 0, 0], [7, 9, 0]]);
    assertEquals(client.counters.collected, 0);
  });
});

Deno.test("LarsClient.report() travels with the next request while one is on its way", async () => {
  await inBatchWorld(async (world) => {
    const { clock, client, agent } = world;
    const asked = ask(client, 2);
    client.report(1, 1, { ...SUCCESS, returnCode: 7 });
    client.report(1, 1, SUCCESS);
    await states(clock, asked);
    assertEquals(requests(world), ["1+0", "1+2"]);
    assertEquals(agent.reports.length, 0);
    assertEquals(agent.results, [
      "192.168.1.177:7777 7",
      "192.168.1.177:7777 0",
    ]);
  });
});

Deno.test("LarsClient.report() leaves after 1 ms with others when no request follows", async () => {
  await inBatchWorld(async (world) => {
    const { clock, client, agent } = world;
    const asked = ask(client, 1);
    await clock.advance(5);
    for (let count = 0; count < 3; count++) client.report(1, 1, SUCCESS);
    await clock.advance(HOLD_MS + 9.9);
    assertEquals(agent.reports.length, 0);
    await clock.advance(0.1);
    assertEquals(agent.reports.map(({ report }) => report.more.length), [2]);
    await states(clock, asked);
  });
});

Deno.test("LarsClient.report() holds 64 results at most", async () => {
  await inBatchWorld(async (world) => {
    const { clock, client, agent } = world;
    const asked = ask(client, 1);
    for (let count = 0; count < 130; count++) client.report(1, 1, SUCCESS);
    await states(clock, asked);
    await clock.advance(20);
    const seen = agent.reports.map(({ report }) => report.more.length + 1);
    assertEquals(seen, [BATCH_MAX, BATCH_MAX, 2]);
  });
});

Deno.test("LarsClient sends a lost request again without its results, which could count twice", async () => {
  await inBatchWorld(async (world) => {
    const { clock, client, agent } = world;
    const asked = ask(client, 2);
    client.report(1, 1, SUCCESS);
    agent.onHost = (request, send) => {
      if (request.results.length === 0) send();
    };
    assertEquals(await states(clock, asked), ["found", "found"]);
    assertEquals(requests(world), ["1+0", "1+1", "1+0"]);
    const [, first, second] = agent.hostRequests;
    assertEquals(first!.request.seq, second!.request.seq);
    assertEquals(client.counters.unconfirmed, 0);
  });
});

Deno.test("LarsClient counts results in requests that nobody answered", async () => {
  await inBatchWorld(async (world) => {
    const { clock, client, agent } = world;
    const asked = ask(client, 3);
    client.report(1, 1, SUCCESS);
    agent.onHost = () => {};
    assertEquals(await states(clock, asked), ["timeout", "timeout", "timeout"]);
    assertEquals(client.counters.unconfirmed, 1);
  });
});

Deno.test("LarsClient tells results again, and has callers ask again, when the agent was replaced by one that lacks both", async () => {
  await inBatchWorld(async (world) => {
    const { clock, client, agent } = world;
    const asked = ask(client, 4);
    client.report(1, 1, SUCCESS);
    client.report(1, 1, SUCCESS);
    await clock.advance(10.5);
    agent.useMs = 0;
    assertEquals(new Set(await states(clock, asked)), new Set(["found"]));
    await clock.advance(20);
    assertEquals(requests(world), ["1+0", "3+2", "0+0", "0+0"]);
    assertEquals(agent.reports.map(({ report }) => report.more.length), [0, 0]);
    assertEquals(client.counters.reportedAgain, 2);
  });
});

Deno.test("LarsClient hands the host of a caller who gave up to the next one", async () => {
  await inBatchWorld(async (world) => {
    const { clock, client, agent } = world;
    const abort = new AbortController();
    const asked = client.getHost(1, 1, { signal: abort.signal });
    await clock.advance(5);
    abort.abort(new TypeError("enough"));
    await assertRejects(() => asked, TypeError, "enough");
    assertEquals(client.getHostNow(1, 1), undefined);
    await clock.advance(40);
    assertEquals(await client.getHost(1, 1), {
      state: "found",
      host: HOST,
    });
    await clock.advance(100);
    assertEquals(requests(world), ["1+0"]);
    assertEquals([agent.results, client.counters.unused], [[], 0]);
  });
});

Deno.test("LarsClient gives back a host that nobody wants for use_ms after it was asked for", async () => {
  await inBatchWorld(async (world) => {
    const { clock, client, agent } = world;
    const abort = new AbortController();
    const asked = client.getHost(1, 1, { signal: abort.signal });
    abort.abort(new TypeError("enough"));
    await assertRejects(() => asked, TypeError, "enough");
    await clock.advance(50 + HOLD_MS + 9);
    assertEquals(agent.results, []);
    await clock.advance(2);
    assertEquals(agent.results, ["192.168.1.177:7777 unused"]);
    assertEquals(client.getHostNow(1, 1), undefined);
    assertEquals(client.counters.unused, 1);
  });
});

Deno.test("LarsClient does not ask for somebody who gave up while waiting for others", async () => {
  await inBatchWorld(async (world) => {
    const { clock, client } = world;
    const abort = new AbortController();
    const asked = ask(client, 2);
    const gone = client.getHost(1, 1, { signal: abort.signal });
    abort.abort(new TypeError("enough"));
    await assertRejects(() => gone, TypeError, "enough");
    await states(clock, asked);
    assertEquals(requests(world), ["1+0", "1+0"]);
  });
});

Deno.test("LarsClient has callers ask again when there were too few hosts, and tells them overloaded the second time", async () => {
  await inBatchWorld(async (world) => {
    const { clock, client, agent } = world;
    agent.onHost = (_, send) => send({ more: [] });
    const found = await states(clock, ask(client, 6));
    assertEquals(requests(world), ["1+0", "5+0", "4+0"]);
    assertEquals(found.sort(), [
      ...Array(3).fill("found"),
      ...Array(3).fill("overloaded"),
    ]);
    assertEquals(client.counters.askedAgain, 4);
  });
});

Deno.test("LarsClient ignores hosts that it did not ask for and hosts that cannot be", async () => {
  await inBatchWorld(async (world) => {
    const { clock, client, agent } = world;
    const bad = [{ ip: 0, port: 1 }, { ip: 1, port: 0 }, { ip: 1, port: -1 }];
    const good = [{ ip: 7, port: 7 }, { ip: 8, port: 8 }, { ip: 9, port: 9 }];
    agent.onHost = (_, send) => send({ host: null, more: [...bad, ...good] });
    const outcomes = await finish(clock, Promise.all(ask(client, 3)));
    const ports = outcomes.map((each) =>
      each.state === "found" ? each.host.port : 0
    );
    assertEquals(ports, [7, 7, 8]);
    assertEquals(client.getHostNow(1, 1), undefined);
    agent.onHost = (_, send) => send({ host: null, more: bad });
    assertEquals(
      new Set(await states(clock, ask(client, 3))),
      new Set(["system_error"]),
    );
  });
});

Deno.test("LarsClient tells everybody who shared a request why there is no host", async () => {
  await inBatchWorld(async (world) => {
    const { clock, client, agent } = world;
    for (
      const [retcode, state] of [[1, "overloaded"], [3, "no_route"]] as const
    ) {
      agent.onHost = (_, send) => send({ retcode, host: null, more: [] });
      assertEquals(
        new Set(await states(clock, ask(client, 9))),
        new Set([state]),
      );
    }
  });
});

Deno.test("LarsClient sends what it collected before it closes, and answers closed to all who wait", async () => {
  await inBatchWorld(async (world) => {
    const { clock, client, agent } = world;
    const asked = ask(client, 3);
    client.report(1, 1, SUCCESS);
    client.report(1, 1, SUCCESS);
    await client[Symbol.asyncDispose]();
    assertEquals(await Promise.all(asked), Array(3).fill({ state: "closed" }));
    assertEquals(await client.report(1, 1, SUCCESS), false);
    await clock.advance(20);
    assertEquals(agent.results.length, 2);
  });
});
