import { MemoryNetwork, VirtualClock } from "../../net/testing/mod.ts";
import {
  type FramedConnection,
  loggerOf,
  MessageRouter,
  TcpServer,
} from "../../net/mod.ts";
import {
  decodeBody,
  FEATURE_LEASES,
  type HelloAck,
  lars,
  MessageId,
  parseAddress,
  toWireAddress,
} from "../../proto/mod.ts";
import type { LeaseTable } from "../../agent/testing/lease_peer.ts";
import { finish } from "./client_fixture.ts";
import { type EmbeddedSettings, openEmbedded } from "../embedded/mod.ts";
import type { LarsClient } from "../mod.ts";

const PROGRAM_IP = "10.0.0.9";
const DNS = { hostname: "10.0.0.1", port: 7778 };
const REPORTER = { hostname: "10.0.0.2", port: 7779 };

/** A program with an embedded client, and what it needs around it. */
export class EmbeddedFixture implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly network = new MemoryNetwork({ clock: this.clock, random: () => 0 });
  /** What dns knows: "modid,cmdid" to "IP:PORT". */
  readonly routes: Record<string, string[]> = { "1,1": ["1.0.0.1:1"] };
  /** What dns was asked. */
  readonly asked: string[] = [];
  /** What the reporter got. */
  readonly statuses: lars.ReportStatusRequest[] = [];
  /** Whether dns leaves requests unanswered. */
  silent = false;
  readonly #connections = new Set<FramedConnection>();
  readonly #stop = new AbortController();
  readonly #servers: Promise<void>[] = [];

  /** Runs `body`, and then ends everything. */
  static async run(
    body: (fixture: EmbeddedFixture) => Promise<void>,
  ): Promise<void> {
    await using fixture = new EmbeddedFixture();
    await body(fixture);
  }

  /** Who is connected to dns. */
  get agentIds(): (string | undefined)[] {
    return [...this.#connections].map(({ hello }) => hello?.agentId);
  }

  /** A client whose route (1, 1) is known, unless `settings` say otherwise. */
  async open(settings: EmbeddedSettings = {}): Promise<LarsClient> {
    const { clock, network } = this;
    return await openEmbedded({
      transport: network.machine(PROGRAM_IP),
      clock,
      random: () => 0,
      dns: [DNS],
      reporter: [REPORTER],
      ...settings,
    });
  }

  /** Ends a client while time passes. */
  async close(client: LarsClient): Promise<void> {
    const closed = client[Symbol.asyncDispose]();
    await this.clock.advance(2_000);
    // The disk keeps its own time.
    await closed;
  }

  /** A dns, which takes registrations if `leases` are given. */
  startDns({ leases }: { leases?: LeaseTable } = {}): void {
    const router = new MessageRouter().on(
      MessageId.getRouteRequest,
      (connection, body) => {
        const { modid, cmdid } = decodeBody(lars.GetRouteRequest, body);
        this.asked.push(`${modid},${cmdid}`);
        if (!this.silent) this.#answer(connection, modid, cmdid);
      },
    );
    router.on(MessageId.leaseSync, (connection, body) => {
      const ack = leases?.take(connection.hello!.agentId, body);
      if (ack !== undefined) connection.send(MessageId.leaseAck, ack);
    });
    const ack = leases && {
      version: "1",
      features: FEATURE_LEASES,
      store: "",
      accepted: 0,
      held: 0,
      nonce: leases.nonce,
    };
    this.#serve(DNS, { router, ack, connections: this.#connections });
  }

  startReporter(): void {
    const router = new MessageRouter().on(
      MessageId.reportStatusRequest,
      (_, body) => {
        this.statuses.push(decodeBody(lars.ReportStatusRequest, body));
      },
    );
    this.#serve(REPORTER, { router, connections: new Set() });
  }

  /** Publishes a route as dns knows it now. */
  push(modid: number, cmdid: number): void {
    for (const connection of this.#connections) {
      this.#answer(connection, modid, cmdid);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await finish(this.clock, Promise.all(this.#servers));
  }

  #answer(connection: FramedConnection, modid: number, cmdid: number): void {
    const hosts = this.routes[`${modid},${cmdid}`] ?? [];
    const host = hosts.map((address) => toWireAddress(parseAddress(address)));
    connection.send(
      MessageId.getRouteResponse,
      lars.GetRouteResponse.encode({ modid, cmdid, host }).finish(),
    );
  }

  #serve(
    at: { hostname: string; port: number },
    { router, connections, ack }: {
      router: MessageRouter;
      connections: Set<FramedConnection>;
      ack?: HelloAck | undefined;
    },
  ): void {
    const server = new TcpServer({
      transport: this.network.machine(at.hostname),
      clock: this.clock,
      random: () => 0,
      logger: loggerOf("test"),
      at,
      connectionsMax: 10,
      router,
      ...ack && { ack: () => ack },
      onOpen: (connection) => connections.add(connection),
      onClose: (connection) => connections.delete(connection),
    });
    this.#servers.push(server.run(this.#stop.signal));
  }
}
