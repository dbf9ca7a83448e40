import {
  type CallReport,
  COUNT_MAX,
  type Endpoint,
  type GetHostResponseDecoder,
  type HostAddress,
  RESULTS_MAX,
  ReturnCode,
  type RouteKey,
} from "../../proto/mod.ts";
import { type HostOutcome, toFailure } from "../outcome.ts";
import type { LarsClientCounters } from "../source.ts";
import type { Flushable } from "./flush_timer.ts";
import type { Request } from "./resend_timer.ts";

/** Hosts in one answer, and results in one datagram, at most. */
export const BATCH_MAX: number = Math.min(COUNT_MAX, RESULTS_MAX);

/** What a datagram without results carries. */
export const NO_RESULTS: readonly CallReport[] = [];

/**
 * Longest time that a caller or a result waits to share a datagram, in
 * milliseconds. Raising it saves datagrams when the agent is slow, and delays
 * callers who could have had a request of their own.
 */
export const FLUSH_MS = 1;

/**
 * Turns of the microtask queue between a shared answer and the next request, in
 * which those who were answered may ask again and share it.
 */
const GATHER_TURNS = 8;

/** Shared answers without a host for a waiter after which its outcome is `overloaded`. */
const MISSES_MAX = 2;

/** Longest time that a spare host is kept, whatever the agent allows. */
const USE_MS_MAX = 1_000;

const TAKEN = Promise.resolve(true);

/**
 * What is known of the agent: whether it takes `count`, `results` and `more`, or
 * one caller and one result in a datagram, as the original does.
 */
export type AgentBatching = "unknown" | "batches" | "plain";

/** A caller without an outcome. */
export class Waiter {
  readonly outcome: Promise<HostOutcome>;
  settle!: (outcome: HostOutcome) => void;
  /** The outcome is not wanted any more. */
  gaveUp = false;
  /** Shared answers that had no host for it. */
  misses = 0;

  constructor() {
    this.outcome = new Promise((resolve) => this.settle = resolve);
  }
}

/** What a request for hosts says. */
export interface HostRequest {
  readonly waiters: readonly Waiter[];
  /** Hosts asked for; 0: one, in the original's bytes, which shows nothing of the agent. */
  readonly count: number;
  /** Results that travel with its first datagram. */
  readonly results: readonly CallReport[];
}

/** A request for hosts on its way. */
export interface PendingRequest extends HostRequest, Request {
  readonly queue: HostQueue;
  readonly seq: number;
  /** When it was first sent: its hosts were not picked earlier. */
  readonly sentMs: number;
}

/** What a queue needs of the link that it belongs to. */
export interface HostQueueLink {
  readonly counters: LarsClientCounters;
  readonly agent: AgentBatching;
  nowMs(): number;
  /** Sends a request; its answer, or its end, comes back to the queue. */
  sendRequest(queue: HostQueue, content: HostRequest): PendingRequest;
  /** Sends results in one datagram, or in one each if the agent does not batch. */
  sendResults(
    queue: HostQueue,
    results: readonly CallReport[],
  ): Promise<boolean>;
  /** Calls {@linkcode HostQueue.flushDue} at `dueMs`, and then whenever it says. */
  scheduleFlush(queue: HostQueue, dueMs: number): void;
  /** Called when a waiter has its outcome, or has given up. */
  onSettled(): void;
  /** What a waiter gets for an outcome of its request. */
  outcomeOf(key: RouteKey, outcome: HostOutcome): HostOutcome;
}

/**
 * The traffic of one route: callers who wait for a host, and results to report.
 * Those who come while a request is on its way share the next one, which also
 * carries the results: under load a datagram carries many of both, and without
 * load nothing waits.
 *
 * Nothing is held longer than {@linkcode FLUSH_MS}, and at most
 * {@linkcode BATCH_MAX} results are. Hosts are never asked for in advance.
 */
