import type { Endpoint } from "../../../proto/mod.ts";
import type { Deadline } from "../../deadline_timer.ts";
import { RECEIVE_PAUSE_MS } from "../../transport.ts";
import {
  type DatagramCounters,
  type DatagramServer,
  type DatagramServerOptions,
  NO_DEADLINE,
} from "../server.ts";
import { BATCH_DATAGRAMS_MAX, type BatchSocket } from "./socket.ts";
import { WakeupCounter } from "./wakeup.ts";

/** Most messages taken between two batches, so that a flood of them stops no answers. */
const MESSAGES_PER_BATCH_MAX = 64;

/**
 * Time from one datagram to the next, in milliseconds, below which more may wait
 * and are received together. Otherwise one is received: to look for a second
 * costs a twentieth of its answer.
 */
const BURST_MS = 0.05;

/** Shortest time without a datagram or message after which the event loop gets a turn. */
const IDLE_MS_MIN = 1_000;

/**
 * What the event loop is to have a turn for: messages of other threads, a pause after
 * a failure to receive, or that nothing came until the wait ended.
 */
type Turn = "messages" | "pause" | "idle";

/** Options of a {@linkcode BatchServer}. */
export interface BatchServerOptions extends DatagramServerOptions {
  /** The server's to close. */
  socket: BatchSocket;
  /** Counts of the messages from other threads. Default: there are none. */
  wakeups?: WakeupCounter;
  /** Sender whose empty datagrams are wakeups, not requests. Default: none. */
  wakeupSender?: Endpoint;
  /** Default: {@linkcode IDLE_MS_MIN}. */
  idleMsMin?: number;
}

/**
 * Receives up to 64 datagrams with one system call and answers them with
 * another. While it waits, its thread is blocked and uses no processor time; an
 * empty datagram wakes it to take a message. Messages are looked up in the
 * {@linkcode WakeupCounter}, so a forged wakeup does no harm, and neither does a
 * lost one, as only a server that is awake can lose it.
 *
 * A turn of the event loop takes 1 to 2 ms, in which datagrams wait: there is
 * one for each posted message, and one whenever nothing came until a wait
 * ended. No other timer or promise of the thread is served under load.
 */
export class BatchServer implements DatagramServer {
  readonly #options: BatchServerOptions;
  readonly #socket: BatchSocket;
  readonly #wakeups: WakeupCounter;
  readonly #deadline: Deadline;
  #wakeupsReceived = 0;
  /** Of the datagram being handled. */
  #index = 0;
  /** When the last datagram or message came. */
  #activeMs: number;
  #isStopped = false;

  /** Serves once it runs. */
  constructor(options: BatchServerOptions) {
    this.#options = options;
    this.#socket = options.socket;
    this.#wakeups = options.wakeups ?? new WakeupCounter();
    this.#deadline = options.deadline ?? NO_DEADLINE;
    this.#activeMs = options.clock.nowMs();
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

  updateDeadline(): void {
    // It is looked at before each wait, and messages come between two.
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const stop = () => this.#isStopped = true;
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    try {
      while (!this.#isStopped) {
        const turn = this.#serve(clock.nowMs());
        if (turn === "messages") {
          await this.#takeMessages();
          this.#activeMs = clock.nowMs();
        } else if (turn === "pause") {
          await clock.sleep(RECEIVE_PAUSE_MS, signal);
        } else if (turn === "idle") await clock.turn();
      }
    } finally {
      signal.removeEventListener("abort", stop);
      this.#socket.close();
    }
  }

  /**
   * Serves until the event loop is to have a turn, and says for what; undefined once
   * stopped. Synchronous, as V8 compiles the loop of an asynchronous function anew
   * after each such turn.
   */
  #serve(startedMs: number): Turn | undefined {
    const { clock } = this.#options;
    const { counters } = this.#socket;
    let nowMs = startedMs;
    let most = BATCH_DATAGRAMS_MAX;
    // Messages that are left wait for one batch only.
    let waitMs = this.#wakeups.pending ? 0 : this.#waitMs(nowMs);
    while (!this.#isStopped) {
      const { receiveFailures } = counters;
      const received = this.#socket.receive(waitMs, most);
      const beforeMs = nowMs;
      nowMs = clock.nowMs();
      most = nowMs - beforeMs < BURST_MS ? BATCH_DATAGRAMS_MAX : 1;
      if (received > 0) this.#handle(received, nowMs);
      if (this.#wakeups.pending) return "messages";
      if (counters.receiveFailures > receiveFailures) return "pause";
      if (received === 0 && waitMs > 0) return "idle";
      waitMs = this.#waitMs(nowMs);
      if (waitMs <= 0) {
        this.#deadline.tick(nowMs);
        waitMs = this.#waitMs(nowMs);
      }
    }
    return undefined;
  }

  /**
   * Time to wait for a datagram: until the deadline, and no longer than nothing
   * came before. So a thread without work gets fewer and fewer turns, in which
   * V8 shrinks its heap.
   */
  #waitMs(nowMs: number): number {
    const { idleMsMin = IDLE_MS_MIN } = this.#options;
    const idleMs = Math.max(idleMsMin, nowMs - this.#activeMs);
    return Math.min(this.#deadline.dueMs() - nowMs, idleMs);
  }

  /** Handles received datagrams, and sends the answers. */
  #handle(received: number, nowMs: number): void {
    const { handle, finish } = this.#options;
    const socket = this.#socket;
    this.#activeMs = nowMs;
    for (let index = 0; index < received; index++) {
      const requestBytes = socket.length(index);
      this.#index = index;
      if (requestBytes === 0 && this.#isWakeup()) continue;
      const request = socket.requests[index]!;
      const length = handle(request, socket.outgoing, nowMs, requestBytes);
      if (length > 0) socket.answer(index, length);
    }
    socket.flush();
    finish?.(nowMs);
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
