import type { Endpoint } from "../../../proto/mod.ts";
import { TICK_MS } from "../../clock.ts";
import { RECEIVE_PAUSE_MS } from "../../transport.ts";
import type {
  DatagramCounters,
  DatagramServer,
  DatagramServerOptions,
} from "../server.ts";
import type { BatchSocket } from "./socket.ts";
import { WakeupCounter } from "./wakeup.ts";

/** Most messages taken between two batches, so that a flood of them stops no answers. */
const MESSAGES_PER_BATCH_MAX = 64;

/** Options of a {@linkcode BatchServer}. */
export interface BatchServerOptions extends DatagramServerOptions {
  /** The server's to close. Its `waitMs` must not exceed `tickMs`. */
  socket: BatchSocket;
  /** Counts of the messages from other threads. Default: there are none. */
  wakeups?: WakeupCounter;
  /** Sender whose empty datagrams are wakeups, not requests. Default: none. */
  wakeupSender?: Endpoint;
}

/**
 * Receives up to 64 datagrams with one system call and answers them with
 * another. While it waits, its thread is blocked and uses no processor time; an
 * empty datagram wakes it to take a message. Messages are looked up in the
 * {@linkcode WakeupCounter}, so a forged wakeup does no harm, and neither does a
 * lost one, as only a server that is awake can lose it.
 */
export class BatchServer implements DatagramServer {
  readonly #options: BatchServerOptions;
  readonly #socket: BatchSocket;
  readonly #wakeups: WakeupCounter;
  #wakeupsReceived = 0;
  /** Of the datagram being handled. */
  #index = 0;
  #tickedMs: number;

  /** Serves once it runs. */
  constructor(options: BatchServerOptions) {
    this.#options = options;
    this.#socket = options.socket;
    this.#wakeups = options.wakeups ?? new WakeupCounter();
    this.#tickedMs = options.clock.nowMs();
  }

  /** Totals since the start. */
  get counters(): Readonly<DatagramCounters> {
    const { counters } = this.#socket;
    const received = counters.received - this.#wakeupsReceived;
    return { ...counters, received };
  }

  get kernelDrops(): number {
    return this.#socket.kernelDrops();
  }

  sender(): Endpoint {
    return this.#socket.sender(this.#index);
  }

  /** Not for the handler, which has not finished the datagram that comes next in the queue. */
  send(datagram: Uint8Array, to: Endpoint): Promise<void> {
    const { outgoing, counters } = this.#socket;
    if (datagram.length > outgoing.length) {
      counters.sendFailures += 1;
    } else {
      outgoing.set(datagram);
      this.#socket.queue(datagram.length, to);
      this.#socket.flush();
    }
    return Promise.resolve();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, tick, tickMs = TICK_MS } = this.#options;
    const { counters } = this.#socket;
    try {
      while (!signal.aborted) {
        const { receiveFailures } = counters;
        this.#serve();
        if (this.#wakeups.pending) await this.#takeMessages();
        const nowMs = clock.nowMs();
        if (nowMs - this.#tickedMs >= tickMs) {
          this.#tickedMs = nowMs;
          tick?.(nowMs);
          // Timers and whatever else the thread's event loop has to do.
          await clock.turn();
        }
        if (counters.receiveFailures > receiveFailures) {
          await clock.sleep(RECEIVE_PAUSE_MS, signal);
        }
      }
    } finally {
      this.#socket.close();
    }
  }

  /** Waits for datagrams, handles them, and sends the answers. */
  #serve(): void {
    const { handle, clock, finish } = this.#options;
    const socket = this.#socket;
    const count = socket.receive(!this.#wakeups.pending);
    if (count === 0) return;
    const nowMs = clock.nowMs();
    for (let index = 0; index < count; index++) {
      const requestBytes = socket.length(index);
      this.#index = index;
      if (requestBytes === 0 && this.#isWakeup()) continue;
      const request = socket.requests[index]!;
      const length = handle(request, socket.outgoing, nowMs, requestBytes);
      if (length > 0) socket.answer(index, length);
    }
    socket.flush();
    finish?.();
  }

  #isWakeup(): boolean {
    const { wakeupSender } = this.#options;
    const { hostname, port } = this.sender();
    const isWakeup = port === wakeupSender?.port &&
      hostname === wakeupSender.hostname;
    this.#wakeupsReceived += Number(isWakeup);
    return isWakeup;
  }

  /**
   * Lets the event loop deliver posted messages. Awaiting the message lets the
   * loop park: it looks for what other threads did when it parks, but only at
   * every 31st turn.
   */
  async #takeMessages(): Promise<void> {
    for (
      let taken = 0;
      taken < MESSAGES_PER_BATCH_MAX && this.#wakeups.pending;
      taken++
    ) await this.#wakeups.next();
  }
}