export class HostQueue implements Flushable {
  readonly key: RouteKey;
  readonly to: Endpoint;
  readonly #link: HostQueueLink;
  /** Those who share the next request. */
  #waiters: Waiter[] = [];
  /** What travels with the next datagram. */
  #results: CallReport[] = [];
  /** Hosts of waiters who gave up, oldest first. */
  readonly #spares: { host: HostAddress; untilMs: number }[] = [];
  /** The newest request, until it is answered or timed out. */
  #current: PendingRequest | undefined;
  #gathering = false;
  /** Since when the first of the waiters and results is held; undefined if none is. */
  #heldSinceMs: number | undefined;

  constructor(
    link: HostQueueLink,
    { key, to }: { key: RouteKey; to: Endpoint },
  ) {
    this.#link = link;
    this.key = key;
    this.to = to;
  }

  /** Whether the queue is empty and may be dropped. */
  get idle(): boolean {
    return this.#current === undefined && !this.#gathering &&
      this.#waiters.length === 0 && this.#results.length === 0 &&
      this.#spares.length === 0;
  }

  /** Finds a host for `waiter`, now or with the next request. */
  ask(waiter: Waiter): void {
    const host = this.takeSpare();
    if (host !== undefined) {
      this.#settle(waiter, { state: "found", host });
    } else if (this.#loaded) {
      this.#waiters.push(waiter);
      this.#link.counters.shared += 1;
      this.#hold();
    } else {
      // Whether the agent batches is found out when there is something to share.
      const count = this.#link.agent === "batches" ? 1 : 0;
      this.#send([waiter], count);
    }
  }

