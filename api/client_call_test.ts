import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { parseAddress } from "../proto/mod.ts";
import { finish, HOST, withClient } from "./testing/mod.ts";
import { LarsClient, type LarsClientOptions, NoHostError } from "./mod.ts";

Deno.test("LarsClient.report() sends the host, the return code and the duration", async () => {
  await withClient({}, async ({ clock, client, agent }) => {
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
  await withClient({}, async ({ clock, client, agent }) => {
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
  await withClient({ routes }, async ({ clock, client, agent }) => {
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

Deno.test("LarsClient.getRoute() asks once for all who want the same route", async () => {
  await withClient({}, async ({ clock, client, agent }) => {
    const asked = [1, 2, 3].map(() => client.getRoute(1, 1));
    const withState = client.getRoute(1, 1, { withState: true });
    const outcomes = await finish(clock, Promise.all([...asked, withState]));
    assertEquals(outcomes.every(({ state }) => state === "found"), true);
    const flags = agent.routeRequests.map(({ with_state }) => with_state);
    assertEquals(flags, [false, true]);
  });
});

Deno.test("LarsClient.getRoute() asks again when the request is lost, and gives up", async () => {
  await withClient({}, async ({ clock, client, agent }) => {
    agent.ignoreRoutes = 2;
    const outcome = await finish(clock, client.getRoute(1, 1));
    assertEquals([outcome.state, clock.nowMs()], ["found", 200]);
    agent.ignoreRoutes = 3;
    const lost = await finish(clock, client.getRoute(1, 1));
    assertEquals([lost.state, clock.nowMs()], ["timeout", 500]);
  });
});

Deno.test("LarsClient.register() asks up to three times, 50 ms apart, until there are hosts", async () => {
  await withClient({ routes: {} }, async ({ clock, client, agent }) => {
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
  await withClient({}, async ({ clock, client, agent }) => {
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
  await withClient({}, async ({ clock, client, agent }) => {
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
    // It took no time, but 0 would mean that it was not measured.
    assertEquals(agent.reports[0]?.report.duration_us, 1);
  });
});

Deno.test("LarsClient.call() runs nothing when there is no host, and says why", async () => {
  await withClient({}, async ({ clock, client, agent }) => {
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
  await withClient({}, async ({ clock, client, agent }) => {
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

Deno.test("LarsClient.call() and register() end their wait when the signal is aborted", async () => {
  await withClient({ routes: {} }, async ({ clock, client, agent }) => {
    const abort = new AbortController();
    const { signal } = abort;
    const registered = client.register(9, 9, { signal });
    await clock.advance(10);
    agent.onHost = () => {};
    let used = false;
    const called = client.call(1, 1, () => used = true, { signal });
    abort.abort(new TypeError("enough"));
    await assertRejects(() => registered, TypeError, "enough");
    await assertRejects(() => called, TypeError, "enough");
    assertEquals(used, false);
  });
});
