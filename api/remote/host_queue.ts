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
import type {
  HostCaller,
  HostQuestion,
  HostQueueLink,
} from "./host_question.ts";
import { type HostOutcome, toFailure } from "../outcome.ts";

/** Hosts in one answer, and results in one datagram, at most. */
export const BATCH_MAX = Math.min(COUNT_MAX, RESULTS_MAX);

/** Nothing to tell. */
export const NO_RESULTS: readonly CallReport[] = [];

/**
 * Longest wait for others before a request or a result is sent, in
 * milliseconds. Raising it saves datagrams when the agent is slow, and makes
 * those wait longer who could have asked for themselves.
 */
export const HOLD_MS = 1;

/**
 * After a shared answer, those it was for may go on at once and ask again: the
 * next request waits for them this many turns of the microtask queue.
 */
const GATHER_TURNS = 8;

/** A caller whom so many shared answers left without a host is told `overloaded`. */
const MISSES_MAX = 2;

/** Longest time that a host which its caller gave up is kept, whatever the agent says. */
const USE_MS_MAX = 1_000;

const TAKEN = Promise.resolve(true);

/**
 * The traffic of one route: who waits for a host, and results that are to be
 * told. While a request is on its way, those who come after it share the next
 * one, which also takes along the results; so under load a datagram carries
 * many of both, and without load nothing waits for anything.
 *
 * Bounds: nothing is held longer than {@linkcode HOLD_MS}, and no more than
 * {@linkcode BATCH_MAX} results are. Hosts are never asked for in advance.
 */
export class HostQueue {
  readonly key: RouteKey;
  readonly to: Endpoint;
  readonly #link: HostQueueLink;
  /** They share the next request. */
  #callers: HostCaller[] = [];
  /** They travel with the next datagram. */
  #results: CallReport[] = [];
  /** Hosts of callers who gave up, oldest first. */
  readonly #spares: { host: HostAddress; untilMs: number }[] = [];
  /** The newest request, until it is answered or given up. */
  #current: HostQuestion | undefined;
  #gathering = false;
  /** Since when the first of the callers and results is held. */
  #heldMs: number | undefined;

  constructor(
    link: HostQueueLink,
    { key, to }: { key: RouteKey; to: Endpoint },
  ) {
    this.#link = link;
    this.key = key;
    this.to = to;
  }

  /** Whether nothing would be lost with this object. */
  get idle(): boolean {
    return this.#current === undefined && !this.#gathering &&
      this.#callers.length === 0 && this.#results.length === 0 &&
      this.#spares.length === 0;
  }

  /** Finds a host for `caller`, now or with the next request. */
  ask(caller: HostCaller): void {
    const host = this.takeSpare();
    if (host !== undefined) {
      this.#settle(caller, { state: "found", host });
    } else if (this.#loaded) {
      this.#callers.push(caller);
      this.#link.counters.shared += 1;
      this.#hold();
    } else {
      // Whether the agent batches is found out when there is something to share.
      const count = this.#link.agent === "batches" ? 1 : 0;
      this.#send([caller], count);
    }
  }