  /** Takes a fresh host whose caller gave up, if there is one. */
  takeSpare(): HostAddress | undefined {
    if (this.#spares.length === 0) return undefined;
    this.#dropSpares(this.#link.nowMs());
    return this.#spares.shift()?.host;
  }

  /** Takes back a request for a host. */
  giveUp(waiter: Waiter): void {
    waiter.gaveUp = true;
    const index = this.#waiters.indexOf(waiter);
    if (index < 0) return;
    this.#waiters.splice(index, 1);
    this.#link.onSettled();
  }

  /** Sends a result, or holds it for the next datagram; false if it was not sent. */
  report(result: CallReport): Promise<boolean> {
    const waits = this.#loaded || this.#results.length > 0;
    if (!waits || this.#link.agent !== "batches") {
      return this.#link.sendResults(this, [result]);
    }
    this.#collect(result);
    return TAKEN;
  }

  /** Hands out the hosts of an answer. */
  onAnswer(request: PendingRequest, answer: GetHostResponseDecoder): void {
    if (this.#current === request) this.#current = undefined;
    if (answer.useMs === 0 && request.results.length > 0) {
      this.#link.counters.reportedAgain += request.results.length;
      this.#link.sendResults(this, request.results);
    }
    if (answer.returnCode === ReturnCode.success) {
      this.#handOut(request, answer);
    } else {
      const outcome = toFailure(answer.returnCode);
      for (const waiter of request.waiters) this.#settle(waiter, outcome);
    }
    // A newer request is on its way: they are gathered when it is answered.
    if (this.#current !== undefined || this.#gathering) return;
    if (request.waiters.length > 1 || this.#waiters.length > 0) this.#gather();
  }

  /** Settles the waiters of a request that is not sent any more. */
  onEnd(request: PendingRequest, state: "timeout" | "closed"): void {
    if (this.#current === request) this.#current = undefined;
    this.#link.counters.unconfirmed += request.results.length;
    for (const waiter of request.waiters) this.#settle(waiter, { state });
  }

  flushDue(nowMs: number): number | undefined {
    if (
      this.#heldSinceMs !== undefined && nowMs >= this.#heldSinceMs + FLUSH_MS
    ) {
      this.#flush();
      this.#sendResults();
      this.#heldSinceMs = undefined;
    }
    this.#dropSpares(nowMs);
    const spareMs = this.#spares[0]?.untilMs;
    if (this.#heldSinceMs === undefined) return spareMs;
    return Math.min(this.#heldSinceMs + FLUSH_MS, spareMs ?? Infinity);
  }

  /** Answers `closed` to all who wait, and sends the results that wait. */
  async close(): Promise<void> {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) this.#settle(waiter, { state: "closed" });
    this.#dropSpares(Infinity);
    await this.#sendResults();
  }

  get #loaded(): boolean {
    return this.#link.agent !== "plain" &&
      (this.#current !== undefined || this.#gathering);
  }

  #send(waiters: readonly Waiter[], count: number): void {
    const { agent } = this.#link;
    const results = agent === "batches" ? this.#takeResults() : NO_RESULTS;
    const request = this.#link.sendRequest(this, { waiters, count, results });
    if (agent !== "plain") this.#current = request;
  }

  #handOut(request: PendingRequest, answer: GetHostResponseDecoder): void {
    const { waiters, sentMs } = request;
    const hosts = answer.hosts(waiters.length);
    const found = hosts.length;
    const again: Waiter[] = [];
    let next = 0;
    for (const waiter of waiters) {
      if (waiter.gaveUp) {
        this.#link.onSettled();
      } else if (next < found) {
        this.#settle(waiter, { state: "found", host: hosts[next++]! });
      } else if (found === 0) {
        this.#settle(waiter, { state: "system_error" });
      } else if (answer.useMs > 0 && ++waiter.misses === MISSES_MAX) {
        this.#settle(waiter, { state: "overloaded" });
      } else {
        again.push(waiter);
      }
    }
    if (again.length > 0) {
      this.#link.counters.askedAgain += again.length;
      this.#waiters.unshift(...again);
      this.#hold();
    }
    const useMs = Math.min(answer.useMs, USE_MS_MAX);
    for (; next < found && useMs > 0; next++) {
      this.#keep(hosts[next]!, sentMs + useMs);
    }
  }

  /** Hands an unclaimed host to the next waiter, or keeps it as a spare. */
  #keep(host: HostAddress, untilMs: number): void {
    const waiter = this.#link.nowMs() < untilMs
      ? this.#waiters.shift()
      : undefined;
    if (waiter !== undefined) {
      this.#settle(waiter, { state: "found", host });
      return;
    }
    this.#spares.push({ host, untilMs });
    if (this.#spares.length > BATCH_MAX) this.#giveBack();
    this.#link.scheduleFlush(this, untilMs);
  }

  #dropSpares(nowMs: number): void {
    while (this.#spares.length > 0 && nowMs >= this.#spares[0]!.untilMs) {
      this.#giveBack();
    }
  }

  /** Reports the oldest spare host as unused. */
  #giveBack(): void {
    const { ip, port } = this.#spares.shift()!.host;
    this.#link.counters.unused += 1;
    this.#collect({ ip, port, returnCode: 0, durationUs: 0, unused: true });
  }

  #collect(result: CallReport): void {
    if (this.#results.length === BATCH_MAX) this.#sendResults();
    this.#results.push(result);
    this.#link.counters.collected += 1;
    this.#hold();
  }

  #hold(): void {
    if (this.#heldSinceMs !== undefined) return;
    this.#heldSinceMs = this.#link.nowMs();
    this.#link.scheduleFlush(this, this.#heldSinceMs + FLUSH_MS);
  }

  /** Sends requests after those who were just answered had time to ask again. */
  async #gather(): Promise<void> {
    this.#gathering = true;
    for (let turn = 0; turn < GATHER_TURNS; turn++) await undefined;
    this.#gathering = false;
    this.#flush();
  }

  /** Sends requests for all who wait. */
  #flush(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    const plain = this.#link.agent === "plain";
    const size = plain ? 1 : BATCH_MAX;
    for (let from = 0; from < waiters.length; from += size) {
      const part = waiters.slice(from, from + size);
      this.#send(part, plain ? 0 : part.length);
    }
    if (this.#results.length === 0) this.#heldSinceMs = undefined;
  }

  #takeResults(): readonly CallReport[] {
    if (this.#results.length === 0) return NO_RESULTS;
    const results = this.#results;
    this.#results = [];
    return results;
  }

  async #sendResults(): Promise<void> {
    const results = this.#takeResults();
    if (results.length > 0) await this.#link.sendResults(this, results);
  }

  #settle(waiter: Waiter, outcome: HostOutcome): void {
    this.#link.onSettled();
    waiter.settle(this.#link.outcomeOf(this.key, outcome));
  }
}
