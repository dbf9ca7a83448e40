import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type Faults, MemoryNetwork, VirtualClock } from "../net/mod.ts";
import { lars, parseAddress } from "../proto/mod.ts";
import { FakeAgent, type SendHost } from "./fake_agent.ts";
import {
  LarsClient,
  type LarsClientOptions,
  NoHostError,
  PENDING_MAX,
} from "./mod.ts";

const HOST = parseAddress("192.168.1.177:7777");

interface World {
  clock: VirtualClock;
  network: MemoryNetwork;
  agent: FakeAgent;
  client: LarsClient;
}

interface WorldOptions extends LarsClientOptions {
  faults?: Partial<Faults>;
  routes?: Record<string, string[]>;
}

/** One machine with an agent and a client. */
async function inWorld(
  options: WorldOptions,
  body: (world: World) => Promise<void>,
): Promise<void> {
  const { faults = {}, routes, ...clientOptions } = options;
  const clock = new VirtualClock();
  const random = seeded(7);
  const network = new MemoryNetwork({ clock, random, faults });
  const transport = network.machine("10.0.0.1");
  const agent = new FakeAgent({
    transport,
    clock,
    ...(routes === undefined ? {} : { routes }),
  });
  const stop = new AbortController();
  const serving = agent.run(stop.signal);
  try {
    await using client = LarsClient.open({
      transport,
      clock,
      random,
      ...clientOptions,
    });
    await body({ clock, network, agent, client });
  } finally {
    stop.abort();
    await serving;
  }
}

