import { MemoryNetwork, VirtualClock } from "../../net/testing/mod.ts";
import { assertEquals } from "@std/assert";
import {
  AGENT_SERVERS,
  decodeBody,
  encodeFrame,
  type Endpoint,
  FEATURE_LEASES,
  formatAddress,
  type HelloAck,
  type HostAddress,
  lars,
  MessageId,
  parseAddress,
  parseDatagram,
  type Route,
  toWireAddress,
  WEIGHT_DRAINED,
} from "../../proto/mod.ts";
import {
  type Clock,
  type DatagramSocket,
  FramedConnection,
  loggerOf,
  MessageRouter,
  TcpServer,
} from "../../net/mod.ts";
import { Agent } from "../hub/agent.ts";
import type { KnownStore } from "../hub/cache_format.ts";
import type { OutageKeeper } from "../hub/outage_file.ts";
import type { RegistrationOptions } from "../registrar/registrar.ts";
import type { LeaseTable } from "./lease_peer.ts";
import { DEFAULT_POLICY_SETTINGS } from "../policies/settings.ts";
import { ShardServer } from "../shard/server.ts";

/** The agent's machine. */
export const AGENT_IP = "10.0.0.9";

/** The host that routes have unless a test says otherwise. */
export const HOST = parseAddress("192.168.1.177:7777");

