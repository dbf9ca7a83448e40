import type { Endpoint } from "../../../proto/mod.ts";
import type { Libc } from "./libc.ts";
import { AF_INET, encodeName, NAME_BYTES, readName } from "./message_table.ts";
import { formatEndpoint } from "../../transport.ts";

/**
 * What the system may keep for us while we are at work, in bytes of its own
 * count, which is at least 768 for a datagram: some 10 ms of the highest rate.
 */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** A send that waits for room in the system's buffers gives up after this long. */
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

export interface BatchSocketOptions {
  /** IPv4; port 0 takes any free one. */
  at: Endpoint;
  /** How long receive() waits when nothing comes; more than 0. Default: 100. */
  waitMs?: number;
  /** What the system is asked to keep for us. Default: 4 MiB. */
  receiveBufferBytes?: number;
}

/**
 * A bound UDP socket, as the system knows it: to be closed with close().
 *
 * @throws {TypeError} If the address is not IPv4.
 * @throws {Deno.errors.AddrInUse} If the port is taken.
 * @throws {Deno.errors.AddrNotAvailable} If the machine has no such address.
 */
export function openDescriptor(
  libc: Libc,
  options: BatchSocketOptions,
): { descriptor: number; local: Endpoint } {
  const { at, waitMs = 100, receiveBufferBytes = RECEIVE_BUFFER_BYTES } =
    options;
  const name = encodeName(at);
  const { calls } = libc;
  const descriptor = calls.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) throw systemError("open a socket", libc.errno());
  try {
    setReceiveWait(libc, descriptor, waitMs);
    setOption(libc, descriptor, SO_SNDTIMEO, timeval(SEND_TIMEOUT_MS));
    const size = new Uint8Array(new Int32Array([receiveBufferBytes]).buffer);
    // Only a privileged process may exceed the system's maximum.
    if (!trySetOption(libc, descriptor, SO_RCVBUFFORCE, size)) {
      setOption(libc, descriptor, SO_RCVBUF, size);
    }
    if (calls.bind(descriptor, name, NAME_BYTES) < 0) {
      throw systemError(`bind ${formatEndpoint(at)}`, libc.errno());
    }
    const bytes = new Uint32Array([NAME_BYTES]);
    if (calls.getsockname(descriptor, name, bytes) < 0) {
      throw systemError("learn a socket's address", libc.errno());
    }
    return { descriptor, local: readName(name) };
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
export function connectDescriptor(
  libc: Libc,
  descriptor: number,
  to: Endpoint,
): void {
  if (libc.calls.connect(descriptor, encodeName(to), NAME_BYTES) < 0) {
    throw systemError(`connect to ${formatEndpoint(to)}`, libc.errno());
  }
}

/** How long a receive waits from now on; more than 0. */
export function setReceiveWait(
  libc: Libc,
  descriptor: number,
  waitMs: number,
): void {
  setOption(libc, descriptor, SO_RCVTIMEO, timeval(waitMs));
}

/** struct timeval; all zeros would mean to wait for ever. */
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
