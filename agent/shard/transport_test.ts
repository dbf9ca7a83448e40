import { RouteBatch } from "../hub/route_sender.ts";
import { assertEquals } from "@std/assert";
import { BatchSocket, DenoTransport, SystemClock } from "../../net/mod.ts";
import { VirtualClock } from "../../net/testing/mod.ts";
import {
  AGENT_SERVERS,
  DATAGRAM_BYTES_MAX,
  encodeFrame,
  type Endpoint,
  lars,
  MessageId,
  toWireAddress,
} from "../../proto/mod.ts";
import type { FromShard } from "./worker_messages.ts";
import { PING_MS_MAX, ShardPool, type ShardsOptions } from "./pool.ts";
import { ShardServer } from "./server.ts";
import {
  datagrams,
  expectedAnswers,
  ROUTES,
  SETTINGS,
} from "../testing/transport_fixture.ts";

const LOOPBACK: Endpoint = { hostname: "127.0.0.1", port: 0 };

/** Three workers, and a hub that does no more than carry datagrams between them. */
class Workers implements Disposable {
  readonly messages: FromShard[] = [];
  readonly pool = new ShardPool({
    entry: new URL("../testing/shard_worker.ts", import.meta.url).href,
    onMessage: (index, message) => this.#take(index, message),
    onFailure: (_, error) => this.#stopped.reject(error),
  });
  readonly #stopped = Promise.withResolvers<void>();

  static async start(
    transport: ShardsOptions["transport"],
  ): Promise<Workers> {
    const workers = new Workers();
    await workers.pool.open({
      listen: LOOPBACK,
      transport,
      settings: SETTINGS,
      inherited: [],
    });
    for (const { modId, cmdId, hosts } of ROUTES) {
      const host = hosts.map(toWireAddress);
      const body = { modid: modId, cmdid: cmdId, host };
      const routes = new RouteBatch();
      routes.add(lars.GetRouteResponse.encode(body).finish());
      const batch = routes.take();
      workers.pool.post((modId + cmdId) % AGENT_SERVERS, {
        kind: "routes",
        batch,
      });
    }
    workers.pool.serve();
    return workers;
  }

  /** Resolves when every worker has said that it stopped. */
  async stop(): Promise<void> {
    for (let index = 0; index < AGENT_SERVERS; index++) {
      this.pool.post(index, { kind: "stop" });
    }
    await this.#stopped.promise;
  }

  [Symbol.dispose](): void {
    this.pool.terminate();
  }

  #take(index: number, message: FromShard): void {
    this.messages.push(message);
    if (message.kind === "forward") {
      const { owner, token, datagram } = message;
      this.pool.post(owner, {
        kind: "forwarded",
        from: index,
        token,
        datagram,
      });
    } else if (message.kind === "answer") {
      const { to, token, datagram } = message;
      this.pool.post(to, { kind: "answer", token, datagram });
    } else if (this.messages.filter(isStopped).length === AGENT_SERVERS) {
      this.#stopped.resolve();
    }
  }
}

function isStopped({ kind }: FromShard): boolean {
  return kind === "stopped";
}

/** A program that asks workers; what is slow to come is waited for. */
class Program implements Disposable {
  readonly #socket = new DenoTransport().bind(LOOPBACK);
  readonly #buffer = new Uint8Array(DATAGRAM_BYTES_MAX);

  async ask(datagram: Uint8Array, to: Endpoint): Promise<Uint8Array> {
    await this.#socket.send(datagram, to);
    return await this.receive();
  }

  async send(datagram: Uint8Array, to: Endpoint): Promise<void> {
    await this.#socket.send(datagram, to);
  }

  async receive(): Promise<Uint8Array> {
    return (await this.#socket.receive(this.#buffer))[0].slice();
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}

for (const transport of ["datagram", "batch"] as const) {
  Deno.test(`ShardPool answers by ${transport} what a shard answers, byte for byte, through any port`, async () => {
    using workers = await Workers.start(transport);
    using program = new Program();
    const { addresses } = workers.pool;
    const sent = datagrams();
    const expected = expectedAnswers(sent);
    // Known only once its last route is: each route is a message of its own.
    await settled(workers, program);
    for (const [index, [port, datagram]] of sent.entries()) {
      const to = addresses[port]!;
      if (expected[index]!.length > 0) {
        assertEquals(await program.ask(datagram, to), expected[index]);
      } else await program.send(datagram, to);
    }
    await workers.stop();
    const sizes = expected.map(({ length }) => length);
    assertEquals([Math.max(...sizes) > 40_000, sizes.includes(0)], [
      true,
      true,
    ]);
  });

  Deno.test(`ShardPool by ${transport} knows which shards answer`, async () => {
    using workers = await Workers.start(transport);
    const clock = new VirtualClock();
    assertEquals(await workers.pool.silentShards(clock), []);
    assertEquals(await workers.pool.silentShards(clock), []);
    workers.pool.terminate();
    const asking = workers.pool.silentShards(clock);
    await clock.advance(PING_MS_MAX);
    assertEquals(await asking, [0, 1, 2]);
  });

  Deno.test(`ShardPool by ${transport} stops at the hub's message, and its ports are free`, async () => {
    using workers = await Workers.start(transport);
    await workers.stop();
    for (const at of workers.pool.addresses) {
      new DenoTransport().bind(at).close();
    }
    const last = workers.messages.filter(({ kind }) => kind === "counters");
    assertEquals(last.length, AGENT_SERVERS);
  });
}

/** Waits until every shard has taken its routes: messages and datagrams travel apart. */
async function settled(workers: Workers, program: Program): Promise<void> {
  for (const { modId, cmdId } of ROUTES) {
    const body = lars.GetRouteRequest.encode({ modid: modId, cmdid: cmdId });
    const to = workers.pool.addresses[(modId + cmdId) % AGENT_SERVERS]!;
    const datagram = encodeFrame(MessageId.apiGetRouteRequest, body.finish());
    while ((await program.ask(datagram, to)).length < 15);
  }
}

Deno.test("ShardServer counts what the system dropped", () => {
  const socket = BatchSocket.open({ at: LOOPBACK, receiveBufferBytes: 1 });
  using client = BatchSocket.open({ at: LOOPBACK });
  using _ = socket;
  const server = new ShardServer({
    index: 0,
    socket,
    clock: new SystemClock(),
    settings: SETTINGS,
    random: () => 0,
    post: () => {},
  });
  assertEquals(server.counters.kernelDrops, 0);
  const total = 500;
  for (let sent = 0; sent < total; sent++) client.queue(1_000, socket.local);
  client.flush();
  const { kernelDrops } = server.counters;
  assertEquals([kernelDrops > 0, kernelDrops < total], [true, true]);
});
