import type { Endpoint } from "../../proto/mod.ts";
import type { Random } from "../clock.ts";
import type { ByteStream } from "../transport.ts";
import type { VirtualClock } from "./virtual_clock.ts";

/** Most bytes written and not read; a writer waits when there are more. */
const WINDOW_BYTES = 256 * 1024;

/** The network as a stream sees it. */
export interface StreamLink {
  clock: VirtualClock;
  random: Random;
  delayMs(): number;
  /** Whether the next write arrives in two pieces. */
  tears(): boolean;
  /** Whether the two machines are cut off from each other. */
  isCut(): boolean;
  closed(stream: MemoryStream): void;
}

/** One end of a TCP connection in memory: ordered, reliable, with a window. */
export class MemoryStream implements ByteStream {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly #link: StreamLink;
  #peer!: MemoryStream;
  /** On the way to this end, in order; null is the end of the stream. */
  readonly #inFlight: { dueMs: number; chunk: Uint8Array | null }[] = [];
  readonly #arrived: (Uint8Array | null)[] = [];
  /** In flight or arrived, but not read. */
  #unreadBytes = 0;
  #lastDueMs = 0;
  /** The peer's end has arrived. */
  #ended = false;
  #closed = false;
  #broken = false;
  #wakeReader: (() => void) | undefined;
  #wakeWriters: (() => void)[] = [];

  private constructor(local: Endpoint, remote: Endpoint, link: StreamLink) {
    this.local = local;
    this.remote = remote;
    this.#link = link;
  }

  /** The two ends of one connection. */
  static pair(
    local: Endpoint,
    remote: Endpoint,
    link: StreamLink,
  ): [MemoryStream, MemoryStream] {
    const near = new MemoryStream(local, remote, link);
    const far = new MemoryStream(remote, local, link);
    near.#peer = far;
    far.#peer = near;
    return [near, far];
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    for (;;) {
      if (this.#closed || this.#broken) throw brokenError();
      const chunk = this.#arrived[0];
      if (chunk === null) return null;
      if (chunk === undefined) {
        await new Promise<void>((resolve) => this.#wakeReader = resolve);
        continue;
      }
      const part = chunk.subarray(0, buffer.length);
      buffer.set(part);
      if (part.length === chunk.length) this.#arrived.shift();
      else this.#arrived[0] = chunk.subarray(part.length);
      this.#unreadBytes -= part.length;
      for (const wake of this.#wakeWriters.splice(0)) wake();
      return part.length;
    }
  }

  async write(bytes: Uint8Array): Promise<number> {
    const peer = this.#peer;
    while (!this.#closed && !this.#broken && !this.#ended) {
      // The peer is gone and its end is on the way: what is sent is lost.
      if (peer.#closed) return bytes.length;
      const room = WINDOW_BYTES - peer.#unreadBytes;
      if (room > 0) {
        const part = bytes.slice(0, room);
        const cut = this.#link.tears()
          ? Math.floor(this.#link.random() * part.length)
          : 0;
        if (cut > 0) peer.#expect(part.subarray(0, cut));
        peer.#expect(part.subarray(cut));
        return part.length;
      }
      await new Promise<void>((resolve) => peer.#wakeWriters.push(resolve));
    }
    throw brokenError();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#link.closed(this);
    if (!this.#broken) this.#peer.#expect(null);
    this.#wakeAll();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Both ends fail from now on, and what was under way is lost. */
  break(): void {
    for (const end of [this, this.#peer]) {
      end.#broken = true;
      end.#wakeAll();
    }
  }

  /** Delivers what is due, unless the network is cut. */
  pump(): void {
    const nowMs = this.#link.clock.nowMs();
    while (!this.#link.isCut()) {
      const next = this.#inFlight[0];
      if (next === undefined || next.dueMs > nowMs) break;
      this.#inFlight.shift();
      this.#arrived.push(next.chunk);
      if (next.chunk === null) this.#ended = true;
    }
    if (this.#arrived.length > 0) this.#wakeReader?.();
  }

  #expect(chunk: Uint8Array | null): void {
    const { clock } = this.#link;
    const dueMs = Math.max(
      clock.nowMs() + this.#link.delayMs(),
      this.#lastDueMs,
    );
    this.#lastDueMs = dueMs;
    this.#unreadBytes += chunk?.length ?? 0;
    this.#inFlight.push({ dueMs, chunk });
    clock.schedule(dueMs - clock.nowMs(), () => this.pump());
  }

  #wakeAll(): void {
    this.#wakeReader?.();
    for (const wake of this.#wakeWriters.splice(0)) wake();
    for (const wake of this.#peer.#wakeWriters.splice(0)) wake();
  }
}

function brokenError(): Error {
  return new Deno.errors.ConnectionReset("the connection is closed");
}
