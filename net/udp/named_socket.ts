import {
  DATAGRAM_BYTES_MAX,
  type Endpoint,
  isLoopback,
} from "../../proto/mod.ts";
import type { Clock } from "../clock.ts";
import { type DatagramSocket, RECEIVE_PAUSE_MS } from "../transport.ts";

/** Time without an answer to anything sent after which the name is looked up again. */
const LOST_MS = 1_000;

/** Datagrams that wait to be received; more are dropped, as a system does. */
const RECEIVED_MAX = 1_024;

/** Where a socket is bound that talks to an address: to loopback only if that is there. */
export function localHostname(address: string): string {
  if (address.includes(":")) return address === "::1" ? "::1" : "::";
  return isLoopback(address) ? "127.0.0.1" : "0.0.0.0";
}

/** What a {@linkcode NamedSocket} is made of. */
export interface NamedSocketOptions {
  clock: Clock;
  /** The addresses of the peer now, in the order in which to try them; at least one. */
  resolve: () => Promise<string[]>;
  /** Binds a socket. */
  bind: (at: Endpoint) => DatagramSocket;
}

/**
 * A socket for talking to one machine by its name. Until an answer comes, each
 * datagram goes to the next of its addresses; then all go to the one that
 * answered. The name is looked up at the first datagram, and again when answers
 * stay away: the machine may have moved.
 */
export class NamedSocket implements DatagramSocket {
  /** It is bound when it sends, once for each family. */
  readonly local: Endpoint = { hostname: "", port: 0 };
  readonly #options: NamedSocketOptions;
  /** By where they are bound. */
  readonly #sockets = new Map<string, DatagramSocket>();
  readonly #received: [Uint8Array, Endpoint][] = [];
  #arrived = Promise.withResolvers<void>();
  #lookup: Promise<string[]> | undefined;
  /** What it found last. */
  #addresses: readonly string[] = [];
  /** The address that answered. */
  #answering: string | undefined;
  /** Where the next datagram goes until one does. */
  #next = 0;
  /** When the first datagram was sent that nothing has answered. */
  #askedMs: number | undefined;
  #isClosed = false;

  constructor(options: NamedSocketOptions) {
    this.#options = options;
  }

  async receive(buffer: Uint8Array): Promise<[Uint8Array, Endpoint]> {
    while (this.#received.length === 0) {
      if (this.#isClosed) throw new Error("Cannot receive as it is closed");
      await this.#arrived.promise;
    }
    const [bytes, from] = this.#received.shift()!;
    buffer.set(bytes);
    return [buffer.subarray(0, bytes.length), from];
  }

  async send(datagram: Uint8Array, { port }: Endpoint): Promise<unknown> {
    const nowMs = this.#options.clock.nowMs();
    this.#askedMs ??= nowMs;
    if (nowMs - this.#askedMs > LOST_MS) {
      this.#askedMs = nowMs;
      this.#lookup = undefined;
      this.#answering = undefined;
    }
    const hostname = this.#answering ?? await this.#nextAddress();
    return await this.#socketFor(hostname).send(datagram, { hostname, port });
  }

  close(): void {
    this.#isClosed = true;
    for (const socket of this.#sockets.values()) socket.close();
    this.#arrived.resolve();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #nextAddress(): Promise<string> {
    this.#lookup ??= this.#options.resolve();
    try {
      this.#addresses = await this.#lookup;
    } catch (error) {
      // The next datagram asks again.
      this.#lookup = undefined;
      throw error;
    }
    return this.#addresses[this.#next++ % this.#addresses.length]!;
  }

  #socketFor(hostname: string): DatagramSocket {
    if (this.#isClosed) throw new Error("Cannot send as it is closed");
    const local = localHostname(hostname);
    let socket = this.#sockets.get(local);
    if (socket === undefined) {
      socket = this.#options.bind({ hostname: local, port: 0 });
      this.#sockets.set(local, socket);
      this.#receiveFrom(socket);
    }
    return socket;
  }

  async #receiveFrom(socket: DatagramSocket): Promise<void> {
    const { clock } = this.#options;
    const buffer = new Uint8Array(DATAGRAM_BYTES_MAX);
    while (!this.#isClosed) {
      const received = await socket.receive(buffer).catch(() => undefined);
      if (received === undefined) await clock.sleep(RECEIVE_PAUSE_MS);
      else this.#take(...received);
    }
  }

  #take(bytes: Uint8Array, from: Endpoint): void {
    // Anybody can send here; only the peer says where it is.
    if (this.#addresses.includes(from.hostname)) {
      this.#answering = from.hostname;
      this.#askedMs = undefined;
    }
    if (this.#received.length >= RECEIVED_MAX) return;
    this.#received.push([bytes.slice(), from]);
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers();
  }
}
