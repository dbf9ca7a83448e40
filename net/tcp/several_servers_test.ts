/** Many clients of two servers, of which one dies and comes back. */
import type { Endpoint } from "../../proto/mod.ts";
import { assert, assertEquals } from "@std/assert";
import { MessageRouter, TcpClient } from "../mod.ts";
import { acceptAt } from "../testing/tcp_client_fixture.ts";
import { logger, type NetworkFixture, networkFixture } from "../testing/mod.ts";

const CLIENTS = 60;

const [A, B]: [Endpoint, Endpoint] = [
  { hostname: "10.0.0.1", port: 7778 },
  { hostname: "10.0.0.3", port: 7778 },
];

/** Clients of both servers, each in its own time. */
function startClients(all: NetworkFixture) {
  const stop = new AbortController();
  const clients = Array.from(
    { length: CLIENTS },
    () =>
      new TcpClient({
        transport: all.near,
        clock: all.clock,
        random: all.random,
        logger,
        addresses: [A, B],
        router: new MessageRouter(),
      }),
  );
  const running = Promise.all(clients.map((each) => each.run(stop.signal)));
  return {
    clients,
    countAt: (server: Endpoint) =>
      clients.filter(({ connection }) =>
        connection?.remote.hostname === server.hostname
      ).length,
    end: async () => {
      stop.abort();
      await all.clock.advance(5_000);
      await running;
    },
  };
}

/** The most of these times that lie within `spanMs` of each other. */
function crowd(timesMs: readonly number[], spanMs: number): number {
  const sorted = timesMs.toSorted((a, b) => a - b);
  return Math.max(
    0,
    ...sorted.map((from) =>
      sorted.filter((at) => at >= from && at < from + spanMs).length
    ),
  );
}

Deno.test("clients of two servers spread, move on within 1 s when one dies, and go home one by one", async () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const all = networkFixture({
      seed,
      faults: { delayMinMs: 1, delayMaxMs: 20 },
    });
    let a = acceptAt(all, A);
    acceptAt(all, B);
    const { clients, countAt, end } = startClients(all);
    await all.clock.advance(1_000);
    const atHome = countAt(A);
    assertEquals(atHome + countAt(B), CLIENTS);
    // Were they all to begin with the same one, it would be 0 or 60.
    assert(atHome > CLIENTS / 4 && atHome < CLIENTS * 3 / 4, `${atHome} at A`);

    // They have been there for long: the first failure of a good connection.
    await all.clock.advance(60_000);
    a.kill();
    await all.clock.advance(1_000);
    assertEquals(countAt(B), CLIENTS, `seed ${seed}`);

    await all.clock.advance(9_000);
    a = acceptAt(all, A);
    const backMs = all.clock.nowMs();
    await all.clock.advance(60_000);
    assertEquals(countAt(A), atHome, `seed ${seed}: not all went home`);
    assertEquals(countAt(B), CLIENTS - atHome);
    const times = a.timesMs.map((atMs) => atMs - backMs);
    assertEquals(times.length, atHome, "each came once");
    const spanMs = Math.max(...times) - Math.min(...times);
    const inOneSecond = crowd(times, 1_000);
    console.log(
      `seed ${seed}: ${atHome} went home over ${
        Math.round(spanMs)
      } ms, at most ${inOneSecond} within a second`,
    );
    assert(spanMs >= 20_000, `seed ${seed}: within ${spanMs} ms`);
    assert(inOneSecond <= 8, `seed ${seed}: ${inOneSecond} within a second`);
    assertEquals(
      clients.reduce((sum, { counters }) => sum + counters.connections, 0),
      CLIENTS + 2 * atHome,
    );
    await end();
  }
});

Deno.test("clients whose servers were all away do not come back at once", async () => {
  const all = networkFixture({
    seed: 7,
    faults: { delayMinMs: 1, delayMaxMs: 20 },
  });
  const a = acceptAt(all, A);
  const b = acceptAt(all, B);
  const { countAt, end } = startClients(all);
  await all.clock.advance(60_000);
  a.kill();
  b.kill();
  await all.clock.advance(20_000);
  const again = acceptAt(all, A);
  const backMs = all.clock.nowMs();
  await all.clock.advance(6_000);
  assertEquals(countAt(A), CLIENTS);
  const times = again.timesMs.map((atMs) => atMs - backMs);
  const spanMs = Math.max(...times) - Math.min(...times);
  const inQuarter = crowd(times, 250);
  console.log(
    `${times.length} came back over ${
      Math.round(spanMs)
    } ms, at most ${inQuarter} within 250 ms`,
  );
  assert(spanMs >= 2_000, `within ${spanMs} ms`);
  assert(inQuarter <= CLIENTS / 4, `${inQuarter} within 250 ms`);
  await end();
});
