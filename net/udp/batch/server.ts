import type { Endpoint } from "../../../proto/mod.ts";
import { BatchMail } from "./wakeup.ts";
import type { BatchSocket } from "./socket.ts";
import {
  type DatagramCounters,
  type DatagramServer,
  type DatagramServerOptions,
  RECEIVE_PAUSE_MS,
  TICK_MS,
} from "../server.ts";

/** Messages taken between two batches at most: no flood of them stops answers. */
const MAIL_MAX = 64;

export interface BatchServerOptions extends DatagramServerOptions {
  /** Belongs to the server from now on. It waits at most `tickMs`, see its `waitMs`. */
  socket: BatchSocket;
  /** Messages from other threads; default: there are none. */
  mail?: BatchMail;
  /** Whose empty datagrams are rings, and not for the handler; default: nobody's. */
  ringer?: Endpoint;
}

/**
 * Receives datagrams by up to 64 and answers them with one call. While it waits
 * it blocks its thread, and an idle one costs nothing: whoever posts a message
 * to the thread rings it with an empty datagram. What the ring says is not
 * believed but looked up in the {@linkcode BatchMail}, so a forged one does no
 * harm, and a lost one none either, as only a busy server can lose it.
 */
export class BatchServer implements DatagramServer {
  readonly #options: BatchServerOptions;
  readonly #socket: BatchSocket;
  readonly #mail: BatchMail;
  #rings = 0;
  /** The slot that is being handled. */
  #slot = 0;
  #tickedMs: number;

  constructor(options: BatchServerOptions) {
    this.#options = options;
    this.#socket = options.socket;
    this.#mail = options.mail ?? new BatchMail();
    this.#tickedMs = options.clock.nowMs();
  }

  get counters(): Readonly<DatagramCounters> {
    const { counters } = this.#socket;
    return { ...counters, received: counters.received - this.#rings };
  }

  get kernelDrops(): number {
    return this.#socket.kernelDrops();
  }

  sender(): Endpoint {
    return this.#socket.sender(this.#slot);
  }

  /** Not to be called by the handler: what it is writing to is the next to be sent. */
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
        if (this.#mail.pending) await this.#takeMail();
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

  /** Waits for datagrams, handles those that came, and sends the answers. */
  #serve(): void {
    const { handle, clock, finish } = this.#options;
    const socket = this.#socket;
    const count = socket.receive(!this.#mail.pending);
    if (count === 0) return;
    const nowMs = clock.nowMs();
    for (let slot = 0; slot < count; slot++) {
      const requestBytes = socket.length(slot);
      this.#slot = slot;
      if (requestBytes === 0 && this.#isRing()) continue;
      const request = socket.requests[slot]!;
      const length = handle(request, socket.outgoing, nowMs, requestBytes);
      if (length > 0) socket.answer(slot, length);
    }
    socket.flush();
    finish?.();
  }

  #isRing(): boolean {
    const { ringer } = this.#options;
    const { hostname, port } = this.sender();
    const isRing = port === ringer?.port && hostname === ringer.hostname;
    this.#rings += Number(isRing);
    return isRing;
  }

  /**
   * Lets the event loop deliver what has been posted. It parks rather than
   * turns: the loop looks only at every 31st turn for what other threads did.
   */
  async #takeMail(): Promise<void> {
    for (let taken = 0; taken < MAIL_MAX && this.#mail.pending; taken++) {
      await this.#mail.next();
    }
  }
}
