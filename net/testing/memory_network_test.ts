import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { ByteStream, DatagramSocket } from "../transport.ts";
import {
  collect,
  type NetworkFixture,
  networkFixture,
  SERVER,
  settle,
  writeAll,
} from "./mod.ts";

/** Both ends of a connection from the near machine to the far one. */
async function connected(
  { near, far, clock }: NetworkFixture,
): Promise<{ client: ByteStream; server: ByteStream }> {
  using listener = far.listen(SERVER);
  const accepting = listener.accept();
  const connecting = near.connect(SERVER);
  await clock.advance(1_000);
  return { client: await connecting, server: await accepting };
}

/** The first byte of each datagram that a socket receives, and when. */
function received(socket: DatagramSocket, nowMs: () => number) {
  const seen: { byte: number; atMs: number }[] = [];
  async function run() {
    const buffer = new Uint8Array(100);
    for (;;) {
      const got = await socket.receive(buffer).catch(() => null);
      if (got === null) return;
      seen.push({ byte: got[0][0]!, atMs: nowMs() });
    }
  }
  run();
  return seen;
}

function concat(chunks: readonly Uint8Array[]): number[] {
  return chunks.flatMap((chunk) => [...chunk]);
}

Deno.test("MemoryNetwork keeps a stream's bytes in order under random delays and tearing", async () => {
  for (let seed = 0; seed < 20; seed++) {
    const all = networkFixture({
      seed,
      faults: { delayMaxMs: 200, tearRate: 0.5 },
    });
    const { client, server } = await connected(all);
    const got = collect(server);
    const sent = Array.from({ length: 300 }, (_, at) => at % 256);
    for (let at = 0; at < sent.length; at += 10) {
      await writeAll(client, new Uint8Array(sent.slice(at, at + 10)));
      await all.clock.advance(7);
    }
    client.close();
    await all.clock.advance(1_000);
    assertEquals(concat(got.chunks), sent, `seed ${seed}`);
    assert(got.ended(), `seed ${seed}`);
  }
});

Deno.test("MemoryNetwork tears a write in two when told to, and never otherwise", async () => {
  for (const [tearRate, chunks] of [[0, 20], [1, 40]] as const) {
    const all = networkFixture({ faults: { tearRate } });
    const { client, server } = await connected(all);
    const got = collect(server);
    for (let at = 0; at < 20; at++) await client.write(new Uint8Array(1_000));
    await all.clock.advance(1);
    // The cut is at random, and one at 0 cuts nothing.
    assert(Math.abs(got.chunks.length - chunks) <= 1, `${got.chunks.length}`);
    client.close();
    await all.clock.advance(1);
  }
});

Deno.test("MemoryNetwork delivers within the bounds of its delay", async () => {
  const all = networkFixture({ faults: { delayMinMs: 20, delayMaxMs: 50 } });
  const from = all.near.bind({ hostname: "127.0.0.1", port: 0 });
  const to = all.far.bind(SERVER);
  const seen = received(to, () => all.clock.nowMs());
  for (let byte = 0; byte < 100; byte++) {
    from.send(new Uint8Array([byte]), SERVER);
  }
  await all.clock.advance(19);
  assertEquals(seen.length, 0);
  await all.clock.advance(31);
  assertEquals(seen.length, 100);
  assert(
    seen.some(({ byte }, at) => byte !== at),
    "datagrams may overtake each other",
  );
  to.close();
});

Deno.test("MemoryStream.write() takes 256 KiB that are not read, then waits for the reader", async () => {
  const all = networkFixture();
  const { client, server } = await connected(all);
  assertEquals(await client.write(new Uint8Array(300_000)), 256 * 1024);
  let more: number | undefined;
  client.write(new Uint8Array(100)).then((bytes) => more = bytes);
  await all.clock.advance(60_000);
  assertEquals(more, undefined);
  await server.read(new Uint8Array(60));
  await settle();
  assertEquals(more, 60);
});

Deno.test("MemoryStream.write() that waits fails when its own side closes", async () => {
  const all = networkFixture();
  const { client } = await connected(all);
  await client.write(new Uint8Array(256 * 1024));
  const blocked = assertRejects(() => client.write(new Uint8Array(1)));
  await settle();
  client.close();
  await blocked;
});

Deno.test("MemoryNetwork.partition() holds what streams carry, also the end, and heal() delivers it", async () => {
  const all = networkFixture();
  const { client, server } = await connected(all);
  const got = collect(server);
  all.network.partition("10.0.0.1", "10.0.0.2");
  await client.write(new Uint8Array([1, 2]));
  client.close();
  await all.clock.advance(60_000);
  assertEquals([got.chunks.length, got.ended()], [0, false]);
  // As with real TCP the far side cannot know, and goes on sending.
  assertEquals(await server.write(new Uint8Array(10)), 10);
  all.network.heal();
  await settle();
  assertEquals([concat(got.chunks), got.ended()], [[1, 2], true]);
  await assertRejects(() => server.write(new Uint8Array(10)));
});