  /** Takes a host that somebody gave up, if there is one and it is fresh. */
  takeSpare(): HostAddress | undefined {
    if (this.#spares.length === 0) return undefined;
    this.#dropSpares(this.#link.nowMs());
    return this.#spares.shift()?.host;
  }

  /** `caller` wants no host any more. */
  giveUp(caller: HostCaller): void {
    caller.gone = true;
    const index = this.#callers.indexOf(caller);
    if (index < 0) return;
    this.#callers.splice(index, 1);
    this.#link.settled();
  }

  /** Sends a result, or holds it for the next datagram; false if it was not sent. */
  report(result: CallReport): Promise<boolean> {
    const waits = this.#loaded || this.#results.length > 0;
    if (!waits || this.#link.agent !== "batches") {
      return this.#link.tell(this, [result]);
    }
    this.#collect(result);
    return TAKEN;
  }

  /** Takes the answer to a request. */
  answered(question: HostQuestion, answer: GetHostResponseDecoder): void {
    if (this.#current === question) this.#current = undefined;
    if (answer.useMs === 0 && question.results.length > 0) {
      this.#link.counters.reportedAgain += question.results.length;
      this.#link.tell(this, question.results);
    }
    if (answer.returnCode === ReturnCode.success) {
      this.#handOut(question, answer);
    } else {
      const outcome = toFailure(answer.returnCode);
      for (const caller of question.callers) this.#settle(caller, outcome);
    }
    // A newer request on its way has them join when it is answered.
    if (this.#current !== undefined || this.#gathering) return;
    if (question.callers.length > 1 || this.#callers.length > 0) this.#gather();
  }

  /** A request is sent no more: its callers are told why. */
  ended(question: HostQuestion, state: "timeout" | "closed"): void {
    if (this.#current === question) this.#current = undefined;
    this.#link.counters.unconfirmed += question.results.length;
    for (const caller of question.callers) this.#settle(caller, { state });
  }

  /** Sends what has been held long enough; when to come again, or undefined. */
  release(nowMs: number): number | undefined {
    if (this.#heldMs !== undefined && nowMs >= this.#heldMs + HOLD_MS) {
      this.#flush();
      this.#sendResults();
      this.#heldMs = undefined;
    }
    this.#dropSpares(nowMs);
    const spareMs = this.#spares[0]?.untilMs;
    if (this.#heldMs === undefined) return spareMs;
    return Math.min(this.#heldMs + HOLD_MS, spareMs ?? Infinity);
  }

  /** Ends every wait, and sends what there is to tell. */
  async close(): Promise<void> {
    const callers = this.#callers;
    this.#callers = [];
    for (const caller of callers) this.#settle(caller, { state: "closed" });
    this.#dropSpares(Infinity);
    await this.#sendResults();
  }

  get #loaded(): boolean {
    return this.#link.agent !== "plain" &&
      (this.#current !== undefined || this.#gathering);
  }

  #send(callers: readonly HostCaller[], count: number): void {
    const { agent } = this.#link;
    const results = agent === "batches" ? this.#takeResults() : NO_RESULTS;
    const question = this.#link.send(this, { callers, count, results });
    if (agent !== "plain") this.#current = question;
  }

  #handOut(question: HostQuestion, answer: GetHostResponseDecoder): void {
    const { callers, sentMs } = question;
    const hosts = answer.hosts(callers.length);
    const found = hosts.length;
    const again: HostCaller[] = [];
    let next = 0;
    for (const caller of callers) {
      if (caller.gone) {
        this.#link.settled();
      } else if (next < found) {
        this.#settle(caller, { state: "found", host: hosts[next++]! });
      } else if (found === 0) {
        this.#settle(caller, { state: "system_error" });
      } else if (answer.useMs > 0 && ++caller.misses === MISSES_MAX) {
        this.#settle(caller, { state: "overloaded" });
      } else {
        again.push(caller);
      }
    }
    if (again.length > 0) {
      this.#link.counters.askedAgain += again.length;
      this.#callers.unshift(...again);
      this.#hold();
    }
    const useMs = Math.min(answer.useMs, USE_MS_MAX);
    for (; next < found && useMs > 0; next++) {
      this.#keep(hosts[next]!, sentMs + useMs);
    }
  }

  /** Hands a host that nobody wants to who waits next, or keeps it for whoever comes. */
  #keep(host: HostAddress, untilMs: number): void {
    const caller = this.#link.nowMs() < untilMs
      ? this.#callers.shift()
      : undefined;
    if (caller !== undefined) {
      this.#settle(caller, { state: "found", host });
      return;
    }
    this.#spares.push({ host, untilMs });
    if (this.#spares.length > BATCH_MAX) this.#giveBack();
    this.#link.hold(this);
  }

  #dropSpares(nowMs: number): void {
    while (this.#spares.length > 0 && nowMs >= this.#spares[0]!.untilMs) {
      this.#giveBack();
    }
  }

  /** Tells the agent that the oldest spare host was not called. */
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
    if (this.#heldMs !== undefined) return;
    this.#heldMs = this.#link.nowMs();
    this.#link.hold(this);
  }

  /** Sends requests when those who go on at once have asked. */
  async #gather(): Promise<void> {
    this.#gathering = true;
    for (let turn = 0; turn < GATHER_TURNS; turn++) await undefined;
    this.#gathering = false;
    this.#flush();
  }

  /** Sends requests for everybody who waits. */
  #flush(): void {
    const callers = this.#callers;
    this.#callers = [];
    const plain = this.#link.agent === "plain";
    const size = plain ? 1 : BATCH_MAX;
    for (let from = 0; from < callers.length; from += size) {
      const part = callers.slice(from, from + size);
      this.#send(part, plain ? 0 : part.length);
    }
    if (this.#results.length === 0) this.#heldMs = undefined;
  }

  #takeResults(): readonly CallReport[] {
    if (this.#results.length === 0) return NO_RESULTS;
    const results = this.#results;
    this.#results = [];
    return results;
  }

  async #sendResults(): Promise<void> {
    const results = this.#takeResults();
    if (results.length > 0) await this.#link.tell(this, results);
  }

  #settle(caller: HostCaller, outcome: HostOutcome): void {
    this.#link.settled();
    caller.settle(outcome);
  }
}
