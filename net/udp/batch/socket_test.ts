import type { Endpoint } from "../../../proto/mod.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { Libc } from "./libc.ts";
import { BATCH_DATAGRAMS_MAX, BatchSocket } from "./socket.ts";
import { openSocket } from "./socket_options.ts";

const LOOPBACK: Endpoint = { hostname: "127.0.0.1", port: 0 };

/** Generous for a busy machine, as every datagram awaited does come. */
const WAIT_MS = 10_000;

/** Receives until `count` datagrams have come: each one's bytes, and who sent it. */
function receiveAll(socket: BatchSocket, count: number) {
  const datagrams: Uint8Array[] = [];
  const senders: Endpoint[] = [];
  while (datagrams.length < count) {
    const received = socket.receive(WAIT_MS);
    for (let index = 0; index < received; index++) {
      datagrams.push(
        socket.requests[index]!.slice(0, socket.length(index)),
      );
      senders.push(socket.sender(index));
    }
  }
  return { datagrams, senders };
}

function filled(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => at * 7 + seed);
}

function open(): BatchSocket {
  return BatchSocket.open({ at: LOOPBACK });
}

/** Carries datagrams of every size both ways; a server receives at most `most` at a time. */
function carryAll(at: Endpoint, most: number): void {
  using server = BatchSocket.open({ at });
  using first = BatchSocket.open({ at });
  using second = BatchSocket.open({ at });
  const sizes = [0, 1, 8, 511, 512, 1_472, 1_473, 65_506, 65_507];
  for (const [index, size] of sizes.entries()) {
    for (const client of [first, second]) {
      client.outgoing.set(filled(size, index));
      client.queue(size, server.local);
      client.flush();
    }
    let answered = 0;
    while (answered < 2) {
      const count = server.receive(WAIT_MS, most);
      assertEquals(count <= most, true);
      for (let at = 0; at < count; at++) {
        const bytes = server.length(at);
        server.outgoing.set(server.requests[at]!.subarray(0, bytes));
        server.answer(at, bytes);
        answered += 1;
      }
      server.flush();
    }
    for (const client of [first, second]) {
      const { datagrams, senders } = receiveAll(client, 1);
      assertEquals(datagrams, [filled(size, index)]);
      assertEquals(senders, [server.local]);
    }
  }
  assertEquals([server.counters.received, server.counters.sent], [18, 18]);
}

for (const hostname of ["127.0.0.1", "::1"]) {
  for (const most of [1, BATCH_DATAGRAMS_MAX]) {
    Deno.test(`BatchSocket at ${hostname}, ${most} at a time, carries datagrams of every size both ways, and answers each sender`, () =>
      carryAll({ hostname, port: 0 }, most));
  }
}

Deno.test("BatchSocket.receive() of one leaves the others for the next call", () => {
  using server = open();
  using client = open();
  client.connect(server.local);
  for (let seed = 1; seed <= 3; seed++) {
    client.outgoing.set(filled(seed, seed));
    client.queue(seed);
  }
  client.flush();
  for (let seed = 1; seed <= 3; seed++) {
    assertEquals(server.receive(WAIT_MS, 1), 1);
    const bytes = server.requests[0]!.slice(0, server.length(0));
    assertEquals(bytes, filled(seed, seed));
    assertEquals(server.sender(0), client.local);
  }
  assertEquals(server.receive(0, 1), 0);
  assertEquals(server.counters.receiveFailures, 0);
});

Deno.test("BatchSocket takes more datagrams than one call holds, in order", () => {
  using server = open();
  using client = open();
  client.connect(server.local);
  const total = BATCH_DATAGRAMS_MAX * 2 + 3;
  for (let index = 0; index < total; index++) {
    client.outgoing[0] = index;
    client.queue(1);
  }
  client.flush();
  const { datagrams } = receiveAll(server, total);
  assertEquals(
    datagrams.map((datagram) => datagram[0]),
    Array.from({ length: total }, (_, index) => index),
  );
  assertEquals(client.counters.sent, total);
});

Deno.test("BatchSocket.flush() counts what the system refuses and sends the rest", () => {
  using server = open();
  using client = open();
  const lengths = [65_507, 70_000, 1, 70_000, 2];
  for (const length of lengths) client.queue(length, server.local);
  client.flush();
  const { datagrams } = receiveAll(server, 3);
  assertEquals(datagrams.map(({ length }) => length), [65_507, 1, 2]);
  assertEquals([client.counters.sent, client.counters.sendFailures], [3, 2]);
});

Deno.test("BatchSocket counts failures when the peer does not listen, and goes on", () => {
  using client = open();
  const gone = open();
  gone.close();
  client.connect(gone.local);
  client.queue(1);
  client.flush();
  // The system tells with the next call of either kind.
  assertEquals(client.receive(WAIT_MS), 0);
  assertEquals(client.counters.receiveFailures, 1);
  client.queue(1);
  client.flush();
  client.queue(1);
  client.flush();
  assertEquals([client.counters.sent, client.counters.sendFailures], [2, 1]);
});

