import {
  DATAGRAM_BYTES_MAX,
  type Endpoint,
  formatEndpoint,
} from "../../proto/mod.ts";
import type { Random } from "../clock.ts";
import { MemoryStream, type StreamLink } from "./memory_stream.ts";
import type {
  ByteStream,
  DatagramSocket,
  StreamListener,
  Transport,
} from "../transport.ts";
import type { VirtualClock } from "./virtual_clock.ts";

/** Faults of a {@linkcode MemoryNetwork}; they may change at any time. */
export interface Faults {
  /** Shortest delay of a delivery. */
  delayMinMs: number;
  /** Longest delay of a delivery; datagrams may overtake each other. */
  delayMaxMs: number;
  /** Share of datagrams lost. */
  lossRate: number;
  /** Share of datagrams delivered twice. */
  duplicateRate: number;
  /** Share of stream writes that arrive in two pieces. */
  tearRate: number;
}

/** No faults and no delay. */
export const NO_FAULTS: Readonly<Faults> = {
  delayMinMs: 0,
  delayMaxMs: 0,
  lossRate: 0,
  duplicateRate: 0,
  tearRate: 0,
};

/** Most datagrams that wait at one socket; more are dropped, as a system does. */
const RECEIVE_QUEUE_MAX = 1_000;

const EPHEMERAL_PORT_MIN = 40_000;

/** Loopback and every address: a machine in memory has only one. */
const OWN_HOSTNAMES = ["127.0.0.1", "0.0.0.0"];

/** Machines and the network between them in memory: the test double of `DenoTransport`. */
export class MemoryNetwork {
  readonly faults: Faults;
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #listeners = new Map<string, MemoryListener>();
  readonly #sockets = new Map<string, MemorySocket>();
  readonly #streams = new Set<MemoryStream>();
  /** Pairs of machines that cannot reach each other. */
  readonly #cuts = new Set<string>();
  #nextPort = EPHEMERAL_PORT_MIN;

  constructor(
    options: { clock: VirtualClock; random: Random; faults?: Partial<Faults> },
  ) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.faults = { ...NO_FAULTS, ...options.faults };
  }

  /** The transport of the machine with this address; 127.0.0.1 is the machine itself. */
  machine(ip: string): Transport {
    const own = (at: Endpoint): Endpoint => ({
      hostname: OWN_HOSTNAMES.includes(at.hostname) ? ip : at.hostname,
      port: at.port,
    });
    return {
      listen: (at) => this.#listen(this.#free(own(at), this.#listeners)),
      connect: (to, signal) => this.#connect(ip, own(to), signal),
      bind: (at) => this.#bind(this.#free(own(at), this.#sockets), ip),
    };
  }

  /** Cuts two machines off from each other: datagrams are lost, streams stall. */
  partition(a: string, b: string): void {
    this.#cuts.add(cutKey(a, b));
  }

  /** Ends every partition; what streams held back arrives. */
  heal(): void {
    this.#cuts.clear();
    for (const stream of this.#streams) stream.pump();
  }

  /** Breaks every stream of a machine, both ends, as when it loses power. */
  reset(ip: string): void {
    for (const stream of this.#streams) {
      if (stream.local.hostname === ip || stream.remote.hostname === ip) {
        stream.break();
      }
    }
  }

  /** Delay of one delivery, random within the faults' bounds. */
  #delayMs(): number {
    const { delayMinMs, delayMaxMs } = this.faults;
    return delayMinMs + this.#random() * (delayMaxMs - delayMinMs);
  }

  #isCut(a: string, b: string): boolean {
    return this.#cuts.size > 0 && this.#cuts.has(cutKey(a, b));
  }

  #free(at: Endpoint, taken: Map<string, unknown>): Endpoint {
    const endpoint = at.port === 0 ? { ...at, port: this.#nextPort++ } : at;
    if (taken.has(formatEndpoint(endpoint))) {
      throw new Deno.errors.AddrInUse(
        `Address already in use: ${formatEndpoint(endpoint)}`,
      );
    }
    return endpoint;
  }

  #listen(at: Endpoint): StreamListener {
    const listener = new MemoryListener(
      at,
      () => this.#listeners.delete(formatEndpoint(at)),
    );
    this.#listeners.set(formatEndpoint(at), listener);
    return listener;
  }

  #connect(
    from: string,
    to: Endpoint,
    signal?: AbortSignal,
  ): Promise<ByteStream> {
    return new Promise((resolve, reject) => {
      const abort = () => reject(new Deno.errors.TimedOut("connect aborted"));
      if (signal?.aborted) return abort();
      signal?.addEventListener("abort", abort, { once: true });
      this.#clock.schedule(this.#delayMs(), () => {
        if (signal?.aborted || this.#isCut(from, to.hostname)) return;
        signal?.removeEventListener("abort", abort);
        const listener = this.#listeners.get(formatEndpoint(to));
        if (listener === undefined) {
          return reject(new Deno.errors.ConnectionRefused("refused"));
        }
        const local = { hostname: from, port: this.#nextPort++ };
        resolve(this.#open(local, to, listener));
      });
    });
  }

  #open(local: Endpoint, remote: Endpoint, listener: MemoryListener) {
    const link: StreamLink = {
      clock: this.#clock,
      delayMs: () => this.#delayMs(),
      tears: () => this.#random() < this.faults.tearRate,
      random: this.#random,
      isCut: () => this.#isCut(local.hostname, remote.hostname),
      closed: (stream) => this.#streams.delete(stream),
    };
    const [near, far] = MemoryStream.pair(local, remote, link);
    this.#streams.add(near).add(far);
    listener.offer(far);
    return near;
  }

  #bind(local: Endpoint, ip: string): DatagramSocket {
    const key = formatEndpoint(local);
    const socket = new MemorySocket(local, {
      send: (datagram, to) => {
        const hostname = to.hostname === "127.0.0.1" ? ip : to.hostname;
        this.#deliver(datagram, local, { hostname, port: to.port });
      },
      closed: () => this.#sockets.delete(key),
    });
    this.#sockets.set(key, socket);
    return socket;
  }

  #deliver(datagram: Uint8Array, from: Endpoint, to: Endpoint): void {
    if (this.#random() < this.faults.lossRate) return;
    const copies = this.#random() < this.faults.duplicateRate ? 2 : 1;
    const bytes = datagram.slice();
    for (let copy = 0; copy < copies; copy++) {
      this.#clock.schedule(this.#delayMs(), () => {
        if (this.#isCut(from.hostname, to.hostname)) return;
        this.#sockets.get(formatEndpoint(to))?.take(bytes, from);
      });
    }
  }
}

