import type { Clock } from "../../net/client.ts";
import type { Endpoint } from "../../proto/mod.ts";
import type { LarsClientCounters } from "../source.ts";

/** A datagram that is to be answered. */
export interface Request {
  datagram: Uint8Array;
  readonly to: Endpoint;
  /** When its current try times out; set by the timer. */
  dueMs: number;
  /** Tries left; set by the timer. */
  triesLeft: number;
  /** Called before it is sent again, and may replace {@linkcode datagram}. */
  onResend?(): void;
  /** Called when the last try has timed out, or nothing listens there. */
  onTimeout(): void;
}

/** What a {@linkcode ResendTimer} is made of. */
export interface ResendTimerOptions {
  clock: Clock;
  /** Timeout of one try, in milliseconds. */
  timeoutMs: number;
  /** Tries of a request before it times out, at least 1. */
  tries: number;
  counters: LarsClientCounters;
  send: (request: Request) => void;
}

/**
 * Sends requests, and sends them again until they are answered or time out.
 * Every try has the same timeout, so requests fall due in the order in which
 * they were sent and one sleep serves all of them: an answer that comes in time
 * costs no timer.
 */
export class ResendTimer {
  readonly #options: ResendTimerOptions;
  /** Earliest due first. */
  readonly #requests = new Set<Request>();
  readonly #closing = new AbortController();
  #running = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: ResendTimerOptions) {
    this.#options = options;
  }

  /** Sends a request for the first time. */
  start(request: Request): void {
    request.triesLeft = this.#options.tries;
    this.#send(request);
  }

  /** Ends the wait of a request, answered or not. */
  stop(request: Request): void {
    this.#requests.delete(request);
  }

  /** Times out every request to a peer, at which nothing listens. */
  stopAll(peer: Endpoint): void {
    for (const request of Array.from(this.#requests)) {
      if (request.to.port !== peer.port) continue;
      this.#requests.delete(request);
      this.#timeOut(request);
    }
  }

  /** Ends every wait. */
  async close(): Promise<void> {
    this.#requests.clear();
    this.#closing.abort();
    await this.#ended;
  }

  #send(request: Request): void {
    const { clock, timeoutMs, send } = this.#options;
    request.triesLeft -= 1;
    request.dueMs = clock.nowMs() + timeoutMs;
    this.#requests.add(request);
    if (!this.#running) this.#ended = this.#run();
    send(request);
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    this.#running = true;
    for (const request of this.#requests) {
      const waitMs = request.dueMs - clock.nowMs();
      if (waitMs > 0) await clock.sleep(waitMs, this.#closing.signal);
      // False when it was answered during the sleep.
      if (this.#requests.delete(request)) this.#onDue(request);
    }
    this.#running = false;
  }

  #onDue(request: Request): void {
    if (request.triesLeft === 0) return this.#timeOut(request);
    this.#options.counters.resent += 1;
    request.onResend?.();
    this.#send(request);
  }

  #timeOut(request: Request): void {
    this.#options.counters.timeouts += 1;
    request.onTimeout();
  }
}