Deno.test("BatchSocket.receive() gives up when nothing comes, and waits not at all if told so", () => {
  using socket = open();
  assertEquals(socket.receive(1), 0);
  assertEquals(socket.receive(), 0);
  assertEquals(socket.receive(-1), 0);
  assertEquals(socket.counters.receiveFailures, 0);
});

Deno.test("BatchSocket.receive() keeps a short limit after a long one, and after none", () => {
  using socket = open();
  using client = open();
  client.connect(socket.local);
  assertEquals(socket.receive(1), 0);
  client.queue(1);
  client.flush();
  // None of these waits an hour: the test would not end.
  assertEquals(socket.receive(3_600_000), 1);
  assertEquals(socket.receive(1), 0);
  client.queue(1);
  client.flush();
  assertEquals(socket.receive(Infinity), 1);
  assertEquals(socket.receive(1), 0);
});

Deno.test("BatchSocket.kernelDrops() tells what found no room in the system's buffer", () => {
  using server = BatchSocket.open({
    at: LOOPBACK,
    receiveBufferBytes: 1,
  });
  using client = open();
  client.connect(server.local);
  assertEquals(server.kernelDrops(), 0);
  const total = 1_000;
  for (let index = 0; index < total; index++) client.queue(1_000);
  client.flush();
  let received = 0;
  for (let count = -1; count !== 0;) {
    count = server.receive(1);
    received += count;
  }
  const drops = server.kernelDrops();
  assertEquals([received < total, received + drops], [true, total]);
  server.close();
  assertEquals(server.kernelDrops(), drops);
});

Deno.test("BatchSocket.open() says that the port is taken, or the address not one of ours", () => {
  using taken = open();
  assertThrows(
    () => BatchSocket.open({ at: taken.local }),
    Deno.errors.AddrInUse,
    `Cannot bind 127.0.0.1:${taken.local.port} as the address is in use`,
  );
  assertThrows(
    () => BatchSocket.open({ at: { hostname: "192.0.2.1", port: 0 } }),
    Deno.errors.AddrNotAvailable,
  );
  assertThrows(
    () => BatchSocket.open({ at: { hostname: "localhost", port: 0 } }),
    SyntaxError,
    `must be four numbers from 0 to 255: current value is "localhost"`,
  );
});

Deno.test("BatchSocket.open() takes the inherited socket that is bound to its address, with what waits there", () => {
  using libc = Libc.open();
  const others = [9_999, 0, openSocket(libc, { at: LOOPBACK }).descriptor];
  const { descriptor, local } = openSocket(libc, { at: LOOPBACK });
  using client = open();
  client.connect(local);
  client.outgoing.set([1, 2, 3]);
  client.queue(3);
  client.flush();

  const inherited = [...others, descriptor];
  using socket = BatchSocket.open({ at: local, inherited });
  assertEquals([socket.isInherited, socket.local], [true, local]);
  const { datagrams, senders } = receiveAll(socket, 1);
  assertEquals(datagrams, [new Uint8Array([1, 2, 3])]);
  assertEquals(senders, [client.local]);

  using own = BatchSocket.open({ at: LOOPBACK, inherited });
  assertEquals(own.isInherited, false);
  libc.calls.close(others[2]!);
});

Deno.test("BatchSocket that is closed receives and sends nothing", () => {
  const socket = open();
  socket.close();
  socket.close();
  socket.queue(1, LOOPBACK);
  socket.flush();
  assertEquals(socket.receive(), 0);
  assertEquals([socket.counters.sent, socket.counters.sendFailures], [0, 1]);
});

Deno.test("BatchSocket on ::1 answers each sender", () => {
  const at = { hostname: "::1", port: 0 };
  using server = BatchSocket.open({ at });
  using client = BatchSocket.open({ at });
  assertEquals(server.local.hostname, "::1");
  client.outgoing.set(filled(100, 1));
  client.queue(100, server.local);
  client.flush();
  assertEquals(server.receive(WAIT_MS), 1);
  assertEquals(server.sender(0), client.local);
  server.outgoing.set(server.requests[0]!.subarray(0, server.length(0)));
  server.answer(0, server.length(0));
  server.flush();
  const { datagrams, senders } = receiveAll(client, 1);
  assertEquals([datagrams, senders], [[filled(100, 1)], [server.local]]);
});

Deno.test("BatchSocket on :: serves both families, and sends to both", () => {
  using server = BatchSocket.open({ at: { hostname: "::", port: 0 } });
  const { port } = server.local;
  for (const hostname of ["127.0.0.1", "::1"]) {
    using client = BatchSocket.open({ at: { hostname, port: 0 } });
    client.queue(3, { hostname, port });
    client.flush();
    assertEquals(server.receive(WAIT_MS), 1);
    server.answer(0, 3);
    server.queue(5, client.local);
    server.flush();
    const { datagrams, senders } = receiveAll(client, 2);
    assertEquals(datagrams.map(({ length }) => length), [3, 5]);
    assertEquals(senders[0], { hostname, port });
  }
});