class MemoryListener implements StreamListener {
  readonly local: Endpoint;
  readonly #onClose: () => void;
  readonly #waiting: ByteStream[] = [];
  #acceptor: PromiseWithResolvers<ByteStream> | undefined;
  #closed = false;

  constructor(local: Endpoint, onClose: () => void) {
    this.local = local;
    this.#onClose = onClose;
  }

  offer(stream: ByteStream): void {
    if (this.#acceptor === undefined) this.#waiting.push(stream);
    else this.#acceptor.resolve(stream);
    this.#acceptor = undefined;
  }

  accept(): Promise<ByteStream> {
    if (this.#closed) return Promise.reject(closedError());
    const stream = this.#waiting.shift();
    if (stream !== undefined) return Promise.resolve(stream);
    this.#acceptor = Promise.withResolvers();
    return this.#acceptor.promise;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onClose();
    for (const stream of this.#waiting) stream.close();
    this.#acceptor?.reject(closedError());
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

class MemorySocket implements DatagramSocket {
  readonly local: Endpoint;
  readonly #wire: Wire;
  readonly #queue: [Uint8Array, Endpoint][] = [];
  #receiver: PromiseWithResolvers<void> | undefined;
  #closed = false;

  constructor(local: Endpoint, wire: Wire) {
    this.local = local;
    this.#wire = wire;
  }

  take(datagram: Uint8Array, from: Endpoint): void {
    if (this.#queue.length >= RECEIVE_QUEUE_MAX) return;
    this.#queue.push([datagram, from]);
    this.#receiver?.resolve();
    this.#receiver = undefined;
  }

  async receive(buffer: Uint8Array): Promise<[Uint8Array, Endpoint]> {
    for (;;) {
      if (this.#closed) throw closedError();
      const next = this.#queue.shift();
      if (next === undefined) {
        this.#receiver = Promise.withResolvers();
        await this.#receiver.promise;
        continue;
      }
      const [datagram, from] = next;
      const part = datagram.subarray(0, buffer.length);
      buffer.set(part);
      return [buffer.subarray(0, part.length), from];
    }
  }

  send(datagram: Uint8Array, to: Endpoint): Promise<void> {
    if (this.#closed) return Promise.reject(closedError());
    if (datagram.length > DATAGRAM_BYTES_MAX) {
      return Promise.reject(new Error("Message too long (os error 90)"));
    }
    this.#wire.send(datagram, to);
    return Promise.resolve();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#wire.closed();
    this.#receiver?.resolve();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** The network as a socket sees it. */
interface Wire {
  send(datagram: Uint8Array, to: Endpoint): void;
  closed(): void;
}

function cutKey(a: string, b: string): string {
  return a < b ? `${a}|${b}` : `${b}|${a}`;
}

function closedError(): Error {
  return new Deno.errors.Interrupted("the socket was closed");
}
