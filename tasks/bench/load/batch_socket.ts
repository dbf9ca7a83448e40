import {
  DATAGRAM_BYTES,
  type LoadSocket,
  RECEIVE_MAX,
  SEND_MAX,
} from "./socket.ts";

/** Sizes and offsets of Linux' structures on 64-bit machines, in bytes. */
const MMSGHDR_BYTES = 64;
const MSG_LEN_AT = 56;
const IOVEC_BYTES = 16;
const SOCKADDR_BYTES = 16;

const AF_INET = 2;
const SOCK_DGRAM = 2;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const MSG_DONTWAIT = 0x40;
const POLLIN = 1;
const POLLFD_BYTES = 8;
const PR_SET_TIMERSLACK = 29;

/** Kernel buffer for answers that come between two receives. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  setsockopt: {
    parameters: ["i32", "i32", "i32", "buffer", "u32"],
    result: "i32",
  },
  prctl: { parameters: ["i32", "u64", "u64", "u64", "u64"], result: "i32" },
  sendmmsg: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },
  recvmmsg: {
    parameters: ["i32", "buffer", "u32", "i32", "pointer"],
    result: "i32",
  },
  ppoll: {
    parameters: ["buffer", "usize", "buffer", "pointer"],
    result: "i32",
  },
} as const;

/**
 * A load socket on sendmmsg, recvmmsg and ppoll of libc: one system call for up
 * to 64 datagrams. A fixed rate needs waits in microseconds; the BatchSocket of
 * `net/` waits in milliseconds. A wait blocks the thread, as the process has
 * nothing else to do. Several sockets of the system take turns by port.
 */
export class LoadBatchSocket implements LoadSocket {
  readonly transport = "batch";
  readonly outgoing = new Uint8Array(SEND_MAX * DATAGRAM_BYTES);
  readonly incoming = new Uint8Array(RECEIVE_MAX * DATAGRAM_BYTES);
  readonly incomingBytes = new Int32Array(RECEIVE_MAX);
  readonly #libc = Deno.dlopen("libc.so.6", SYMBOLS);
  readonly #fds: number[] = [];
  readonly #sends: MessageHeaders;
  readonly #receives: MessageHeaders;
  /** An array of struct pollfd. */
  readonly #poll: DataView<ArrayBuffer>;
  /** By index of an outgoing datagram: the socket that it leaves from. */
  readonly #from = new Uint8Array(SEND_MAX);
  readonly #pollBytes: Uint8Array<ArrayBuffer>;
  readonly #timeout = new BigInt64Array(2);
  readonly #timeoutBytes = new Uint8Array(this.#timeout.buffer);

  /** @throws {Error} If libc refuses, or FFI is not permitted. */
  constructor(hostname: string, { sockets = 1 } = {}) {
    const { symbols } = this.#libc;
    // By default the kernel ends a wait up to 50 µs late.
    symbols.prctl(PR_SET_TIMERSLACK, 1n, 0n, 0n, 0n);
    this.#poll = new DataView(new ArrayBuffer(sockets * POLLFD_BYTES));
    this.#pollBytes = new Uint8Array(this.#poll.buffer);
    for (let index = 0; index < sockets; index++) {
      const fd = this.#open();
      this.#fds.push(fd);
      this.#poll.setInt32(index * POLLFD_BYTES, fd, true);
      this.#poll.setInt16(index * POLLFD_BYTES + 4, POLLIN, true);
    }
    this.#sends = new MessageHeaders(this.outgoing, SEND_MAX);
    this.#receives = new MessageHeaders(this.incoming, RECEIVE_MAX);
    for (let index = 0; index < SEND_MAX; index++) {
      this.#sends.setAddress(index, hostname);
    }
  }

  address(
    index: number,
    { length, port }: { length: number; port: number },
  ): void {
    this.#sends.set(index, { length, port });
    this.#from[index] = port % this.#fds.length;
  }

  send(count: number): void {
    for (let start = 0; start < count;) {
      const from = this.#from[start]!;
      let end = start + 1;
      while (end < count && this.#from[end] === from) end += 1;
      // Datagrams that the kernel refuses count as lost, like those lost on the way.
      this.#libc.symbols.sendmmsg(
        this.#fds[from]!,
        this.#sends.bytesFrom(start),
        end - start,
        0,
      );
      start = end;
    }
  }

