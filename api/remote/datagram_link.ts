import {
  type Clock,
  type DatagramSocket,
  type Random,
  UdpClient,
} from "../../net/client.ts";
import {
  AGENT_SERVERS,
  type Endpoint,
  ownerOf,
  type RouteKey,
} from "../../proto/mod.ts";
import type { NoAnswer } from "../outcome.ts";
import {
  createCounters,
  type LarsClientCounters,
  PENDING_MAX,
} from "../source.ts";
import { type Request, ResendTimer } from "./resend_timer.ts";

/** What a {@linkcode DatagramLink} is made of. */
export interface DatagramLinkOptions {
  /** Belongs to the link from now on: the link closes it. */
  socket: DatagramSocket;
  clock: Clock;
  random: Random;
  /** The first of the agent's three UDP servers. */
  agent: Endpoint;
  /** Timeout of one try, in milliseconds. */
  timeoutMs: number;
  /** Tries of a request before it times out, at least 1. */
  tries: number;
  /** Takes a datagram that came; its bytes are valid during the call. */
  onDatagram: (datagram: Uint8Array, from: Endpoint) => void;
}

/** The socket that all requests to an agent share, and their bounds. */
export class DatagramLink {
  readonly counters = createCounters();
  /** Callers and requests without an outcome, at most {@linkcode PENDING_MAX}. */
  pending = 0;
  readonly #udp: UdpClient;
  readonly #timer: ResendTimer;
  readonly #endpoints: readonly Endpoint[];
  #closed = false;
  #seq: number;

  constructor(options: DatagramLinkOptions) {
    const { agent, random } = options;
    this.#endpoints = Array.from({ length: AGENT_SERVERS }, (_, index) => ({
      hostname: agent.hostname,
      port: agent.port + index,
    }));
    // At random, so that an answer cannot be forged without seeing the request.
    this.#seq = Math.floor(random() * 2 ** 32);
    this.#udp = new UdpClient({
      ...options,
      onRefused: (peer) => this.#timer.stopAll(peer),
    });
    this.#timer = new ResendTimer({
      ...options,
      counters: this.counters,
      // A datagram that the system refuses counts as lost: it is sent again.
      send: ({ datagram, to }) => this.#udp.send(datagram, to),
    });
  }

  /** Aborted when the socket closes. */
  get closing(): AbortSignal {
    return this.#udp.closing;
  }

  /** Whether {@linkcode stop} was called. */
  get closed(): boolean {
    return this.#closed;
  }

  /** The counters, with those of the socket. */
  totals(): LarsClientCounters {
    const { sent, sendFailures } = this.#udp.counters;
    return { ...this.counters, sent, sendFailures };
  }

  /** The agent's server that owns a route. */
  endpointOf(key: RouteKey): Endpoint {
    return this.#endpoints[ownerOf(key, AGENT_SERVERS)]!;
  }

  /** The server of the agent for what belongs to no route. */
  get firstEndpoint(): Endpoint {
    return this.#endpoints[0]!;
  }

  /** The next sequence number, an uint32; starts over after 2³² of them. */
  nextSeq(): number {
    this.#seq = (this.#seq + 1) >>> 0;
    return this.#seq;
  }

  /** Why nothing can be sent now, if so; a full link counts the refusal. */
  refusal(): NoAnswer | undefined {
    if (this.#closed) return { state: "closed" };
    if (this.pending < PENDING_MAX && !this.#udp.full) return undefined;
    this.counters.refused += 1;
    return { state: "system_error" };
  }

  /** Sends a request until {@linkcode done} is called or its last try has timed out. */
  start(request: Request): void {
    this.#timer.start(request);
  }

  /** Ends the wait of a request. */
  done(request: Request): void {
    this.#timer.stop(request);
  }

  /** Sends a datagram that is not answered; false if it has not left. Never rejects. */
  send(datagram: Uint8Array, to: Endpoint): Promise<boolean> {
    return this.#udp.send(datagram, to);
  }

  /** Refuses requests from now on; what is still to be sent can be. */
  stop(): void {
    this.#closed = true;
  }

  /** Closes the socket. Twice is once. */
  async close(): Promise<void> {
    await this.#udp[Symbol.asyncDispose]();
    await this.#timer.close();
  }
}
