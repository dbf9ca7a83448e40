import type { Clock } from "../../net/client.ts";
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
import { abortable } from "../abortable.ts";
import type { HostOutcome } from "../outcome.ts";
import type { LarsClientCounters } from "../source.ts";
import type { DatagramLink } from "./datagram_link.ts";
import { FlushTimer } from "./flush_timer.ts";
import {
  type AgentBatching,
  FLUSH_MS,
  HostQueue,
  type HostQueueLink,
  type HostRequest,
  NO_RESULTS,
  type PendingRequest,
  Waiter,
} from "./host_queue.ts";

/** Queues of routes that are kept; above it, idle ones are dropped. */
const QUEUES_MAX = 4_096;

/** What {@linkcode HostRequests} are made of. */
export interface HostRequestsOptions {
  link: DatagramLink;
  clock: Clock;
  /** Whether callers may share requests. */
  batching: boolean;
  /** What a caller gets for an outcome of its request. */
  outcomeOf: HostQueueLink["outcomeOf"];
}

/**
 * Requests for hosts, and reports of calls: each route has a queue, and what the
 * queues send is matched to its answers here, by seq.
 *
 * An agent shows in each answer to a request with `count` whether it takes the
 * fields that Lars adds. The first request that callers share finds out; until
 * then, and so for ever without load, every request has the original's bytes. An
 * agent that lacks the fields is not sent them again until it leaves a request
 * unanswered, as then it may have been replaced.
 */
export class HostRequests implements HostQueueLink {
  readonly counters: LarsClientCounters;
  readonly outcomeOf: HostQueueLink["outcomeOf"];
  readonly #link: DatagramLink;
  readonly #clock: Clock;
  readonly #batching: boolean;
  readonly #flushTimer: FlushTimer;
  readonly #queues = new RouteMap<HostQueue>();
  readonly #pending = new Map<number, PendingRequest>();
  readonly #answer = new GetHostResponseDecoder();
  #agent: AgentBatching;
  #queuesMax = QUEUES_MAX;

  constructor({ link, clock, batching, outcomeOf }: HostRequestsOptions) {
    this.counters = link.counters;
    this.outcomeOf = outcomeOf;
    this.#link = link;
    this.#clock = clock;
    this.#batching = batching;
    this.#agent = batching ? "unknown" : "plain";
    const signal = link.closing;
    this.#flushTimer = new FlushTimer({ clock, periodMs: FLUSH_MS, signal });
  }

  get agent(): AgentBatching {
    return this.#agent;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  /** A host of the route. Rejects only with the signal's reason. */
  ask(key: RouteKey, signal: AbortSignal | undefined): Promise<HostOutcome> {
    const waiter = new Waiter();
    const queue = this.#queueOf(key);
    this.#link.pending += 1;
    queue.ask(waiter);
    return signal === undefined
      ? waiter.outcome
      : abortable(waiter.outcome, signal, () => queue.giveUp(waiter));
  }

  /** A fresh host whose caller gave up. */
  takeSpare(key: RouteKey): HostAddress | undefined {
    return this.#queues.get(key)?.takeSpare();
  }

  /** Reports how a call went; false if the report was not sent. */
  report(key: RouteKey, result: CallReport): Promise<boolean> {
    return this.#queueOf(key).report(result);
  }

  /** Reports calls that were kept; false if not all reports were sent. */
  reportAll(key: RouteKey, results: readonly CallReport[]): Promise<boolean> {
    return this.sendResults(this.#queueOf(key), results);
  }

  /** Takes the body of a GetHostResponse; false if it is malformed. */
  receive(body: Uint8Array, from: Endpoint): boolean {
    const answer = this.#answer;
    if (!answer.decode(body)) return false;
    const request = this.#pending.get(answer.seq);
    if (
      request === undefined || request.to.port !== from.port ||
      request.queue.key.modId !== answer.modId ||
      request.queue.key.cmdId !== answer.cmdId
    ) {
      this.counters.late += 1;
      return true;
    }
    this.counters.answered += 1;
    this.#link.done(request);
    this.#pending.delete(request.seq);
    if (request.count > 0) {
      this.#agent = answer.useMs > 0 ? "batches" : "plain";
    }
    request.queue.onAnswer(request, answer);
    return true;
  }

  /** Answers `closed` to all who wait, and sends the results that wait. */
  async close(): Promise<void> {
    for (const request of this.#pending.values()) {
      this.#link.done(request);
      request.queue.onEnd(request, "closed");
    }
    this.#pending.clear();
    const queues = Array.from(this.#queues.values());
    await Promise.all(queues.map((queue) => queue.close()));
  }

  sendRequest(queue: HostQueue, content: HostRequest): PendingRequest {
    const seq = this.#nextSeq();
    const request: PendingRequest = {
      queue,
      to: queue.to,
      seq,
      waiters: content.waiters,
      count: content.count,
      results: content.results,
      sentMs: this.#clock.nowMs(),
      datagram: this.#encode(queue, { ...content, seq }),
      dueMs: 0,
      triesLeft: 0,
      onResend: () => this.#onResend(request),
      onTimeout: () => {
        this.#pending.delete(seq);
        queue.onEnd(request, "timeout");
      },
    };
    this.#pending.set(seq, request);
    this.#link.start(request);
    return request;
  }

  async sendResults(
    queue: HostQueue,
    results: readonly CallReport[],
  ): Promise<boolean> {
    const { key, to } = queue;
    if (this.#agent === "batches") {
      return await this.#link.send(encodeReportRequest(key, results), to);
    }
    // An agent that does not batch has no report of an unused host either.
    const calls = results.filter(({ unused }) => !unused);
    const sent = await Promise.all(
      calls.map((result) =>
        this.#link.send(encodeReportRequest(key, [result]), to)
      ),
    );
    return sent.every((left) => left);
  }

  scheduleFlush(queue: HostQueue, dueMs: number): void {
    this.#flushTimer.add(queue, dueMs);
  }

  onSettled(): void {
    this.#link.pending -= 1;
  }

  #onResend(request: PendingRequest): void {
    if (this.#batching && this.#agent === "plain") this.#agent = "unknown";
    const { queue, seq, count, results } = request;
    if (results.length === 0) return;
    // The results may have arrived, and would count twice.
    const content = { seq, count, results: NO_RESULTS };
    request.datagram = this.#encode(queue, content);
  }

  #encode(
    { key }: HostQueue,
    { seq, count, results }: {
      seq: number;
      count: number;
      results: readonly CallReport[];
    },
  ): Uint8Array {
    return encodeGetHostRequest({ ...key, seq, count, results });
  }

  #nextSeq(): number {
    let seq = this.#link.nextSeq();
    while (this.#pending.has(seq)) seq = this.#link.nextSeq();
    return seq;
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
    // Scanned again only after as many new ones: the scan costs O(1) for each.
    this.#queuesMax = Math.max(QUEUES_MAX, 2 * this.#queues.size);
  }
}
