import {
  AGENT_SERVERS,
  DATAGRAM_BYTES_MAX,
  type Endpoint,
} from "../../proto/mod.ts";
import {
  BatchServer,
  BatchSocket,
  type Clock,
  type DatagramServer,
  type DatagramServerOptions,
  type DatagramSocket,
  type Random,
  UdpServer,
  type WakeupCounter,
} from "../../net/udp/worker.ts";
import type {
  FromShard,
  ShardServerCounters,
  ToShard,
} from "./worker_messages.ts";
import type { Shard, ShardSettings } from "./shard.ts";
import { ShardDatagrams } from "./datagrams.ts";
import { LocalShard } from "./local.ts";

/** Age of counters at which they go to the hub. */
const COUNTERS_MS = 1_000;

/** Most datagrams under way to other shards; more are dropped, as UDP may. */
const FORWARDS_MAX = 1_024;

/** What a shard server is made of. */
export interface ShardServerOptions {
  /** From 0 to {@linkcode AGENT_SERVERS} − 1. */
  index: number;
  /** One datagram at a time, or batches of them. */
  socket: DatagramSocket | BatchSocket;
  /** How the hub wakes a server on a BatchSocket. */
  batch?: { wakeups: WakeupCounter; wakeupSender: Endpoint };
  /** Time of the shard. */
  clock: Clock;
  /** Settings of the shard. */
  settings: ShardSettings;
  /** Source of its randomness. */
  random: Random;
  /** Takes messages to the hub. */
  post: (message: FromShard) => void;
}

/** One of the agent's UDP servers: its socket, its shard, and messages to the hub. */
export class ShardServer {
  readonly #options: ShardServerOptions;
  readonly #local: LocalShard;
  readonly #datagrams: ShardDatagrams;
  readonly #udp: DatagramServer;
  readonly #stop = new AbortController();
  /** By token: where the answer to a forwarded datagram goes. */
  readonly #forwards = new Map<number, Endpoint>();
  #nextToken = 0;
  #forwarded = 0;
  /** When the next counters go to the hub; Infinity: nothing was counted since the last. */
  #countersDueMs = Infinity;
  #forwardsDropped = 0;

  /** Serves nothing yet: see {@linkcode ShardServer.run}. */
  constructor(options: ShardServerOptions) {
    this.#options = options;
    const { index, random, post, settings } = options;
    this.#local = new LocalShard({ settings, random, post });
    this.#datagrams = new ShardDatagrams(this.#local.shard, {
      index,
      shards: AGENT_SERVERS,
      forward: (owner, datagram) => this.#forward(owner, datagram.slice()),
    });
    this.#udp = openServer(options, {
      clock: options.clock,
      handle: (request, response, nowMs, requestBytes) =>
        this.#datagrams.handle(request, response, nowMs, requestBytes),
      finish: (nowMs) => this.#flush(nowMs),
      deadline: {
        dueMs: () => Math.min(this.shard.dueMs(), this.#countersDueMs),
        tick: (nowMs) => this.#tick(nowMs),
      },
    });
  }

  /** The routes that this server owns. */
  get shard(): Shard {
    return this.#local.shard;
  }

  /** Everything counted so far. */
  get counters(): ShardServerCounters {
    const { received, sent, sendFailures } = this.#udp.counters;
    return {
      ...this.shard.counters,
      datagramsReceived: received,
      datagramsSent: sent,
      sendFailures,
      kernelDrops: this.#udp.kernelDrops,
      forwarded: this.#forwarded,
      forwardsDropped: this.#forwardsDropped,
      hosts: this.shard.hosts.size,
    };
  }

  /** Serves until the hub says stop; then sends the last statuses and counters. */
  async run(): Promise<void> {
    await this.#udp.run(this.#stop.signal);
    this.#local.stop(this.#options.clock.nowMs());
    this.#postCounters();
    this.#options.post({ kind: "stopped" });
  }

  /** Takes a message from the hub. */
  receive(message: ToShard): void {
    const nowMs = this.#options.clock.nowMs();
    switch (message.kind) {
      case "forwarded":
        this.#answerForwarded(message, nowMs);
        break;
      case "answer":
        this.#deliverAnswer(message);
        break;
      case "stop":
        this.#stop.abort();
        break;
      default:
        this.#local.receive(message, nowMs);
    }
    this.#flush(nowMs);
    this.#udp.updateDeadline();
  }

  /** Lets messages to the hub leave, after something was counted. */
  #flush(nowMs: number): void {
    this.#local.flushOutbox();
    if (this.#countersDueMs === Infinity) {
      this.#countersDueMs = nowMs + COUNTERS_MS;
    }
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

  #answerForwarded(
    message: ToShard & { kind: "forwarded" },
    nowMs: number,
  ): void {
    const response = new Uint8Array(DATAGRAM_BYTES_MAX);
    const length = this.#datagrams.handle(
      message.datagram,
      response,
      nowMs,
    );
    this.#options.post({
      kind: "answer",
      to: message.from,
      token: message.token,
      datagram: response.slice(0, length),
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
    if (nowMs >= this.shard.dueMs()) {
      this.#local.tick(nowMs);
      this.#flush(nowMs);
    }
    if (nowMs < this.#countersDueMs) return;
    this.#countersDueMs = Infinity;
    this.#postCounters();
  }

  #postCounters(): void {
    const { ejections } = this.shard;
    this.#options.post({
      kind: "counters",
      counters: this.counters,
      ejections,
    });
  }
}

function openServer(
  { socket, batch }: ShardServerOptions,
  options: DatagramServerOptions,
): DatagramServer {
  if (!(socket instanceof BatchSocket)) {
    return new UdpServer({ ...options, socket });
  }
  return new BatchServer({ ...options, ...batch, socket });
}
