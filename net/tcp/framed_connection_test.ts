import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { encodeFrame, type Frame, ProtocolError } from "../../proto/mod.ts";
import { FramedConnection } from "./framed_connection.ts";
import type { ByteStream } from "../transport.ts";
import {
  collect,
  type NetworkFixture,
  networkFixture,
  SERVER,
  settle,
  writeAll,
} from "../testing/mod.ts";

/** A framed connection on the far machine and the raw stream of its peer. */
async function pair(
  all: NetworkFixture,
  options: { sendQueueBytesMax?: number } = {},
): Promise<{ connection: FramedConnection; peer: ByteStream }> {
  using listener = all.far.listen(SERVER);
  const accepting = listener.accept();
  const connecting = all.near.connect(SERVER);
  await all.clock.advance(1_000);
  const connection = new FramedConnection(await accepting, options);
  return { connection, peer: await connecting };
}

const WINDOW_BYTES = 256 * 1024;

Deno.test("FramedConnection.run() hands over every frame however the stream is torn", async () => {
  const frame = fc.record({
    id: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    body: fc.uint8Array({ maxLength: 300 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(frame, { maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 50 }), {
        minLength: 1,
        maxLength: 30,
      }),
      async (frames, sizes) => {
        const all = networkFixture({
          faults: { tearRate: 0.5, delayMaxMs: 5 },
        });
        const { connection, peer } = await pair(all);
        const got: Frame[] = [];
        const running = connection.run((_, each) => void got.push(each));
        const bytes = frames.flatMap((
          { id, body },
        ) => [...encodeFrame(id, body)]);
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = sizes[turn % sizes.length]!;
          await writeAll(peer, new Uint8Array(bytes.slice(at, at + size)));
          at += size;
        }
        peer.close();
        await all.clock.advance(1_000);
        await running;
        assertEquals(got, frames);
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("FramedConnection.send() delivers frames in order, whole, and in few writes", async () => {
  const all = networkFixture();
  const { connection, peer } = await pair(all);
  const got = collect(peer);
  for (let id = 0; id < 1_000; id++) {
    assert(connection.send(id, new Uint8Array(id % 200).fill(id)));
  }
  await connection.flushed();
  await all.clock.advance(1);
  const frames = got.frames();
  assertEquals(
    frames.map(({ id }) => id),
    Array.from({ length: 1_000 }, (_, id) => id),
  );
  assert(
    frames.every(({ id, body }) =>
      body.length === id % 200 && body.every((byte) => byte === id % 256)
    ),
  );
  assert(got.chunks.length <= 3, `${got.chunks.length} writes for 108 kB`);
  assertEquals(connection.queuedBytes, 0);
  connection.close();
});

Deno.test("FramedConnection.run() reads no further frame before the handler's promise resolves", async () => {
  const all = networkFixture();
  const { connection, peer } = await pair(all);
  const seen: number[] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  const running = connection.run((_, { id }) => {
    seen.push(id);
    gates.push(Promise.withResolvers());
    return gates.at(-1)!.promise;
  });
  for (const id of [1, 2]) {
    await writeAll(peer, encodeFrame(id, new Uint8Array(5)));
  }
  await all.clock.advance(10);
  assertEquals(seen, [1]);
  // What the peer can send until then is bounded by the stream's window.
  let writtenBytes = 0;
  const body = new Uint8Array(60_000);
  const flood = (async () => {
    for (;;) writtenBytes += await peer.write(encodeFrame(3, body));
  })().catch(() => {});
  await all.clock.advance(10);
  assert(writtenBytes <= WINDOW_BYTES + 64 * 1024, `${writtenBytes} bytes`);
  gates[0]!.resolve();
  await all.clock.advance(10);
  assertEquals(seen, [1, 2]);
  connection.close();
  await running;
  peer.close();
  await flood;
});

Deno.test("FramedConnection.close() ends run() although a handler never ends", async () => {
  const all = networkFixture();
  const { connection, peer } = await pair(all);
  let late: (error: Error) => void = () => {};
  const running = connection.run(() =>
    new Promise((_, reject) => late = reject)
  );
  await writeAll(peer, encodeFrame(1, new Uint8Array()));
  await all.clock.advance(1);
  connection.close();
  await running;
  // Nor does it matter how the handler ends then.
  late(new Error("too late"));
  await settle();
});

Deno.test("FramedConnection.close() from a handler ends run() without the next frame", async () => {
  const all = networkFixture();
  const { connection, peer } = await pair(all);
  const seen: number[] = [];
  const running = connection.run((self, { id }) => {
    seen.push(id);
    self.close();
    return Promise.withResolvers<void>().promise;
  });
  await writeAll(
    peer,
    new Uint8Array([
      ...encodeFrame(1, new Uint8Array()),
      ...encodeFrame(2, new Uint8Array()),
    ]),
  );
  await all.clock.advance(1);
  await running;
  assertEquals(seen, [1]);
});

Deno.test("FramedConnection.send() closes with a reason when its queue is full", async () => {
  const all = networkFixture();
  const { connection } = await pair(all, { sendQueueBytesMax: 1_000 });
  const body = new Uint8Array(492);
  assertEquals([connection.send(1, body), connection.send(1, body)], [
    true,
    true,
  ]);
  assertEquals([connection.queuedBytes, connection.closed], [1_000, false]);
  assertEquals(connection.send(1, new Uint8Array()), false);
  assertEquals(connection.closed, true);
  assertEquals(
    connection.closeReason,
    "its send queue is full: 1000 bytes wait, the limit is 1000",
  );
  assertEquals([connection.send(1, body), connection.queuedBytes], [false, 0]);
});

Deno.test("FramedConnection counts what a peer has not taken against its bound", async () => {
  const all = networkFixture();
  const { connection } = await pair(all, { sendQueueBytesMax: 500_000 });
  let sentBytes = 0;
  while (connection.send(1, new Uint8Array(992))) {
    sentBytes += 1_000;
    await settle();
  }
  // One batch may be on its way beside the queue, beyond what the stream holds.
  assert(
    sentBytes >= WINDOW_BYTES + 499_000 && sentBytes <= WINDOW_BYTES + 501_000,
    `${sentBytes}`,
  );
});

Deno.test("FramedConnection.drained() resolves when the peer has read, and not before", async () => {
  const all = networkFixture();
  const { connection, peer } = await pair(all);
  await connection.drained();
  for (let at = 0; at < 8; at++) connection.send(1, new Uint8Array(60_000));
  let drained = 0;
  for (let at = 0; at < 3; at++) connection.drained().then(() => drained += 1);
  await all.clock.advance(10_000);
  assertEquals([drained, connection.writable], [0, false]);
  const got = collect(peer);
  await all.clock.advance(1);
  assertEquals([drained, connection.writable], [3, true]);
  // Also what the stream's window cut in two has arrived whole.
  assertEquals(
    got.frames().map(({ body }) => body.length),
    Array(8).fill(60_000),
  );
  connection.close();
});

Deno.test("FramedConnection with a short queue is not writable until it overflows", async () => {
  const all = networkFixture();
  const { connection } = await pair(all, { sendQueueBytesMax: 1_000 });
  connection.send(1, new Uint8Array(400));
  assertEquals(connection.writable, true);
  connection.send(1, new Uint8Array(400));
  assertEquals(connection.writable, false);
  connection.close();
});

Deno.test("FramedConnection.close() resolves pending drained() and flushed()", async () => {
  const all = networkFixture();
  const { connection } = await pair(all);
  for (let at = 0; at < 10; at++) connection.send(1, new Uint8Array(60_000));
  const waiting = Promise.all([connection.drained(), connection.flushed()]);
  await settle();
  connection.close();
  await waiting;
  assertEquals(connection.writable, false);
});

Deno.test("FramedConnection.flushed() resolves at the close although a write never ends", async () => {
  const all = networkFixture();
  const { connection: real } = await pair(all);
  const stuck: ByteStream = {
    local: SERVER,
    remote: SERVER,
    read: () => new Promise(() => {}),
    write: () => new Promise(() => {}),
    close: () => real.close(),
    [Symbol.dispose]: () => {},
  };
  const connection = new FramedConnection(stuck);
  connection.send(1, new Uint8Array());
  const flushed = connection.flushed();
  await settle();
  connection.close();
  await flushed;
});

Deno.test("FramedConnection.run() closes and throws what is no frame, or what the handler threw", async () => {
  const negativeLength = new Uint8Array([1, 0, 0, 0, 255, 255, 255, 255]);
  const cases: [
    bytes: Uint8Array,
    thrown: typeof ProtocolError | typeof TypeError,
  ][] = [
    [negativeLength, ProtocolError],
    [encodeFrame(1, new Uint8Array()), TypeError],
  ];
  for (const [bytes, thrown] of cases) {
    const all = networkFixture();
    const { connection, peer } = await pair(all);
    const got = collect(peer);
    const running = assertRejects(
      () => connection.run(() => Promise.reject(new TypeError("handler"))),
      thrown,
    );
    await writeAll(peer, bytes);
    await all.clock.advance(1);
    await running;
    assertEquals([connection.closed, got.ended()], [true, true]);
  }
});

Deno.test("FramedConnection closes when its peer is gone, in reading or in writing", async () => {
  const all = networkFixture();
  const { connection } = await pair(all);
  connection.send(1, new Uint8Array());
  all.network.reset("10.0.0.2");
  await settle();
  assertEquals([connection.closed, connection.closeReason], [true, undefined]);
  await connection.run(() => {});
});
