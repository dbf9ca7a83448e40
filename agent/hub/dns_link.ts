import {
  encodeGetRouteRequest,
  type Endpoint,
  type Hello,
  type HelloAck,
  MessageId,
  readRouteHead,
  type RouteHead,
  type RouteKey,
  RouteMap,
} from "../../proto/mod.ts";
import {
  type Clock,
  DeadlineTimer,
  type FramedConnection,
  type Logger,
  MessageRouter,
  type Random,
  TcpClient,
  type Transport,
} from "../../net/mod.ts";

/** Pulls that wait for the socket; more are dropped, and shards pull again in 3 s. */
const PULLS_MAX = 65_536;

/** Time after which a dns that leaves a pull unanswered is left for another. */
const ANSWER_MS_MAX = 3_000;

/** Time without a message from dns after which a known route is pulled, to see that it is there. */
const HEARTBEAT_MS = 5_000;

export interface DnsLinkOptions {
  transport: Transport;
  clock: Clock;
  random: Random;
  logger: Logger;
  addresses: readonly Endpoint[];
  /** Who the agent is. */
  hello?: () => Hello;
  /** Dns says which store it has, before its first answer and when that changes; an original one never does. */
  onAck?: (ack: HelloAck) => void;
  /** The body of a LeaseAck; nobody takes it if absent. */
  onLeaseAck?: (body: Uint8Array) => void;
  /** A route as dns has it now, an answer or a push, and the bytes that said so. */
  onRoute: (route: RouteHead, body: Uint8Array) => void;
  /** The link opened, with this end of it, or was lost. */
  onChange: (local: Endpoint | undefined) => void;
  /** A route to ask for when there has been silence, if any is known. */
  heartbeatKey: () => RouteKey | undefined;
}

/** The agent's connection to dns: pulls go out, answers and pushes come in. */
export class DnsLink {
  /** What happened so far. */
  readonly counters = { pullsSent: 0, pullsDropped: 0, routesReceived: 0 };
  readonly #options: DnsLinkOptions;
  readonly #client: TcpClient;
  /** Notices a dns that is connected but does not answer. */
  readonly #watch: DeadlineTimer;
  /** Keys to ask for, each once. */
  readonly #pulls = new RouteMap<true>();
  #sending = false;
  #heardMs = 0;
  /** When the oldest pull was sent that nothing has answered. */
  #askedMs: number | undefined;

  constructor(options: DnsLinkOptions) {
    this.#options = options;
    this.#watch = new DeadlineTimer(options.clock, {
      dueMs: () => this.#dueMs(),
      tick: () => this.#onDue(),
    });
    this.#client = new TcpClient({
      ...options,
      router: new MessageRouter()
        .on(
          MessageId.getRouteResponse,
          (_, body) => this.#onRouteResponse(body),
        )
        .on(MessageId.leaseAck, (_, body) => options.onLeaseAck?.(body)),
      onConnected: ({ local }) => {
        this.#heardMs = options.clock.nowMs();
        this.#askedMs = undefined;
        options.onChange(local);
        this.#watch.update();
      },
      onDisconnected: () => {
        this.#pulls.clear();
        options.onChange(undefined);
      },
    });
  }

  /** Whether there is a connection now. */
  get connected(): boolean {
    return this.#client.connection !== undefined;
  }

  /** Pulls that wait for the socket. */
  get waiting(): number {
    return this.#pulls.size;
  }

  /** Asks for a route, unless the link is down: then shards ask again later. */
  pull(key: RouteKey): void {
    if (!this.connected) return;
    if (this.#pulls.size >= PULLS_MAX) {
      this.counters.pullsDropped += 1;
      return;
    }
    this.#pulls.set(key, true);
    if (!this.#sending) this.#send();
  }

  /** Sends a frame; nothing while the link is down. */
  send(id: number, body: Uint8Array): void {
    this.#client.send(id, body);
  }

  /** Changes the list of servers, of which there is at least one. */
  setAddresses(addresses: readonly Endpoint[]): void {
    this.#client.setAddresses(addresses);
  }

  /** Leaves the server for another of the list, if there is one. */
  tryOthers(): void {
    this.#client.tryOthers();
  }

  /** Keeps the link up until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#client.run(signal), this.#watch.run(signal)]);
  }

  async #send(): Promise<void> {
    this.#sending = true;
    // Pulls of one turn go out together.
    await Promise.resolve();
    for (;;) {
      const connection = this.#client.connection;
      if (connection === undefined || this.#pulls.size === 0) break;
      this.#sendWhileWritable(connection);
      await connection.drained();
    }
    this.#sending = false;
  }

  #sendWhileWritable(connection: FramedConnection): void {
    for (const key of this.#pulls.keys()) {
      if (!connection.writable) return;
      this.#pulls.delete(key);
      connection.send(MessageId.getRouteRequest, encodeGetRouteRequest(key));
      this.#askedMs ??= this.#options.clock.nowMs();
      this.counters.pullsSent += 1;
    }
    this.#watch.update();
  }

  #onRouteResponse(body: Uint8Array): void {
    const route = readRouteHead(body);
    this.#heardMs = this.#options.clock.nowMs();
    this.#askedMs = undefined;
    this.counters.routesReceived += 1;
    this.#options.onRoute(route, body);
    this.#watch.update();
  }

  /** When an answer is overdue, or silence has lasted for {@linkcode HEARTBEAT_MS}. */
  #dueMs(): number {
    if (!this.connected) return Infinity;
    if (this.#askedMs !== undefined) return this.#askedMs + ANSWER_MS_MAX;
    const isAsking = this.#pulls.size > 0;
    return isAsking || this.#options.heartbeatKey() === undefined
      ? Infinity
      : this.#heardMs + HEARTBEAT_MS;
  }

  #onDue(): void {
    if (this.#askedMs === undefined) {
      const key = this.#options.heartbeatKey();
      if (key !== undefined) this.pull(key);
    } else {
      this.#askedMs = undefined;
      this.#client.connection?.close(
        `dns has not answered for ${ANSWER_MS_MAX} ms`,
      );
    }
  }
}
