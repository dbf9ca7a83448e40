import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { SystemClock } from "../../net/client.ts";

const clock = new SystemClock();

/** Called when something has been done, or with why it could not be. */
export type Callback = (error?: Error | null) => void;

/**
 * A connection that looks like a `net.Socket` before it has a host: drivers of
 * databases want theirs at once. It has the socket's methods that they call.
 */
export class LarsSocket extends Duplex {
  readonly #opening = new AbortController();
  readonly #open: (signal: AbortSignal) => Promise<Socket>;
  #socket: Socket | undefined;
  #usedMs = clock.nowMs();

  /** Begins to open. */
  constructor(open: (signal: AbortSignal) => Promise<Socket>) {
    super({ allowHalfOpen: false });
    this.#open = open;
  }

  /** Whether there is no connection yet. */
  get connecting(): boolean {
    return this.#socket === undefined && !this.destroyed;
  }

  /** Address of the host, once there is one. */
  get remoteAddress(): string | undefined {
    return this.#socket?.remoteAddress;
  }

  /** Its port. */
  get remotePort(): number | undefined {
    return this.#socket?.remotePort;
  }

  /** When bytes travelled last, in milliseconds of the system's monotonic clock. */
  get usedMs(): number {
    return this.#usedMs;
  }

  /** Does nothing: where it is connected to is not its caller's choice. */
  connect(): this {
    return this;
  }

  /** Does nothing: small writes are never held back. */
  setNoDelay(): this {
    return this;
  }

  /** As that of a socket. */
  setKeepAlive(enable?: boolean, initialDelayMs?: number): this {
    return this.#whenOpen((socket) =>
      socket.setKeepAlive(enable, initialDelayMs)
    );
  }

  /** As that of a socket; the time counts from when it is connected. */
  setTimeout(timeoutMs: number, onTimeout?: () => void): this {
    if (onTimeout !== undefined) this.once("timeout", onTimeout);
    return this.#whenOpen((socket) => socket.setTimeout(timeoutMs));
  }

  /** As that of a socket. */
  ref(): this {
    return this.#whenOpen((socket) => socket.ref());
  }

  /** As that of a socket. */
  unref(): this {
    return this.#whenOpen((socket) => socket.unref());
  }

  /** Connects, before anything is read or written. */
  override _construct(callback: Callback): void {
    this.#open(this.#opening.signal).then((socket) => {
      this.#attach(socket);
      callback();
      this.emit("connect");
    }, callback);
  }

  /** Reads on. */
  override _read(): void {
    this.#socket?.resume();
  }

  /** Writes bytes. */
  override _write(chunk: Uint8Array, _: string, callback: Callback): void {
    this.#usedMs = clock.nowMs();
    this.#socket?.write(chunk, callback);
  }

  /** Says that no more bytes come. */
  override _final(callback: Callback): void {
    this.#socket?.end(() => callback());
  }

  /** Gives the connection up. */
  override _destroy(error: Error | null, callback: Callback): void {
    this.#opening.abort(new Error("The connection is not wanted any more"));
    this.#socket?.destroy();
    callback(error);
  }

  #attach(socket: Socket): void {
    this.#socket = socket;
    // One who stopped to wait while it was opened.
    if (this.destroyed) socket.destroy();
    socket.on("data", (chunk) => {
      this.#usedMs = clock.nowMs();
      if (!this.push(chunk)) socket.pause();
    });
    socket.on("end", () => this.push(null));
    socket.on("error", (error) => this.destroy(error));
    socket.on("close", () => this.destroy());
    socket.on("timeout", () => this.emit("timeout"));
  }

  #whenOpen(action: (socket: Socket) => void): this {
    if (this.#socket === undefined) {
      this.once("connect", () => action(this.#socket!));
    } else action(this.#socket);
    return this;
  }
}
