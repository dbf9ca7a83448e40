import type { Clock } from "../../net/client.ts";
import {
  InstanceState,
  type InstanceStatus,
  type RegisterRequest,
} from "../../proto/mod.ts";
import type { RegistrationSource } from "../source.ts";
import { type ServeStatus, toLeavingStatus, toServeStatus } from "./status.ts";

/** First pause before the agent is asked again about what is under way, in milliseconds; it doubles. */
const QUICK_PAUSE_MS = 20;

/** Longest pause while it leaves, in milliseconds. */
const LEAVE_PAUSE_MAX_MS = 500;

/** Time beyond `drainMs` in which the agent is to say that it is done, in milliseconds. */
const DONE_MARGIN_MS = 1_000;

/** Pause before an agent that is away is asked again, in milliseconds. */
const AWAY_PAUSE_MS = 1_000;

/** Shortest and longest pause between two beats that an agent can ask for, in milliseconds. */
const HEARTBEAT_MIN_MS = 100;
const HEARTBEAT_MAX_MS = 300_000;

/** What a {@linkcode ServedInstance} is made of. */
export interface ServedInstanceOptions {
  source: RegistrationSource;
  clock: Clock;
  request: RegisterRequest;
  onChange: (status: ServeStatus) => void;
}

/**
 * A program that serves routes, as long as it is not closed.
 *
 * The client tells the agent every few seconds that the program lives, and
 * registers it again with an agent that has lost it. An agent that is away costs
 * nothing: callers go on as before.
 */
export class ServedInstance implements AsyncDisposable {
  /**
   * Resolves when it has left: nobody calls it any more, or its `drainMs` are over.
   * Never rejects.
   */
  readonly closed: Promise<void>;
  readonly #options: ServedInstanceOptions;
  #status: ServeStatus = { state: "pending", reason: "" };
  #isReady: boolean;
  #heartbeatMs = HEARTBEAT_MIN_MS;
  #quickPauseMs = QUICK_PAUSE_MS;
  #leaving = false;
  /** When it is to have left, in the clock's milliseconds. */
  #endMs = Infinity;
  /** Resolve when the agent has heard whether it is ready. */
  #unheard: (() => void)[] = [];
  /** Whether the next pause is not to be made, and what ends the present one. */
  #poked = false;
  #wake = new AbortController();

  /** One that the agent has just accepted with this answer; programs get it from `serve`. */
  constructor(
    options: ServedInstanceOptions,
    answer: InstanceStatus,
  ) {
    this.#options = options;
    this.#isReady = !options.request.notReady;
    this.#status = toServeStatus(answer);
    this.#take(answer, options.request.notReady);
    this.closed = this.#run();
  }

  /** Its name at the agent and in `lars instances`: 32 hexadecimal digits. */
  get id(): string {
    return this.#options.request.instance;
  }

  /** How it is known now. */
  get state(): ServeStatus["state"] {
    return this.#status.state;
  }

  /** Why it is in that state; empty is no reason. */
  get reason(): string {
    return this.#status.reason;
  }

  /** Asks for calls; resolves when the agent has heard it, or it is closed. */
  async ready(): Promise<void> {
    await this.#setReady(true);
  }

  /**
   * Asks for no calls until {@linkcode ready}: a program that warms up, or is
   * overwhelmed. Resolves when the agent has heard it, or it is closed.
   */
  async notReady(): Promise<void> {
    await this.#setReady(false);
  }

  /**
   * Leaves: no new calls, those under way end, the agent forgets it. That takes a
   * second or two more than the longest call, and at most the `drainMs` that it
   * registered with, or less where they are given here: 0 for a program that is
   * dead. Twice is once. Never rejects.
   */
  async close(options: { drainMs?: number } = {}): Promise<void> {
    const { clock, request } = this.#options;
    const { drainMs = request.drainMs } = options;
    this.#endMs = Math.min(this.#endMs, clock.nowMs() + drainMs);
    this.#leaving = true;
    this.#poke();
    await this.closed;
  }

