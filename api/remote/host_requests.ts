import type { Clock, Random } from "../../net/client.ts";
import {
  type CallReport,
  encodeGetHostRequest,
  encodeReportRequest,
  type Endpoint,
  GetHostResponseDecoder,
  type HostAddress,
  type RouteKey,
  RouteMap,
} from "../../proto/mod.ts";
import { abortable } from "./abortable.ts";
import type { DatagramLink } from "./datagram_link.ts";
import { HoldTimer } from "./flush_timer.ts";
import {
  HostCaller,
  type HostQuestion,
  type HostQueueLink,
  type QueuedRequest,
} from "./host_question.ts";
import { HOLD_MS, HostQueue, NO_RESULTS } from "./host_queue.ts";
import type { LarsClientCounters } from "../source.ts";
import type { HostOutcome } from "../outcome.ts";

/** Routes asked for lately whose queues are kept; idle ones over it are dropped. */
const QUEUES_MAX = 4_096;

export interface HostAskerOptions {
  link: DatagramLink;
  clock: Clock;
  random: Random;
  /** Whether callers may share requests. */
  batching: boolean;
}

/**
 * Asks for hosts and tells how calls went: routes have queues, and what these
 * send is matched to its answers here.
 *
 * An agent shows in each answer to a request with `count` whether it takes the
 * fields that Lars adds. The first request that callers share finds out; until
 * then, and so without load for ever, everything has the original's bytes. An
 * agent that lacks the fields is not sent them any more, until it leaves a
 * request unanswered: then it may have been replaced.
 */
export class HostAsker implements HostQueueLink {
  readonly counters: LarsClientCounters;
  readonly #link: DatagramLink;
  readonly #clock: Clock;
  readonly #batching: boolean;
  readonly #holds: HoldTimer;
  readonly #queues = new RouteMap<HostQueue>();
  readonly #questions = new Map<number, HostQuestion>();
  readonly #answer = new GetHostResponseDecoder();
  #agent: "unknown" | "batches" | "plain";
  #queuesMax = QUEUES_MAX;
  #waiting = 0;
  #seq: number;

  constructor({ link, clock, random, batching }: HostAskerOptions) {
    this.counters = link.counters;
    this.#link = link;
    this.#clock = clock;
    this.#batching = batching;
    this.#agent = batching ? "unknown" : "plain";
    // At random, so that nobody can guess which answers are waited for.
    this.#seq = Math.floor(random() * 2 ** 32);
    const signal = link.closing;
    this.#holds = new HoldTimer({ clock, periodMs: HOLD_MS, signal });
  }

  /** How many callers have no outcome yet. */
  get waiting(): number {
    return this.#waiting;
  }

  get agent(): "unknown" | "batches" | "plain" {
    return this.#agent;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  /** A host of the route. Rejects only with the signal's reason. */
  ask(key: RouteKey, signal: AbortSignal | undefined): Promise<HostOutcome> {
    const caller = new HostCaller();
    const queue = this.#queueOf(key);
    this.#waiting += 1;
    queue.ask(caller);
    return signal === undefined
      ? caller.outcome
      : abortable(caller.outcome, signal, () => queue.giveUp(caller));
  }

  /** A fresh host that somebody gave up. */
  takeSpare(key: RouteKey): HostAddress | undefined {
    return this.#queues.get(key)?.takeSpare();
  }

  /** Tells how a call went; false if it was not sent. */
  report(key: RouteKey, result: CallReport): Promise<boolean> {
    return this.#queueOf(key).report(result);
  }

  /** Takes a GetHostResponse; false if `body` is none. */
  take(body: Uint8Array, from: Endpoint): boolean {
    const answer = this.#answer;
    if (!answer.decode(body)) return false;
    const question = this.#questions.get(answer.seq);
    if (
      question === undefined || question.to.port !== from.port ||
      question.queue.key.modId !== answer.modId ||
      question.queue.key.cmdId !== answer.cmdId
    ) {
      this.counters.late += 1;
      return true;
    }
    this.counters.answered += 1;
    this.#link.done(question);
    this.#questions.delete(question.seq);
    if (question.count > 0) {
      this.#agent = answer.useMs > 0 ? "batches" : "plain";
    }
    question.queue.answered(question, answer);
    return true;
  }

  /** Answers `closed` to everybody who waits, and sends what there is to tell. */
  async close(): Promise<void> {
    for (const question of this.#questions.values()) {
      this.#link.done(question);
      question.queue.ended(question, "closed");
    }
    this.#questions.clear();
    const queues = Array.from(this.#queues.values());
    await Promise.all(queues.map((queue) => queue.close()));
  }

  send(queue: HostQueue, request: QueuedRequest): HostQuestion {
    const seq = this.#nextSeq();
    const question: HostQuestion = {
      queue,
      to: queue.to,
      seq,
      callers: request.callers,
      count: request.count,
      results: request.results,
      sentMs: this.#clock.nowMs(),
      datagram: encodeGetHostRequest({
        ...queue.key,
        seq,
        count: request.count,
        results: request.results,
      }),
      triesLeft: this.#link.tries - 1,
      dueMs: 0,
      onDue: () => this.#sendAgain(question),
    };
    this.#questions.set(seq, question);
    this.#link.ask(question);
    return question;
  }

  async tell(
    queue: HostQueue,
    results: readonly CallReport[],
  ): Promise<boolean> {
    const { key, to } = queue;
    if (this.#agent === "batches") {
      return await this.#link.tell(encodeReportRequest(key, results), to);
    }
    // An agent that does not batch knows no unused hosts either.
    const calls = results.filter(({ unused }) => !unused);
    const sent = await Promise.all(
      calls.map((result) =>
        this.#link.tell(encodeReportRequest(key, [result]), to)
      ),
    );
    return sent.every((left) => left);
  }

  hold(queue: HostQueue): void {
    this.#holds.add(queue);
  }

  settled(): void {
    this.#waiting -= 1;
  }

  #sendAgain(question: HostQuestion): void {
    const { queue, seq, count } = question;
    if (question.triesLeft === 0) {
      this.counters.timeouts += 1;
      this.#questions.delete(seq);
      queue.ended(question, "timeout");
      return;
    }
    if (this.#batching && this.#agent === "plain") this.#agent = "unknown";
    question.triesLeft -= 1;
    this.counters.resent += 1;
    // The results may have arrived, and would count twice.
    question.datagram = encodeGetHostRequest({
      ...queue.key,
      seq,
      count,
      results: NO_RESULTS,
    });
    this.#link.ask(question);
  }

  #nextSeq(): number {
    // After 2³² requests an old one may still wait: at most PENDING_MAX of them.
    do {
      this.#seq = (this.#seq + 1) >>> 0;
    } while (this.#questions.has(this.#seq));
    return this.#seq;
  }

  #queueOf(key: RouteKey): HostQueue {
    let queue = this.#queues.get(key);
    if (queue === undefined) {
      if (this.#queues.size >= this.#queuesMax) this.#dropIdle();
      const to = this.#link.endpointOf(key);
      queue = new HostQueue(this, { key, to });
      this.#queues.set(key, queue);
    }
    return queue;
  }

  #dropIdle(): void {
    for (const queue of Array.from(this.#queues.values())) {
      if (queue.idle) this.#queues.delete(queue.key);
    }
    // As many must come anew before it is worth looking at all of them again.
    this.#queuesMax = Math.max(QUEUES_MAX, 2 * this.#queues.size);
  }
}
