import { assertEquals } from "@std/assert";
import {
  ask,
  finish,
  requests,
  states,
  SUCCESS,
  withBatchingAgent,
  withClient,
} from "../testing/mod.ts";
import { FLUSH_MS } from "../mod.ts";

Deno.test("LarsClient sends the original's bytes while no caller waits, whatever its agent is", async () => {
  await withClient({}, async (fixture) => {
    const { clock, client, agent } = fixture;
    agent.useMs = 20;
    for (let call = 0; call < 3; call++) {
      await states(clock, ask(client, 1));
      await client.report(1, 1, SUCCESS);
    }
    await clock.advance(1);
    assertEquals(requests(fixture), ["0+0", "0+0", "0+0"]);
    assertEquals(agent.reports.length, 3);
  });
});

Deno.test("LarsClient finds out with the first shared request whether its agent lacks count, and then never sends it", async () => {
  await withClient({}, async (fixture) => {
    const { clock, client, agent } = fixture;
    assertEquals(new Set(await states(clock, ask(client, 4))).size, 1);
    await states(clock, ask(client, 2));
    client.report(1, 1, SUCCESS);
    await clock.advance(1);
    const seen = ["0+0", "3+0", "0+0", "0+0", "0+0", "0+0"];
    assertEquals(requests(fixture), seen);
    assertEquals(agent.reports.length, 1);
  });
});

Deno.test("LarsClient has the first burst share requests, and none of it wait longer than 1 ms", async () => {
  const faults = { delayMinMs: 5, delayMaxMs: 5 };
  await withClient({ faults }, async (fixture) => {
    const { clock, client } = fixture;
    fixture.agent.useMs = 20;
    const startMs = clock.nowMs();
    await states(clock, ask(client, 4));
    assertEquals(requests(fixture), ["0+0", "3+0"]);
    assertEquals(clock.nowMs() - startMs, 10 + FLUSH_MS);
  });
  await withClient({}, async (fixture) => {
    fixture.agent.useMs = 20;
    await states(fixture.clock, ask(fixture.client, 100));
    assertEquals(requests(fixture), ["0+0", "64+0", "35+0"]);
  });
});

Deno.test("LarsClient finds out anew what its agent takes after a request that was lost", async () => {
  await withClient({}, async (fixture) => {
    const { clock, client, agent } = fixture;
    await states(clock, ask(client, 2));
    agent.onHost = () => {
      agent.useMs = 20;
      agent.onHost = (_, send) => send();
    };
    assertEquals(await states(clock, ask(client, 1)), ["found"]);
    await states(clock, ask(client, 5));
    assertEquals(requests(fixture), ["0+0", "1+0", "0+0", "0+0", "0+0", "4+0"]);
  });
});

Deno.test("LarsClient never batches when batching is false", async () => {
  await withClient({ batching: false }, async (fixture) => {
    fixture.agent.useMs = 20;
    await states(fixture.clock, ask(fixture.client, 2));
    await states(fixture.clock, ask(fixture.client, 2));
    assertEquals(requests(fixture), ["0+0", "0+0", "0+0", "0+0"]);
  });
});

Deno.test("LarsClient.getHost() shares the next request while one is on its way, and each caller gets a host of its own", async () => {
  await withClient(
    { routes: { "1,1": ["1.0.0.1:1", "1.0.0.2:1"] } },
    async (fixture) => {
      const { clock, client, agent } = fixture;
      agent.useMs = 20;
      await states(clock, ask(client, 2));
      const outcomes = await finish(clock, Promise.all(ask(client, 5)));
      assertEquals(requests(fixture), ["0+0", "1+0", "1+0", "4+0"]);
      const ips = outcomes.map((each) =>
        each.state === "found" ? each.host.ip & 255 : 0
      );
      assertEquals(ips, [1, 2, 1, 2, 1]);
      assertEquals(client.counters.shared, 5);
    },
  );
});

Deno.test("LarsClient has those who go on at once after a shared answer share the next request", async () => {
  await withClient({}, async (fixture) => {
    const { clock, client, agent } = fixture;
    agent.useMs = 20;
    const loop = async () => {
      for (let call = 0; call < 4; call++) {
        const outcome = await client.getHost(1, 1);
        if (outcome.state !== "found") throw new Error(outcome.state);
        await client.report(1, 1, { host: outcome.host, returnCode: 0 });
      }
    };
    await finish(clock, Promise.all([loop(), loop(), loop()]));
    await clock.advance(FLUSH_MS);
    const seen = ["0+0", "3+0", "3+3", "3+3", "2+3"];
    assertEquals(requests(fixture), seen);
    assertEquals(agent.results.length, 12);
  });
});

Deno.test("LarsClient holds the callers of each route no longer than 1 ms", async () => {
  await withBatchingAgent(async (fixture) => {
    const { clock, client, agent } = fixture;
    agent.routes["4,1"] = agent.routes["1,1"]!;
    const times: number[] = [];
    agent.onHost = (_, send) => times.push(clock.nowMs()) && send();
    const startMs = clock.nowMs();
    const asked = [...ask(client, 2), client.getHost(4, 1)];
    await clock.advance(0.4);
    asked.push(client.getHost(4, 1));
    await states(clock, asked);
    const seen = times.map((ms) => Math.round((ms - startMs - 10) * 10) / 10);
    assertEquals(seen, [0, 0, FLUSH_MS, 0.4 + FLUSH_MS]);
  });
});

Deno.test("LarsClient holds no caller longer than 1 ms for a request that is late", async () => {
  await withBatchingAgent(async (fixture) => {
    const { clock, client } = fixture;
    const times: number[] = [];
    fixture.agent.onHost = (_, send) => times.push(clock.nowMs()) && send();
    const startMs = clock.nowMs();
    const asked = ask(client, 1);
    await clock.advance(3);
    asked.push(...ask(client, 4));
    await states(clock, asked);
    assertEquals(requests(fixture), ["1+0", "4+0"]);
    assertEquals(times[1]! - startMs, 3 + FLUSH_MS + 10);
  });
});

Deno.test("LarsClient asks for at most 64 hosts in one request", async () => {
  await withBatchingAgent(async (fixture) => {
    assertEquals(
      (await states(fixture.clock, ask(fixture.client, 150))).length,
      150,
    );
    assertEquals(requests(fixture), ["1+0", "64+0", "64+0", "21+0"]);
  });
});
