/** What one peer does, or does not do any more, is not the matter of others. */
import { assert, assertEquals } from "@std/assert";
import { encodeFrame, encodeHello, MessageId } from "../../proto/mod.ts";
import { EMPTY, startServer } from "../testing/tcp_server_fixture.ts";
import { networkFixture, recordLogs, writeAll } from "../testing/mod.ts";
import type { StreamListener } from "../transport.ts";
import { SILENCE_MS_MAX } from "./liveness.ts";
import { HALF_FRAME_MS_MAX, IDLE_MS_MAX, STALL_MS_MAX } from "./peer_watch.ts";

const HELLO = encodeFrame(
  MessageId.hello,
  encodeHello({
    agentId: "0f".repeat(16),
    epoch: 7,
    name: "",
    version: "",
    zone: "",
  }),
);

/** Interval at which peers are looked at. */
const LOOK_MS = 1_000;

Deno.test("TcpServer does not pause for connections that are reset before it accepts them", async () => {
  using logs = recordLogs();
  const all = networkFixture();
  let resets = 0;
  const listen = (at: Parameters<typeof all.far.listen>[0]): StreamListener => {
    const real = all.far.listen(at);
    return {
      local: real.local,
      accept: () =>
        resets++ < 500
          ? Promise.reject(
            Object.assign(new Error("not connected (os error 107)"), {
              code: "ENOTCONN",
            }),
          )
          : real.accept(),
      close: () => real.close(),
      [Symbol.dispose]: () => real.close(),
    };
  };
  const { connect, server, clock, end } = startServer(all, {
    transport: { ...all.far, listen },
  });
  const { stream, got } = await connect();
  await writeAll(stream, encodeFrame(1, EMPTY));
  await clock.advance(1);
  assertEquals(got.frames().length, 1);
  assertEquals(
    [server.counters.resetEarly, server.counters.acceptFailures],
    [500, 0],
  );
  assertEquals(logs.lines, []);
  await end();
});

Deno.test("TcpServer closes who does not end a frame, also one who sends a byte now and then", async () => {
  const { connect, server, clock, end } = startServer();
  const [half, drip, good] = [
    await connect(),
    await connect(),
    await connect(),
  ];
  const frame = encodeFrame(1, new Uint8Array(100));
  await writeAll(half.stream, frame.subarray(0, 3));
  for (let byte = 0; byte < HALF_FRAME_MS_MAX / LOOK_MS; byte++) {
    await writeAll(drip.stream, frame.subarray(byte, byte + 1));
    await clock.advance(LOOK_MS - 1);
    await writeAll(good.stream, frame.subarray(0, 50));
    await clock.advance(1);
    await writeAll(good.stream, frame.subarray(50));
  }
  await clock.advance(LOOK_MS * 2);
  assertEquals([half, drip, good].map(({ got }) => got.ended()), [
    true,
    true,
    false,
  ]);
  assertEquals(server.counters.halfFrameClosed, 2);
  await end();
});

Deno.test("TcpServer gives who begins a frame after a long silence time to end it", async () => {
  const { connect, clock, end } = startServer();
  const { stream, got } = await connect();
  const frame = encodeFrame(1, new Uint8Array(100));
  await clock.advance(HALF_FRAME_MS_MAX * 3);
  await writeAll(stream, frame.subarray(0, 50));
  await clock.advance(HALF_FRAME_MS_MAX - LOOK_MS);
  await writeAll(stream, frame.subarray(50));
  await clock.advance(1);
  assertEquals([got.frames().length, got.ended()], [1, false]);
  await end();
});

Deno.test("TcpServer wakes for nothing without peers, and for a silent one only when it is to be closed", async () => {
  const { connect, clock, end } = startServer();
  const wakeUpsIn = async (ms: number) => {
    const before = clock.wakeUps;
    await clock.advance(ms);
    return clock.wakeUps - before;
  };
  assertEquals(await wakeUpsIn(3_600_000), 0);
  const { got } = await connect();
  await clock.advance(LOOK_MS);
  assertEquals(await wakeUpsIn(IDLE_MS_MAX / 2), 0);
  assertEquals(await wakeUpsIn(IDLE_MS_MAX / 2), 1);
  assertEquals(got.ended(), true);
  assertEquals(await wakeUpsIn(3_600_000), 0);
  await end();
});

