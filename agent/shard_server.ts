import type { Route, RouteKey, RouteStatus } from "../proto/mod.ts";
import { DATAGRAM_BYTES_MAX } from "../proto/mod.ts";
import {
  type BatchMail,
  BatchServer,
  BatchSocket,
  type Clock,
  type DatagramServer,
  type DatagramServerOptions,
  type DatagramSocket,
  type Endpoint,
  type Random,
  UdpServer,
} from "../net/mod.ts";
import type {
  FromShard,
  ShardServerCounters,
  ShardSettings,
  ToShard,
} from "./messages.ts";
import { routesOf } from "./route_batch.ts";
import { Shard } from "./shard.ts";

/** The agent's UDP servers; the wire fixes their number (wire.md, Ports). */
export const SHARDS = 3;

/** How often counters go to the hub. */
const COUNTERS_MS = 1_000;

/** Datagrams for other shards under way at once; more are dropped, as UDP may. */
const FORWARDS_MAX = 1_024;

export interface ShardServerOptions {
  /** From 0 to {@linkcode SHARDS} − 1. */
  index: number;
  /** One datagram at a time, or batches of them. */
  socket: DatagramSocket | BatchSocket;
  /** With batches: how this thread learns of the hub's messages. */
  bell?: { mail: BatchMail; ringer: Endpoint };
  clock: Clock;
  settings: ShardSettings;
  random: Random;
  /** Takes messages to the hub. */
  post: (message: FromShard) => void;
}

/** One of the agent's UDP servers: its socket, its shard, and mail to the hub. */
export class ShardServer {
  readonly #options: ShardServerOptions;
  readonly #shard: Shard;
  readonly #udp: DatagramServer;
  readonly #stop = new AbortController();
  /** Where the answers to forwarded datagrams go. */
  readonly #forwards = new Map<number, Endpoint>();
  #nextToken = 0;
  #forwarded = 0;
  #countersMs: number;
  #forwardsDropped = 0;
  #pulls: RouteKey[] = [];
  #statuses: RouteStatus[] = [];
  #forgotten: RouteKey[] = [];

  constructor(options: ShardServerOptions) {
    this.#options = options;
    const { index, random, post, settings } = options;
    this.#shard = new Shard({
      ...settings,
      index,
      random,
      shards: SHARDS,
      outbox: {
        check: (key, host) => post({ kind: "check", key, host }),
        pull: (key) => this.#pulls.push(key),
        status: (status) => this.#statuses.push(status),
        forget: (key) => this.#forgotten.push(key),
      },
    });
    this.#countersMs = options.clock.nowMs();
    this.#udp = openServer(options, {
      clock: options.clock,
      handle: (request, response, nowMs, requestBytes) =>
        this.#handle(request, response, nowMs, requestBytes),
      finish: () => this.#sendMail(),
      tick: (nowMs) => this.#tick(nowMs),
    });
  }

  /** Everything counted so far. */
  get counters(): ShardServerCounters {
    const { received, sent, sendFailures } = this.#udp.counters;
    return {
      ...this.#shard.counters,
      datagramsReceived: received,
      datagramsSent: sent,
      sendFailures,
      kernelDrops: this.#udp.kernelDrops,
      forwarded: this.#forwarded,
      forwardsDropped: this.#forwardsDropped,
    };
  }

  /** The routes with hosts, as the shard knows them now. */
  routes(): Iterable<Route> {
    return this.#shard.routes();
  }

  /** The counters of every route with hosts, as they are now. */
  statuses(): Iterable<RouteStatus> {
    return this.#shard.statuses();
  }

  /** Serves until the hub says stop; then reports what is left, and says so. */
  async run(): Promise<void> {
    await this.#udp.run(this.#stop.signal);
    this.#shard.flushStatuses();
    this.#sendMail();
    this.#options.post({ kind: "counters", counters: this.counters });
    this.#options.post({ kind: "stopped" });
  }

  /** Takes a message from the hub. */
  receive(message: ToShard): void {
    const nowMs = this.#options.clock.nowMs();
    switch (message.kind) {
      case "routes":
        for (const route of routesOf(message.batch)) {
          this.#shard.update(route, nowMs);
        }
        break;
      case "dns":
        if (message.connected) this.#shard.onDnsConnected();
        else this.#shard.onDnsLost();
        break;
      case "forwarded":
        this.#answerForwarded(message);
        break;
      case "answer":
        this.#deliverAnswer(message);
        break;
      case "checked":
        this.#shard.checked(message.key, message, nowMs);
        break;
      case "stop":
        this.#stop.abort();
        break;
    }
    this.#sendMail();
  }

  #handle(
    request: Uint8Array,
    response: Uint8Array,
    nowMs: number,
    requestBytes: number,
  ): number {
    const length = this.#shard.handle(request, response, nowMs, requestBytes);
    if (length < 0) {
      this.#forward(-length - 1, request.slice(0, requestBytes));
    }
    return length;
  }

  #forward(owner: number, datagram: Uint8Array): void {
    if (this.#forwards.size >= FORWARDS_MAX) {
      this.#forwardsDropped += 1;
      return;
    }
    const token = this.#nextToken++;
    this.#forwards.set(token, this.#udp.sender());
    this.#forwarded += 1;
    this.#options.post({ kind: "forward", owner, token, datagram });
  }

  #answerForwarded(message: ToShard & { kind: "forwarded" }): void {
    const response = new Uint8Array(DATAGRAM_BYTES_MAX);
    const length = this.#shard.handle(
      message.datagram,
      response,
      this.#options.clock.nowMs(),
    );
    this.#options.post({
      kind: "answer",
      to: message.from,
      token: message.token,
      datagram: response.slice(0, Math.max(0, length)),
    });
  }

  #deliverAnswer(message: ToShard & { kind: "answer" }): void {
    const to = this.#forwards.get(message.token);
    this.#forwards.delete(message.token);
    if (to !== undefined && message.datagram.length > 0) {
      this.#udp.send(message.datagram, to);
    }
  }

  #tick(nowMs: number): void {
    this.#shard.tick(nowMs);
    this.#sendMail();
    if (nowMs - this.#countersMs < COUNTERS_MS) return;
    this.#countersMs = nowMs;
    this.#options.post({ kind: "counters", counters: this.counters });
  }

  /** Posts what the shard put into its outbox, one message a kind. */
  #sendMail(): void {
    const { post } = this.#options;
    if (this.#pulls.length > 0) {
      post({ kind: "pulls", keys: this.#pulls });
      this.#pulls = [];
    }
    if (this.#statuses.length > 0) {
      post({ kind: "statuses", statuses: this.#statuses });
      this.#statuses = [];
    }
    if (this.#forgotten.length > 0) {
      post({ kind: "forgotten", keys: this.#forgotten });
      this.#forgotten = [];
    }
  }
}

function openServer(
  { socket, bell }: ShardServerOptions,
  options: DatagramServerOptions,
): DatagramServer {
  if (!(socket instanceof BatchSocket)) {
    return new UdpServer({ ...options, socket });
  }
  return new BatchServer({ ...options, ...bell, socket });
}
