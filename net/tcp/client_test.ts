import { assert, assertEquals, assertThrows } from "@std/assert";
import { MessageRouter } from "./router.ts";
import { TcpClient } from "./client.ts";
import {
  A,
  acceptAt,
  B,
  C,
  EMPTY,
  startClient,
  watchConnects,
} from "../testing/tcp_client_fixture.ts";
import type { ByteStream } from "../transport.ts";
import {
  logger,
  networkFixture,
  recordLogs,
  writeAll,
} from "../testing/mod.ts";

Deno.test("TcpClient needs an address", () => {
  const all = networkFixture();
  assertThrows(
    () =>
      new TcpClient({
        transport: all.near,
        clock: all.clock,
        random: () => 0,
        logger,
        addresses: [],
        router: new MessageRouter(),
      }),
    TypeError,
  );
});

Deno.test("TcpClient tries again with waits that double up to 5 s, shortened by up to half", async () => {
  const cases: [random: number, atMs: number[]][] = [
    [0, [0, 100, 300, 700, 1_500, 3_100, 6_300, 11_300, 16_300]],
    [0.5, [0, 75, 225, 525, 1_125, 2_325, 4_725, 8_475, 12_225]],
  ];
  for (const [random, atMs] of cases) {
    using logs = recordLogs();
    const all = networkFixture();
    const { attempts, transport } = watchConnects(all);
    const { client, events, end } = startClient(all, [A], {
      transport,
      random: () => random,
    });
    await all.clock.advance(atMs.at(-1)!);
    assertEquals(attempts.map((each) => each.atMs), atMs);
    assertEquals([
      client.counters.connectFailures,
      client.connection,
      client.send(1, EMPTY),
    ], [atMs.length, undefined, false]);
    assertEquals(logs.lines.length, 1);
    // After a success the waits start over.
    const server = acceptAt(all, A);
    await all.clock.advance(20_000);
    server.kill();
    attempts.length = 0;
    await all.clock.advance(60);
    assertEquals([events.length, attempts.length], [2, 1]);
    await all.clock.advance(40);
    assertEquals(attempts.length, 2);
    await end();
  }
});

Deno.test("TcpClient tells its owner each time it is connected, and each time it is not", async () => {
  const all = networkFixture();
  const first = acceptAt(all, A);
  const { client, events, end } = startClient(all, [A]);
  await all.clock.advance(10_000);
  assert(client.send(1, new Uint8Array([9])));
  const buffer = new Uint8Array(100);
  await all.clock.advance(1);
  assertEquals(await first.streams[0]!.read(buffer), 9);
  first.kill();
  await all.clock.advance(1);
  assertEquals([client.connection, client.send(1, EMPTY)], [undefined, false]);
  acceptAt(all, A);
  await all.clock.advance(200);
  assertEquals(events, ["up 1@0", "down@10001", "up 1@10101"]);
  assert(client.send(1, EMPTY));
  await end();
});

Deno.test("TcpClient moves on to the next address within 1 s when its server is gone", async () => {
  const all = networkFixture();
  for (const gone of ["killed", "machine off"]) {
    const [a, b, c] = [acceptAt(all, A), acceptAt(all, B), acceptAt(all, C)];
    const startMs = all.clock.nowMs();
    const { client, end } = startClient(all, [C, A, B]);
    await all.clock.advance(10_000);
    assertEquals(client.connection?.remote, C);
    if (gone === "machine off") {
      // It answers no one from now on, and the old connection breaks.
      all.network.partition("10.0.0.2", C.hostname);
      all.network.reset(C.hostname);
    } else c.kill();
    await all.clock.advance(1_000);
    assertEquals([client.connection?.remote, client.counters.connections], [
      A,
      2,
    ], gone);
    assert(a.timesMs[0]! - startMs >= 10_000);
    await end();
    all.network.heal();
    for (const server of [a, b, c]) server.kill();
    await all.clock.advance(1);
  }
});

Deno.test("TcpClient passes over an address that does not answer within 0.8 s, and leaves no stream there", async () => {
  const all = networkFixture();
  const c = acceptAt(all, C);
  acceptAt(all, A);
  all.network.partition("10.0.0.2", C.hostname);
  const { events, client, end } = startClient(all, [C, A]);
  await all.clock.advance(900);
  assertEquals([events, client.counters.connectFailures], [["up 1@800"], 1]);
  all.network.heal();
  await all.clock.advance(1_000);
  assertEquals(c.streams.length, 0);
  await end();
});

