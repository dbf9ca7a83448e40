import { assert, assertEquals } from "@std/assert";
import {
  A,
  acceptAt,
  B,
  C,
  EMPTY,
  startClient,
  watchConnects,
} from "../testing/tcp_client_fixture.ts";
import {
  collect,
  listedRandom,
  networkFixture,
  recordLogs,
} from "../testing/mod.ts";

Deno.test("TcpClient goes back to its preferred server, and leaves the other only when it has it", async () => {
  const all = networkFixture();
  acceptAt(all, B);
  const { attempts, openMax, open, transport } = watchConnects(all);
  const { client, events, end } = startClient(all, [A, B], { transport });
  // With a random of 0 it tries to go back every 15 s.
  await all.clock.advance(16_000);
  assertEquals(attempts.map(({ atMs, port }) => [atMs, port]), [
    [0, 1],
    [0, 2],
    [15_000, 1],
  ]);
  assertEquals(client.connection?.remote, B);
  acceptAt(all, A);
  await all.clock.advance(13_999);
  assertEquals(events, ["up 2@0"]);
  assert(client.send(1, EMPTY));
  // It leaves only when the preferred one has kept the new connection for 1 s.
  await all.clock.advance(1_001);
  assertEquals(events, ["up 2@0", "down@31000", "up 1@31000"]);
  await all.clock.advance(100_000);
  assertEquals([events.length, open(), openMax()], [3, 1, 2]);
  await end();
  assertEquals(open(), 0);
});

Deno.test("TcpClient stays where it is while its preferred server closes each connection at once", async () => {
  using logs = recordLogs();
  const all = networkFixture();
  acceptAt(all, B);
  const { client, events, end } = startClient(all, [A, B]);
  await all.clock.advance(1_000);
  const full = acceptAt(all, A, (stream) => stream.close());
  await all.clock.advance(100_000);
  assert(full.streams.length > 3);
  assertEquals([client.connection?.remote, events.length], [B, 1]);
  assertEquals(logs.lines.length, 1);
  await end();
});

Deno.test("TcpClient going home delivers what the old connection has queued, for 2 s at most", async () => {
  for (const reads of [true, false]) {
    const all = networkFixture();
    const b = acceptAt(all, B);
    const { client, end } = startClient(all, [A, B]);
    await all.clock.advance(14_000);
    acceptAt(all, A);
    for (let at = 0; at < 10; at++) client.send(1, new Uint8Array(60_000));
    await all.clock.advance(2_500);
    assertEquals(client.connection?.remote, B);
    const got = reads ? b.streams.map(collect) : [];
    await all.clock.advance(reads ? 1 : 1_499);
    assertEquals(client.connection?.remote, reads ? A : B);
    await all.clock.advance(1);
    assertEquals(client.connection?.remote, A);
    if (reads) assertEquals(got[0]!.frames().length, 10);
    await end();
  }
});

Deno.test("TcpClient whose server dies while it goes home takes the preferred one", async () => {
  const all = networkFixture({ faults: { delayMinMs: 50, delayMaxMs: 50 } });
  const b = acceptAt(all, B);
  const { client, events, end } = startClient(all, [A, B]);
  await all.clock.advance(14_000);
  acceptAt(all, A);
  await all.clock.advance(1_060);
  b.kill();
  await all.clock.advance(1_000);
  assertEquals(client.connection?.remote, A);
  assertEquals(events.length, 3);
  await end();
});

Deno.test("TcpClient holds one connection after any storm of failures", async () => {
  for (let seed = 0; seed < 30; seed++) {
    const all = networkFixture({
      seed,
      faults: { delayMaxMs: 300, tearRate: 0.3 },
    });
    const { open, openMax, transport } = watchConnects(all);
    const addresses = [A, B, C];
    const servers = addresses.map((at) => acceptAt(all, at));
    const { client, end } = startClient(all, addresses, {
      transport,
      random: all.random,
    });
    for (let turn = 0; turn < 60; turn++) {
      const at = Math.floor(all.random() * 3);
      const what = all.random();
      if (what < 0.5) {
        servers[at]!.kill();
        await all.clock.advance(all.random() * 3_000);
        servers[at] = acceptAt(all, addresses[at]!);
      } else if (what < 0.8) {
        all.network.partition("10.0.0.2", addresses[at]!.hostname);
        await all.clock.advance(all.random() * 3_000);
        all.network.heal();
      } else await all.clock.advance(all.random() * 40_000);
      assert(open() <= 2, `seed ${seed}: ${open()} open`);
    }
    await all.clock.advance(120_000);
    assertEquals(
      [open(), client.connection?.closed],
      [1, false],
      `seed ${seed}`,
    );
    assert(openMax() <= 2, `seed ${seed}`);
    await end();
    assertEquals(open(), 0, `seed ${seed}`);
  }
});

Deno.test("TcpClient's way home has a random length", async () => {
  const all = networkFixture();
  acceptAt(all, B);
  const { attempts, transport } = watchConnects(all);
  // The first number orders the addresses, the next are ways home.
  const { end } = startClient(all, [A, B], {
    transport,
    random: listedRandom([0, 0, 0, 0.5, 0.999]),
  });
  await all.clock.advance(200_000);
  assertEquals(attempts.slice(2, 5).map(({ atMs }) => atMs), [
    15_000,
    45_000,
    89_970,
  ]);
  await end();
});

Deno.test("TcpClient stopped while it goes home closes both connections", async () => {
  const all = networkFixture();
  acceptAt(all, B);
  const { open, transport } = watchConnects(all);
  const { client, stop, running } = startClient(all, [A, B], { transport });
  await all.clock.advance(14_000);
  acceptAt(all, A);
  for (let at = 0; at < 10; at++) client.send(1, new Uint8Array(60_000));
  await all.clock.advance(2_500);
  assertEquals(open(), 2);
  stop.abort();
  await all.clock.advance(2_000);
  await running;
  assertEquals(open(), 0);
});
