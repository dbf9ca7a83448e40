import {
  encodeFrame,
  type Endpoint,
  formatEndpoint,
  type Frame,
  FrameDecoder,
  type Hello,
} from "../../proto/mod.ts";
import type { ByteStream } from "../transport.ts";

/** Default for the most bytes that one connection has waiting to be sent. */
export const SEND_QUEUE_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Waiting bytes below which {@linkcode FramedConnection.drained} resolves, or
 * half of the queue's maximum if that is less.
 */
const SEND_QUEUE_LOW_BYTES = 64 * 1024;

/** Waiting bytes from which a connection that reads only while it can send does not read. */
const READ_PAUSE_BYTES = 16 * 1024;

/** Read buffer of each connection. */
const READ_BUFFER_BYTES = 16 * 1024;

/** Most bytes of waiting frames that one write takes together. */
const WRITE_BATCH_BYTES = 64 * 1024;

/**
 * Handles a frame. If it returns a promise, the next frame is read only when
 * that resolves: a server that falls behind slows its peers by it.
 */
export type FrameHandler = (
  connection: FramedConnection,
  frame: Frame,
) => void | Promise<void>;

/** Options of a {@linkcode FramedConnection}. */
export interface FramedConnectionOptions {
  /** Most bytes that wait to be sent; a frame more closes the connection. */
  sendQueueBytesMax?: number;
  /**
   * Whether to read on only when most of the queue is sent: who asks without reading
   * the answers then waits. Not on both ends, which could wait for each other.
   */
  readsWhenSent?: boolean;
  /** Called when bytes have come, or wait to be sent. */
  onActivity?: () => void;
}

/** A TCP connection that carries frames. Sending never waits, as it goes through a bounded queue. */
export class FramedConnection {
  /** Data that the owner attaches to the connection. */
  data: unknown = undefined;
  /** What the peer has said of itself, if anything. */
  hello: Hello | undefined = undefined;
  /** This end. */
  readonly local: Endpoint;
  /** The peer's end. */
  readonly remote: Endpoint;
  readonly #stream: ByteStream;
  readonly #decoder = new FrameDecoder();
  readonly #queueBytesMax: number;
  readonly #readsWhenSent: boolean;
  readonly #onActivity: (() => void) | undefined;
  /** Waiting bytes below which it is writable. */
  readonly #queueLowBytes: number;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #sentBytes = 0;
  #framesRead = 0;
  #busy = false;
  #flushing: Promise<void> | undefined;
  #closed = false;
  #closeReason: string | undefined;
  #overflowed = false;
  /** Who waits until less than so many bytes are queued. */
  #drainWaiters: { bytes: number; wake: () => void }[] = [];
  readonly #ended = Promise.withResolvers<void>();
  /** Stops waiting for a pending handler. */
  #leaveHandler: (() => void) | undefined;

