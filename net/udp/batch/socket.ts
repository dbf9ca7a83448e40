import { DATAGRAM_BYTES_MAX, type Endpoint } from "../../../proto/mod.ts";
import { Libc } from "./libc.ts";
import { MessageTable } from "./message_table.ts";
import { familyOf } from "./socket_address.ts";
import {
  type BatchSocketOptions,
  connectSocket,
  type OpenSocket,
  openSocket,
  ReceiveTimeout,
} from "./socket_options.ts";

export type { BatchSocketOptions } from "./socket_options.ts";

/** Most datagrams that one call receives or sends. */
export const BATCH_DATAGRAMS_MAX = 64;

// Numbers of Linux, the same on x86_64 and aarch64.
const SOL_SOCKET = 1;
const SO_MEMINFO = 55;
const SK_MEMINFO_WORDS = 9;
const SK_MEMINFO_DROPS = 8;
const MSG_DONTWAIT = 0x40;
const MSG_WAITFORONE = 0x10000;
const EINTR = 4;
const EAGAIN = 11;

/** Length of an answer, in bytes, from which it leaves through sendmmsg also when it is alone. */
const LONG_BYTES = 512;
// V8 calls a function with a size at once if that is a bigint, which takes time to make.
const ROOM_BYTES = BigInt(DATAGRAM_BYTES_MAX);
const LENGTHS = Array.from({ length: LONG_BYTES }, (_, bytes) => BigInt(bytes));

/** Time by which a wait may exceed what was asked for, as setting its limit is a system call. */
const WAIT_SLACK_MS = 20;

/**
 * A UDP socket that receives and sends up to {@linkcode BATCH_DATAGRAMS_MAX}
 * datagrams with one system call, through the C library. Waiting blocks the
 * thread and all its promises. Nothing is allocated per datagram: those
 * received stay in {@linkcode requests} until the next receive().
 *
 * @example
 * ```ts
 * import { BatchSocket } from "./socket.ts";
 *
 * using socket = BatchSocket.open({ at: { hostname: "127.0.0.1", port: 0 } });
 * const count = socket.receive(1);
 * for (let index = 0; index < count; index++) {
 *   const bytes = socket.length(index);
 *   socket.outgoing.set(socket.requests[index]!.subarray(0, bytes));
 *   socket.answer(index, bytes);
 * }
 * socket.flush();
 * ```
 */
export class BatchSocket implements Disposable {
  /** The endpoint it is bound to. */
  readonly local: Endpoint;
  /** Whether the process was started with it. */
  readonly isInherited: boolean;
  /** Received datagrams by index, 65,507 bytes each; see {@linkcode length}. */
  readonly requests: readonly Uint8Array[];
  /** Totals in datagrams; failures to receive in calls. */
  readonly counters = {
    received: 0,
    receiveFailures: 0,
    sent: 0,
    sendFailures: 0,
  };
  readonly #libc: Libc;
  /** −1 once closed, as the system may give the number to another file. */
  #descriptor: number;
  readonly #incoming: MessageTable;
  readonly #outgoing: MessageTable;
  readonly #senderPointers: readonly number[];
  readonly #timeout: ReceiveTimeout;
  /** Whether the last receive() ended at its limit. */
  #timedOut = false;
  /** Datagrams in the outgoing table that flush() sends. */
  #queued = 0;
  /** Length of the first of them in bytes, and where it goes; null: where the socket is connected. */
  #firstBytes = 0;
  #firstTo: Uint8Array<ArrayBuffer> | null = null;
  /** For recvfrom: the room for an address, then its length. */
  readonly #senderBytes = new Uint32Array(1);
  #drops = 0;

