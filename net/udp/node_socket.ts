import { createSocket, type Socket } from "node:dgram";
import type { Endpoint } from "../../proto/mod.ts";
import { type DatagramSocket, PortRefusedError } from "../transport.ts";
import { Inbox } from "./inbox.ts";

/** A bound socket of `node:dgram`, for runtimes without `Deno.listenDatagram`. */
export class NodeSocket implements DatagramSocket {
  /** Resolves when it is bound, and rejects if it cannot be. */
  readonly ready: Promise<void>;
  readonly #socket: Socket;
  readonly #inbox = new Inbox();
  #local: Endpoint;
  #isClosed = false;

  /** Begins to bind; what goes wrong there, sends and receives tell. */
  constructor(at: Endpoint) {
    this.#local = at;
    const socket = createSocket(familyOf(at.hostname));
    this.#socket = socket;
    this.ready = new Promise((resolve, reject) => {
      socket.once("listening", () => {
        this.#local = { ...at, port: socket.address().port };
        resolve();
      });
      socket.once("error", reject);
    });
    this.ready.catch(() => {});
    socket.on("error", (error) => this.#inbox.fail(error));
    socket.on("message", (datagram, { address, port }) => {
      this.#inbox.push(datagram, { hostname: address, port });
    });
    socket.bind({ address: at.hostname, port: at.port });
  }

  /** Port 0 until the system has chosen one. */
  get local(): Endpoint {
    return this.#local;
  }

  receive(buffer: Uint8Array): Promise<[Uint8Array, Endpoint]> {
    return this.#inbox.receive(buffer);
  }

  async send(datagram: Uint8Array, { hostname, port }: Endpoint) {
    await this.ready;
    await new Promise<void>((resolve, reject) => {
      this.#socket.send(
        datagram,
        port,
        hostname,
        (error) => error ? reject(error) : resolve(),
      );
    });
  }

  /** Lets the process end while nothing but this socket is open. */
  unref(): void {
    this.#socket.unref();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.close();
    this.#inbox.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** A socket that is connected to one peer. */
interface Connected {
  readonly socket: Socket;
  /** Resolves when it may send; undefined from then on. */
  connecting: Promise<void> | undefined;
}

/**
 * Sockets of `node:dgram`, each connected to one port of a machine, as one
 * socket. Strangers are not heard, and a port at which nothing listens is told
 * as a {@linkcode PortRefusedError} by the system, where that tells it: Node and
 * Bun do, Deno does not.
 */
export class ConnectedSockets implements DatagramSocket {
  /** The system has chosen one for each. */
  readonly local: Endpoint = { hostname: "", port: 0 };
  readonly #inbox = new Inbox();
  readonly #byPort = new Map<number, Connected>();
  #isClosed = false;

  /** Begins to connect to each of `ports` of the machine at an address. */
  constructor(hostname: string, ports: readonly number[]) {
    for (const port of ports) {
      this.#byPort.set(port, this.#connect({ hostname, port }));
    }
  }

  receive(buffer: Uint8Array): Promise<[Uint8Array, Endpoint]> {
    return this.#inbox.receive(buffer);
  }

  async send(datagram: Uint8Array, { port }: Endpoint): Promise<void> {
    const peer = this.#byPort.get(port);
    if (peer === undefined) {
      throw new Error(`Cannot send as it is not connected to port ${port}`);
    }
    if (peer.connecting !== undefined) await peer.connecting;
    if (this.#isClosed) throw new Error("Cannot send as it is closed");
    // Without a callback, which would cost more than the system call: what goes
    // wrong is an event.
    peer.socket.send(datagram);
  }

  /** Lets the process end while nothing but these sockets is open. */
  unref(): void {
    for (const { socket } of this.#byPort.values()) socket.unref();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const { socket } of this.#byPort.values()) socket.close();
    this.#inbox.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #connect(peer: Endpoint): Connected {
    const socket = createSocket(familyOf(peer.hostname));
    const connected: Connected = {
      socket,
      connecting: new Promise((resolve, reject) => {
        socket.once("connect", resolve);
        socket.once("error", reject);
        socket.once("close", resolve);
      }),
    };
    connected.connecting!.then(
      () => connected.connecting = undefined,
      () => {},
    );
    socket.on("error", (error) => {
      const isRefused = "code" in error && error.code === "ECONNREFUSED";
      this.#inbox.fail(
        isRefused ? new PortRefusedError(peer, { cause: error }) : error,
      );
    });
    socket.on("message", (datagram, { address, port }) => {
      // Deno does not connect in the system: strangers come through.
      if (port !== peer.port || address !== peer.hostname) return;
      this.#inbox.push(datagram, peer);
    });
    socket.connect(peer.port, peer.hostname);
    return connected;
  }
}

function familyOf(hostname: string): "udp4" | "udp6" {
  return hostname.includes(":") ? "udp6" : "udp4";
}
