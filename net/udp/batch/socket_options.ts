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
const SO_TYPE = 3;
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
  /** Descriptors that this process was started with: one bound to `at` is used. Default: none. */
  inherited?: readonly number[];
}

/** A UDP socket that is bound. */
export interface OpenSocket {
  descriptor: number;
  local: Endpoint;
  /** Whether the process was started with it. */
  isInherited: boolean;
}

/**
 * Opens and binds a UDP socket, or takes an inherited one; the caller closes the descriptor.
 *
 * @throws {SyntaxError} If the hostname is not an address.
 * @throws {Deno.errors.AddrInUse} If the port is taken.
 * @throws {Deno.errors.AddrNotAvailable} If the machine has no such address.
 */
export function openSocket(
  libc: Libc,
  options: BatchSocketOptions,
): OpenSocket {
  const { at, inherited = [] } = options;
  const size = options.receiveBufferBytes ?? RECEIVE_BUFFER_BYTES;
  const own = inherited.find((each) => isBoundTo(libc, each, at));
  if (own !== undefined) {
    setSendTimeout(libc, own);
    // systemd may have given it more than this process is allowed.
    if (receiveBufferBytesOf(libc, own) < size) {
      setReceiveBuffer(libc, own, size);
    }
    return { descriptor: own, local: at, isInherited: true };
  }
  const address = encodeSocketAddress(at);
  const { calls } = libc;
  const family = familyOf(at.hostname).number;
  const descriptor = calls.socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) throw systemError("open a socket", libc.errno());
  try {
    setSendTimeout(libc, descriptor);
    setReceiveBuffer(libc, descriptor, size);
    if (calls.bind(descriptor, address, address.length) < 0) {
      throw systemError(`bind ${formatEndpoint(at)}`, libc.errno());
    }
    const bytes = new Uint32Array([address.length]);
    if (calls.getsockname(descriptor, address, bytes) < 0) {
      throw systemError("learn a socket's address", libc.errno());
    }
    const local = decodeSocketAddress(address);
    return { descriptor, local, isInherited: false };
  } catch (error) {
    calls.close(descriptor);
    throw error;
  }
}

/** Whether a descriptor is a UDP socket that is bound to this endpoint. */
function isBoundTo(libc: Libc, descriptor: number, at: Endpoint): boolean {
  if (intOption(libc, descriptor, SO_TYPE) !== SOCK_DGRAM) return false;
  const address = encodeSocketAddress(at);
  const bound = new Uint8Array(address.length);
  const bytes = new Uint32Array([bound.length]);
  return libc.calls.getsockname(descriptor, bound, bytes) === 0 &&
    bound.every((byte, index) => byte === address[index]);
}

/** What was asked for: the system doubles it, as it counts its own needs. */
function receiveBufferBytesOf(libc: Libc, descriptor: number): number {
  return (intOption(libc, descriptor, SO_RCVBUF) ?? 0) / 2;
}

function setReceiveBuffer(libc: Libc, descriptor: number, size: number): void {
  // Only a privileged process may exceed the system's maximum.
  if (!trySetOption(libc, descriptor, SO_RCVBUFFORCE, int32(size))) {
    setOption(libc, descriptor, SO_RCVBUF, int32(size));
  }
}

function setSendTimeout(libc: Libc, descriptor: number): void {
  const limit = new BigInt64Array(2);
  encodeTimeval(limit, SEND_TIMEOUT_MS);
  setOption(libc, descriptor, SO_SNDTIMEO, new Uint8Array(limit.buffer));
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

/** An option whose value is an int; undefined if the system refuses, as for no socket. */
function intOption(
  libc: Libc,
  descriptor: number,
  option: number,
): number | undefined {
  const value = new Int32Array(1);
  const bytes = new Uint32Array([value.byteLength]);
  const { getsockopt } = libc.calls;
  return getsockopt(descriptor, SOL_SOCKET, option, value, bytes) === 0
    ? value[0]
    : undefined;
}

function int32(value: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new Int32Array([value]).buffer);
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
