import type { RouteKey } from "../../proto/mod.ts";
import type { Linked } from "./linked_queue.ts";
import type { RouteHosts } from "./route_hosts.ts";

/**
 * Before all times. Times of entries are whole milliseconds: those stand in the
 * entry itself, where others take a box of 16 bytes each.
 */
const NEVER_MS = -(2 ** 31);

/** A pull that dns leaves unanswered for this time may be repeated. */
export const PULL_TIMEOUT_MS = 3_000;

/** No totals: of {@linkcode RouteEntry.totals}. */
export const NO_TOTALS = -1;

/** Dns said that a route with hosts is empty: it is asked again before that is believed. */
export interface EmptyAnswer {
  /** The route. */
  readonly entry: RouteEntry;
  /** When to ask again, or once more. */
  askMs: number;
  /** Whether dns was asked again: only then a second empty answer counts. */
  asked: boolean;
}

/** A route that a program asked for or dns pushed, with hosts or without. */
export class RouteEntry implements Linked<RouteEntry> {
  previous: RouteEntry | undefined;
  next: RouteEntry | undefined;

  /** What it is known by. */
  readonly key: RouteKey;
  /** Undefined unless the route has hosts. */
  hosts: RouteHosts | undefined;
  /** Name of the policy that picks among its hosts; empty before it had any. */
  policy = "";
  /** When a program last asked for it, or when it came to be. */
  askedMs: number;
  /** When dns last gave it hosts. */
  updatedMs: number = NEVER_MS;
  /** When it was last pulled. */
  pulledMs: number = NEVER_MS;
  /** When its next status is due, or may be at the earliest. */
  statusDueMs: number = NEVER_MS;
  /** Whether it has reports since its last status. */
  hasNews = false;
  /** Whether it waits for the time of its next status, with news or without. */
  awaitsStatus = false;
  /** Its row in the shard's counts of latencies, while it has calls that no reporter was told of; otherwise {@linkcode NO_TOTALS}. */
  totals: number = NO_TOTALS;
  /** When its expiry and renewal are looked at; only while it has hosts. */
  lookMs: number = NEVER_MS;
  /** Undefined unless dns' last answer was empty, though it has hosts. */
  emptyAnswer: EmptyAnswer | undefined;
  /** Asked of dns, no answer yet. */
  #pulling = false;

  /** A route without hosts. */
  constructor({ modId, cmdId }: RouteKey, nowMs: number) {
    this.key = { modId, cmdId };
    this.askedMs = nowMs;
  }

  /** Whether dns is yet to answer; a pull that timed out is over. */
  isPulling(nowMs: number): boolean {
    return this.#pulling && nowMs - this.pulledMs < PULL_TIMEOUT_MS;
  }

  /** Takes that it was pulled. */
  onPull(nowMs: number): void {
    this.#pulling = true;
    this.pulledMs = nowMs;
  }

  /** Takes that dns answered. */
  onAnswer(): void {
    this.#pulling = false;
  }

  /** A pull under way was lost with its connection: the next request repeats it. */
  cancelPull(): void {
    if (!this.#pulling) return;
    this.#pulling = false;
    if (this.hosts === undefined) this.pulledMs = NEVER_MS;
  }
}
