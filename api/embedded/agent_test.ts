import { assertEquals, assertRejects } from "@std/assert";
import { parseAddress } from "../../proto/mod.ts";
import { finish } from "../testing/client_fixture.ts";
import { EmbeddedWorld } from "../testing/embedded_fixture.ts";
import type { LarsClient } from "../mod.ts";

const FIRST = parseAddress("1.0.0.1:1");
const SECOND = parseAddress("1.0.0.2:2");
const DISK = "/nowhere/at/all";

/** Opens a client whose route (1, 1) is known, in a world where all is up. */
async function inWorld(
  body: (world: EmbeddedWorld, client: LarsClient) => Promise<void>,
): Promise<void> {
  await EmbeddedWorld.run(async (world) => {
    world.startDns();
    world.startReporter();
    const client = await world.open();
    await finish(world.clock, client.getHost(1, 1));
    await body(world, client);
    await world.close(client);
  });
}

Deno.test("LarsClient.embedded() answers the first request when dns has, and later ones at once", async () => {
  await EmbeddedWorld.run(async (world) => {
    const { clock, network } = world;
    network.faults.delayMinMs = network.faults.delayMaxMs = 20;
    world.startDns();
    const client = await world.open();
    const asked = [client.getHost(1, 1), client.getHost(1, 1)];
    const outcomes = await finish(clock, Promise.all(asked));
    assertEquals(outcomes, Array(2).fill({ state: "found", host: FIRST }));
    // One connection, one question: 20 ms each way for both.
    assertEquals([world.asked, clock.nowMs()], [["1,1"], 60]);
    assertEquals(await client.getHost(1, 1), { state: "found", host: FIRST });
    assertEquals(client.getHostNow(1, 1), { state: "found", host: FIRST });
    assertEquals(clock.nowMs(), 60);
    await world.close(client);
  });
});

Deno.test("LarsClient.embedded() says no_route as soon as dns does", async () => {
  await inWorld(async ({ clock }, client) => {
    const startMs = clock.nowMs();
    const outcome = await finish(clock, client.getHost(9, 9));
    assertEquals(outcome, { state: "no_route" });
    assertEquals(clock.nowMs() - startMs < 10, true);
    assertEquals(await client.getHost(9, 9), { state: "no_route" });
    assertEquals(await client.getHost(-1, 9), { state: "no_route" });
    assertEquals(client.counters.timeouts, 0);
  });
});

Deno.test("LarsClient.embedded() waits timeoutMs for a silent dns, and the next caller not at all", async () => {
  await EmbeddedWorld.run(async (world) => {
    const { clock } = world;
    world.startDns();
    world.silent = true;
    const client = await world.open({ timeoutMs: 70 });
    const outcome = await finish(clock, client.getHost(1, 1));
    assertEquals([outcome.state, clock.nowMs()], ["no_route", 70]);
    assertEquals((await client.getHost(1, 1)).state, "no_route");
    assertEquals([client.counters.timeouts, world.asked.length], [1, 1]);
    await world.close(client);
    const hasty = await world.open({ timeoutMs: 0 });
    assertEquals((await hasty.getHost(1, 1)).state, "no_route");
    await world.close(hasty);
  });
});

Deno.test("LarsClient.embedded() asks again when dns comes up while somebody waits", async () => {
  await EmbeddedWorld.run(async (world) => {
    const { clock } = world;
    const client = await world.open({ timeoutMs: 5_000 });
    const asked = client.getHost(1, 1);
    await clock.advance(200);
    world.startDns();
    assertEquals((await finish(clock, asked)).state, "found");
    assertEquals(clock.nowMs() < 3_000, true);
    await world.close(client);
  });
});

Deno.test("LarsClient.embedded() takes what dns pushes", async () => {
  await inWorld(async (world, client) => {
    world.routes["1,1"] = ["1.0.0.2:2"];
    world.push(1, 1);
    await world.clock.advance(1);
    assertEquals(client.getHostNow(1, 1), { state: "found", host: SECOND });
  });
});

