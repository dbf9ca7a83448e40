import type { Endpoint } from "../../../proto/mod.ts";
import {
  type BatchSocketOptions,
  connectDescriptor,
  openDescriptor,
  setReceiveWait,
} from "./socket_options.ts";
import { BatchMessages } from "./message_table.ts";
import { Libc } from "./libc.ts";

export type { BatchSocketOptions } from "./socket_options.ts";

/** Datagrams that one call receives or sends. */
export const BATCH_SLOTS = 64;

// Numbers of Linux, the same on x86_64 and aarch64.
const SOL_SOCKET = 1;
const SO_MEMINFO = 55;
const SK_MEMINFO_WORDS = 9;
const SK_MEMINFO_DROPS = 8;
const MSG_DONTWAIT = 0x40;
const MSG_WAITFORONE = 0x10000;
const EINTR = 4;
const EAGAIN = 11;

/**
 * A UDP socket that receives and sends up to {@linkcode BATCH_SLOTS} datagrams
 * with one call of the system, through the C library. It blocks its thread:
 * while it waits, no promise of the thread goes on. Nothing is allocated per
 * datagram: what came lies in {@linkcode requests} until the next receive().
 *
 * @example
 * ```ts
 * import { BatchSocket } from "./socket.ts";
 *
 * using socket = BatchSocket.open({ at: { hostname: "127.0.0.1", port: 0 }, waitMs: 1 });
 * const count = socket.receive();
 * for (let slot = 0; slot < count; slot++) {
 *   const bytes = socket.length(slot);
 *   socket.outgoing.set(socket.requests[slot]!.subarray(0, bytes));
 *   socket.answer(slot, bytes);
 * }
 * socket.flush();
 * ```
 */
export class BatchSocket implements Disposable {
  readonly local: Endpoint;
  /** The slots of what receive() took, 65,507 bytes each; see {@linkcode length}. */
  readonly requests: readonly Uint8Array[];
  /** What happened so far, in datagrams; failures to receive in calls. */
  readonly counters = {
    received: 0,
    receiveFailures: 0,
    sent: 0,
    sendFailures: 0,
  };
  readonly #libc: Libc;
  /** −1 once closed: another file may have the number by then. */
  #descriptor: number;
  readonly #incoming: BatchMessages;
  readonly #outgoing: BatchMessages;
  readonly #senderAddresses: readonly number[];
  readonly #answerSlots: readonly Uint8Array[];
  /** Datagrams in the outgoing table that flush() will send. */
  #queued = 0;
  #drops = 0;

  private constructor(libc: Libc, descriptor: number, local: Endpoint) {
    this.#libc = libc;
    this.#descriptor = descriptor;
    this.local = local;
    this.#incoming = new BatchMessages(libc, BATCH_SLOTS);
    this.#outgoing = new BatchMessages(libc, BATCH_SLOTS);
    this.requests = this.#incoming.slots;
    this.#answerSlots = this.#outgoing.slots;
    this.#senderAddresses = this.requests.map((_, slot) =>
      this.#incoming.nameAddress(slot)
    );
  }

  /**
   * Opens and binds a socket.
   *
   * @throws {BatchUnavailableError} If this system or its permissions do not allow it.
   * @throws {Deno.errors.AddrInUse} If the port is taken.
   * @throws {Deno.errors.AddrNotAvailable} If the machine has no such address.
   */
  static open(options: BatchSocketOptions): BatchSocket {
    const libc = Libc.open();
    try {
      const { descriptor, local } = openDescriptor(libc, options);
      return new BatchSocket(libc, descriptor, local);
    } catch (error) {
      libc[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Waits until a datagram has come, or for the socket's `waitMs`, and takes all
   * that are there, up to {@linkcode BATCH_SLOTS}; with `wait` false it does not
   * wait. A failure of the system is counted and taken as nothing received.
   *
   * @returns How many came: they are in slots 0 to that number.
   */
  receive(wait = true): number {
    if (this.#descriptor < 0) return 0;
    const count = this.#libc.calls.recvmmsg(
      this.#descriptor,
      this.#incoming.headers,
      BATCH_SLOTS,
      wait ? MSG_WAITFORONE : MSG_DONTWAIT,
      null,
    );
    if (count >= 0) {
      this.counters.received += count;
      return count;
    }
    const errno = this.#libc.errno();
    if (errno !== EAGAIN && errno !== EINTR) this.counters.receiveFailures += 1;
    return 0;
  }

  /** Bytes of the datagram in a slot of {@linkcode requests}. */
  length(slot: number): number {
    return this.#incoming.receivedLength(slot);
  }

  /** Who sent the datagram in a slot; answering needs it not. */
  sender(slot: number): Endpoint {
    return this.#incoming.readName(slot);
  }

  /** Where the next datagram to send is to be written: 65,507 bytes. */
  get outgoing(): Uint8Array {
    return this.#answerSlots[this.#queued]!;
  }

  /** Queues what was written to {@linkcode outgoing} for the sender of a slot. */
  answer(slot: number, bytes: number): void {
    this.#outgoing.setNameAddress(
      this.#queued,
      this.#senderAddresses[slot]!,
    );
    this.#queue(bytes);
  }

  /**
   * Queues what was written to {@linkcode outgoing} for an endpoint; without
   * one, for the endpoint that the socket is connected to.
   */
  queue(bytes: number, to?: Endpoint): void {
    if (to === undefined) this.#outgoing.nameNobody(this.#queued);
    else this.#outgoing.writeName(this.#queued, to);
    this.#queue(bytes);
  }

  /** Sends what is queued; what the system refuses is counted and left out. */
  flush(): void {
    let from = 0;
    if (this.#descriptor < 0) {
      this.counters.sendFailures += this.#queued;
      from = this.#queued;
    }
    while (from < this.#queued) {
      const sent = this.#libc.calls.sendmmsg(
        this.#descriptor,
        from === 0 ? this.#outgoing.headers : this.#outgoing.headersFrom(from),
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
   * From now on only `to` is heard, and what queue() is not told otherwise goes there.
   *
   * @throws {Error} If the system refuses.
   */
  connect(to: Endpoint): void {
    connectDescriptor(this.#libc, this.#descriptor, to);
  }

  /** How long receive() waits from now on; more than 0. */
  setWait(waitMs: number): void {
    setReceiveWait(this.#libc, this.#descriptor, waitMs);
  }

  /** Datagrams that the system dropped so far, for want of room in its buffer. */
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

  /** Closes the socket. Twice is once. Not to be called while it waits. */
  close(): void {
    if (this.#descriptor < 0) return;
    this.kernelDrops();
    this.#libc.calls.close(this.#descriptor);
    this.#descriptor = -1;
    this.#libc[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #queue(bytes: number): void {
    this.#outgoing.setLength(this.#queued, bytes);
    this.#queued += 1;
    if (this.#queued === BATCH_SLOTS) this.flush();
  }
}
