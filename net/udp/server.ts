import { DATAGRAM_BYTES_MAX, type Endpoint } from "../../proto/mod.ts";
import type { Clock } from "../clock.ts";
import { type Deadline, DeadlineTimer } from "../deadline_timer.ts";
import { type DatagramSocket, RECEIVE_PAUSE_MS } from "../transport.ts";

/**
 * Answers one datagram, the first `requestBytes` of `request`: writes the answer
 * into `response` and returns its length in bytes; 0 or less sends none. Both
 * buffers are reused for the next datagram. Four arguments, as an object for
 * each call would be garbage on the path of every datagram.
 */
export type DatagramHandler = (
  request: Uint8Array,
  response: Uint8Array,
  nowMs: number,
  requestBytes: number,
) => number;

/** Options of a {@linkcode DatagramServer}. */
export interface DatagramServerOptions {
  /** Times ticks and pauses. */
  clock: Clock;
  /** Answers a datagram. */
  handle: DatagramHandler;
  /** Called after a batch of datagrams was handled. */
  finish?: (nowMs: number) => void;
  /** What is due at times, between datagrams. Default: nothing. */
  deadline?: Deadline;
}

/** Totals of a server in datagrams; failures to receive in calls. */
export interface DatagramCounters {
  /** Datagrams received. */
  received: number;
  /** Calls to receive that failed. */
  receiveFailures: number;
  /** Datagrams sent. */
  sent: number;
  /** Datagrams that could not be sent. */
  sendFailures: number;
}

/** The deadline of a server that has none. */
export const NO_DEADLINE: Deadline = { dueMs: () => Infinity, tick: () => {} };

/** Receives datagrams and sends answers, one at a time or in batches. */
export interface DatagramServer {
  /** Totals since the start. */
  readonly counters: Readonly<DatagramCounters>;
  /** Total of datagrams that the system dropped as its buffer was full; 0 where it does not tell. */
  readonly kernelDrops: number;
  /** Sender of the datagram being handled; for the handler only. */
  sender(): Endpoint;
  /** Sends a datagram from the server's socket. A failure is counted, not thrown. */
  send(datagram: Uint8Array, to: Endpoint): Promise<void>;
  /** Looks at the deadline again, after something else than a datagram moved it. */
  updateDeadline(): void;
  /**
   * Serves until `signal` is aborted, then closes the socket.
   *
   * @throws {Error} What the handler threw. That ends the server, as no datagram
   * may make the handler throw.
   */
  run(signal: AbortSignal): Promise<void>;
}

/** Receives datagrams into one buffer and sends the answers from another. */
export class UdpServer implements DatagramServer {
  /** Totals since the start. */
  readonly counters: DatagramCounters = {
    received: 0,
    receiveFailures: 0,
    sent: 0,
    sendFailures: 0,
  };
  readonly kernelDrops = 0;
  readonly #options: DatagramServerOptions;
  readonly #socket: DatagramSocket;
  readonly #timer: DeadlineTimer;
  #sender: Endpoint | undefined;
  /** Datagrams that the system has not taken yet. */
  #sending = 0;
  #allSent: PromiseWithResolvers<void> | undefined;
  readonly #onSent = () => {
    this.counters.sent += 1;
    this.#sendEnded();
  };
  readonly #onSendFailed = () => {
    this.counters.sendFailures += 1;
    this.#sendEnded();
  };

  /** Serves once it runs; the socket is the server's to close. */
  constructor(options: DatagramServerOptions & { socket: DatagramSocket }) {
    this.#options = options;
    this.#socket = options.socket;
    this.#timer = new DeadlineTimer(
      options.clock,
      options.deadline ?? NO_DEADLINE,
    );
  }

  async run(signal: AbortSignal): Promise<void> {
    const ended = new AbortController();
    const stop = () => {
      ended.abort();
      this.#socket.close();
    };
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    const ticking = this.#timer.run(ended.signal);
    try {
      await this.#serve(signal);
    } finally {
      signal.removeEventListener("abort", stop);
      stop();
    }
    await ticking;
  }

  sender(): Endpoint {
    return this.#sender!;
  }

  send(datagram: Uint8Array, to: Endpoint): Promise<void> {
    this.#sending += 1;
    return this.#socket.send(datagram, to)
      .then(this.#onSent, this.#onSendFailed);
  }

  updateDeadline(): void {
    this.#timer.update();
  }

  async #serve(signal: AbortSignal): Promise<void> {
    const { clock, handle, finish } = this.#options;
    const socket = this.#socket;
    const buffer = new Uint8Array(DATAGRAM_BYTES_MAX);
    const response = new Uint8Array(DATAGRAM_BYTES_MAX);
    while (!signal.aborted) {
      let received;
      try {
        received = await socket.receive(buffer);
      } catch {
        this.counters.receiveFailures += signal.aborted ? 0 : 1;
        await clock.sleep(RECEIVE_PAUSE_MS, signal);
        continue;
      }
      this.counters.received += 1;
      // The system takes a datagram at once unless its buffer is full. Until it
      // has, the answer must not be overwritten.
      if (this.#sending > 0) {
        this.#allSent = Promise.withResolvers();
        await this.#allSent.promise;
      }
      const request = received[0];
      const sender = this.#sender = received[1];
      const nowMs = clock.nowMs();
      const length = handle(request, response, nowMs, request.length);
      if (length > 0) this.send(response.subarray(0, length), sender);
      finish?.(nowMs);
      this.#timer.update();
    }
  }

  #sendEnded(): void {
    this.#sending -= 1;
    if (this.#sending > 0) return;
    this.#allSent?.resolve();
    this.#allSent = undefined;
  }
}
