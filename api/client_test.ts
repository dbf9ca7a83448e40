import { assertEquals, assertRejects } from "@std/assert";
import { lars } from "../proto/mod.ts";
import { finish, HOST, type SendHost, withClient } from "./testing/mod.ts";
import { PENDING_MAX } from "./mod.ts";

Deno.test("LarsClient.getHost() tells the host that the agent picked", async () => {
  await withClient({}, async ({ clock, client, agent }) => {
    const outcome = await finish(clock, client.getHost(1, 1));
    assertEquals(outcome, { state: "found", host: HOST });
    assertEquals(clock.nowMs(), 0);
    assertEquals(agent.hostRequests.length, 1);
  });
});

Deno.test("LarsClient asks the server that owns the route, also for negative ids", async () => {
  await withClient({}, async ({ clock, client, agent }) => {
    const keys = [[1, 1], [1, 2], [2, 2], [-1, 0], [-2147483648, 2147483647]];
    for (const [modId, cmdId] of keys) {
      await finish(clock, client.getHost(modId!, cmdId!));
      await finish(
        clock,
        client.report(modId!, cmdId!, { host: HOST, returnCode: 0 }),
      );
    }
    await clock.advance(1);
    const expected = [8890, 8888, 8889, 8890, 8890];
    assertEquals(agent.hostRequests.map((each) => each.port), expected);
    assertEquals(agent.reports.map((each) => each.port), expected);
  });
});

Deno.test("LarsClient.getHost() turns each return code into a state", async () => {
  await withClient({}, async ({ clock, client, agent }) => {
    const cases: [lars.GetHostResponse.$Properties, string][] = [
      [{ retcode: 1, host: null }, "overloaded"],
      [{ retcode: 2, host: null }, "system_error"],
      [{ retcode: 3, host: null }, "no_route"],
      [{ retcode: 99, host: null }, "system_error"],
      [{ retcode: 0, host: null }, "system_error"],
      [{ retcode: 0, host: { ip: 0, port: 7777 } }, "system_error"],
      [{ retcode: 0, host: { ip: 1, port: 65_536 } }, "system_error"],
    ];
    for (const [change, state] of cases) {
      agent.onHost = (_, send) => send(change);
      const outcome = await finish(clock, client.getHost(1, 1));
      assertEquals([change, outcome], [change, { state } as typeof outcome]);
    }
  });
});

Deno.test("LarsClient.getHost() sends a request that got lost again, with the same seq", async () => {
  await withClient({}, async ({ clock, client, agent }) => {
    agent.onHost = (_, send) => agent.hostRequests.length === 3 && send();
    const outcome = await finish(clock, client.getHost(1, 1));
    assertEquals(outcome.state, "found");
    assertEquals(clock.nowMs(), 200);
    const seqs = agent.hostRequests.map(({ request }) => request.seq);
    assertEquals(new Set(seqs).size, 1);
    assertEquals(client.counters.resent, 2);
    assertEquals(client.counters.sent, 3);
  });
});

Deno.test("LarsClient.getHost() gives up after the last try", async () => {
  await withClient(
    { timeoutMs: 70, tries: 4 },
    async ({ clock, client, agent }) => {
      agent.onHost = () => {};
      const outcome = await finish(clock, client.getHost(1, 1));
      assertEquals(outcome, { state: "timeout" });
      assertEquals(clock.nowMs(), 280);
      assertEquals(agent.hostRequests.length, 4);
      assertEquals(client.counters.timeouts, 1);
    },
  );
});

Deno.test("LarsClient.getHost() still takes the answer to an earlier try, and drops the second answer", async () => {
  await withClient({}, async ({ clock, client, agent }) => {
    agent.onHost = (_, send) => clock.schedule(150, () => send());
    const outcome = await finish(clock, client.getHost(1, 1));
    assertEquals(outcome.state, "found");
    assertEquals(clock.nowMs(), 150);
    await clock.advance(100);
    assertEquals(client.counters.answered, 1);
    assertEquals(client.counters.late, 1);
  });
});

Deno.test("LarsClient.getHost() drops an answer that comes after the last try", async () => {
  await withClient({ tries: 1 }, async ({ clock, client, agent }) => {
    agent.onHost = (_, send) => clock.schedule(101, () => send());
    const outcome = await finish(clock, client.getHost(1, 1));
    assertEquals(outcome, { state: "timeout" });
    await clock.advance(10);
    assertEquals(client.counters.late, 1);
  });
});

Deno.test("LarsClient.getHost() drops answers with another seq or route", async () => {
  await withClient({}, async ({ clock, client, agent }) => {
    agent.onHost = (request, send) => {
      send({ seq: request.seq + 1, retcode: 1 });
      send({ modid: 2, retcode: 1 });
      send({ cmdid: 2, retcode: 1 });
      send();
    };
    const outcome = await finish(clock, client.getHost(1, 1));
    assertEquals(outcome, { state: "found", host: HOST });
    assertEquals(client.counters.late, 3);
  });
});

