import { type Endpoint, formatEndpoint } from "../../../proto/mod.ts";
import type { Libc } from "./libc.ts";
import {
  decodeSocketAddress,
  encodeSocketAddress,
  familyOf,
} from "./socket_address.ts";

/**
 * Default size of the system's receive buffer. The system counts at least 768
 * bytes for a datagram, so it holds about 10 ms of the highest rate.
 */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** Time after which a send that finds no room in the system's buffers fails. */
const SEND_TIMEOUT_MS = 100;

// Numbers of Linux, the same on x86_64 and aarch64.
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_RCVTIMEO = 20;
const SO_SNDTIMEO = 21;
const SO_RCVBUFFORCE = 33;
const EADDRINUSE = 98;
const EADDRNOTAVAIL = 99;

/** Options of a BatchSocket. */
export interface BatchSocketOptions {
  /** An address, not a name; `::` takes both families. Port 0 takes any free one. */
  at: Endpoint;
  /** Size of the system's receive buffer. Default: 4 MiB. */
  receiveBufferBytes?: number;
}

/**
 * Opens and binds a UDP socket; the caller closes the descriptor.
 *
 * @throws {SyntaxError} If the hostname is not an address.
 * @throws {Deno.errors.AddrInUse} If the port is taken.
 * @throws {Deno.errors.AddrNotAvailable} If the machine has no such address.
 */
export function openSocket(
  libc: Libc,
  options: BatchSocketOptions,
): { descriptor: number; local: Endpoint } {
  const { at, receiveBufferBytes = RECEIVE_BUFFER_BYTES } = options;
  const address = encodeSocketAddress(at);
  const { calls } = libc;
  const family = familyOf(at.hostname).number;
  const descriptor = calls.socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) throw systemError("open a socket", libc.errno());
  try {
    const limit = new BigInt64Array(2);
    encodeTimeval(limit, SEND_TIMEOUT_MS);
    setOption(libc, descriptor, SO_SNDTIMEO, new Uint8Array(limit.buffer));
    const size = new Uint8Array(new Int32Array([receiveBufferBytes]).buffer);
    // Only a privileged process may exceed the system's maximum.
    if (!trySetOption(libc, descriptor, SO_RCVBUFFORCE, size)) {
      setOption(libc, descriptor, SO_RCVBUF, size);
    }
    if (calls.bind(descriptor, address, address.length) < 0) {
      throw systemError(`bind ${formatEndpoint(at)}`, libc.errno());
    }
    const bytes = new Uint32Array([address.length]);
    if (calls.getsockname(descriptor, address, bytes) < 0) {
      throw systemError("learn a socket's address", libc.errno());
    }
    return { descriptor, local: decodeSocketAddress(address) };
  } catch (error) {
    calls.close(descriptor);
    throw error;
  }
}

/**
 * Connects a UDP socket.
 *
 * @throws {Error} If the system refuses.
 */
export function connectSocket(
  libc: Libc,
  descriptor: number,
  to: Endpoint,
): void {
  const address = encodeSocketAddress(to);
  if (libc.calls.connect(descriptor, address, address.length) < 0) {
    throw systemError(`connect to ${formatEndpoint(to)}`, libc.errno());
  }
}

/** The longest time that a receive from a socket waits. Setting it allocates nothing. */
export class ReceiveTimeout {
  /** What it is, in milliseconds. */
  ms = Infinity;
  readonly #libc: Libc;
  readonly #descriptor: number;
  /** A struct timeval: 0 stands for no limit. */
  readonly #words = new BigInt64Array(2);
  readonly #bytes = new Uint8Array(this.#words.buffer);

  /** That of an open socket, which has no limit. */
  constructor(libc: Libc, descriptor: number) {
    this.#libc = libc;
    this.#descriptor = descriptor;
  }

  /** Sets it: more than 0. */
  set(ms: number): void {
    encodeTimeval(this.#words, ms);
    setOption(this.#libc, this.#descriptor, SO_RCVTIMEO, this.#bytes);
    this.ms = ms;
  }
}

/** Writes struct timeval: at least 1 µs, and 0 for Infinity, as the system takes 0 for no limit. */
function encodeTimeval(words: BigInt64Array, ms: number): void {
  const us = ms === Infinity ? 0 : Math.max(1, Math.round(ms * 1_000));
  words[0] = BigInt(Math.floor(us / 1_000_000));
  words[1] = BigInt(us % 1_000_000);
}

function trySetOption(
  libc: Libc,
  descriptor: number,
  option: number,
  value: Uint8Array<ArrayBuffer>,
): boolean {
  const { setsockopt } = libc.calls;
  return setsockopt(descriptor, SOL_SOCKET, option, value, value.length) === 0;
}

function setOption(
  libc: Libc,
  descriptor: number,
  option: number,
  value: Uint8Array<ArrayBuffer>,
): void {
  if (!trySetOption(libc, descriptor, option, value)) {
    throw systemError(`set socket option ${option}`, libc.errno());
  }
}

function systemError(action: string, errno: number): Error {
  if (errno === EADDRINUSE) {
    return new Deno.errors.AddrInUse(
      `Cannot ${action} as the address is in use (os error ${errno})`,
    );
  }
  if (errno === EADDRNOTAVAIL) {
    return new Deno.errors.AddrNotAvailable(
      `Cannot ${action} as the machine has no such address (os error ${errno})`,
    );
  }
  return new Error(`Cannot ${action} as the system refuses: os error ${errno}`);
}
