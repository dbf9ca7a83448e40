import type { Endpoint } from "../proto/mod.ts";

/** A TCP connection as a stream of bytes. */
export interface ByteStream extends Disposable {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /**
   * Reads into `buffer`: the number of bytes, or null when the peer has ended.
   *
   * @throws {Error} If the connection broke or was closed here.
   */
  read(buffer: Uint8Array): Promise<number | null>;
  /**
   * Writes some of `bytes`: the number written, at least 1.
   *
   * @throws {Error} If the connection broke or was closed here.
   */
  write(bytes: Uint8Array): Promise<number>;
  /** Closes both directions; a pending read or write fails. Twice is once. */
  close(): void;
}

/** A listening TCP socket. */
export interface StreamListener extends Disposable {
  readonly local: Endpoint;
  /**
   * The next connection.
   *
   * @throws {Error} If the listener was closed, or the system ran out of
   * something, such as file descriptors: try again later.
   */
  accept(): Promise<ByteStream>;
  /** Stops listening; a pending accept fails. Twice is once. */
  close(): void;
}

/** A bound UDP socket. */
export interface DatagramSocket extends Disposable {
  readonly local: Endpoint;
  /**
   * Receives one datagram into `buffer`: the part of `buffer` it fills, and the sender.
   *
   * @throws {Error} If the socket was closed.
   */
  receive(buffer: Uint8Array): Promise<[Uint8Array, Endpoint]>;
  /**
   * Sends one datagram: its bytes must stay as they are until it resolves.
   *
   * @throws {Error} If the system refused it, for example as too long.
   */
  send(datagram: Uint8Array, to: Endpoint): Promise<unknown>;
  /** Closes the socket; a pending receive fails. Twice is once. */
  close(): void;
}

/** Opens sockets: the system's, or those of a network in memory. */
export interface Transport {
  /** @throws {Deno.errors.AddrInUse} If the port is taken. */
  listen(at: Endpoint): StreamListener;
  /**
   * Connects; fails when `signal` is aborted first.
   *
   * @throws {Error} If nobody answers there.
   */
  connect(to: Endpoint, signal?: AbortSignal): Promise<ByteStream>;
  /** @throws {Deno.errors.AddrInUse} If the port is taken. */
  bind(at: Endpoint): DatagramSocket;
}

/** Prints "hostname:port". */
export function formatEndpoint({ hostname, port }: Endpoint): string {
  return `${hostname}:${port}`;
}