/** Lets time pass until `promise` settles, at most `limitMs`. */
async function finish<Value>(
  clock: VirtualClock,
  promise: Promise<Value>,
  limitMs = 10_000,
): Promise<Value> {
  let settled = false;
  const done = () => settled = true;
  promise.then(done, done);
  assertEquals(await clock.advanceUntil(() => settled, limitMs), true);
  return promise;
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

Deno.test("LarsClient.getHost() tells the host that the agent picked", async () => {
  await inWorld({}, async ({ clock, client, agent }) => {
    const outcome = await finish(clock, client.getHost(1, 1));
    assertEquals(outcome, { state: "found", host: HOST });
    assertEquals(clock.nowMs(), 0);
    assertEquals(agent.hostRequests.length, 1);
  });
});

Deno.test("LarsClient asks the server that owns the route, also for negative ids", async () => {
  await inWorld({}, async ({ clock, client, agent }) => {
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
  await inWorld({}, async ({ clock, client, agent }) => {
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
  await inWorld({}, async ({ clock, client, agent }) => {
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
  await inWorld(
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
  await inWorld({}, async ({ clock, client, agent }) => {
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
  await inWorld({ tries: 1 }, async ({ clock, client, agent }) => {
    agent.onHost = (_, send) => clock.schedule(101, () => send());
    const outcome = await finish(clock, client.getHost(1, 1));
    assertEquals(outcome, { state: "timeout" });
    await clock.advance(10);
    assertEquals(client.counters.late, 1);
  });
});

Deno.test("LarsClient.getHost() drops answers with another seq or route", async () => {
  await inWorld({}, async ({ clock, client, agent }) => {
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
  await inWorld({}, async ({ clock, client, agent, network }) => {
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
  await inWorld({ routes, faults }, async ({ clock, client }) => {
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
  await inWorld({ faults, tries: 30 }, async ({ clock, client }) => {
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
  await inWorld({ random }, async ({ clock, client, agent }) => {
    for (let asked = 0; asked < 3; asked++) {
      await finish(clock, client.getHost(1, 1));
    }
    const seqs = agent.hostRequests.map(({ request }) => request.seq);
    assertEquals(seqs, [2 ** 32 - 1, 0, 1]);
  });
});

Deno.test("LarsClient.getHost() accepts only ids that the wire can carry", async () => {
  await inWorld({}, async ({ clock, client, agent }) => {
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
  await inWorld({}, async ({ clock, client, agent }) => {
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
  await inWorld({ faults, tries: 1 }, async ({ clock, network, client }) => {
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

Deno.test("LarsClient.report() sends the host, the return code and the duration", async () => {
  await inWorld({}, async ({ clock, client, agent }) => {
    const result = { host: HOST, returnCode: -7, durationUs: 4_000_000_000 };
    assertEquals(await client.report(1, 1, result), true);
    assertEquals(
      await client.report(1, 1, { host: HOST, returnCode: 0 }),
      true,
    );
    await clock.advance(1);
    const [first, second] = agent.reports.map(({ report }) => report);
    assertEquals(first?.host?.ip, -1_062_731_343);
    assertEquals(first?.host?.port, 7777);
    assertEquals(first?.retcode, -7);
    assertEquals(first?.duration_us, 4_000_000_000);
    assertEquals(second?.duration_us, 0);
  });
});

Deno.test("LarsClient.report() accepts only what the wire can carry", async () => {
  await inWorld({}, async ({ clock, client, agent }) => {
    const good = { host: HOST, returnCode: 0 };
    const bad = [
      { ...good, host: { ip: 0, port: 1 } },
      { ...good, host: { ip: 1, port: 0 } },
      { ...good, returnCode: 2 ** 31 },
      { ...good, durationUs: -1 },
      { ...good, durationUs: 2 ** 32 },
    ];
    for (const result of bad) {
      await assertRejects(() => client.report(1, 1, result), RangeError);
    }
    await clock.advance(1);
    assertEquals(agent.reports.length, 0);
  });
});

Deno.test("LarsClient.getRoute() tells all hosts, and on request which are overloaded", async () => {
  const routes = { "1,1": ["192.168.1.177:7777", "10.0.0.9:1"] };
  await inWorld({ routes }, async ({ clock, client, agent }) => {
    agent.overloaded.add("10.0.0.9:1");
    const other = parseAddress("10.0.0.9:1");
    assertEquals(await finish(clock, client.getRoute(1, 1)), {
      state: "found",
      hosts: [HOST, other],
    });
    assertEquals(
      await finish(clock, client.getRoute(1, 1, { withState: true })),
      {
        state: "found",
        hosts: [{ ...HOST, overload: false }, { ...other, overload: true }],
      },
    );
    assertEquals(await finish(clock, client.getRoute(9, 9)), {
      state: "no_route",
    });
  });
});

Deno.test("LarsClient.getRoute() asks once for everybody who wants the same route", async () => {
  await inWorld({}, async ({ clock, client, agent }) => {
    const asked = [1, 2, 3].map(() => client.getRoute(1, 1));
    const withState = client.getRoute(1, 1, { withState: true });
    const outcomes = await finish(clock, Promise.all([...asked, withState]));
    assertEquals(outcomes.every(({ state }) => state === "found"), true);
    const flags = agent.routeRequests.map(({ with_state }) => with_state);
    assertEquals(flags, [false, true]);
  });
});

Deno.test("LarsClient.getRoute() asks again when the request is lost, and gives up", async () => {
  await inWorld({}, async ({ clock, client, agent }) => {
    agent.ignoreRoutes = 2;
    const outcome = await finish(clock, client.getRoute(1, 1));
    assertEquals([outcome.state, clock.nowMs()], ["found", 200]);
    agent.ignoreRoutes = 3;
    const lost = await finish(clock, client.getRoute(1, 1));
    assertEquals([lost.state, clock.nowMs()], ["timeout", 500]);
  });
});

Deno.test("LarsClient.register() asks up to three times, 50 ms apart, until there are hosts", async () => {
  await inWorld({ routes: {} }, async ({ clock, client, agent }) => {
    clock.schedule(60, () => agent.routes["1,1"] = ["10.0.0.9:1"]);
    assertEquals(await finish(clock, client.register(1, 1)), true);
    assertEquals(clock.nowMs(), 100);
    assertEquals(agent.routeRequests.length, 3);
    assertEquals(await finish(clock, client.register(9, 9)), false);
    assertEquals(clock.nowMs(), 200);
    assertEquals(agent.routeRequests.length, 6);
  });
});

Deno.test("LarsClient.call() reports success and how long the call took", async () => {
  await inWorld({}, async ({ clock, client, agent }) => {
    const called = client.call(1, 1, async (host) => {
      await clock.sleep(12.3456);
      return host.port;
    });
    assertEquals(await finish(clock, called), 7777);
    await clock.advance(1);
    assertEquals(agent.reports.length, 1);
    assertEquals(agent.reports[0]?.report.retcode, 0);
    assertEquals(agent.reports[0]?.report.duration_us, 12_346);
  });
});

Deno.test("LarsClient.call() reports failure and passes on what was thrown", async () => {
  await inWorld({}, async ({ clock, client, agent }) => {
    const fails = [
      () => client.call(1, 1, () => Promise.reject(new TypeError("no"))),
      () =>
        client.call(1, 1, () => {
          throw new TypeError("no");
        }),
    ];
    for (const fail of fails) {
      await assertRejects(() => finish(clock, fail()), TypeError, "no");
    }
    await clock.advance(1);
    const codes = agent.reports.map(({ report }) => report.retcode);
    assertEquals(codes, [1, 1]);
    // It took no time, but 0 would mean that nobody measured.
    assertEquals(agent.reports[0]?.report.duration_us, 1);
  });
});

Deno.test("LarsClient.call() runs nothing when there is no host, and says why", async () => {
  await inWorld({}, async ({ clock, client, agent }) => {
    let ran = false;
    const error = await assertRejects(
      () => finish(clock, client.call(9, 9, () => ran = true)),
      NoHostError,
      "Cannot call (9, 9) as the agent knows no such route",
    );
    assertEquals(error.state, "no_route");
    assertEquals(ran, false);
    await clock.advance(1);
    assertEquals(agent.reports.length, 0);
  });
});

Deno.test("LarsClient answers closed to what waits when it closes, and to all later requests", async () => {
  await inWorld({}, async ({ clock, client, agent }) => {
    agent.onHost = () => {};
    agent.ignoreRoutes = 9;
    const waiting = [client.getHost(1, 1), client.getRoute(1, 1)];
    const withState = client.getRoute(1, 1, { withState: true });
    const registering = client.register(2, 2);
    await clock.advance(150);
    await client[Symbol.asyncDispose]();
    for (const each of [...waiting, withState]) {
      assertEquals(await each, { state: "closed" });
    }
    assertEquals(await registering, false);
    assertEquals(await client.getHost(1, 1), { state: "closed" });
    assertEquals(await client.getRoute(1, 1), { state: "closed" });
    const report = { host: HOST, returnCode: 0 };
    assertEquals(await client.report(1, 1, report), false);
    await client[Symbol.asyncDispose]();
  });
});

Deno.test("LarsClient.open() refuses options out of their range", () => {
  const bad: LarsClientOptions[] = [
    { agent: { hostname: "127.0.0.1", port: 0 } },
    { agent: { hostname: "127.0.0.1", port: 65_534 } },
    { timeoutMs: 0 },
    { tries: 0 },
    { tries: 1.5 },
  ];
  for (const options of bad) {
    assertThrows(() => LarsClient.open(options), RangeError, "must be");
  }
});
