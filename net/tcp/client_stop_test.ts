import { assertEquals, assertRejects } from "@std/assert";
import { encodeFrame, type Endpoint } from "../../proto/mod.ts";
import type { FramedConnection } from "./framed_connection.ts";
import { MessageRouter } from "./router.ts";
import { TcpClient } from "./client.ts";
import {
  A,
  acceptAt,
  B,
  EMPTY,
  startClient,
  watchConnects,
} from "../testing/tcp_client_fixture.ts";
import {
  logger,
  type NetworkFixture,
  networkFixture,
  settle,
  writeAll,
} from "../testing/mod.ts";

Deno.test("TcpClient stopped while it connects, waits, or is connected ends at once", async () => {
  const cases: [
    name: string,
    prepare: (all: NetworkFixture) => void,
    ms: number,
  ][] = [
    ["connecting", (all) => all.network.partition("10.0.0.2", A.hostname), 400],
    ["waiting", () => {}, 20_000],
    ["connected", (all) => void acceptAt(all, A), 20_000],
    ["stopped before", () => {}, 0],
  ];
  for (const [name, prepare, ms] of cases) {
    const all = networkFixture();
    prepare(all);
    const { open, transport } = watchConnects(all);
    const { running, stop, client } = startClient(all, [A], { transport });
    if (ms > 0) await all.clock.advance(ms);
    stop.abort();
    await settle();
    await running;
    assertEquals([open(), client.connection], [0, undefined], name);
  }
});

Deno.test("TcpClient stopped in the very moment it is connected closes that stream", async () => {
  // After this many turns of the microtask queue the signal is aborted.
  for (let turns = 0; turns < 12; turns++) {
    const all = networkFixture();
    acceptAt(all, A);
    const { open, transport } = watchConnects(all);
    const stop = new AbortController();
    const connect = async (to: Endpoint, signal?: AbortSignal) => {
      const stream = await transport.connect(to, signal);
      (async () => {
        for (let turn = 0; turn < turns; turn++) await Promise.resolve();
        stop.abort();
      })();
      return stream;
    };
    const { client } = startClient(all, [A], { transport });
    const second = new TcpClient({
      transport: { ...transport, connect },
      clock: all.clock,
      random: () => 0,
      logger,
      addresses: [A],
      router: new MessageRouter(),
    });
    const running = second.run(stop.signal);
    await all.clock.advance(1);
    await running;
    assertEquals([open(), second.connection, client.connection?.closed], [
      1,
      undefined,
      false,
    ], `${turns} turns`);
    client.connection?.close();
  }
});

Deno.test("TcpClient that stops sends what is queued, for 2 s at most", async () => {
  const all = networkFixture();
  acceptAt(all, A);
  const { client, stop, running } = startClient(all, [A]);
  await all.clock.advance(10);
  for (let at = 0; at < 10; at++) client.send(1, new Uint8Array(60_000));
  let ended = false;
  running.then(() => ended = true);
  stop.abort();
  await all.clock.advance(1_999);
  assertEquals(ended, false);
  await all.clock.advance(1);
  assertEquals(ended, true);
});

Deno.test("TcpClient.run() throws what a handler or hook threw by mistake, and leaves nothing open", async () => {
  const bug = (_: FramedConnection) => {
    throw new TypeError("a bug");
  };
  for (const options of [{}, { onConnected: bug }]) {
    const all = networkFixture();
    acceptAt(all, B, (stream) => void writeAll(stream, encodeFrame(4, EMPTY)));
    const { open, transport } = watchConnects(all);
    const { running } = startClient(all, [A, B], { transport, ...options });
    const failed = assertRejects(() => running, TypeError, "a bug");
    await all.clock.advance(1);
    await failed;
    assertEquals(open(), 0);
  }
});
