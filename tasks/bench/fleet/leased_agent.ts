import { DenoTransport, FramedConnection } from "../../../net/mod.ts";
import {
  decodeHelloAck,
  decodeLeaseAck,
  decodeRoute,
  encodeGetRouteRequest,
  encodeHello,
  encodeLeaseSync,
  type Endpoint,
  FEATURE_LEASES,
  leaseHash,
  type LeaseHost,
  MessageId,
  type RouteKey,
} from "../../../proto/mod.ts";

/** Interval at which an agent says that it is there, and renews its lease. */
const RENEW_MS = 7_000;

/** The agent of the first machine. */
const FIRST_IP = 0x0a01_0000;

/** An agent of a machine that serves one host of each of some routes. */
export class LeasedAgent implements Disposable {
  /** LeaseSyncs that it has sent. */
  syncs = 0;
  /** Whether dns has said that all is stored. */
  isStored = false;
  /** Whether it says Hello, and renews nothing. */
  isPaused = false;
  readonly #number: number;
  readonly #hosts: readonly LeaseHost[];
  readonly #hash: number;
  #connection: FramedConnection | undefined;
  #isOver = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(number: number, routes: readonly RouteKey[]) {
    this.#number = number;
    this.#hosts = routes.map((key) => ({
      ...key,
      ip: FIRST_IP + number,
      port: 7_777,
      weight: 0,
      zone: "",
      version: "1.0",
      notReady: false,
      gone: false,
      drainMs: 0,
    }));
    this.#hash = leaseHash(this.#hosts);
  }

  /** Connects and registers. */
  async start(to: Endpoint): Promise<void> {
    await this.connect(to);
    this.register();
  }

  /** Connects to a dns that takes registrations. */
  async connect(to: Endpoint): Promise<void> {
    const connection = new FramedConnection(
      await new DenoTransport().connect(to),
    );
    this.#connection = connection;
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    const reading = connection.run((_, { id, body }) => {
      if (id === MessageId.helloAck) {
        if ((decodeHelloAck(body).features & FEATURE_LEASES) !== 0) resolve();
      } else if (id === MessageId.leaseAck) {
        const { hash, all, refused } = decodeLeaseAck(body);
        this.isStored = hash === this.#hash && refused.length === 0;
        if (all) this.#say({ all: true });
      }
    });
    reading.then(() => this.#isOver ? undefined : this.#startAgain(to));
    this.#greet();
    await ready;
  }

  /** A bench that has too much to do is silent for too long. */
  async #startAgain(to: Endpoint): Promise<void> {
    await this.connect(to);
    this.#say({ all: true });
  }

  /** Registers, and renews from then on. */
  register(): void {
    this.#say({ all: true });
    // The others do it at other times.
    this.#timer = setTimeout(() => {
      this.#timer = setInterval(() => {
        this.#greet();
        if (!this.isPaused) this.#say({ all: false });
      }, RENEW_MS);
    }, Math.random() * RENEW_MS);
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    clearInterval(this.#timer);
    this.#connection?.close();
  }

  #greet(): void {
    const hello = encodeHello({
      agentId: this.#number.toString(16).padStart(32, "0"),
      epoch: this.#number,
      name: `agent-${this.#number}`,
      version: "bench",
      zone: "",
    });
    this.#connection?.send(MessageId.hello, hello);
  }

  #say({ all }: { all: boolean }): void {
    const body = encodeLeaseSync({
      renewal: this.syncs += 1,
      ttlMs: 30_000,
      hash: this.#hash,
      all,
      hosts: all ? this.#hosts : [],
    });
    this.#connection?.send(MessageId.leaseSync, body);
  }
}

/** An agent that asks for one route. */
export class Subscriber implements Disposable {
  /** Hosts that the route has. */
  hosts = 0;
  #connection: FramedConnection | undefined;

  /** Asks. */
  async start(at: Endpoint, key: RouteKey): Promise<void> {
    const connection = new FramedConnection(
      await new DenoTransport().connect(at),
    );
    this.#connection = connection;
    connection.run((_, { id, body }) => {
      if (id !== MessageId.getRouteResponse) return;
      this.hosts = decodeRoute(body).hosts.length;
    });
    connection.send(MessageId.getRouteRequest, encodeGetRouteRequest(key));
  }

  [Symbol.dispose](): void {
    this.#connection?.close();
  }
}
