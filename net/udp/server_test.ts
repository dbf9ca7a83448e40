import { assertEquals, assertRejects } from "@std/assert";
import { DenoTransport } from "../deno_transport.ts";
import type { DatagramSocket } from "../transport.ts";
import { type DatagramHandler, UdpServer } from "./server.ts";
import { networkFixture, SERVER } from "../testing/mod.ts";

/** Echoes a datagram; one that begins with 0 gets no answer, with 255 breaks. */
const echo: DatagramHandler = (request, response) => {
  if (request[0] === 255) throw new TypeError("a bug");
  if (request[0] === 0) return 0;
  response.set(request);
  return request.length;
};

/** A server on the far machine, and a socket on the near one that collects answers. */
function started(
  all = networkFixture(),
  socket: DatagramSocket = all.far.bind(SERVER),
  handle = echo,
) {
  const server = new UdpServer({ socket, clock: all.clock, handle });
  const stop = new AbortController();
  const running = server.run(stop.signal);
  running.catch(() => {});
  const client = all.near.bind({ hostname: "127.0.0.1", port: 0 });
  const answers: number[][] = [];
  async function collect() {
    const buffer = new Uint8Array(100_000);
    for (;;) {
      const got = await client.receive(buffer).catch(() => null);
      if (got === null) return;
      answers.push([...got[0]]);
    }
  }
  collect();
  async function ask(...bytes: number[]) {
    await client.send(new Uint8Array(bytes), SERVER);
    await all.clock.advance(1);
  }
  async function end() {
    stop.abort();
    client.close();
    await running;
  }
  return { ...all, server, running, answers, ask, end, client };
}

Deno.test("UdpServer sends what the handler wrote, and nothing for a length of 0 or less", async () => {
  const { ask, answers, server, end } = started();
  await ask(1, 2, 3);
  await ask(0, 9);
  await ask(4);
  await ask();
  assertEquals(answers, [[1, 2, 3], [4]]);
  assertEquals(server.counters, {
    received: 4,
    receiveFailures: 0,
    sent: 2,
    sendFailures: 0,
  });
  await end();
});

Deno.test("UdpServer hands over one datagram at a time, in buffers it uses again", async () => {
  const buffers = new Set<ArrayBufferLike>();
  const seen: number[] = [];
  const handle: DatagramHandler = (request, response) => {
    buffers.add(request.buffer).add(response.buffer);
    seen.push(request[0]!);
    return 0;
  };
  const all = networkFixture();
  const { client, clock, end } = started(all, undefined, handle);
  for (let byte = 1; byte <= 50; byte++) {
    client.send(new Uint8Array([byte]), SERVER);
  }
  await clock.advance(1);
  assertEquals([seen.length, buffers.size], [50, 2]);
  await end();
});

Deno.test("UdpServer counts failures to receive and goes on after a pause, without spinning", async () => {
  const all = networkFixture();
  const real = all.far.bind(SERVER);
  let failures = 5;
  const timesMs: number[] = [];
  const socket: DatagramSocket = {
    local: real.local,
    receive: (buffer) => {
      timesMs.push(all.clock.nowMs());
      return failures-- > 0
        ? Promise.reject(new Error("broken"))
        : real.receive(buffer);
    },
    send: (datagram, to) => real.send(datagram, to),
    close: () => real.close(),
    [Symbol.dispose]: () => real.close(),
  };
  const { ask, answers, server, clock, end } = started(all, socket);
  await clock.advance(100);
  assertEquals(timesMs, [0, 10, 20, 30, 40, 50]);
  await ask(1);
  assertEquals([
    answers,
    server.counters.receiveFailures,
    server.counters.received,
  ], [[[1]], 5, 1]);
  await end();
  assertEquals(server.counters.receiveFailures, 5);
});

Deno.test("UdpServer counts failures to send and goes on", async () => {
  const all = networkFixture();
  const real = all.far.bind(SERVER);
  const socket: DatagramSocket = {
    local: real.local,
    receive: (buffer) => real.receive(buffer),
    send: (datagram, to) =>
      datagram[0] === 7
        ? Promise.reject(new Error("no route"))
        : real.send(datagram, to),
    close: () => real.close(),
    [Symbol.dispose]: () => real.close(),
  };
  const { ask, answers, server, end } = started(all, socket);
  await ask(7);
  await ask(8);
  assertEquals([answers, server.counters.sendFailures, server.counters.sent], [
    [[8]],
    1,
    1,
  ]);
  await end();
});

