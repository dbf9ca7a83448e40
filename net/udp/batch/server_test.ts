import type { Endpoint } from "../../../proto/mod.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { WakeupCounter } from "./wakeup.ts";
import { BatchServer, type BatchServerOptions } from "./server.ts";
import { BATCH_DATAGRAMS_MAX, BatchSocket } from "./socket.ts";
import { type Clock, SystemClock } from "../../clock.ts";

const LOOPBACK: Endpoint = { hostname: "127.0.0.1", port: 0 };

/** A wait that no test survives: a server that waits this long hangs its test. */
const HOUR_MS = 3_600_000;

/** The datagram that ends a server. */
const LAST = 99;

/** A clock that moves on at each look: by default so little that datagrams come in bursts. */
function steadyClock(stepMs = 0.01): Clock {
  const clock = new SystemClock();
  let nowMs = 0;
  return {
    nowMs: () => nowMs += stepMs,
    wallSeconds: () => 0,
    sleep: () => clock.turn(),
    turn: () => clock.turn(),
  };
}

/** A server that echoes and logs each datagram's first byte, and a client connected to it. */
function serverFixture(
  options: Partial<BatchServerOptions> = {},
) {
  const stop = new AbortController();
  const log: (number | string)[] = [];
  const lengths: number[] = [];
  const socket = BatchSocket.open({ at: LOOPBACK });
  const client = BatchSocket.open({ at: LOOPBACK });
  client.connect(socket.local);
  const server = new BatchServer({
    clock: steadyClock(),
    idleMsMin: HOUR_MS,
    handle: (request, response, _, requestBytes) => {
      log.push(request[0]!);
      lengths.push(requestBytes);
      if (request[0] === LAST) stop.abort();
      response.set(request.subarray(0, requestBytes));
      return request[0] === 0 ? -1 : requestBytes;
    },
    wakeupSender: client.local,
    ...options,
    socket,
  });
  function send(...datagrams: (number[] | number)[]) {
    for (const datagram of datagrams) {
      const bytes = [datagram].flat();
      client.outgoing.set(bytes);
      client.queue(bytes.length);
    }
    client.flush();
  }
  return {
    server,
    socket,
    client,
    log,
    lengths,
    stop,
    send,
    run: () => server.run(stop.signal),
    [Symbol.dispose]: () => {
      socket.close();
      client.close();
    },
  };
}

function answers(client: BatchSocket): number[][] {
  const count = client.receive();
  return client.requests.slice(0, count)
    .map((bytes, index) => [...bytes.subarray(0, client.length(index))]);
}

Deno.test("BatchServer answers each datagram, none for a length of 0 or less, and hands on all but wakeups", async () => {
  using all = serverFixture();
  using other = BatchSocket.open({ at: LOOPBACK });
  all.send([1, 2, 3], [], [0, 9], [4]);
  other.queue(0, all.socket.local);
  other.flush();
  all.send(LAST);
  await all.run();
  assertEquals(answers(all.client), [[1, 2, 3], [4], [LAST]]);
  // The empty one of the client is a wakeup, the other's is not.
  assertEquals(all.lengths, [3, 2, 1, 0, 1]);
  assertEquals(all.server.counters, {
    received: 5,
    receiveFailures: 0,
    sent: 3,
    sendFailures: 0,
  });
});

Deno.test("BatchServer tells the handler who sent, and reads the clock once for a batch", async () => {
  const seen: [Endpoint, number][] = [];
  let finished = 0;
  using all = serverFixture({
    handle: (request, _, nowMs) => {
      seen.push([all.server.sender(), nowMs]);
      if (request[0] === LAST) all.stop.abort();
      return 0;
    },
    finish: () => finished += 1,
  });
  using other = BatchSocket.open({ at: LOOPBACK });
  all.send(1);
  other.queue(1, all.socket.local);
  other.flush();
  all.send(LAST);
  await all.run();
  assertEquals(seen.map(([from]) => from.port), [
    all.client.local.port,
    other.local.port,
    all.client.local.port,
  ]);
  assertEquals(new Set(seen.map(([, nowMs]) => nowMs)).size, 1);
  assertEquals(finished, 1);
});

