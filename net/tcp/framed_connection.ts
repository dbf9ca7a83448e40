import {
  encodeFrame,
  type Endpoint,
  formatEndpoint,
  type Frame,
  FrameDecoder,
} from "../../proto/mod.ts";
import type { ByteStream } from "../transport.ts";

/** How many bytes one connection may have waiting to be sent, unless told otherwise. */
export const SEND_QUEUE_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Below this many waiting bytes, or half of a queue that is shorter,
 * {@linkcode FramedConnection.drained} resolves.
 */
const SEND_QUEUE_LOW_BYTES = 64 * 1024;

/** Each connection has one; frames are small. */
const READ_BUFFER_BYTES = 16 * 1024;

/** Frames waiting are written together, up to this many bytes at a time. */
const WRITE_BATCH_BYTES = 64 * 1024;

/**
 * What happens with a frame. The next frame is not read before a promise it
 * returns resolves: that is how a server that falls behind slows its peers.
 */
export type FrameHandler = (
  connection: FramedConnection,
  frame: Frame,
) => void | Promise<void>;

/** A TCP connection that carries frames. Sending never waits; the queue is bounded. */
export class FramedConnection {
  /** For the owner's use: what it wants to remember of this connection. */
  data: unknown = undefined;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly #stream: ByteStream;
  readonly #queueBytesMax: number;
  /** Below this many waiting bytes there is room again. */
  readonly #queueLowBytes: number;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #flushing: Promise<void> | undefined;
  #closed = false;
  #closeReason: string | undefined;
  #drainWaiters: (() => void)[] = [];
  readonly #ended = Promise.withResolvers<void>();
  /** Stops waiting for the handler that needs time. */
  #leaveHandler: (() => void) | undefined;

  constructor(
    stream: ByteStream,
    options: { sendQueueBytesMax?: number } = {},
  ) {
    this.#stream = stream;
    this.#queueBytesMax = options.sendQueueBytesMax ?? SEND_QUEUE_BYTES_MAX;
    this.#queueLowBytes = Math.min(
      SEND_QUEUE_LOW_BYTES,
      this.#queueBytesMax / 2,
    );
    this.local = stream.local;
    this.remote = stream.remote;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Why this side closed the connection, if it did for a reason worth a log line. */
  get closeReason(): string | undefined {
    return this.#closeReason;
  }

  /** Bytes that wait to be sent. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** True while the queue is short enough to add what could as well wait. */
  get writable(): boolean {
    return !this.#closed && this.#queuedBytes < this.#queueLowBytes;
  }

  /**
   * Queues a frame; false if the connection is closed, which it will be after a
   * frame that does not fit the queue: its peer does not read.
   */
  send(id: number, body: Uint8Array): boolean {
    if (this.#closed) return false;
    const frame = encodeFrame(id, body);
    if (this.#queuedBytes + frame.length > this.#queueBytesMax) {
      this.close(
        `its send queue is full: ${this.#queuedBytes} bytes wait, the limit is ${this.#queueBytesMax}`,
      );
      return false;
    }
    this.#queue.push(frame);
    this.#queuedBytes += frame.length;
    this.#flushing ??= this.#flush();
    return true;
  }

  /** Resolves when the connection is {@linkcode writable} again, or closed. */
  drained(): Promise<void> {
    if (this.#closed || this.writable) return Promise.resolve();
    return new Promise((resolve) => this.#drainWaiters.push(resolve));
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
   * Hands every frame to `handle` until the peer ends or either side closes,
   * then closes. Resolves however a connection may end, also while a promise of
   * `handle` is still open: what becomes of it then is nobody's concern.
   *
   * @throws {Error} What `handle` or the decoder threw; the connection is closed then too.
   */
  async run(handle: FrameHandler): Promise<void> {
    const decoder = new FrameDecoder();
    const buffer = new Uint8Array(READ_BUFFER_BYTES);
    try {
      for (;;) {
        const bytes = await this.#stream.read(buffer).catch(() => null);
        if (bytes === null || this.#closed) break;
        for (const frame of decoder.decode(buffer.subarray(0, bytes))) {
          const pending = handle(this, frame);
          if (pending !== undefined) await this.#untilClosed(pending);
          if (this.#closed) break;
        }
      }
    } finally {
      this.close();
    }
  }

  toString(): string {
    return formatEndpoint(this.remote);
  }

  /** A handler that never ends must not keep a closed connection, and its place. */
  #untilClosed(pending: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      pending.then(resolve, reject);
      if (this.#closed) resolve();
      this.#leaveHandler = resolve;
    });
  }

  async #flush(): Promise<void> {
    // Frames sent in one go leave in one write.
    await Promise.resolve();
    try {
      while (this.#queue.length > 0) {
        let batch = this.#takeBatch();
        while (batch.length > 0) {
          const written = await this.#stream.write(batch);
          this.#queuedBytes = Math.max(0, this.#queuedBytes - written);
          batch = batch.subarray(written);
          if (this.writable) this.#wakeDrainWaiters();
        }
      }
    } catch {
      // The peer is gone; whoever reads learns it too.
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
    this.#drainWaiters = [];
    for (const wake of waiters) wake();
  }
}
