import { type Endpoint, formatEndpoint } from "../../../proto/mod.ts";
import type { Libc } from "./libc.ts";
import {
  AF_INET,
  decodeSocketAddress,
  encodeSocketAddress,
  SOCKET_ADDRESS_BYTES,
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
  /** IPv4; port 0 takes any free one. */
  at: Endpoint;
  /** Time that receive() waits for a datagram, more than 0. Default: 100. */
  waitMs?: number;
  /** Size of the system's receive buffer. Default: 4 MiB. */
  receiveBufferBytes?: number;
}

/**
 * Opens and binds a UDP socket; the caller closes the descriptor.
 *
 * @throws {SyntaxError} If the address is not IPv4.
 * @throws {Deno.errors.AddrInUse} If the port is taken.
 * @throws {Deno.errors.AddrNotAvailable} If the machine has no such address.
 */
export function openSocket(
  libc: Libc,
  options: BatchSocketOptions,
): { descriptor: number; local: Endpoint } {
  const { at, waitMs = 100, receiveBufferBytes = RECEIVE_BUFFER_BYTES } =
    options;
  const address = encodeSocketAddress(at);
  const { calls } = libc;
  const descriptor = calls.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) throw systemError("open a socket", libc.errno());
  try {
    setOption(libc, descriptor, SO_RCVTIMEO, timeval(waitMs));
    setOption(libc, descriptor, SO_SNDTIMEO, timeval(SEND_TIMEOUT_MS));
    const size = new Uint8Array(new Int32Array([receiveBufferBytes]).buffer);
    // Only a privileged process may exceed the system's maximum.
    if (!trySetOption(libc, descriptor, SO_RCVBUFFORCE, size)) {
      setOption(libc, descriptor, SO_RCVBUF, size);
    }
    if (calls.bind(descriptor, address, SOCKET_ADDRESS_BYTES) < 0) {
      throw systemError(`bind ${formatEndpoint(at)}`, libc.errno());
    }
    const bytes = new Uint32Array([SOCKET_ADDRESS_BYTES]);
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
  if (libc.calls.connect(descriptor, address, SOCKET_ADDRESS_BYTES) < 0) {
    throw systemError(`connect to ${formatEndpoint(to)}`, libc.errno());
  }
}

/** Encodes struct timeval. At least 1 µs, as the system takes 0 for no limit. */
function timeval(ms: number): Uint8Array<ArrayBuffer> {
  const us = Math.max(1, Math.round(ms * 1_000));
  const words = new BigInt64Array([
    BigInt(Math.floor(us / 1_000_000)),
    BigInt(us % 1_000_000),
  ]);
  return new Uint8Array(words.buffer);
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