Deno.test("BatchServer takes a message before the next batch, however many datagrams wait", async () => {
  const wakeups = new WakeupCounter();
  using all = serverFixture({ wakeups });
  all.send(...Array<number>(BATCH_DATAGRAMS_MAX).fill(1));
  all.send(...Array<number>(BATCH_DATAGRAMS_MAX).fill(2), LAST);
  const channel = new MessageChannel();
  channel.port1.onmessage = () => {
    all.log.push("message");
    wakeups.taken();
    channel.port1.close();
  };
  channel.port2.postMessage(0);
  assertEquals(wakeups.posted(), true);
  await all.run();
  const at = all.log.indexOf("message");
  assertEquals([at, all.log[at - 1], all.log[at + 1]], [
    BATCH_DATAGRAMS_MAX,
    1,
    2,
  ]);
});

Deno.test("BatchServer does not wait for datagrams while a message is posted", async () => {
  const wakeups = new WakeupCounter();
  using all = serverFixture({ wakeups });
  setTimeout(() => {
    all.stop.abort();
    wakeups.taken();
  });
  wakeups.posted();
  await all.run();
  assertEquals(all.log, []);
});

Deno.test("BatchServer answers between messages, however many are posted", async () => {
  const wakeups = new WakeupCounter();
  using all = serverFixture({ wakeups });
  const messages = 200;
  for (let count = 0; count < messages; count++) wakeups.posted();
  const running = all.run();
  const clock = new SystemClock();
  for (let taken = 0; taken < messages; taken++) {
    if (taken === 10) all.send(1);
    if (taken === messages - 1) all.send(LAST);
    all.log.push("message");
    wakeups.taken();
    await clock.turn();
  }
  await running;
  const at = all.log.indexOf(1);
  assertEquals([at > 10, at < 80, all.log.at(-1)], [true, true, LAST]);
});

Deno.test("BatchServer ticks when it is time while nothing comes, and under load", async () => {
  for (const isLoaded of [false, true]) {
    const ticks: number[] = [];
    let dueMs = 5;
    using all = serverFixture({
      clock: steadyClock(1),
      deadline: {
        dueMs: () => dueMs,
        tick: (nowMs) => {
          ticks.push(nowMs - dueMs);
          dueMs = nowMs + 5;
          if (ticks.length > 20) all.stop.abort();
        },
      },
      // More is always there: it never waits.
      handle: () => {
        all.send(1);
        return 0;
      },
    });
    if (isLoaded) all.send(1);
    await all.run();
    // Each look at the clock takes it 1 ms on.
    assertEquals(ticks.filter((lateMs) => lateMs < 0 || lateMs > 3), []);
  }
});

Deno.test("BatchServer receives datagrams that come seldom one by one, and bursts together", async () => {
  const batches: [number, number[]][] = [[1, [64, 1, 1, 1]], [0.01, [64, 64]]];
  for (const [stepMs, expected] of batches) {
    const mosts: unknown[] = [];
    using all = serverFixture({
      clock: steadyClock(stepMs),
      handle: (request) => {
        if (request[0] === 1) all.send(2, 3, LAST);
        if (request[0] === LAST) all.stop.abort();
        return 0;
      },
    });
    const { receive } = all.socket;
    all.socket.receive = (waitMs, most) => {
      mosts.push(most);
      return receive.call(all.socket, waitMs, most);
    };
    all.send(1);
    await all.run();
    assertEquals(mosts, expected);
  }
});

Deno.test("BatchServer answers between two ticks, however much is left to do", async () => {
  using all = serverFixture({
    deadline: {
      dueMs: () => 0,
      tick: () => {
        all.log.push("tick");
        if (all.log.length > 1_000) all.stop.abort();
      },
    },
  });
  all.send(1);
  all.send(...Array<number>(BATCH_DATAGRAMS_MAX * 2 - 1).fill(1), LAST);
  await all.run();
  assertEquals(all.log.filter((each) => each === "tick").length, 3);
  assertEquals(all.log.at(BATCH_DATAGRAMS_MAX), "tick");
});

