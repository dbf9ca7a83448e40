import { assertEquals, assertRejects } from "@std/assert";
import { History, HistoryPeer } from "../../agent/testing/history_peer.ts";
import { LeaseTable } from "../../agent/testing/lease_peer.ts";
import { checkLeaseSync } from "../../net/mod.ts";
import { parseAddress } from "../../proto/mod.ts";
import { EmbeddedFixture, finish } from "../testing/mod.ts";
import type { LarsClient } from "../mod.ts";
import type { EmbeddedSettings } from "./mod.ts";

const FIRST = parseAddress("1.0.0.1:1");
const SECOND = parseAddress("1.0.0.2:2");
const DISK = "/nowhere/at/all";

/** Opens a client whose route (1, 1) is known while dns and reporter run. */
async function withEmbedded(
  body: (fixture: EmbeddedFixture, client: LarsClient) => Promise<void>,
  settings: EmbeddedSettings = {},
): Promise<void> {
  await EmbeddedFixture.run(async (fixture) => {
    fixture.startDns();
    fixture.startReporter();
    const client = await fixture.open(settings);
    await finish(fixture.clock, client.getHost(1, 1));
    await body(fixture, client);
    await fixture.close(client);
  });
}

Deno.test("openEmbedded() answers the first request when dns has, and later ones at once", async () => {
  await EmbeddedFixture.run(async (fixture) => {
    const { clock, network } = fixture;
    network.faults.delayMinMs = network.faults.delayMaxMs = 20;
    fixture.startDns();
    const client = await fixture.open();
    const asked = [client.getHost(1, 1), client.getHost(1, 1)];
    const outcomes = await finish(clock, Promise.all(asked));
    assertEquals(outcomes, Array(2).fill({ state: "found", host: FIRST }));
    // One connection, one question: 20 ms each way for both.
    assertEquals([fixture.asked, clock.nowMs()], [["1,1"], 60]);
    assertEquals(await client.getHost(1, 1), { state: "found", host: FIRST });
    assertEquals(client.getHostNow(1, 1), { state: "found", host: FIRST });
    assertEquals(clock.nowMs(), 60);
    await fixture.close(client);
  });
});

Deno.test("openEmbedded() says no_route as soon as dns does", async () => {
  await withEmbedded(async ({ clock }, client) => {
    const startMs = clock.nowMs();
    const outcome = await finish(clock, client.getHost(9, 9));
    assertEquals(outcome, { state: "no_route" });
    assertEquals(clock.nowMs() - startMs < 10, true);
    assertEquals(await client.getHost(9, 9), { state: "no_route" });
    assertEquals(await client.getHost(-1, 9), { state: "no_route" });
    assertEquals(client.counters.timeouts, 0);
  });
});

Deno.test("openEmbedded() waits timeoutMs for a silent dns, and the next caller not at all", async () => {
  await EmbeddedFixture.run(async (fixture) => {
    const { clock } = fixture;
    fixture.startDns();
    fixture.silent = true;
    const client = await fixture.open({ timeoutMs: 70 });
    const outcome = await finish(clock, client.getHost(1, 1));
    assertEquals([outcome.state, clock.nowMs()], ["no_route", 70]);
    assertEquals((await client.getHost(1, 1)).state, "no_route");
    assertEquals([client.counters.timeouts, fixture.asked.length], [1, 1]);
    await fixture.close(client);
    const hasty = await fixture.open({ timeoutMs: 0 });
    assertEquals((await hasty.getHost(1, 1)).state, "no_route");
    await fixture.close(hasty);
  });
});

Deno.test("openEmbedded() asks again when dns comes up while a caller waits", async () => {
  await EmbeddedFixture.run(async (fixture) => {
    const { clock } = fixture;
    const client = await fixture.open({ timeoutMs: 5_000 });
    const asked = client.getHost(1, 1);
    await clock.advance(200);
    fixture.startDns();
    assertEquals((await finish(clock, asked)).state, "found");
    assertEquals(clock.nowMs() < 3_000, true);
    await fixture.close(client);
  });
});

