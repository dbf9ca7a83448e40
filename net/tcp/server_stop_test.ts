import { assertEquals, assertRejects } from "@std/assert";
import { encodeFrame } from "../../proto/mod.ts";
import type { FramedConnection } from "./framed_connection.ts";
import { MessageRouter } from "./router.ts";
import { TcpServer, type TcpServerOptions } from "./server.ts";
import {
  EMPTY,
  exhausted,
  startServer,
  watch,
} from "../testing/tcp_server_fixture.ts";
import type { ByteStream } from "../transport.ts";
import {
  collect,
  logger,
  networkFixture,
  recordLogs,
  SERVER,
  settle,
  writeAll,
} from "../testing/mod.ts";

Deno.test("TcpServer pauses longer and longer when it cannot accept, logs it once, and resumes", async () => {
  using logs = recordLogs();
  const all = { ...networkFixture(), random: () => 0 };
  const { calls, transport } = exhausted(all, 8);
  const { connect, server, clock, end } = startServer(all, { transport });
  const waiting = await connect();
  await clock.advance(10_000);
  assertEquals(calls.slice(0, 9), [
    0,
    50,
    150,
    350,
    750,
    1_550,
    2_550,
    3_550,
    4_550,
  ]);
  assertEquals([server.counters.acceptFailures, server.connections.size], [
    8,
    1,
  ]);
  assertEquals(logs.lines.map((line) => line.slice(25)), [
    'error test: cannot accept connections, trying again error="Too many open files (os error 24)"',
    "info test: accepting connections again",
  ]);
  await writeAll(waiting.stream, encodeFrame(1, EMPTY));
  await clock.advance(1);
  assertEquals(waiting.got.frames().length, 1);
  await end();
});

Deno.test("TcpServer that cannot accept stops at once", async () => {
  const all = networkFixture();
  const { transport } = exhausted(all, 1_000);
  const { stop, running, clock } = startServer(all, { transport });
  await clock.advance(60_000);
  stop.abort();
  await settle();
  await running;
});

Deno.test("TcpServer that stops sends what is queued, then closes all and its listener", async () => {
  const { connect, near, server, stop, running, clock, far } = startServer();
  const connecting = near.connect(SERVER);
  await clock.advance(1);
  const slow = await connecting;
  await connect();
  for (const connection of server.connections) {
    for (let at = 0; at < 10; at++) connection.send(5, new Uint8Array(60_000));
  }
  const done = watch(running);
  stop.abort();
  await clock.advance(1_000);
  assertEquals(done(), false);
  const got = collect(slow);
  await clock.advance(1);
  assertEquals([done(), got.frames().length, got.ended()], [true, 10, true]);
  assertEquals(server.connections.size, 0);
  far.listen(SERVER).close();
});

Deno.test("TcpServer that stops waits 2 s at most for a peer that does not read", async () => {
  const { near, server, stop, running, clock } = startServer();
  const connecting = near.connect(SERVER);
  await clock.advance(1);
  const deaf = await connecting;
  for (const connection of server.connections) {
    for (let at = 0; at < 10; at++) connection.send(5, new Uint8Array(60_000));
  }
  const done = watch(running);
  stop.abort();
  await clock.advance(1_999);
  assertEquals(done(), false);
  await clock.advance(1);
  assertEquals(done(), true);
  deaf.close();
});

Deno.test("TcpServer that stops does not wait for a handler that never ends", async () => {
  const { connect, stop, running, clock } = startServer();
  const { stream } = await connect();
  await writeAll(stream, encodeFrame(2, EMPTY));
  await clock.advance(1);
  stop.abort();
  await settle();
  await running;
});

Deno.test("TcpServer told to stop before it runs ends at once and frees its port", async () => {
  const all = networkFixture();
  const server = new TcpServer({
    transport: all.far,
    clock: all.clock,
    random: all.random,
    logger,
    at: SERVER,
    connectionsMax: 1,
    router: new MessageRouter(),
  });
  assertEquals(server.local, SERVER);
  await server.run(AbortSignal.abort());
  all.far.listen(SERVER).close();
});

Deno.test("TcpServer.run() throws what a handler or hook threw by mistake, and closes all", async () => {
  const bug = () => {
    throw new TypeError("a bug");
  };
  const cases: Partial<TcpServerOptions>[] = [{}, { onOpen: bug }, {
    onClose: bug,
  }];
  for (const options of cases) {
    const { connect, server, running, clock } = startServer(
      networkFixture(),
      options,
    );
    const failed = assertRejects(() => running, TypeError, "a bug");
    const first = await connect();
    await writeAll(first.stream, encodeFrame(4, EMPTY)).catch(() => {});
    await clock.advance(1);
    await failed;
    assertEquals([server.connections.size, first.got.ended()], [0, true]);
  }
});

Deno.test("TcpServer lets a connection's place go although its handler never ends", async () => {
  const closing: FramedConnection[] = [];
  const { connect, server, clock, end } = startServer(networkFixture(), {
    connectionsMax: 1,
    onOpen: (connection) => void closing.push(connection),
  });
  const { stream } = await connect();
  await writeAll(stream, encodeFrame(2, EMPTY));
  await clock.advance(1);
  closing[0]!.close("the owner has had enough");
  await clock.advance(1);
  assertEquals(server.connections.size, 0);
  const next: ByteStream = (await connect()).stream;
  await clock.advance(1);
  assertEquals([server.connections.size, server.counters.refusedOverLimit], [
    1,
    0,
  ]);
  next.close();
  await end();
});