Deno.test("UdpServer writes no answer over one that the system has not taken yet", async () => {
  const all = networkFixture();
  const real = all.far.bind(SERVER);
  const taken = Promise.withResolvers<void>();
  const sent: Uint8Array[] = [];
  const socket: DatagramSocket = {
    local: real.local,
    receive: (buffer) => real.receive(buffer),
    send: (datagram) => {
      sent.push(datagram);
      return datagram[0] === 1 ? taken.promise : Promise.resolve();
    },
    close: () => real.close(),
    [Symbol.dispose]: () => real.close(),
  };
  const { ask, server, end } = started(all, socket);
  await ask(1);
  await ask(2);
  await server.send(new Uint8Array([8]), SERVER);
  await ask();
  assertEquals(sent.map((bytes) => [...bytes]), [[1], [8]]);
  taken.resolve();
  await ask(3);
  assertEquals(sent.map((bytes) => bytes.length), [1, 1, 1, 1]);
  assertEquals(server.counters.sent, 4);
  await end();
});

Deno.test("UdpServer ticks when it is time, also when a datagram or its owner moves that, until it ends", async () => {
  const { clock, near, far } = networkFixture();
  const ticks: number[] = [];
  let dueMs = 1_000;
  const server = new UdpServer({
    socket: far.bind(SERVER),
    clock,
    handle: (request) => {
      dueMs = request[0]!;
      return 0;
    },
    deadline: {
      dueMs: () => dueMs,
      tick: (nowMs) => {
        ticks.push(nowMs);
        dueMs = nowMs + 500;
      },
    },
  });
  const stop = new AbortController();
  const running = server.run(stop.signal);
  using client = near.bind({ hostname: "127.0.0.1", port: 0 });
  await client.send(new Uint8Array([50]), SERVER);
  await clock.advance(100);
  assertEquals(ticks, [50]);
  dueMs = 200;
  server.updateDeadline();
  await clock.advance(1_000);
  assertEquals(ticks, [50, 200, 700]);
  stop.abort();
  await running;
  await clock.advance(10_000);
  assertEquals(ticks, [50, 200, 700]);
});

Deno.test("UdpServer.run() throws what the handler threw, and closes its socket", async () => {
  const { ask, running, far, client } = started();
  const failed = assertRejects(() => running, TypeError, "a bug");
  await ask(255);
  await failed;
  far.bind(SERVER).close();
  client.close();
});

Deno.test("UdpServer that stops closes its socket, and answers no more", async () => {
  const all = networkFixture();
  const { ask, answers, end, server } = started(all);
  await ask(1);
  await end();
  all.far.bind(SERVER).close();
  await server.send(new Uint8Array([1]), SERVER);
  assertEquals([answers, server.counters.sendFailures], [[[1]], 1]);
  const late = new UdpServer({
    socket: all.far.bind(SERVER),
    clock: all.clock,
    handle: echo,
  });
  await late.run(AbortSignal.abort());
  all.far.bind(SERVER).close();
});

Deno.test("UdpServer answers over real sockets, survives an answer that is too long, and stops", async () => {
  const transport = new DenoTransport();
  const loopback = { hostname: "127.0.0.1", port: 0 };
  const { clock } = networkFixture();
  const socket = transport.bind(loopback);
  // 65,507 bytes fit UDP over IPv4; some systems, though not Linux, allow fewer.
  const lengths: Record<number, number> = { 1: 3, 2: 65_507 };
  const server = new UdpServer({
    socket,
    clock,
    handle: (request) => lengths[request[0]!] ?? 0,
  });
  const stop = new AbortController();
  const running = server.run(stop.signal);
  using client = transport.bind(loopback);
  const buffer = new Uint8Array(65_507);
  for (const [byte, length] of [[1, 3], [2, 65_507], [1, 3]] as const) {
    await client.send(new Uint8Array([byte]), socket.local);
    const [answer, from] = await client.receive(buffer);
    assertEquals([answer.length, from.port], [length, socket.local.port]);
  }
  await server.send(new Uint8Array(65_508), client.local);
  assertEquals(server.counters.sendFailures, 1);
  stop.abort();
  await running;
  await assertRejects(() => socket.receive(buffer));
});