Deno.test("LarsClient drops answers from a port that was not asked, and what is no answer", async () => {
  await withClient({}, async ({ clock, client, agent, network }) => {
    const stranger = network.machine("10.0.0.1").bind({
      hostname: "127.0.0.1",
      port: 9999,
    });
    let answer: SendHost = () => {};
    agent.onHost = (request, send) => {
      answer = send;
      const { seq, modid, cmdid } = request;
      const body = lars.GetHostResponse.encode({
        seq,
        modid,
        cmdid,
        retcode: 1,
      }).finish();
      const frame = new Uint8Array(8 + body.length);
      frame.set([5, 0, 0, 0, body.length]);
      frame.set(body, 8);
      // The client has the first port that the network gave away.
      const to = { hostname: "127.0.0.1", port: 40_000 };
      stranger.send(frame, to);
      stranger.send(frame.subarray(0, 7), to);
      stranger.send(new Uint8Array([5, 0, 0, 0, 1, 0, 0, 0, 0xff]), to);
    };
    const asked = client.getHost(1, 1);
    await clock.advance(1);
    assertEquals(client.counters.late, 1);
    assertEquals(client.counters.malformed, 2);
    answer();
    assertEquals((await finish(clock, asked)).state, "found");
    stranger.close();
  });
});

Deno.test("LarsClient matches many requests in flight to their answers in any order", async () => {
  const routes: Record<string, string[]> = {};
  for (let id = 1; id <= 250; id++) routes[`${id},1`] = [`10.1.0.${id}:${id}`];
  const faults = { delayMaxMs: 40 };
  await withClient({ routes, faults }, async ({ clock, client }) => {
    const asked = Object.keys(routes).map((_, index) =>
      client.getHost(index + 1, 1)
    );
    const outcomes = await finish(clock, Promise.all(asked));
    const ports = outcomes.map((outcome) =>
      outcome.state === "found" ? outcome.host.port : 0
    );
    assertEquals(ports, asked.map((_, index) => index + 1));
    assertEquals(client.counters.resent, 0);
  });
});

Deno.test("LarsClient finds a host through loss, duplication and delay", async () => {
  const faults = { lossRate: 0.3, duplicateRate: 0.3, delayMaxMs: 60 };
  await withClient({ faults, tries: 30 }, async ({ clock, client }) => {
    const asked = Array.from({ length: 100 }, () => client.getHost(1, 1));
    const outcomes = await finish(clock, Promise.all(asked));
    assertEquals(outcomes.every(({ state }) => state === "found"), true);
    await clock.advance(100);
    const { answered, resent, late } = client.counters;
    assertEquals(answered, 100);
    assertEquals(resent > 50 && late > 10, true);
  });
});

Deno.test("LarsClient lets the seq start over at 2^32", async () => {
  const random = () => (2 ** 32 - 2) / 2 ** 32;
  await withClient({ random }, async ({ clock, client, agent }) => {
    for (let asked = 0; asked < 3; asked++) {
      await finish(clock, client.getHost(1, 1));
    }
    const seqs = agent.hostRequests.map(({ request }) => request.seq);
    assertEquals(seqs, [2 ** 32 - 1, 0, 1]);
  });
});

Deno.test("LarsClient.getHost() accepts only ids that the wire can carry", async () => {
  await withClient({}, async ({ clock, client, agent }) => {
    for (const id of [2 ** 31, -(2 ** 31) - 1, 1.5, NaN, Infinity]) {
      await assertRejects(() => client.getHost(id, 1), RangeError, "modid");
      await assertRejects(() => client.getRoute(1, id), RangeError, "cmdid");
    }
    assertEquals(agent.hostRequests.length, 0);
    const outcome = await finish(clock, client.getHost(-1, -5));
    assertEquals(outcome, { state: "no_route" });
  });
});

Deno.test("LarsClient.getHost() rejects with the reason of an aborted signal", async () => {
  await withClient({}, async ({ clock, client, agent }) => {
    agent.onHost = () => {};
    const abort = new AbortController();
    const asked = client.getHost(1, 1, { signal: abort.signal });
    await clock.advance(10);
    abort.abort(new TypeError("enough"));
    await assertRejects(() => asked, TypeError, "enough");
    const { signal } = abort;
    await assertRejects(() => client.getHost(1, 1, { signal }), TypeError);
  });
});

Deno.test("LarsClient refuses requests when too many wait", async () => {
  const faults = { lossRate: 1 };
  await withClient({ faults, tries: 1 }, async ({ clock, network, client }) => {
    const asked: Promise<{ state: string }>[] = [];
    for (let index = 0; index < PENDING_MAX; index++) {
      asked.push(client.getHost(1, 1));
    }
    assertEquals(await client.getHost(1, 1), { state: "system_error" });
    assertEquals(client.counters.refused, 1);
    const outcomes = await finish(clock, Promise.all(asked));
    assertEquals(outcomes.every(({ state }) => state === "timeout"), true);
    network.faults.lossRate = 0;
    const outcome = await finish(clock, client.getHost(1, 1));
    assertEquals(outcome.state, "found");
  });
});