Deno.test("BatchServer gives the event loop no turn while datagrams come", async () => {
  let received = 0;
  let turned = 0;
  using all = serverFixture({
    clock: {
      ...steadyClock(),
      turn: () => {
        turned += 1;
        return Promise.resolve();
      },
    },
    deadline: { dueMs: () => 0, tick: () => {} },
    handle: () => {
      received += 1;
      all.send(received < 1_000 ? 1 : LAST);
      if (received > 1_000) all.stop.abort();
      return 0;
    },
  });
  all.send(1);
  await all.run();
  assertEquals([received, turned], [1_001, 0]);
});

Deno.test("BatchServer gives the event loop fewer and fewer turns the longer nothing comes", async () => {
  let nowMs = 0;
  const turnsMs: number[] = [];
  using all = serverFixture({
    clock: {
      nowMs: () => nowMs,
      wallSeconds: () => 0,
      sleep: () => Promise.resolve(),
      // The waits themselves are of microseconds.
      turn: () => {
        turnsMs.push(nowMs);
        nowMs += Math.max(1, nowMs);
        if (turnsMs.length > 10) all.stop.abort();
        return Promise.resolve();
      },
    },
    idleMsMin: 0.001,
  });
  const waits: number[] = [];
  const { receive } = all.socket;
  all.socket.receive = (waitMs) => {
    waits.push(waitMs!);
    return receive.call(all.socket, 0.001);
  };
  await all.run();
  assertEquals(waits, [0.001, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
});

Deno.test("BatchServer takes a message whose wakeup was lost with the next datagram, or when it has waited", async () => {
  for (const isWoken of [false, true]) {
    const wakeups = new WakeupCounter();
    let counts = 0;
    using all = serverFixture({ wakeups, idleMsMin: isWoken ? HOUR_MS : 1 });
    const { receive } = all.socket;
    all.socket.receive = (waitMs) => {
      counts += 1;
      // The message is posted when the server is about to wait.
      if (counts === 1) {
        wakeups.posted();
        setTimeout(() => {
          all.log.push("message");
          all.stop.abort();
          wakeups.taken();
        });
        if (isWoken) all.send(1);
      }
      return receive.call(all.socket, waitMs);
    };
    await all.run();
    assertEquals(all.log, isWoken ? [1, "message"] : ["message"]);
    assertEquals(counts, 1);
  }
});

Deno.test("BatchServer counts failures to receive and pauses before it goes on", async () => {
  const clock = steadyClock();
  const pauses: number[] = [];
  using all = serverFixture({
    clock: {
      ...clock,
      sleep: (ms) => {
        pauses.push(ms);
        all.stop.abort();
        return Promise.resolve();
      },
    },
  });
  const gone = BatchSocket.open({ at: LOOPBACK });
  gone.close();
  all.socket.connect(gone.local);
  await all.server.send(new Uint8Array(1), gone.local);
  await all.run();
  assertEquals([all.server.counters.receiveFailures, pauses], [1, [10]]);
});

Deno.test("BatchServer.run() throws what the handler threw, and closes its socket", async () => {
  using all = serverFixture({
    handle: () => {
      throw new TypeError("a bug");
    },
  });
  all.send(1);
  await assertRejects(() => all.run(), TypeError, "a bug");
  BatchSocket.open({ at: all.socket.local }).close();
});

Deno.test("BatchServer.send() counts what the system refuses, and what no datagram holds", async () => {
  using all = serverFixture();
  await all.server.send(new Uint8Array([7]), all.client.local);
  await all.server.send(new Uint8Array(65_508), all.client.local);
  await all.server.send(new Uint8Array(1), { ...LOOPBACK, port: 0 });
  assertEquals(answers(all.client), [[7]]);
  const { sent, sendFailures } = all.server.counters;
  assertEquals([sent, sendFailures], [1, 2]);
});
