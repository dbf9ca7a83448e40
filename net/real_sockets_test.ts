import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { encodeFrame } from "../proto/mod.ts";
import { SystemClock } from "./clock.ts";
import { DenoTransport } from "./deno_transport.ts";
import type { FramedConnection } from "./tcp/framed_connection.ts";
import { MessageRouter } from "./tcp/router.ts";
import { TcpClient } from "./tcp/client.ts";
import { TcpServer, type TcpServerOptions } from "./tcp/server.ts";
import type { ByteStream } from "./transport.ts";
import { logger, writeAll } from "./testing/mod.ts";

const LOOPBACK = { hostname: "127.0.0.1", port: 0 };
const transport = new DenoTransport();
const clock = new SystemClock();

/** An echo server on a free port. */
function started(options: Partial<TcpServerOptions> = {}) {
  const server = new TcpServer({
    transport,
    clock,
    random: Math.random,
    logger,
    at: LOOPBACK,
    connectionsMax: 100,
    router: new MessageRouter().on(
      1,
      (connection, body) => void connection.send(1, body),
    ),
    ...options,
  });
  const stop = new AbortController();
  const running = server.run(stop.signal);
  const end = () => {
    stop.abort();
    return running;
  };
  return { server, end, at: server.local };
}

/** How many bytes a peer sends before it ends. */
async function readToEnd(stream: ByteStream): Promise<number> {
  const buffer = new Uint8Array(64 * 1024);
  let total = 0;
  for (;;) {
    const bytes = await stream.read(buffer).catch(() => null);
    if (bytes === null) return total;
    total += bytes;
  }
}

Deno.test("TcpServer and TcpClient echo frames of every size over real sockets", async () => {
  const { server, end, at } = started();
  const sizes = [0, 1, 1_000, 65_527];
  const got: number[] = [];
  const all = Promise.withResolvers<void>();
  const client = new TcpClient({
    transport,
    clock,
    random: Math.random,
    logger,
    addresses: [at],
    router: new MessageRouter().on(1, (_, body) => {
      if (got.push(body.length) === sizes.length) all.resolve();
    }),
    onConnected: (connection) => {
      for (const size of sizes) connection.send(1, new Uint8Array(size));
    },
  });
  const stop = new AbortController();
  const running = client.run(stop.signal);
  await all.promise;
  assertEquals(got, sizes);
  stop.abort();
  await running;
  await end();
  assertEquals([server.counters.accepted, server.connections.size], [1, 0]);
});

Deno.test("TcpServer closes a peer that never reads at its bound over real sockets, others unaffected", async () => {
  const opened = Promise.withResolvers<FramedConnection>();
  const closed = Promise.withResolvers<void>();
  const { server, end, at } = started({
    sendQueueBytesMax: 1_000_000,
    onOpen: opened.resolve,
    onClose: () => closed.resolve(),
  });
  using deaf = await transport.connect(at);
  const connection = await opened.promise;
  using good = await transport.connect(at);
  const frame = encodeFrame(1, new Uint8Array(100));
  const buffer = new Uint8Array(1_000);
  let sentBytes = 0;
  // Each turn the other peer gets its echo while the deaf one is flooded.
  while (connection.send(5, new Uint8Array(59_992))) {
    sentBytes += 60_000;
    await writeAll(good, frame);
    for (let left = frame.length; left > 0;) {
      left -= await good.read(buffer) ?? left;
    }
  }
  await closed.promise;
  assertEquals([server.counters.slowPeersClosed, server.connections.size], [
    1,
    1,
  ]);
  // The peer sees the end, although the server's last write was still stuck.
  assert(await readToEnd(deaf) <= sentBytes);
  await end();
});

Deno.test("DenoStream.close() fails a read and a write that wait", async () => {
  using listener = transport.listen(LOOPBACK);
  using client = await transport.connect(listener.local);
  using server = await listener.accept();
  const reading = assertRejects(() => server.read(new Uint8Array(1)));
  const writing = assertRejects(async () => {
    for (;;) await server.write(new Uint8Array(1 << 20));
  });
  // A byte the other way: by its arrival the first write is under way.
  await client.read(new Uint8Array(1));
  server.close();
  server.close();
  await Promise.all([reading, writing]);
});

Deno.test("DenoTransport.connect() fails when refused, and at once when its signal is aborted", async () => {
  const listener = transport.listen(LOOPBACK);
  const { local } = listener;
  assertThrows(() => transport.listen(local), Deno.errors.AddrInUse);
  listener.close();
  listener.close();
  await assertRejects(() => listener.accept());
  await assertRejects(
    () => transport.connect(local),
    Deno.errors.ConnectionRefused,
  );
  await assertRejects(() => transport.connect(local, AbortSignal.abort()));
});

Deno.test("TcpServer refuses over its limit and frees its port, over real sockets", async () => {
  const { server, end, at } = started({ connectionsMax: 1 });
  using first = await transport.connect(at);
  await writeAll(first, encodeFrame(1, new Uint8Array()));
  await first.read(new Uint8Array(8));
  using second = await transport.connect(at);
  assertEquals(await readToEnd(second), 0);
  assertEquals([server.counters.refusedOverLimit, server.connections.size], [
    1,
    1,
  ]);
  await end();
  assertEquals(await readToEnd(first), 0);
  transport.listen(at).close();
});

Deno.test("TcpServer that stops delivers what is queued to a peer that reads late, over real sockets", async () => {
  const opened = Promise.withResolvers<FramedConnection>();
  const { end, at } = started({
    onOpen: opened.resolve,
    sendQueueBytesMax: 20_000_000,
  });
  using peer = await transport.connect(at);
  const connection = await opened.promise;
  for (let count = 0; count < 200; count++) {
    connection.send(5, new Uint8Array(59_992));
  }
  const ended = end();
  assertEquals(await readToEnd(peer), 200 * 60_000);
  await ended;
});
