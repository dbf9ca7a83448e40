import { DATAGRAM_BYTES_MAX } from "../proto/mod.ts";
import type { Clock } from "./clock.ts";
import type { DatagramSocket, Endpoint } from "./transport.ts";

/** A pause after a failed receive, so that a broken socket does not spin. */
const RECEIVE_PAUSE_MS = 10;

/**
 * Answers one datagram: the answer is written into `response`, and its length
 * returned; 0 or less means none is sent. Called for one datagram at a time;
 * both buffers are used again for the next.
 */
export type DatagramHandler = (
  request: Uint8Array,
  response: Uint8Array,
  from: Endpoint,
) => number;

/** Receives datagrams into one buffer and sends the answers from another. */
export class UdpServer {
  /** What happened so far. */
  readonly counters = {
    received: 0,
    receiveFailures: 0,
    sent: 0,
    sendFailures: 0,
  };
  readonly #socket: DatagramSocket;
  readonly #clock: Clock;
  readonly #handle: DatagramHandler;

  constructor(
    options: { socket: DatagramSocket; clock: Clock; handle: DatagramHandler },
  ) {
    this.#socket = options.socket;
    this.#clock = options.clock;
    this.#handle = options.handle;
  }

  /**
   * Serves until `signal` is aborted, then closes the socket.
   *
   * @throws {Error} What the handler threw: a broken invariant, which no
   * datagram may cause, ends the server.
   */
  async run(signal: AbortSignal): Promise<void> {
    const stop = () => this.#socket.close();
    signal.addEventListener("abort", stop);
    const buffer = new Uint8Array(DATAGRAM_BYTES_MAX);
    const response = new Uint8Array(DATAGRAM_BYTES_MAX);
    try {
      while (!signal.aborted) {
        const received = await this.#socket.receive(buffer).catch(() => null);
        if (received === null) {
          this.counters.receiveFailures += signal.aborted ? 0 : 1;
          await this.#clock.sleep(RECEIVE_PAUSE_MS, signal);
          continue;
        }
        const [request, from] = received;
        this.counters.received += 1;
        const length = this.#handle(request, response, from);
        if (length > 0) await this.send(response.subarray(0, length), from);
      }
    } finally {
      signal.removeEventListener("abort", stop);
      this.#socket.close();
    }
  }

  /** Sends a datagram from the server's socket; a failure is counted, not thrown. */
  async send(datagram: Uint8Array, to: Endpoint): Promise<void> {
    try {
      await this.#socket.send(datagram, to);
      this.counters.sent += 1;
    } catch {
      this.counters.sendFailures += 1;
    }
  }
}