  /** Takes over an open stream. */
  constructor(
    stream: ByteStream,
    options: FramedConnectionOptions = {},
  ) {
    this.#stream = stream;
    this.#readsWhenSent = options.readsWhenSent ?? false;
    this.#onActivity = options.onActivity;
    this.#queueBytesMax = options.sendQueueBytesMax ?? SEND_QUEUE_BYTES_MAX;
    this.#queueLowBytes = Math.min(
      SEND_QUEUE_LOW_BYTES,
      this.#queueBytesMax / 2,
    );
    this.local = stream.local;
    this.remote = stream.remote;
  }

  /** Whether either side has closed it. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Reason why this side closed the connection, if it is worth a log line. */
  get closeReason(): string | undefined {
    return this.#closeReason;
  }

  /** Whether it was closed as its send queue was full. */
  get overflowed(): boolean {
    return this.#overflowed;
  }

  /** Bytes waiting to be sent. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Bytes that the system has taken to send so far. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  /** Frames handed over so far. */
  get framesRead(): number {
    return this.#framesRead;
  }

  /** Whether the peer has sent a part of a frame. */
  get torn(): boolean {
    return this.#decoder.torn;
  }

  /** Whether it does not read, as a handler or the peer is not ready. */
  get busy(): boolean {
    return this.#busy;
  }

  /** Whether the queue is short; add what can wait only then. */
  get writable(): boolean {
    return !this.#closed && this.#queuedBytes < this.#queueLowBytes;
  }

  /**
   * Queues a frame. False if the connection is closed; a frame that does not fit
   * the queue closes it, as its peer does not read.
   */
  send(id: number, body: Uint8Array): boolean {
    return !this.#closed && this.sendFrame(encodeFrame(id, body));
  }

  /** As {@linkcode send}, with an encoded frame, which must not change any more. */
  sendFrame(frame: Uint8Array): boolean {
    if (this.#closed) return false;
    if (this.#queuedBytes + frame.length > this.#queueBytesMax) {
      this.#overflowed = true;
      this.close(
        `its send queue is full: ${this.#queuedBytes} bytes wait, the limit is ${this.#queueBytesMax}`,
      );
      return false;
    }
    this.#queue.push(frame);
    this.#queuedBytes += frame.length;
    this.#flushing ??= this.#flush();
    this.#onActivity?.();
    return true;
  }

  /** Resolves when the connection is {@linkcode writable} again, or closed. */
  drained(): Promise<void> {
    return this.#below(this.#queueLowBytes);
  }

  /** Resolves when less than `bytes` are queued, or the connection is closed. */
  #below(bytes: number): Promise<void> {
    if (this.#closed || this.#queuedBytes < bytes) return Promise.resolve();
    return new Promise((wake) => this.#drainWaiters.push({ bytes, wake }));
  }

  /** Resolves when everything queued so far is sent, or the connection closed. */
  async flushed(): Promise<void> {
    await Promise.race([this.#flushing, this.#ended.promise]);
  }

  /** Closes at once; what is queued is lost. Twice is once. */
  close(reason?: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#closeReason = reason;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#stream.close();
    this.#wakeDrainWaiters();
    this.#ended.resolve();
    this.#leaveHandler?.();
  }

  /**
   * Passes every frame to `handle` until either side closes, then closes.
   * Resolves however the connection ended, even while `handle` is pending; its
   * promise is then ignored.
   *
   * @throws {Error} What `handle` or the decoder threw, after closing.
   */
  async run(handle: FrameHandler): Promise<void> {
    const buffer = new Uint8Array(READ_BUFFER_BYTES);
    try {
      for (;;) {
        const bytes = await this.#stream.read(buffer).catch(() => null);
        if (bytes === null || this.#closed) break;
        this.#onActivity?.();
        for (const frame of this.#decoder.decode(buffer.subarray(0, bytes))) {
          this.#framesRead += 1;
          const pending = handle(this, frame);
          if (pending !== undefined) await this.#untilClosed(pending);
          if (this.#readsWhenSent && this.#queuedBytes >= READ_PAUSE_BYTES) {
            await this.#untilClosed(this.#below(READ_PAUSE_BYTES));
          }
          if (this.#closed) break;
        }
      }
    } finally {
      this.close();
    }
  }

  /** The peer's endpoint. */
  toString(): string {
    return formatEndpoint(this.remote);
  }

  /** Waits for a handler, but not once closed: one that never ends would hold the connection's place. */
  async #untilClosed(pending: Promise<void>): Promise<void> {
    this.#busy = true;
    await new Promise<void>((resolve, reject) => {
      pending.then(resolve, reject);
      if (this.#closed) resolve();
      this.#leaveHandler = resolve;
    });
    this.#busy = false;
  }

  async #flush(): Promise<void> {
    // Frames queued in the same turn leave in one write.
    await Promise.resolve();
    try {
      while (this.#queue.length > 0) {
        let batch = this.#takeBatch();
        while (batch.length > 0) {
          const written = await this.#stream.write(batch);
          this.#queuedBytes = Math.max(0, this.#queuedBytes - written);
          this.#sentBytes += written;
          batch = batch.subarray(written);
          this.#wakeDrainWaiters();
        }
      }
    } catch {
      // The peer is gone; the reader learns it too.
      this.close();
    } finally {
      this.#flushing = undefined;
    }
  }

  #takeBatch(): Uint8Array {
    let bytes = 0;
    let count = 0;
    for (const frame of this.#queue) {
      if (count > 0 && bytes + frame.length > WRITE_BATCH_BYTES) break;
      bytes += frame.length;
      count += 1;
    }
    const frames = this.#queue.splice(0, count);
    if (frames.length === 1) return frames[0]!;
    const batch = new Uint8Array(bytes);
    let offset = 0;
    for (const frame of frames) {
      batch.set(frame, offset);
      offset += frame.length;
    }
    return batch;
  }

  #wakeDrainWaiters(): void {
    const waiters = this.#drainWaiters;
    if (waiters.length === 0) return;
    const isDue = ({ bytes }: { bytes: number }) =>
      this.#closed || this.#queuedBytes < bytes;
    this.#drainWaiters = waiters.filter((each) => !isDue(each));
    for (const each of waiters) if (isDue(each)) each.wake();
  }
}
