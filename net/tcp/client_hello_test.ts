/** How a client and a server know that the other is there. */
import { assert, assertEquals } from "@std/assert";
import {
  encodeHelloAck,
  type Frame,
  type HelloAck,
  MessageId,
} from "../../proto/mod.ts";
import { A, acceptAt, startClient } from "../testing/tcp_client_fixture.ts";
import { startServer } from "../testing/tcp_server_fixture.ts";
import {
  collect,
  type NetworkFixture,
  networkFixture,
  recordLogs,
  SERVER,
  writeAll,
} from "../testing/mod.ts";
import { FramedConnection } from "./framed_connection.ts";
import { HEARTBEAT_MS, SILENCE_MS_MAX } from "./liveness.ts";

const HELLO = {
  agentId: "0f".repeat(16),
  epoch: 7,
  name: "a",
  version: "1",
  zone: "",
};

const ACK = {
  version: "2",
  features: 0,
  store: "f0".repeat(16),
  accepted: 3,
  held: 0,
};

/** Accepts at A as a server that answers each first Hello. */
function acceptAndAck(all: NetworkFixture) {
  const frames: Frame[] = [];
  const server = acceptAt(all, A, (stream) => {
    const connection = new FramedConnection(stream);
    connection.run((_, frame) => {
      if (frames.length === 0) {
        connection.send(MessageId.helloAck, encodeHelloAck(ACK));
      }
      frames.push(frame);
    });
  });
  return { frames, server };
}

Deno.test("TcpClient says Hello before anything else, and hands on who the server is", async () => {
  const all = networkFixture();
  const { frames } = acceptAndAck(all);
  const acks: HelloAck[] = [];
  const { end } = startClient(all, [A], {
    hello: () => HELLO,
    onAck: (ack) => void acks.push(ack),
    onConnected: (connection) => void connection.send(9, new Uint8Array()),
  });
  await all.clock.advance(1);
  assertEquals(frames.map(({ id }) => id), [MessageId.hello, 9]);
  assertEquals(acks, [ACK]);
  await end();
});

Deno.test("TcpClient repeats its Hello to a server that knows it, and leaves it when it falls silent", async () => {
  using logs = recordLogs();
  const all = networkFixture();
  const { frames } = acceptAndAck(all);
  const { events, end } = startClient(all, [A], { hello: () => HELLO });
  await all.clock.advance(HEARTBEAT_MS * 3 + 1);
  assertEquals(frames.length, 4);
  assertEquals(events, ["up 1@0"]);
  await all.clock.advance(SILENCE_MS_MAX);
  assertEquals(events.slice(0, 2), ["up 1@0", "down@25000"]);
  assert(logs.lines.some((line) => line.includes("silent for 20000 ms")));
  await end();
});

Deno.test("TcpClient says Hello once to an original server, and stays however silent that is", async () => {
  const all = networkFixture();
  const server = acceptAt(all, A);
  const { events, end } = startClient(all, [A], { hello: () => HELLO });
  await all.clock.advance(3_600_000);
  assertEquals(events, ["up 1@0"]);
  const got = collect(server.streams[0]!);
  await all.clock.advance(1);
  assertEquals(got.frames().map(({ id }) => id), [MessageId.hello]);
  await end();
});

Deno.test("TcpClient and TcpServer that say Hello keep a connection on which nothing else is said", async () => {
  const all = networkFixture();
  const { server, end: endServer } = startServer(all);
  const acks: HelloAck[] = [];
  const { events, end } = startClient(all, [SERVER], {
    hello: () => HELLO,
    onAck: (ack) => void acks.push(ack),
  });
  await all.clock.advance(3_600_000);
  assertEquals(events.length, 1);
  assert(acks.length > 700);
  assertEquals([...server.connections].map(({ hello }) => hello), [HELLO]);
  await end();
  await endServer();
});

Deno.test("TcpClient keeps a server that reads nothing but says that it is there", async () => {
  const all = networkFixture();
  const { near, end: endServer } = startServer(all);
  const { client, events, end } = startClient({ ...all, near }, [SERVER], {
    hello: () => HELLO,
  });
  await all.clock.advance(1);
  // The handler of id 2 never ends.
  client.send(2, new Uint8Array());
  await all.clock.advance(600_000);
  assertEquals(events.length, 1);
  await end();
  await endServer();
});

Deno.test("TcpClient says once why it thinks that each connection is closed at once, and once when one is kept", async () => {
  using logs = recordLogs();
  const all = networkFixture();
  let isFull = true;
  const server = acceptAt(all, A, (stream) => isFull && stream.close());
  const { end } = startClient(all, [A], { hello: () => HELLO });
  await all.clock.advance(60_000);
  assert(server.streams.length > 10);
  const lines = () => logs.lines.map((line) => line.slice(25));
  assertEquals(lines(), [
    "info test: connected server=10.0.0.1:1",
    "warning test: closed at once by the server, which has no place left or refuses this address; trying again server=10.0.0.1:1",
  ]);
  isFull = false;
  await all.clock.advance(10_000);
  assertEquals(lines().slice(2), [
    "info test: kept by the server server=10.0.0.1:1",
  ]);
  await end();
});

Deno.test("TcpClient says once that a server does not speak Lars", async () => {
  using logs = recordLogs();
  const all = networkFixture();
  const server = acceptAt(all, A, (stream) => {
    writeAll(stream, new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n"));
  });
  const { end } = startClient(all, [A]);
  await all.clock.advance(60_000);
  assert(server.streams.length > 10);
  assertEquals(logs.lines.length, 2);
  assert(logs.lines[1]!.includes("does not speak Lars"));
  await end();
});
