import { assertEquals } from "@std/assert";
import {
  ask,
  requests,
  states,
  SUCCESS,
  withBatchingAgent,
} from "../testing/mod.ts";
import { BATCH_MAX, FLUSH_MS } from "../mod.ts";

Deno.test("LarsClient.report() leaves at once and alone when no request is on its way", async () => {
  await withBatchingAgent(async ({ clock, client, agent }) => {
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
  await withBatchingAgent(async (fixture) => {
    const { clock, client, agent } = fixture;
    const asked = ask(client, 2);
    client.report(1, 1, { ...SUCCESS, returnCode: 7 });
    client.report(1, 1, SUCCESS);
    await states(clock, asked);
    assertEquals(requests(fixture), ["1+0", "1+2"]);
    assertEquals(agent.reports.length, 0);
    assertEquals(agent.results, [
      "192.168.1.177:7777 7",
      "192.168.1.177:7777 0",
    ]);
  });
});

Deno.test("LarsClient.report() leaves after 1 ms with others when no request follows", async () => {
  await withBatchingAgent(async (fixture) => {
    const { clock, client, agent } = fixture;
    const asked = ask(client, 1);
    await clock.advance(5);
    for (let count = 0; count < 3; count++) client.report(1, 1, SUCCESS);
    await clock.advance(FLUSH_MS + 9.9);
    assertEquals(agent.reports.length, 0);
    await clock.advance(0.1);
    assertEquals(agent.reports.map(({ report }) => report.more.length), [2]);
    await states(clock, asked);
  });
});

Deno.test("LarsClient.report() holds 64 results at most", async () => {
  await withBatchingAgent(async (fixture) => {
    const { clock, client, agent } = fixture;
    const asked = ask(client, 1);
    for (let count = 0; count < 130; count++) client.report(1, 1, SUCCESS);
    await states(clock, asked);
    await clock.advance(20);
    const seen = agent.reports.map(({ report }) => report.more.length + 1);
    assertEquals(seen, [BATCH_MAX, BATCH_MAX, 2]);
  });
});

Deno.test("LarsClient sends a lost request again without its results, which could count twice", async () => {
  await withBatchingAgent(async (fixture) => {
    const { clock, client, agent } = fixture;
    const asked = ask(client, 2);
    client.report(1, 1, SUCCESS);
    agent.onHost = (request, send) => {
      if (request.results.length === 0) send();
    };
    assertEquals(await states(clock, asked), ["found", "found"]);
    assertEquals(requests(fixture), ["1+0", "1+1", "1+0"]);
    const [, first, second] = agent.hostRequests;
    assertEquals(first!.request.seq, second!.request.seq);
    assertEquals(client.counters.unconfirmed, 0);
  });
});

Deno.test("LarsClient counts results in requests that stay unanswered", async () => {
  await withBatchingAgent(async (fixture) => {
    const { clock, client, agent } = fixture;
    const asked = ask(client, 3);
    client.report(1, 1, SUCCESS);
    agent.onHost = () => {};
    assertEquals(await states(clock, asked), ["timeout", "timeout", "timeout"]);
    assertEquals(client.counters.unconfirmed, 1);
  });
});

Deno.test("LarsClient tells results again, and has callers ask again, when the agent was replaced by one that lacks both", async () => {
  await withBatchingAgent(async (fixture) => {
    const { clock, client, agent } = fixture;
    const asked = ask(client, 4);
    client.report(1, 1, SUCCESS);
    client.report(1, 1, SUCCESS);
    await clock.advance(10.5);
    agent.useMs = 0;
    assertEquals(new Set(await states(clock, asked)), new Set(["found"]));
    await clock.advance(20);
    assertEquals(requests(fixture), ["1+0", "3+2", "0+0", "0+0"]);
    assertEquals(agent.reports.map(({ report }) => report.more.length), [0, 0]);
    assertEquals(client.counters.reportedAgain, 2);
  });
});

Deno.test("LarsClient sends what it collected before it closes, and answers closed to all who wait", async () => {
  await withBatchingAgent(async (fixture) => {
    const { clock, client, agent } = fixture;
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