Deno.test("MemoryNetwork.partition() loses datagrams and lets no connection through", async () => {
  const all = networkFixture();
  using _listener = all.far.listen(SERVER);
  const from = all.near.bind({ hostname: "127.0.0.1", port: 0 });
  const to = all.far.bind(SERVER);
  const seen = received(to, () => all.clock.nowMs());
  all.network.partition("10.0.0.2", "10.0.0.1");
  from.send(new Uint8Array([1]), SERVER);
  const stop = new AbortController();
  const connecting = assertRejects(() => all.near.connect(SERVER, stop.signal));
  await all.clock.advance(60_000);
  all.network.heal();
  await all.clock.advance(60_000);
  assertEquals(seen.length, 0);
  stop.abort();
  await connecting;
  from.send(new Uint8Array([2]), SERVER);
  await all.clock.advance(1);
  assertEquals(seen.map(({ byte }) => byte), [2]);
  to.close();
});

Deno.test("MemoryNetwork.reset() breaks both ends of a machine's streams", async () => {
  const all = networkFixture();
  const { client, server } = await connected(all);
  const reading = assertRejects(() => client.read(new Uint8Array(1)));
  await settle();
  all.network.reset("10.0.0.1");
  await reading;
  await assertRejects(() => server.write(new Uint8Array(1)));
  client.close();
  server.close();
});

async function datagramRun(seed: number): Promise<string> {
  const faults = { delayMaxMs: 50, lossRate: 0.3, duplicateRate: 0.2 };
  const all = networkFixture({ seed, faults });
  const from = all.near.bind({ hostname: "127.0.0.1", port: 0 });
  const to = all.far.bind(SERVER);
  const seen = received(to, () => all.clock.nowMs());
  for (let byte = 0; byte < 200; byte++) {
    from.send(new Uint8Array([byte]), SERVER);
    await all.clock.advance(1);
  }
  await all.clock.advance(100);
  to.close();
  return seen.map(({ byte, atMs }) => `${byte}@${atMs.toFixed(3)}`).join(" ");
}

Deno.test("MemoryNetwork loses and duplicates the share it is told", async () => {
  const bytes = (await datagramRun(3)).split(" ").map((each) => parseInt(each));
  const arrived = new Set(bytes);
  assert(
    arrived.size > 110 && arrived.size < 170,
    `${arrived.size} of 200 arrived`,
  );
  const twice = bytes.length - arrived.size;
  assert(twice > 10 && twice < 50, `${twice} arrived twice`);
});

Deno.test("MemoryNetwork repeats a run for the same seed, and not for another", async () => {
  assertEquals(await datagramRun(3), await datagramRun(3));
  assert(await datagramRun(3) !== await datagramRun(4));
});

Deno.test("MemoryNetwork refuses as a system does", async () => {
  const all = networkFixture();
  const connecting = assertRejects(
    () => all.near.connect(SERVER),
    Deno.errors.ConnectionRefused,
  );
  await all.clock.advance(1);
  await connecting;
  using _listener = all.far.listen({ hostname: "0.0.0.0", port: SERVER.port });
  assertThrows(() => all.far.listen(SERVER), Deno.errors.AddrInUse);
  using socket = all.far.bind(SERVER);
  assertThrows(() => all.far.bind(SERVER), Deno.errors.AddrInUse);
  await assertRejects(
    () => socket.send(new Uint8Array(65_508), SERVER),
    Error,
    "too long",
  );
  await socket.send(new Uint8Array(65_507), SERVER);
});

Deno.test("MemoryNetwork frees the port of what is closed, and fails what waits on it", async () => {
  const all = networkFixture();
  const listener = all.far.listen(SERVER);
  const socket = all.far.bind(SERVER);
  const accepting = assertRejects(() => listener.accept());
  const receiving = assertRejects(() => socket.receive(new Uint8Array(1)));
  await settle();
  listener.close();
  socket.close();
  await Promise.all([accepting, receiving]);
  await assertRejects(() => socket.send(new Uint8Array(1), SERVER));
  all.far.listen(SERVER).close();
  all.far.bind(SERVER).close();
});

Deno.test("MemorySocket holds 1,000 datagrams that are not received, and drops the rest", async () => {
  const all = networkFixture();
  const from = all.near.bind({ hostname: "127.0.0.1", port: 0 });
  const to = all.far.bind(SERVER);
  for (let at = 0; at < 1_100; at++) {
    from.send(new Uint8Array([at % 256]), SERVER);
  }
  await all.clock.advance(1);
  const seen = received(to, () => 0);
  await settle();
  assertEquals(seen.length, 1_000);
  to.close();
});
