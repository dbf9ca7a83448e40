import { DATAGRAM_BYTES_MAX, type Endpoint } from "../../proto/mod.ts";
import type { Clock } from "../clock.ts";
import {
  type DatagramSocket,
  PortRefusedError,
  RECEIVE_PAUSE_MS,
} from "../transport.ts";

/** Most datagrams that the system has not taken yet; one more is refused. */
const SENDING_MAX = 65_536;

/** Options of a {@linkcode UdpClient}. */
export interface UdpClientOptions {
  /** The client's to close. */
  socket: DatagramSocket;
  /** Times pauses. */
  clock: Clock;
  /** Called with each datagram; its bytes are reused for the next one. */
  onDatagram: (datagram: Uint8Array, from: Endpoint) => void;
  /** Called when nothing listens where a datagram was sent to, if the system tells that. */
  onRefused?: (peer: Endpoint) => void;
}

/** Sends datagrams to servers and passes on the answers. */
export class UdpClient implements AsyncDisposable {
  /** Totals since the start, in datagrams. */
  readonly counters = { sent: 0, sendFailures: 0, received: 0 };
  readonly #options: UdpClientOptions;
  readonly #closing = new AbortController();
  readonly #receiving: Promise<void>;
  #sending = 0;

  /** Begins to receive. */
  constructor(options: UdpClientOptions) {
    this.#options = options;
    this.#receiving = this.#receive();
  }

  /** Aborted when the client closes. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Whether the next send is refused as too many wait for the system. */
  get full(): boolean {
    return this.#sending >= SENDING_MAX;
  }

  /** Sends a datagram; resolves to false if it was not sent. Never rejects. */
  async send(datagram: Uint8Array, to: Endpoint): Promise<boolean> {
    if (this.closing.aborted || this.full) return false;
    this.#sending += 1;
    try {
      await this.#options.socket.send(datagram, to);
      this.counters.sent += 1;
      return true;
    } catch {
      this.counters.sendFailures += 1;
      return false;
    } finally {
      this.#sending -= 1;
    }
  }

  /** Closes the socket. Twice is once. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#options.socket.close();
    await this.#receiving;
  }

  async #receive(): Promise<void> {
    const { socket, onDatagram } = this.#options;
    const buffer = new Uint8Array(DATAGRAM_BYTES_MAX);
    while (!this.closing.aborted) {
      let received: [Uint8Array, Endpoint];
      try {
        received = await socket.receive(buffer);
      } catch (error) {
        await this.#onError(error);
        continue;
      }
      this.counters.received += 1;
      onDatagram(...received);
    }
  }

  async #onError(error: unknown): Promise<void> {
    const { clock, onRefused } = this.#options;
    if (error instanceof PortRefusedError) onRefused?.(error.peer);
    else await clock.sleep(RECEIVE_PAUSE_MS, this.closing);
  }
}