  private constructor(
    libc: Libc,
    { descriptor, local, isInherited }: OpenSocket,
  ) {
    this.#libc = libc;
    this.#descriptor = descriptor;
    this.local = local;
    this.isInherited = isInherited;
    const size = BATCH_DATAGRAMS_MAX;
    const family = familyOf(local.hostname);
    this.#incoming = new MessageTable(libc, { size, family });
    this.#outgoing = new MessageTable(libc, { size, family });
    this.#timeout = new ReceiveTimeout(libc, descriptor);
    this.requests = this.#incoming.datagrams;
    this.#senderPointers = this.requests.map((_, index) =>
      this.#incoming.addressPointer(index)
    );
  }

  /**
   * Opens and binds a socket, or takes an inherited one.
   *
   * @throws {BatchUnavailableError} If this system or its permissions do not allow it.
   * @throws {Deno.errors.AddrInUse} If the port is taken.
   * @throws {Deno.errors.AddrNotAvailable} If the machine has no such address.
   */
  static open(options: BatchSocketOptions): BatchSocket {
    const libc = Libc.open();
    try {
      return new BatchSocket(libc, openSocket(libc, options));
    } catch (error) {
      libc[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Receives the datagrams that are there, at most `most`. If there is none it
   * waits for one: `waitMs`, which may be Infinity, or up to
   * {@linkcode WAIT_SLACK_MS} more, or less; not at all by default. A failure of
   * the system is counted and gives 0.
   *
   * @returns Number of datagrams, at index 0 and up.
   */
  receive(waitMs = 0, most = BATCH_DATAGRAMS_MAX): number {
    if (this.#descriptor < 0) return 0;
    if (waitMs > 0) this.#limitWait(waitMs);
    const count = most === 1
      ? this.#receiveOne(waitMs)
      : this.#libc.calls.recvmmsg(
        this.#descriptor,
        this.#incoming.headers,
        most,
        waitMs > 0 ? MSG_WAITFORONE : MSG_DONTWAIT,
        null,
      );
    this.#timedOut = waitMs > 0 && count < 0;
    if (count >= 0) {
      this.counters.received += count;
      return count;
    }
    const errno = this.#libc.errno();
    if (errno !== EAGAIN && errno !== EINTR) this.counters.receiveFailures += 1;
    return 0;
  }

  /** Length of a datagram in {@linkcode requests}, in bytes. */
  length(index: number): number {
    return this.#incoming.receivedLength(index);
  }

  /** Sender of a datagram in {@linkcode requests}. */
  sender(index: number): Endpoint {
    return this.#incoming.readAddress(index);
  }

  /** Room for the next datagram to send: 65,507 bytes. */
  get outgoing(): Uint8Array {
    return this.#outgoing.datagrams[this.#queued]!;
  }

  /** Queues the first `bytes` of {@linkcode outgoing} for the sender of a received datagram. */
  answer(index: number, bytes: number): void {
    this.#outgoing.useAddressAt(this.#queued, this.#senderPointers[index]!);
    this.#queue(bytes, this.#incoming.addresses[index]!);
  }

  /**
   * Queues the first `bytes` of {@linkcode outgoing} for an endpoint; default:
   * the one that the socket is connected to.
   */
  queue(bytes: number, to?: Endpoint): void {
    const index = this.#queued;
    if (to === undefined) {
      this.#outgoing.useConnected(index);
      this.#queue(bytes, null);
      return;
    }
    this.#outgoing.writeAddress(index, to);
    this.#queue(bytes, this.#outgoing.addresses[index]!);
  }

  /** Sends what is queued. A datagram that the system refuses is counted and skipped. */
  flush(): void {
    let from = 0;
    if (this.#descriptor < 0) {
      this.counters.sendFailures += this.#queued;
      from = this.#queued;
    }
    while (from < this.#queued) {
      const isShort = this.#firstBytes < LONG_BYTES;
      const sent = this.#queued === 1 && isShort
        ? this.#sendOne()
        : this.#libc.calls.sendmmsg(
          this.#descriptor,
          from === 0
            ? this.#outgoing.headers
            : this.#outgoing.headersFrom(from),
          this.#queued - from,
          0,
        );
      if (sent > 0) {
        this.counters.sent += sent;
        from += sent;
        continue;
      }
      if (this.#libc.errno() === EINTR) continue;
      // The first of them failed, the rest has not been tried.
      this.counters.sendFailures += 1;
      from += 1;
    }
    this.#queued = 0;
  }

  /**
   * Receives from `to` only from now on, and sends there by default.
   *
   * @throws {Error} If the system refuses.
   */
  connect(to: Endpoint): void {
    connectSocket(this.#libc, this.#descriptor, to);
  }

  /** Total of datagrams that the system dropped as the receive buffer was full. */
  kernelDrops(): number {
    if (this.#descriptor < 0) return this.#drops;
    const words = new Uint32Array(SK_MEMINFO_WORDS);
    const bytes = new Uint32Array([words.byteLength]);
    const failed = this.#libc.calls.getsockopt(
      this.#descriptor,
      SOL_SOCKET,
      SO_MEMINFO,
      words,
      bytes,
    );
    // Linux before 4.12 does not tell.
    if (!failed) this.#drops = words[SK_MEMINFO_DROPS]!;
    return this.#drops;
  }

  /** Closes the socket, which must not be waiting. Twice is once. */
  close(): void {
    if (this.#descriptor < 0) return;
    this.kernelDrops();
    this.#libc.calls.close(this.#descriptor);
    this.#descriptor = -1;
    this.#libc[Symbol.dispose]();
  }

  /** Closes the socket. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Sets the limit of the next wait where the present one is too long, or was too short. */
  #limitWait(waitMs: number): void {
    const { ms } = this.#timeout;
    const tooShort = ms < waitMs && this.#timedOut;
    if (tooShort || ms > waitMs + WAIT_SLACK_MS) this.#timeout.set(waitMs);
  }

  /**
   * Receives one datagram. Calls for a single one cost less than those for
   * many, by a twelfth of an answer.
   *
   * @returns 1, or −1 as recvmmsg does.
   */
  #receiveOne(waitMs: number): number {
    const { addresses, datagrams } = this.#incoming;
    const sender = addresses[0]!;
    this.#senderBytes[0] = sender.length;
    const bytes = this.#libc.calls.recvfrom(
      this.#descriptor,
      datagrams[0]!,
      ROOM_BYTES,
      waitMs > 0 ? 0 : MSG_DONTWAIT,
      sender,
      this.#senderBytes,
    );
    if (bytes < 0) return -1;
    this.#incoming.setReceivedLength(0, bytes);
    return 1;
  }

  /** Sends the only datagram queued, a short one: 1, or −1 as sendmmsg does. */
  #sendOne(): number {
    const to = this.#firstTo;
    const bytes = this.#libc.calls.sendto(
      this.#descriptor,
      this.#outgoing.datagrams[0]!,
      LENGTHS[this.#firstBytes]!,
      0,
      to,
      to === null ? 0 : to.length,
    );
    return bytes < 0 ? -1 : 1;
  }

  #queue(bytes: number, to: Uint8Array<ArrayBuffer> | null): void {
    if (this.#queued === 0) {
      this.#firstBytes = bytes;
      this.#firstTo = to;
    }
    this.#outgoing.setLength(this.#queued, bytes);
    this.#queued += 1;
    if (this.#queued === BATCH_DATAGRAMS_MAX) this.flush();
  }
}