  /** As {@linkcode close}, at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #setReady(isReady: boolean): Promise<void> {
    if (this.#leaving) return;
    this.#isReady = isReady;
    this.#quickPauseMs = QUICK_PAUSE_MS;
    const heard = new Promise<void>((resolve) => this.#unheard.push(resolve));
    this.#poke();
    await heard;
  }

  async #run(): Promise<void> {
    while (!this.#leaving) {
      await this.#pause(this.#pauseMs());
      if (!this.#leaving) await this.#beat();
    }
    await this.#leave();
    this.#setStatus({ state: "closed", reason: "" });
    for (const heard of this.#unheard.splice(0)) heard();
  }

  /** Time until the next beat: soon while something is under way, and never in step with others. */
  #pauseMs(): number {
    const { random } = this.#options.source;
    if (this.state === "agent_away") return AWAY_PAUSE_MS * (1 - random() / 2);
    const pauseMs = Math.min(this.#quickPauseMs, this.#heartbeatMs);
    this.#quickPauseMs *= 2;
    return pauseMs * (1 - random() / 5);
  }

  async #pause(ms: number): Promise<void> {
    if (!this.#poked) {
      this.#wake = new AbortController();
      await this.#options.clock.sleep(ms, this.#wake.signal);
    }
    this.#poked = false;
  }

  #poke(): void {
    this.#poked = true;
    this.#wake.abort();
  }

  async #beat(): Promise<void> {
    const { source, request } = this.#options;
    const notReady = !this.#isReady;
    const unheard = this.#unheard;
    this.#unheard = [];
    let answer = await source.beat({ instance: this.id, notReady });
    if (typeof answer !== "string" && answer.state === InstanceState.unknown) {
      this.#quickPauseMs = QUICK_PAUSE_MS;
      answer = await source.register({ ...request, notReady });
    }
    if (typeof answer !== "string") {
      this.#take(answer, notReady);
      for (const heard of unheard) heard();
      return;
    }
    this.#unheard.unshift(...unheard);
    if (answer !== "closed") {
      this.#setStatus({ state: "agent_away", reason: AWAY_REASONS[answer] });
      return;
    }
    this.#leaving = true;
    this.#endMs = Math.min(this.#endMs, this.#options.clock.nowMs());
  }

  async #leave(): Promise<void> {
    const { source, clock } = this.#options;
    this.#setStatus({ state: "leaving", reason: "" });
    for (let pauseMs = QUICK_PAUSE_MS;; pauseMs *= 2) {
      // 0 would be as it registered.
      const drainMs = Math.max(1, Math.ceil(this.#endMs - clock.nowMs()));
      const answer = await source.deregister({ instance: this.id, drainMs });
      if (typeof answer === "string" ? answer === "closed" : answer.done) {
        return;
      }
      if (typeof answer !== "string") this.#setStatus(toLeavingStatus(answer));
      const leftMs = this.#endMs - clock.nowMs();
      if (leftMs <= -DONE_MARGIN_MS) return;
      const longestMs = Math.max(QUICK_PAUSE_MS, leftMs);
      await this.#pause(Math.min(pauseMs, LEAVE_PAUSE_MAX_MS, longestMs));
    }
  }

  #take(answer: InstanceStatus, notReady: boolean): void {
    this.#heartbeatMs = Math.min(
      Math.max(answer.heartbeatMs, HEARTBEAT_MIN_MS),
      HEARTBEAT_MAX_MS,
    );
    const status = toServeStatus(answer);
    const isUnderWay = status.state === "pending" ||
      status.state === "not_ready" && !notReady;
    if (!isUnderWay) this.#quickPauseMs = Infinity;
    this.#setStatus(status);
  }

  #setStatus(status: ServeStatus): void {
    const { state, reason } = this.#status;
    if (state === status.state && reason === status.reason) return;
    this.#status = status;
    try {
      this.#options.onChange(status);
    } catch (error) {
      // What listens must not end the beats: thrown as of an event listener.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

const AWAY_REASONS = {
  timeout: "it does not answer",
  system_error: "this client has too many requests that wait",
  unsupported: "it does not know registrations",
} as const;
