import { MemoryNetwork, VirtualClock } from "../../net/testing/mod.ts";
import { assertEquals } from "@std/assert";
import { FramedConnection, type Transport } from "../../net/mod.ts";
import {
  decodeBody,
  decodeHelloAck,
  encodeHello,
  formatAddress,
  fromWireAddress,
  type HelloAck,
  lars,
  MessageId,
  parseAddress,
  type Route,
} from "../../proto/mod.ts";
import { DnsServer } from "../dns_server.ts";
import { FakeRouteStore } from "./fake_route_store.ts";

/** Time between two polls, in milliseconds. */
export const WATCH_MS = 100;
/** Time between two Hellos of a peer, in milliseconds. */
const HEARTBEAT_MS = 5_000;
/** Time between two full comparisons, in milliseconds. */
export const COMPARE_MS = 10_000;

/** Route (1, cmdId). */
export function route(cmdId: number, ...addresses: string[]): Route {
  return { modId: 1, cmdId, hosts: addresses.map(parseAddress) };
}

/** One machine with a store and, at different ports, dns servers on it. */
export class DnsFixture implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly machine: Transport;
  readonly store: FakeRouteStore;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>[] = [];

  constructor(...routes: Route[]) {
    const network = new MemoryNetwork({ clock: this.clock, random: () => 0 });
    this.machine = network.machine("10.0.0.1");
    this.store = new FakeRouteStore(...routes);
  }

  open(signal?: AbortSignal): Promise<DnsServer> {
    return DnsServer.open({
      transport: this.machine,
      clock: this.clock,
      random: () => 0,
      store: this.store,
      at: { hostname: "127.0.0.1", port: 0 },
      connectionsMax: 1024,
      watchIntervalMs: WATCH_MS,
      fullCompareIntervalMs: COMPARE_MS,
    }, signal);
  }

  async start(): Promise<DnsServer> {
    const server = await this.open();
    this.#running.push(server.run(this.#stop.signal));
    return server;
  }

  async connect(server: DnsServer): Promise<Peer> {
    const connecting = this.machine.connect(server.local);
    await this.clock.advance(1);
    return new Peer(new FramedConnection(await connecting), this.clock);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.clock.advance(5_000);
    await Promise.all(this.#running);
  }
}

/** An agent: asks for routes and records what comes. */
export class Peer {
  /** Every answer and push, as "cmdid address address … named". */
  readonly heard: string[] = [];
  /** Every HelloAck. */
  readonly acks: HelloAck[] = [];

  constructor(
    readonly connection: FramedConnection,
    readonly clock: VirtualClock,
  ) {}

  /** Begins to read. */
  listen(): this {
    this.connection.run((_connection, { id, body }) => {
      if (id === MessageId.helloAck) {
        this.acks.push(decodeHelloAck(body));
        return;
      }
      assertEquals(id, MessageId.getRouteResponse);
      const { cmdid, host, named } = decodeBody(lars.GetRouteResponse, body);
      const addresses = host.map(({ ip, port }) =>
        formatAddress(fromWireAddress({ ip: ip ?? 0, port: port ?? 0 }))
      );
      this.heard.push(
        [cmdid, ...addresses, ...(named ? ["named"] : [])].join(" "),
      );
    });
    return this;
  }

  /** Says Hello, from now on again and again. */
  async greet(): Promise<this> {
    this.#repeatHello();
    await this.clock.advance(1);
    return this;
  }

  async #repeatHello(): Promise<void> {
    const hello = encodeHello({
      agentId: "0f".repeat(16),
      epoch: 1,
      name: "a",
      version: "1",
      zone: "",
    });
    while (this.connection.send(MessageId.hello, hello)) {
      await this.clock.sleep(HEARTBEAT_MS);
    }
  }

  async ask(cmdId: number, modId = 1): Promise<this> {
    const body = lars.GetRouteRequest
      .encode({ modid: modId, cmdid: cmdId }).finish();
    this.connection.send(MessageId.getRouteRequest, body);
    await this.clock.advance(1);
    return this;
  }

  /** What was heard since the last call. */
  take(): string[] {
    return this.heard.splice(0);
  }
}