/** What an agent in a {@linkcode World} is made of beside what all have. */
export interface WorldOptions {
  agentId?: string;
  name?: string;
  caller?: number;
  /** The store that the routes on disk are of. */
  store?: KnownStore;
  /** Keeps the hosts out of use; nothing does if absent. */
  outages?: OutageKeeper;
  /** How programs register; none may if absent. */
  registrations?: RegistrationOptions;
}

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
  /** The store that those are of. */
  store: KnownStore | undefined;
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

  static async start(
    disk: Route[] = [],
    { store, ...options }: WorldOptions = {},
  ): Promise<World> {
    const world = new World(disk);
    world.store = store;
    const { network } = world;
    const clock = world.#countingClock();
    const transport = network.machine(AGENT_IP);
    const agent = world.agent = new Agent({
      ...options,
      transport,
      clock,
      random: () => 0,
      dns: [at("10.0.0.1", 7778), at("10.0.0.2", 7778)],
      reporter: [at("10.0.0.5", 7779), at("10.0.0.6", 7779)],
      post: (index, message) => world.#shards[index]?.receive(message),
      cache: {
        async *load() {
          const { disk: routes, store } = world;
          yield store === undefined ? { routes } : { routes, store };
        },
        save: async (routes, store) => {
          world.saves += 1;
          if (world.saveMs > 0) await clock.sleep(world.saveMs);
          world.disk = [...routes];
          world.store = store;
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

  /** A dns; without a `store` an original one, which drops a Hello. */
  dns(
    ip: string,
    routes: Route[],
    options: {
      silent?: boolean;
      store?: KnownStore;
      held?: number;
      /** Takes registrations; none are taken if absent. */
      leases?: LeaseTable;
    } = {},
  ) {
    const known = new Map(
      routes.map((route) => [`${route.modId},${route.cmdId}`, route.hosts]),
    );
    const asked: string[] = [];
    const named = new Set<string>();
    const connections = new Set<FramedConnection>();
    const router = new MessageRouter().on(
      MessageId.getRouteRequest,
      (connection, body) => {
        const { modid, cmdid } = decodeBody(lars.GetRouteRequest, body);
        asked.push(`${modid},${cmdid}`);
        if (options.silent) return;
        const hosts = known.get(`${modid},${cmdid}`) ?? [];
        const key = { modId: modid, cmdId: cmdid };
        sendRoute(
          connection,
          { ...key, hosts },
          named.has(`${modid},${cmdid}`),
        );
      },
    );
    const { leases } = options;
    if (leases !== undefined) {
      router.on(MessageId.leaseSync, (connection, body) => {
        const ack = leases.take(connection.hello!.agentId, body);
        if (ack !== undefined) connection.send(MessageId.leaseAck, ack);
      });
    }
    const { identity = "", accepted = 0 } = options.store ?? {};
    const ack = {
      version: "1",
      features: leases === undefined ? 0 : FEATURE_LEASES,
      store: identity,
      accepted,
      held: options.held ?? 0,
    };
    const { stop, server } = this.#serve(at(ip, 7778), {
      router,
      connections,
      ack,
    });
    return {
      asked,
      connections,
      server,
      routes: known,
      push: (route: Route) => {
        for (const connection of connections) sendRoute(connection, route);
      },
      /** Makes a route what an edit that names it has left. */
      edit: (route: Route) => {
        const key = `${route.modId},${route.cmdId}`;
        known.set(key, route.hosts);
        named.add(key);
        for (const each of connections) sendRoute(each, route, true);
      },
      accept: () => {
        ack.accepted += 1;
        server.announce();
      },
      stop: async () => {
        stop.abort();
        await this.clock.advance(10);
      },
    };
  }

  /** A reporter; one that drops a Hello if it is an `original`. */
  reporter(
    ip: string,
    { original = false } = {},
  ): lars.ReportStatusRequest[] {
    const statuses: lars.ReportStatusRequest[] = [];
    const router = new MessageRouter().on(
      MessageId.reportStatusRequest,
      (_, body) => {
        statuses.push(decodeBody(lars.ReportStatusRequest, body));
      },
    );
    if (original) this.#serveOriginal(at(ip, 7779), router);
    else this.#serve(at(ip, 7779), { router });
    return statuses;
  }

  /** What the agent answers to a datagram of a program; undefined: nothing. */
  async ask(
    id: MessageId,
    body: Uint8Array,
    port = 8888,
  ): Promise<Uint8Array | undefined> {
    const to = at(AGENT_IP, port);
    await this.#program.send(encodeFrame(id, body), to);
    const answers: Uint8Array[] = [];
    this.#program.receive(new Uint8Array(1_000)).then(([datagram, from]) => {
      // A connected socket takes answers only from the port it asked.
      assertEquals(from, to);
      answers.push(parseDatagram(datagram)!.body);
    }).catch(() => {});
    await this.clock.advance(1);
    return answers[0];
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

  async report(
    modid: number,
    cmdid: number,
    { port, returnCode: retcode = 0 }: { port?: number; returnCode?: number } =
      {},
  ): Promise<void> {
    const body = lars.ReportRequest
      .encode({ modid, cmdid, host: toWireAddress(HOST), retcode })
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

  /** Takes one connection, and drops what `router` does not know. */
  async #serveOriginal(at: Endpoint, router: MessageRouter): Promise<void> {
    const listener = this.network.machine(at.hostname).listen(at);
    const connection = new FramedConnection(await listener.accept());
    listener.close();
    await connection.run((from, frame) => router.dispatch(from, frame));
  }

  #serve(
    at: Endpoint,
    { router, connections = new Set(), ack }: {
      router: MessageRouter;
      connections?: Set<FramedConnection>;
      ack?: HelloAck;
    },
  ): { stop: AbortController; server: TcpServer } {
    const stop = new AbortController();
    const server = new TcpServer({
      transport: this.network.machine(at.hostname),
      clock: this.clock,
      random: () => 0,
      logger: loggerOf("test"),
      at,
      connectionsMax: 10,
      router,
      ...(ack && { ack: () => ack }),
      onOpen: (connection) => connections.add(connection),
      onClose: (connection) => connections.delete(connection),
    });
    // The agent leaves first, and what it sends last still arrives.
    this.#stop.signal.addEventListener("abort", () => {
      this.clock.schedule(2_000, () => stop.abort());
    });
    this.#servers.push(server.run(stop.signal));
    return { stop, server };
  }
}

function at(hostname: string, port: number) {
  return { hostname, port };
}

function sendRoute(
  connection: FramedConnection,
  route: Route,
  named = false,
): void {
  const { modId: modid, cmdId: cmdid } = route;
  const host = route.hosts.map((each) => ({
    ...toWireAddress(each),
    ...(each.weight === WEIGHT_DRAINED && { drained: true }),
  }));
  connection.send(
    MessageId.getRouteResponse,
    lars.GetRouteResponse.encode({ modid, cmdid, host, named }).finish(),
  );
}