  receive(waitUs: number): number {
    // One socket is looked at before a wait, which saves a call under load.
    if (this.#fds.length === 1) {
      const received = this.#receiveFrom(0, 0);
      if (received > 0 || waitUs <= 0) return received;
    }
    this.#timeout[0] = BigInt(Math.floor(waitUs / 1_000_000));
    this.#timeout[1] = BigInt(Math.floor(waitUs % 1_000_000) * 1_000);
    const ready = this.#libc.symbols.ppoll(
      this.#pollBytes,
      BigInt(this.#fds.length),
      this.#timeoutBytes,
      null,
    );
    let received = 0;
    for (let index = 0; index < this.#fds.length && ready > 0; index++) {
      if (this.#poll.getInt16(index * POLLFD_BYTES + 6, true) === 0) continue;
      if (received < RECEIVE_MAX) {
        received += this.#receiveFrom(index, received);
      }
    }
    return received;
  }

  #open(): number {
    const { symbols } = this.#libc;
    const fd = symbols.socket(AF_INET, SOCK_DGRAM, 0);
    const any = new Uint8Array(SOCKADDR_BYTES);
    any[0] = AF_INET;
    if (fd < 0 || symbols.bind(fd, any, SOCKADDR_BYTES) !== 0) {
      throw new Error("Cannot open socket for the load as libc refuses");
    }
    const bytes = new Int32Array([RECEIVE_BUFFER_BYTES]);
    const value = new Uint8Array(bytes.buffer);
    symbols.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, value, value.length);
    return fd;
  }

  /** Receives what is there from a socket, behind the first `count` of `incoming`: the number. */
  #receiveFrom(socket: number, count: number): number {
    const received = this.#libc.symbols.recvmmsg(
      this.#fds[socket]!,
      this.#receives.bytesFrom(count),
      RECEIVE_MAX - count,
      MSG_DONTWAIT,
      null,
    );
    for (let index = count; index < count + received; index++) {
      this.incomingBytes[index] = this.#receives.lengthOf(index);
    }
    return Math.max(0, received);
  }

  [Symbol.dispose](): void {
    for (const fd of this.#fds) this.#libc.symbols.close(fd);
    this.#libc.close();
  }
}

/** An array of struct mmsghdr, each with one buffer and an address. */
class MessageHeaders {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  readonly #vectors: DataView;
  readonly #addresses: Uint8Array<ArrayBuffer>;

  constructor(buffer: Uint8Array<ArrayBuffer>, count: number) {
    this.#bytes = new Uint8Array(count * MMSGHDR_BYTES);
    this.#view = new DataView(this.#bytes.buffer);
    const vectors = new Uint8Array(count * IOVEC_BYTES);
    this.#vectors = new DataView(vectors.buffer);
    this.#addresses = new Uint8Array(count * SOCKADDR_BYTES);
    const bufferAt = addressOf(buffer);
    const vectorsAt = addressOf(vectors);
    const addressesAt = addressOf(this.#addresses);
    for (let index = 0; index < count; index++) {
      const at = index * MMSGHDR_BYTES;
      const address = addressesAt + BigInt(index * SOCKADDR_BYTES);
      const vector = vectorsAt + BigInt(index * IOVEC_BYTES);
      this.#view.setBigUint64(at, address, true);
      this.#view.setUint32(at + 8, SOCKADDR_BYTES, true);
      this.#view.setBigUint64(at + 16, vector, true);
      this.#view.setBigUint64(at + 24, 1n, true);
      const base = bufferAt + BigInt(index * DATAGRAM_BYTES);
      this.#vectors.setBigUint64(index * IOVEC_BYTES, base, true);
      this.#vectors.setBigUint64(
        index * IOVEC_BYTES + 8,
        BigInt(DATAGRAM_BYTES),
        true,
      );
    }
  }

  /** The structures from number `index` on. */
  bytesFrom(index: number): Uint8Array<ArrayBuffer> {
    return index === 0
      ? this.#bytes
      : this.#bytes.subarray(index * MMSGHDR_BYTES);
  }

  setAddress(index: number, hostname: string): void {
    const at = index * SOCKADDR_BYTES;
    this.#addresses[at] = AF_INET;
    this.#addresses.set(hostname.split(".").map(Number), at + 4);
  }

  set(index: number, { length, port }: { length: number; port: number }) {
    const at = index * SOCKADDR_BYTES;
    this.#addresses[at + 2] = port >>> 8;
    this.#addresses[at + 3] = port & 255;
    this.#vectors.setUint32(index * IOVEC_BYTES + 8, length, true);
  }

  lengthOf(index: number): number {
    return this.#view.getUint32(index * MMSGHDR_BYTES + MSG_LEN_AT, true);
  }
}

function addressOf(bytes: Uint8Array<ArrayBuffer>): bigint {
  return Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
}