Deno.test("TcpServer closes who said Hello and falls silent, and leaves an original peer its silence for long", async () => {
  const { connect, server, clock, end } = startServer();
  const [greeted, busy, original] = [
    await connect(),
    await connect(),
    await connect(),
  ];
  await writeAll(greeted.stream, HELLO);
  await writeAll(busy.stream, HELLO);
  // Its handler never ends: it is this server that does not listen.
  await writeAll(busy.stream, encodeFrame(2, EMPTY));
  await clock.advance(SILENCE_MS_MAX - LOOK_MS);
  assertEquals(server.connections.size, 3);
  await clock.advance(LOOK_MS * 3);
  assertEquals(
    [greeted, busy, original].map(({ got }) => got.ended()),
    [true, false, false],
  );
  assertEquals(server.counters.silentClosed, 1);
  await clock.advance(IDLE_MS_MAX - SILENCE_MS_MAX - LOOK_MS * 3);
  assertEquals(original.got.ended(), false);
  await clock.advance(LOOK_MS * 2);
  assertEquals([busy.got.ended(), original.got.ended()], [false, true]);
  await end();
});

Deno.test("TcpServer that is full gives the place of who has been silent longest, and of no one who speaks", async () => {
  using logs = recordLogs();
  const { connect, server, clock, end } = startServer(networkFixture(), {
    connectionsMax: 3,
  });
  const [first, second] = [await connect(), await connect()];
  await clock.advance(SILENCE_MS_MAX / 2);
  const speaking = await connect();
  const speak = async () => {
    await writeAll(speaking.stream, encodeFrame(1, EMPTY));
    await clock.advance(1);
  };
  const early = await connect();
  await clock.advance(1);
  assertEquals(early.got.ended(), true);
  await clock.advance(SILENCE_MS_MAX / 2);
  await speak();
  await writeAll(second.stream, encodeFrame(1, EMPTY));
  await clock.advance(LOOK_MS);
  const next = await connect();
  await clock.advance(1);
  assertEquals(
    [first, second, speaking, next].map(({ got }) => got.ended()),
    [true, false, false, false],
  );
  const late = await connect();
  await clock.advance(1);
  assertEquals(late.got.ended(), true);
  const { silentReplaced, refusedOverLimit } = server.counters;
  assertEquals([silentReplaced, refusedOverLimit, server.connections.size], [
    1,
    2,
    3,
  ]);
  // Refused at first, then not for 10 s: once each.
  await clock.advance(11_000);
  const about = (text: string) =>
    logs.lines.filter((line) => line.includes(text));
  assertEquals(about("connections refused").length, 2);
  assertEquals(about("no connection refused any more").length, 2);
  assert(about("connections refused")[0]!.includes('limit="maxConn = 3"'));
  await end();
});

Deno.test("TcpServer leaves places for other addresses than the one that takes all it gets", async () => {
  const all = networkFixture();
  const { server, clock, end } = startServer(all, { connectionsMax: 40 });
  const greedy = [];
  for (let count = 0; count < 40; count++) {
    greedy.push(all.near.connect(server.local));
  }
  await clock.advance(1);
  await Promise.all(greedy);
  assertEquals(server.connections.size, 30);
  const other = all.network.machine("10.0.0.7");
  const others = [];
  for (let count = 0; count < 10; count++) {
    others.push(other.connect(server.local));
  }
  await clock.advance(1);
  await Promise.all(others);
  assertEquals(server.connections.size, 40);
  // What they had is theirs again when they go.
  for (const stream of await Promise.all(greedy)) stream.close();
  await clock.advance(1);
  assertEquals(server.connections.size, 10);
  await end();
});

Deno.test("TcpServer holds few bytes for who asks and does not read, and closes it in the end", async () => {
  const all = networkFixture();
  const { near, server, clock, end } = startServer(all);
  const connecting = near.connect(server.local);
  await clock.advance(1);
  const deaf = await connecting;
  const question = encodeFrame(1, new Uint8Array(60_000));
  const asking = (async () => {
    for (let count = 0; count < 50; count++) await writeAll(deaf, question);
  })().catch(() => {});
  await clock.advance(1_000);
  const [connection] = server.connections;
  assert(connection!.queuedBytes > 0);
  assert(connection!.queuedBytes < 200_000, `${connection!.queuedBytes} bytes`);
  await clock.advance(STALL_MS_MAX + LOOK_MS);
  assertEquals(server.connections.size, 0);
  assertEquals(server.counters.stalledClosed, 1);
  await asking;
  await end();
});