Deno.test("TcpClient chooses an order of addresses by random, so that clients spread out", async () => {
  const orders = new Map<string, number>();
  for (let seed = 0; seed < 240; seed++) {
    const all = networkFixture({ seed });
    const { attempts, transport } = watchConnects(all);
    const { end } = startClient(all, [A, B, C], {
      transport,
      random: all.random,
    });
    await all.clock.advance(0);
    const order = attempts.slice(0, 3).map(({ port }) => port).join("");
    orders.set(order, (orders.get(order) ?? 0) + 1);
    await end();
  }
  assertEquals([...orders.keys()].sort(), [
    "123",
    "132",
    "213",
    "231",
    "312",
    "321",
  ]);
  assert(
    [...orders.values()].every((count) => count > 15 && count < 70),
    [...orders].join(" "),
  );
});

Deno.test("TcpClient closes a server that sends what is not Lars, logs it, and moves on", async () => {
  using logs = recordLogs();
  const all = networkFixture();
  acceptAt(
    all,
    A,
    (stream) =>
      void writeAll(stream, new Uint8Array([1, 0, 0, 0, 255, 255, 255, 255])),
  );
  acceptAt(all, B);
  const { client, events, end } = startClient(all, [A, B]);
  await all.clock.advance(1_000);
  assertEquals(events, ["up 1@0", "down@0", "up 2@100"]);
  assertEquals(client.counters.protocolErrors, 1);
  assertEquals(
    logs.lines.filter((line) => line.includes("does not speak Lars")).length,
    1,
  );
  await end();
});

Deno.test("TcpClient does not spin on servers that accept and close at once", async () => {
  const all = networkFixture();
  const close = (stream: ByteStream) => stream.close();
  const [a, b] = [acceptAt(all, A, close), acceptAt(all, B, close)];
  const { end } = startClient(all, [A, B]);
  await all.clock.advance(6_400);
  assertEquals([a.timesMs, b.timesMs], [[0, 300, 1_500, 6_300], [
    100,
    700,
    3_100,
  ]]);
  await end();
});

Deno.test("TcpClient moves on within 1 s from a short connection although it had waited long before", async () => {
  const all = networkFixture();
  const { client, end } = startClient(all, [A, B]);
  await all.clock.advance(120_000);
  const a = acceptAt(all, A);
  await all.clock.advance(6_000);
  assertEquals(client.counters.connections, 1);
  // Younger than 5 s when it dies.
  const ageMs = all.clock.nowMs() - a.timesMs[0]!;
  assert(ageMs < 5_000, `${ageMs}`);
  acceptAt(all, B);
  a.kill();
  await all.clock.advance(1_000);
  assertEquals(client.connection?.remote, B);
  await end();
});

Deno.test("TcpClient forgets short connections once one has lasted 5 s", async () => {
  const all = networkFixture();
  let closes = true;
  const a = acceptAt(all, A, (stream) => void (closes && stream.close()));
  const { end } = startClient(all, [A]);
  await all.clock.advance(700);
  assertEquals(a.timesMs, [0, 100, 300, 700]);
  closes = false;
  await all.clock.advance(800 + 5_000);
  closes = true;
  a.streams.at(-1)!.close();
  // At once after a long one, then 100 ms after the first short one.
  await all.clock.advance(101);
  assertEquals(a.timesMs.slice(4), [1_500, 6_500, 6_600]);
  await end();
});

Deno.test("TcpClient.setAddresses() keeps a connection to a server that stays, and leaves any other", async () => {
  const all = networkFixture();
  for (const server of [A, B, C]) acceptAt(all, server);
  const { client, events, end } = startClient(all, [A, B]);
  await all.clock.advance(10);
  assertEquals(client.connection?.remote, A);
  client.setAddresses([C, A]);
  await all.clock.advance(100_000);
  assertEquals([client.connection?.remote, events.length], [A, 1]);
  client.setAddresses([C]);
  await all.clock.advance(1_000);
  assertEquals(client.connection?.remote, C);
  assertEquals(events.length, 3);
  assertThrows(() => client.setAddresses([]), TypeError);
  await end();
});

Deno.test("TcpClient.setAddresses() reaches a client to which no server answers", async () => {
  const all = networkFixture();
  acceptAt(all, C);
  const { client, end } = startClient(all, [A, B]);
  await all.clock.advance(1_000);
  assertEquals(client.connection, undefined);
  client.setAddresses([C]);
  await all.clock.advance(10_000);
  assertEquals(client.connection?.remote, C);
  await end();
});

Deno.test("TcpClient.connection is none from the moment that it is closed", async () => {
  const all = networkFixture();
  const server = acceptAt(all, A);
  const { client, end } = startClient(all, [A]);
  await all.clock.advance(10);
  // Who sends while there is a connection would wait for one that takes nothing.
  client.connection?.close("no answer");
  assertEquals(client.connection, undefined);
  await all.clock.advance(1_000);
  assertEquals(client.connection?.closed, false);
  server.kill();
  await end();
});