Deno.test("LarsClient.embedded() balances by the policy, and getRoute() shows it", async () => {
  await inWorld(async (world, client) => {
    world.routes["1,1"] = ["1.0.0.1:1", "1.0.0.2:2"];
    world.push(1, 1);
    await world.clock.advance(1);
    for (let count = 0; count < 15; count++) {
      client.report(1, 1, { host: FIRST, returnCode: 1 });
    }
    const picks = Array.from({ length: 11 }, () => client.getHostNow(1, 1));
    const probes = picks.filter((outcome) =>
      outcome?.state === "found" && outcome.host.port === 1
    );
    assertEquals(probes.length, 1);
    assertEquals(await client.getRoute(1, 1, { withState: true }), {
      state: "found",
      hosts: [{ ...FIRST, overload: true }, { ...SECOND, overload: false }],
    });
    assertEquals(await client.getRoute(1, 1), {
      state: "found",
      hosts: [FIRST, SECOND],
    });
  });
});

Deno.test("LarsClient.embedded() tells the reporter once a second, and the rest when it closes", async () => {
  await inWorld(async (world, client) => {
    const { clock, statuses } = world;
    const called = client.call(1, 1, () => clock.sleep(1_000));
    await finish(clock, called);
    await clock.advance(200);
    const counts = () =>
      statuses.map(({ results }) => [results[0]?.succ, results[0]?.err]);
    assertEquals(counts(), [[1, 0]]);
    client.report(1, 1, { host: FIRST, returnCode: 7 });
    await client.report(1, 1, { host: FIRST, returnCode: 0 });
    await world.close(client);
    await clock.advance(10);
    assertEquals(counts(), [[1, 0], [2, 1]]);
  });
});

Deno.test("LarsClient.embedded() starts without dns from the routes of its last run", async () => {
  const folder = await Deno.makeTempDir();
  const cacheFile = `${folder}/routes.json`;
  try {
    await EmbeddedWorld.run(async (world) => {
      world.startDns();
      const client = await world.open({ cacheFile });
      await finish(world.clock, client.register(1, 1));
      await world.close(client);
    });
    await EmbeddedWorld.run(async (world) => {
      const client = await world.open({ cacheFile });
      assertEquals(client.getHostNow(1, 1), { state: "found", host: FIRST });
      await world.close(client);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("LarsClient.embedded() goes on without a cache file that it cannot use", async () => {
  await EmbeddedWorld.run(async (world) => {
    world.startDns();
    const client = await world.open({ cacheFile: `${DISK}/routes.json` });
    const outcome = await finish(world.clock, client.getHost(1, 1));
    assertEquals(outcome.state, "found");
    await world.close(client);
  });
});

Deno.test("LarsClient.embedded() answers closed to all who wait when it closes, and to later ones", async () => {
  await EmbeddedWorld.run(async (world) => {
    const client = await world.open({ timeoutMs: 60_000 });
    const waiting = [client.getHost(1, 1), client.getRoute(1, 2)];
    const registering = client.register(2, 2);
    await world.close(client);
    for (const asked of waiting) {
      assertEquals(await asked, { state: "closed" });
    }
    assertEquals(await registering, false);
    assertEquals(client.getHostNow(1, 1), { state: "closed" });
    assertEquals(await client.getHost(1, 1), { state: "closed" });
    const report = { host: FIRST, returnCode: 0 };
    assertEquals(await client.report(1, 1, report), false);
    await world.close(client);
  });
});

Deno.test("LarsClient.embedded() rejects with the reason of an aborted signal, and picks for nobody who has gone", async () => {
  await EmbeddedWorld.run(async (world) => {
    const client = await world.open();
    const abort = new AbortController();
    const { signal } = abort;
    const asked = client.getHost(1, 1, { signal });
    abort.abort(new TypeError("enough"));
    await assertRejects(() => asked, TypeError, "enough");
    await assertRejects(() => client.getHost(1, 1, { signal }), TypeError);
    world.startDns();
    await world.clock.advance(5_000);
    assertEquals(client.counters.answered, 1);
    await world.close(client);
  });
});

Deno.test("LarsClient.embedded() refuses settings out of their range", async () => {
  await EmbeddedWorld.run(async (world) => {
    const bad = [{ policy: "best" }, { timeoutMs: -1 }, { timeoutMs: 0.5 }];
    for (const settings of bad) {
      await assertRejects(() => world.open(settings), RangeError, "must be");
    }
  });
});
