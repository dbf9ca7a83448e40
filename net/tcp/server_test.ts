import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { encodeFrame } from "../../proto/mod.ts";
import type { FramedConnection } from "./framed_connection.ts";
import { MessageRouter } from "./router.ts";
import { EMPTY, NOT_LARS, startServer } from "../testing/tcp_server_fixture.ts";
import {
  networkFixture,
  recordLogs,
  SERVER,
  writeAll,
} from "../testing/mod.ts";

Deno.test("TcpServer routes frames by id, counts unknown ones, and answers on the same connection", async () => {
  const { connect, clock, router, end } = startServer();
  const [first, second] = [await connect(), await connect()];
  await writeAll(first.stream, encodeFrame(99, EMPTY));
  await writeAll(first.stream, encodeFrame(1, new Uint8Array([7])));
  await clock.advance(1);
  assertEquals(first.got.frames(), [{ id: 1, body: new Uint8Array([7]) }]);
  assertEquals([second.got.frames().length, router.unknownIds], [0, 1]);
  await end();
});

Deno.test("MessageRouter.on() refuses a second handler for an id", () => {
  const router = new MessageRouter().on(1, () => {});
  let thrown: unknown;
  try {
    router.on(1, () => {});
  } catch (error) {
    thrown = error;
  }
  assert(thrown instanceof TypeError);
});

Deno.test("TcpServer closes a connection over its limit at once, counts each and logs one", async () => {
  using logs = recordLogs();
  const { connect, server, clock, end } = startServer(networkFixture(), {
    connectionsMax: 2,
  });
  const kept = [await connect(), await connect()];
  const refused = [await connect(), await connect()];
  await clock.advance(1);
  assertEquals([...kept, ...refused].map(({ got }) => got.ended()), [
    false,
    false,
    true,
    true,
  ]);
  assertEquals([
    server.counters.accepted,
    server.counters.refusedOverLimit,
    server.connections.size,
  ], [2, 2, 2]);
  assertEquals(
    logs.lines.filter((line) => line.includes("limit is reached")).length,
    1,
  );
  // A place that becomes free can be taken.
  kept[0]!.stream.close();
  await clock.advance(1);
  const next = await connect();
  await clock.advance(1);
  assertEquals([next.got.ended(), server.counters.accepted], [false, 3]);
  await end();
});

Deno.test("TcpServer calls its hooks once per connection, and keeps data for it", async () => {
  const events: string[] = [];
  let opened = 0;
  const { connect, clock, end } = startServer(networkFixture(), {
    onOpen: (connection) => {
      connection.data = ++opened;
      events.push(`open ${connection.data}`);
    },
    onClose: (connection) =>
      void events.push(`close ${connection.data} ${connection.closed}`),
  });
  const [first] = [await connect(), await connect()];
  first!.stream.close();
  await clock.advance(1);
  assertEquals(events, ["open 1", "open 2", "close 1 true"]);
  await end();
  assertEquals(events.slice(3), ["close 2 true"]);
});

Deno.test("TcpServer closes only the connection that sends what is not Lars, with one log line", async () => {
  for (const bytes of [NOT_LARS, encodeFrame(3, EMPTY)]) {
    using logs = recordLogs();
    const { connect, server, clock, end } = startServer();
    const [bad, good] = [await connect(), await connect()];
    await writeAll(bad.stream, bytes);
    await writeAll(good.stream, encodeFrame(1, EMPTY));
    await clock.advance(1);
    assertEquals(
      [bad.got.ended(), good.got.ended(), good.got.frames().length],
      [true, false, 1],
    );
    assertEquals([server.counters.protocolErrors, server.connections.size], [
      1,
      1,
    ]);
    assertEquals(logs.lines.length, 1);
    assertStringIncludes(
      logs.lines[0]!,
      `the peer does not speak Lars peer=10.0.0.2:`,
    );
    await end();
  }
});

Deno.test("TcpServer closes a peer that never reads at its bound, and serves the others", async () => {
  using logs = recordLogs();
  const opened: FramedConnection[] = [];
  const { connect, near, server, clock, end } = startServer(networkFixture(), {
    sendQueueBytesMax: 100_000,
    onOpen: (connection) => void opened.push(connection),
  });
  const connecting = near.connect(SERVER);
  await clock.advance(1);
  const deaf = await connecting;
  const good = await connect();
  let sends = 0;
  while (opened[0]!.send(5, new Uint8Array(9_992))) {
    sends += 1;
    opened[1]!.send(5, new Uint8Array(9_992));
    await clock.advance(1);
  }
  await clock.advance(1);
  assertEquals(good.got.frames().length, sends);
  assertEquals([server.counters.slowPeersClosed, server.connections.size], [
    1,
    1,
  ]);
  assertEquals(logs.lines.length, 1);
  assertStringIncludes(logs.lines[0]!, "send queue is full");
  deaf.close();
  await end();
});