Deno.test("openEmbedded() takes what dns pushes", async () => {
  await withEmbedded(async (fixture, client) => {
    fixture.routes["1,1"] = ["1.0.0.2:2"];
    fixture.push(1, 1);
    await fixture.clock.advance(1);
    assertEquals(client.getHostNow(1, 1), { state: "found", host: SECOND });
  });
});

Deno.test("openEmbedded() balances by the policy, and getRoute() shows it", async () => {
  await withEmbedded(async (fixture, client) => {
    fixture.routes["1,1"] = ["1.0.0.1:1", "1.0.0.2:2"];
    fixture.push(1, 1);
    await fixture.clock.advance(1);
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
  }, { policy: "lars" });
});

Deno.test("openEmbedded() explains from its shard, and makes no route known by it", async () => {
  await withEmbedded(async ({ clock, asked }, client) => {
    client.report(1, 1, { host: FIRST, returnCode: 0 });
    const explained = await client.explain(1, 1, { withCalls: true });
    if (explained.state !== "found") throw new Error(explained.state);
    const [host] = explained.hosts;
    assertEquals([explained.policy, host?.port, host?.succ], [
      "adaptive",
      1,
      1,
    ]);
    client.getHostNow(1, 1);
    const recorded = await client.explain(1, 1, { withCalls: true });
    assertEquals(recorded.state === "found" && recorded.calls.length, 1);
    assertEquals(await client.explain(9, 9), { state: "no_route" });
    await clock.advance(1);
    assertEquals(asked, ["1,1"]);
    await assertRejects(() => client.explain(1, 2 ** 31), RangeError);
  });
});

Deno.test("openEmbedded() tells the reporter once a second, and the rest when it closes", async () => {
  await withEmbedded(async (fixture, client) => {
    const { clock, statuses } = fixture;
    const called = client.call(1, 1, () => clock.sleep(1_000));
    await finish(clock, called);
    await clock.advance(200);
    const counts = () =>
      statuses.map(({ results }) => [results[0]?.succ, results[0]?.err]);
    assertEquals(counts(), [[1, 0]]);
    client.report(1, 1, { host: FIRST, returnCode: 7 });
    await client.report(1, 1, { host: FIRST, returnCode: 0 });
    await fixture.close(client);
    await clock.advance(10);
    assertEquals(counts(), [[1, 0], [2, 1]]);
  });
});

Deno.test("openEmbedded() tells a reporter that takes totals of all calls, after 10 s and when it closes", async () => {
  const at = { hostname: "10.0.0.3", port: 7779 };
  await withEmbedded(async (fixture, client) => {
    const { clock, network } = fixture;
    const history = new History();
    const peer = new HistoryPeer({ clock, network, history, at });
    await clock.advance(5_000);
    const counted = () =>
      [...history.sums.values()].map((sums) => sums["1/1 1.0.0.1:1"]);
    await client.report(1, 1, { host: FIRST, returnCode: 1, durationUs: 700 });
    await clock.advance(11_000);
    assertEquals(counted(), [[1, 1, 1, 700]]);
    await client.report(1, 1, { host: FIRST, returnCode: 0 });
    await fixture.close(client);
    await clock.advance(10);
    assertEquals(counted(), [[2, 1, 1, 700]]);
    await finish(clock, peer.stop());
  }, { reporter: [at] });
});

