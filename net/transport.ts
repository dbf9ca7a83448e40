import { type Endpoint, formatEndpoint } from "../proto/mod.ts";

/** A TCP connection as a stream of bytes. */
export interface ByteStream extends Disposable {
  /** Its end on this machine. */
  readonly local: Endpoint;
  /** Its other end. */
  readonly remote: Endpoint;
  /**
   * Reads into `buffer`. Resolves to the number of bytes, or null at the end of
   * the stream.
   *
   * @throws {Error} If the connection broke or was closed here.
   */
  read(buffer: Uint8Array): Promise<number | null>;
  /**
   * Writes some of `bytes`. Resolves to the number written, at least 1.
   *
   * @throws {Error} If the connection broke or was closed here.
   */
  write(bytes: Uint8Array): Promise<number>;
  /** Closes both directions; a pending read or write fails. Twice is once. */
  close(): void;
}

/** A listening TCP socket. */
export interface StreamListener extends Disposable {
  /** Where it listens. */
  readonly local: Endpoint;
  /**
   * Waits for the next connection.
   *
   * @throws {Error} If the listener was closed, or the system lacks a resource,
   * such as a file descriptor: try again later.
   */
  accept(): Promise<ByteStream>;
  /** Stops listening; a pending accept fails. Twice is once. */
  close(): void;
}

/** Pause after a failed receive, so that a broken socket does not spin. */
export const RECEIVE_PAUSE_MS = 10;

/** Nothing listens at a port that was sent to, as its machine says. */
export class PortRefusedError extends Error {
  /** The name of the class. */
  override name = "PortRefusedError";
  /** Where nothing listens. */
  readonly peer: Endpoint;

  /** An error about this port. */
  constructor(peer: Endpoint, options?: ErrorOptions) {
    super(`Nothing listens at ${formatEndpoint(peer)}`, options);
    this.peer = peer;
  }
}

/** A bound UDP socket. */
export interface DatagramSocket extends Disposable {
  /** Where it is bound. */
  readonly local: Endpoint;
  /**
   * Receives one datagram into `buffer`. Resolves to the part of `buffer` that it
   * fills, and its sender.
   *
   * @throws {PortRefusedError} If nothing listens where a datagram was sent to, and
   * the socket is told: it goes on to receive.
   * @throws {Error} If the socket was closed.
   */
  receive(buffer: Uint8Array): Promise<[Uint8Array, Endpoint]>;
  /**
   * Sends one datagram, whose bytes must not change until it resolves.
   *
   * @throws {Error} If the system refused it, for example as too long.
   */
  send(datagram: Uint8Array, to: Endpoint): Promise<unknown>;
  /** Closes the socket; a pending receive fails. Twice is once. */
  close(): void;
}

/** Opens UDP sockets: the system's, or those of a network in memory. */
export interface DatagramTransport {
  /**
   * Binds a UDP socket for talking to `ports` of the machine `hostname`, which may
   * be a name or an address of either family. The socket keeps no process alive.
   * Without it {@linkcode bind} is used, and `hostname` stays as it is.
   */
  bindFor?(hostname: string, ports?: readonly number[]): DatagramSocket;
  /**
   * Binds a UDP socket.
   *
   * @throws {Error} If the port is taken.
   */
  bind(at: Endpoint): DatagramSocket;
}

/** Opens sockets of both kinds. */
export interface Transport extends DatagramTransport {
  /**
   * Listens for TCP connections.
   *
   * @throws {Error} If the port is taken.
   */
  listen(at: Endpoint): StreamListener;
  /**
   * Connects; fails when `signal` is aborted first.
   *
   * @throws {Error} If the connection is refused or times out.
   */
  connect(to: Endpoint, signal?: AbortSignal): Promise<ByteStream>;
}
