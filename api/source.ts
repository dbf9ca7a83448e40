import type { CallReport, RouteKey } from "../proto/mod.ts";
import type { HostOutcome, RouteOutcome } from "./outcome.ts";

/**
 * Where a {@linkcode LarsClient} gets hosts from: an agent over UDP, or a shard
 * inside this program. Arguments are checked before they come here.
 */
export interface HostSource {
  readonly counters: LarsClientCounters;
  /** Aborted when the source closes. */
  readonly closing: AbortSignal;
  /** The host to call now. Rejects only with the signal's reason. */
  getHost(key: RouteKey, signal?: AbortSignal): Promise<HostOutcome>;
  /** The same without waiting, or undefined if that cannot be. */
  getHostNow(key: RouteKey): HostOutcome | undefined;
  /** False if it was not taken. The object may be kept. Never rejects. */
  report(key: RouteKey, result: CallReport): Promise<boolean>;
  /** All hosts of a route. Rejects only with the signal's reason. */
  getRoute(
    key: RouteKey,
    options: { withState: boolean; signal?: AbortSignal | undefined },
  ): Promise<RouteOutcome>;
  /** What waits is answered `closed`; results that wait are sent. Twice is once. */
  close(): Promise<void>;
}

/** What a client counts; an embedded one sends no datagrams, so the first few stay 0. */
export interface LarsClientCounters {
  /** Datagrams that left: requests and reports. */
  sent: number;
  /** Requests that were sent again, as no answer had come in time. */
  resent: number;
  /** Datagrams that the system did not take. */
  sendFailures: number;
  /** Answers to requests: one may have been for several callers. */
  answered: number;
  /** Answers that nobody waits for (any more). */
  late: number;
  /** Datagrams that are no answer at all. */
  malformed: number;
  /** Requests that were given up. */
  timeouts: number;
  /** Requests and reports over {@linkcode PENDING_MAX}. */
  refused: number;
  /** Callers who waited for a request that they shared. */
  shared: number;
  /** Callers who asked again, as their shared answer had too few hosts. */
  askedAgain: number;
  /** Results that waited, to travel with others or with a request. */
  collected: number;
  /** Of these, sent once more, as the agent turned out not to take them so. */
  reportedAgain: number;
  /** Of these, in requests that stayed unanswered: the agent may have missed them. */
  unconfirmed: number;
  /** Hosts that nobody wanted any more, and the agent was told so. */
  unused: number;
}

/** Nothing has happened yet. */
export function createCounters(): LarsClientCounters {
  return {
    sent: 0,
    resent: 0,
    sendFailures: 0,
    answered: 0,
    late: 0,
    malformed: 0,
    timeouts: 0,
    refused: 0,
    shared: 0,
    askedAgain: 0,
    collected: 0,
    reportedAgain: 0,
    unconfirmed: 0,
    unused: 0,
  };
}