Deno.test("openEmbedded() starts without dns from the routes of its last run, as who it was", async () => {
  const folder = await Deno.makeTempDir();
  const cacheFile = `${folder}/routes.json`;
  try {
    await EmbeddedFixture.run(async (fixture) => {
      fixture.startDns();
      const client = await fixture.open({ cacheFile });
      await finish(fixture.clock, client.register(1, 1));
      await fixture.close(client);
    });
    const identity = await Deno.readTextFile(`${cacheFile}.agent-id`);
    await EmbeddedFixture.run(async (fixture) => {
      const client = await fixture.open({ cacheFile });
      assertEquals(client.getHostNow(1, 1), { state: "found", host: FIRST });
      fixture.startDns();
      await fixture.clock.advance(2_000);
      assertEquals(fixture.agentIds, [identity.trim()]);
      await fixture.close(client);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("openEmbedded() goes on without a cache file that it cannot use", async () => {
  await EmbeddedFixture.run(async (fixture) => {
    fixture.startDns();
    const client = await fixture.open({ cacheFile: `${DISK}/routes.json` });
    const outcome = await finish(fixture.clock, client.getHost(1, 1));
    assertEquals(outcome.state, "found");
    await fixture.close(client);
  });
});

Deno.test("openEmbedded() answers closed to all who wait when it closes, and to later ones", async () => {
  await EmbeddedFixture.run(async (fixture) => {
    const client = await fixture.open({ timeoutMs: 60_000 });
    const waiting = [client.getHost(1, 1), client.getRoute(1, 2)];
    const registering = client.register(2, 2);
    await fixture.close(client);
    for (const asked of waiting) {
      assertEquals(await asked, { state: "closed" });
    }
    assertEquals(await registering, false);
    assertEquals(client.getHostNow(1, 1), { state: "closed" });
    assertEquals(await client.getHost(1, 1), { state: "closed" });
    const report = { host: FIRST, returnCode: 0 };
    assertEquals(await client.report(1, 1, report), false);
    await fixture.close(client);
  });
});

Deno.test("openEmbedded() rejects with the reason of an aborted signal, and picks no host for a caller who has gone", async () => {
  await EmbeddedFixture.run(async (fixture) => {
    const client = await fixture.open();
    const abort = new AbortController();
    const { signal } = abort;
    const asked = client.getHost(1, 1, { signal });
    abort.abort(new TypeError("enough"));
    await assertRejects(() => asked, TypeError, "enough");
    await assertRejects(() => client.getHost(1, 1, { signal }), TypeError);
    fixture.startDns();
    await fixture.clock.advance(5_000);
    assertEquals(client.counters.answered, 1);
    await fixture.close(client);
  });
});

Deno.test("openEmbedded() refuses settings out of their range", async () => {
  await EmbeddedFixture.run(async (fixture) => {
    const bad = [{ policy: "best" }, { timeoutMs: -1 }, { timeoutMs: 0.5 }];
    for (const settings of bad) {
      await assertRejects(() => fixture.open(settings), RangeError, "must be");
    }
  });
});

Deno.test("openEmbedded() registers what the program serves, with its key, and takes it away", async () => {
  await EmbeddedFixture.run(async (fixture) => {
    const leases = new LeaseTable();
    fixture.startDns({ leases });
    const key = "a key of 32 characters or of more";
    const client = await fixture.open({ advertise: "192.0.2.1", key });
    await fixture.clock.advance(100);
    const serving = client.serve({ modId: 1, cmdId: 1, port: 80 });
    const instance = await finish(fixture.clock, serving);
    await fixture.clock.advance(1_000);
    const [agentId = ""] = fixture.agentIds;
    assertEquals(leases.of(agentId), ["1/1 192.0.2.1:80"]);
    assertEquals(instance.state, "served");
    await fixture.clock.advance(60_000);
    assertEquals(leases.of(agentId), ["1/1 192.0.2.1:80"]);
    await fixture.close(client);
    assertEquals([leases.of(agentId), instance.state], [[], "closed"]);
    const { nonce, bodies } = leases;
    const signer = { agentId, epoch: 0, nonce };
    const found = bodies.map((body) => checkLeaseSync(body, [key], signer));
    assertEquals(new Set(found), new Set(["valid"]));
  });
});
