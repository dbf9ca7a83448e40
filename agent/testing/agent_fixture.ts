import { MemoryNetwork, VirtualClock } from "../../net/testing/mod.ts";
import { assertEquals } from "@std/assert";
import {
  AGENT_SERVERS,
  decodeBody,
  encodeFrame,
  formatAddress,
  type HostAddress,
  lars,
  MessageId,
  parseAddress,
  parseDatagram,
  type Route,
  toWireAddress,
} from "../../proto/mod.ts";
import {
  type Clock,
  type DatagramSocket,
  type FramedConnection,
  loggerOf,
  MessageRouter,
  TcpServer,
} from "../../net/mod.ts";
import { Agent } from "../hub/agent.ts";
import { DEFAULT_POLICY_SETTINGS } from "../policies/settings.ts";
import { ShardServer } from "../shard/server.ts";

/** The agent's machine. */
export const AGENT_IP = "10.0.0.9";

/** The host that routes have unless a test says otherwise. */
export const HOST = parseAddress("192.168.1.177:7777");

/** An agent, a program on its machine, and whatever dns and reporters a test starts. */
export class World implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly network = new MemoryNetwork({
    clock: this.clock,
    random: () => 0,
  });
  /** Sleeps that the agent began: each ends in a wake-up. */
  sleeps = 0;
  /** Its hub. */
  agent!: Agent;
  disk: Route[];
  /** How often the agent saved its routes, and how long that takes. */
  saves = 0;
  saveMs = 0;
  readonly #stop = new AbortController();
  readonly #servers: Promise<void>[] = [];
  readonly #shards: ShardServer[] = [];
  readonly #program: DatagramSocket;
  #running: Promise<unknown> = Promise.resolve();

  private constructor(disk: Route[]) {
    this.disk = disk;
    this.#program = this.network.machine(AGENT_IP)
      .bind({ hostname: AGENT_IP, port: 0 });
  }

  static async start(disk: Route[] = []): Promise<World> {
    const world = new World(disk);
    const { network } = world;
    const clock = world.#countingClock();
    const transport = network.machine(AGENT_IP);
    const agent = world.agent = new Agent({
      transport,
      clock,
      random: () => 0,
      dns: [at("10.0.0.1", 7778), at("10.0.0.2", 7778)],
      reporter: [at("10.0.0.5", 7779), at("10.0.0.6", 7779)],
      post: (index, message) => world.#shards[index]?.receive(message),
      cache: {
        async *load() {
          yield { routes: world.disk };
        },
        save: async (routes) => {
          world.saves += 1;
          if (world.saveMs > 0) await clock.sleep(world.saveMs);
          world.disk = [...routes];
        },
      },
    });
    for (let index = 0; index < AGENT_SERVERS; index++) {
      world.#shards.push(
        new ShardServer({
          index,
          socket: transport.bind(at(AGENT_IP, 8888 + index)),
          clock,
          settings: {
            policy: "lars",
            settings: DEFAULT_POLICY_SETTINGS,
            healthChecks: false,
          },
          random: () => 0,
          post: (message) => agent.receive(index, message),
        }),
      );
    }
    await agent.restore();
    world.#running = Promise.all([
      agent.run(world.#stop.signal),
      ...world.#shards.map((shard) => shard.run()),
    ]);
    return world;
  }

  dns(ip: string, routes: Route[], options: { silent?: boolean } = {}) {
    const known = new Map(
      routes.map((route) => [`${route.modId},${route.cmdId}`, route.hosts]),
    );
    const asked: string[] = [];
    const connections = new Set<FramedConnection>();
    const router = new MessageRouter().on(
      MessageId.getRouteRequest,
      (connection, body) => {
        const { modid, cmdid } = decodeBody(lars.GetRouteRequest, body);
        asked.push(`${modid},${cmdid}`);
        if (options.silent) return;
        const hosts = known.get(`${modid},${cmdid}`) ?? [];
        sendRoute(connection, { modId: modid, cmdId: cmdid, hosts });
      },
    );
    const stop = this.#serve(ip, 7778, router, connections);
    return {
      asked,
      routes: known,
      push: (route: Route) => {
        for (const connection of connections) sendRoute(connection, route);
      },
      stop: async () => {
        stop.abort();
        await this.clock.advance(10);
      },
    };
  }

  reporter(ip: string): lars.ReportStatusRequest[] {
    const statuses: lars.ReportStatusRequest[] = [];
    const router = new MessageRouter().on(
      MessageId.reportStatusRequest,
      (_, body) => {
        statuses.push(decodeBody(lars.ReportStatusRequest, body));
      },
    );
    this.#serve(ip, 7779, router, new Set());
    return statuses;
  }

  async getHost(modid: number, cmdid: number, port?: number): Promise<string> {
    const body = lars.GetHostRequest.encode({ seq: 1, modid, cmdid }).finish();
    const to = at(AGENT_IP, port ?? 8888 + (modid + cmdid) % AGENT_SERVERS);
    await this.#program.send(encodeFrame(MessageId.getHostRequest, body), to);
    const receiving = this.#program.receive(new Uint8Array(1_000));
    await this.clock.advance(1);
    const [datagram, from] = await receiving;
    // A connected socket takes answers only from the port it asked.
    assertEquals(from, to);
    const frame = parseDatagram(datagram)!;
    const answer = decodeBody(lars.GetHostResponse, frame.body);
    if (answer.retcode !== 0) return answer.retcode === 3 ? "no route" : "?";
    return formatAddress(answer.host as HostAddress);
  }

  /** The policy that picks among the hosts of a route. */
  policyOf(modId: number, cmdId: number): string {
    const { shard } = this.#shards[(modId + cmdId) % AGENT_SERVERS]!;
    const nowMs = this.clock.nowMs();
    return shard.explain({ modId, cmdId }, { nowMs }).policy;
  }

  async report(modid: number, cmdid: number, port?: number): Promise<void> {
    const body = lars.ReportRequest
      .encode({ modid, cmdid, host: toWireAddress(HOST), retcode: 0 })
      .finish();
    const to = at(AGENT_IP, port ?? 8888 + (modid + cmdid) % AGENT_SERVERS);
    await this.#program.send(encodeFrame(MessageId.reportRequest, body), to);
    await this.clock.advance(1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.clock.advance(5_000);
    await this.#running;
    await Promise.all(this.#servers);
    this.#program.close();
  }

  /** The clock of the agent, which counts. */
  #countingClock(): Clock {
    const { clock } = this;
    return {
      nowMs: () => clock.nowMs(),
      wallSeconds: () => clock.wallSeconds(),
      turn: () => clock.turn(),
      sleep: (ms, signal) => {
        this.sleeps += 1;
        return clock.sleep(ms, signal);
      },
    };
  }

  #serve(
    ip: string,
    port: number,
    router: MessageRouter,
    connections: Set<FramedConnection>,
  ): AbortController {
    const stop = new AbortController();
    const server = new TcpServer({
      transport: this.network.machine(ip),
      clock: this.clock,
      random: () => 0,
      logger: loggerOf("test"),
      at: at(ip, port),
      connectionsMax: 10,
      router,
      onOpen: (connection) => connections.add(connection),
      onClose: (connection) => connections.delete(connection),
    });
    // The agent leaves first, and what it sends last still arrives.
    this.#stop.signal.addEventListener("abort", () => {
      this.clock.schedule(2_000, () => stop.abort());
    });
    this.#servers.push(server.run(stop.signal));
    return stop;
  }
}

function at(hostname: string, port: number) {
  return { hostname, port };
}

function sendRoute(connection: FramedConnection, route: Route): void {
  const { modId: modid, cmdId: cmdid } = route;
  const host = route.hosts.map(toWireAddress);
  connection.send(
    MessageId.getRouteResponse,
    lars.GetRouteResponse.encode({ modid, cmdid, host }).finish(),
  );
}
