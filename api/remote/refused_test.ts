import { assertEquals } from "@std/assert";
import { type DatagramSocket, PortRefusedError } from "../../net/client.ts";
import { Inbox } from "../../net/udp/inbox.ts";
import {
  MemoryNetwork,
  seededRandom,
  VirtualClock,
} from "../../net/testing/mod.ts";
import type { Endpoint } from "../../proto/mod.ts";
import { LarsClient } from "../mod.ts";
import { FakeAgent, finish } from "../testing/mod.ts";

/** A socket whose system says so when nothing listens, as connected ones do. */
class TellingSocket implements DatagramSocket {
  isRefused = false;
  sent = 0;
  readonly local: Endpoint;
  readonly #socket: DatagramSocket;
  readonly #inbox = new Inbox();

  constructor(socket: DatagramSocket) {
    this.#socket = socket;
    this.local = socket.local;
    this.#receiveAll();
  }

  receive(buffer: Uint8Array): Promise<[Uint8Array, Endpoint]> {
    return this.#inbox.receive(buffer);
  }

  send(datagram: Uint8Array, to: Endpoint): Promise<unknown> {
    this.sent += 1;
    if (!this.isRefused) return this.#socket.send(datagram, to);
    this.#inbox.fail(new PortRefusedError(to));
    return Promise.resolve();
  }

  close(): void {
    this.#socket.close();
    this.#inbox.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #receiveAll(): Promise<void> {
    for (;;) {
      const received = await this.#socket.receive(new Uint8Array(1_000))
        .catch(() => undefined);
      if (received === undefined) return;
      this.#inbox.push(...received);
    }
  }
}

/** A client whose socket tells of refused ports, and a scripted agent. */
async function withTellingSocket(
  body: (
    fixture: { clock: VirtualClock; client: LarsClient; socket: TellingSocket },
  ) => Promise<void>,
): Promise<void> {
  const clock = new VirtualClock();
  const random = seededRandom(7);
  const transport = new MemoryNetwork({ clock, random }).machine("10.0.0.1");
  const agent = new FakeAgent({ transport, clock });
  const stop = new AbortController();
  const serving = agent.run(stop.signal);
  const bound = transport.bind({ hostname: "127.0.0.1", port: 0 });
  const socket = new TellingSocket(bound);
  const client = LarsClient.open({
    transport: { bind: () => socket },
    clock,
    random,
  });
  try {
    await body({ clock, client, socket });
  } finally {
    stop.abort();
    await client.close();
    await serving;
  }
}

Deno.test("LarsClient answers at once when nothing listens at the agent's port", async () => {
  await withTellingSocket(async ({ clock, client, socket }) => {
    socket.isRefused = true;
    assertEquals(await finish(clock, client.getHost(1, 1)), {
      state: "timeout",
    });
    assertEquals(await finish(clock, client.getRoute(1, 1)), {
      state: "timeout",
    });
    assertEquals(clock.nowMs(), 0);
    await clock.advance(100);
    socket.isRefused = false;
    assertEquals((await finish(clock, client.getHost(1, 1))).state, "found");
  });
});

Deno.test("StandIn answers the request that is refused, and probes every 100 ms", async () => {
  await withTellingSocket(async ({ clock, client, socket }) => {
    await finish(clock, client.getHost(1, 1));
    await clock.advance(1);
    socket.isRefused = true;
    const sent = socket.sent;
    for (let call = 0; call < 1_000; call++) {
      const outcome = await finish(clock, client.getHost(1, 1));
      assertEquals(outcome.state === "found" && outcome.standIn, true);
      await clock.advance(1);
    }
    // The first request, and one probe in 100 ms.
    assertEquals(socket.sent - sent, 11);
    assertEquals(client.agent, "down");
    socket.isRefused = false;
    await clock.advance(100);
    await finish(clock, client.getHost(1, 1));
    await clock.advance(1);
    assertEquals(client.agent, "up");
  });
});
