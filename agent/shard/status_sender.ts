import TinyQueue from "tinyqueue";
import { TICK_MS } from "../../net/udp/worker.ts";
import type { RouteStatus } from "../../proto/mod.ts";
import type { ShardCounters } from "../routes/counters.ts";
import type { RouteEntry } from "../routes/route_entry.ts";

/** Least time between two statuses of a route … */
const STATUS_INTERVAL_MS = 1_000;

/** … and to a reporter that takes totals and states, which say the same sooner. */
const RARE_STATUS_INTERVAL_MS = 60_000;

/** Most statuses of one tick, in under a millisecond; answers come before the next. */
const STATUSES_PER_TICK_MAX = 64;

/**
 * Sends the statuses of a shard's routes that have news: each after an interval
 * at the soonest, with what it is then. It waits for nothing while there is none.
 */
export class StatusSender {
  readonly #counters: ShardCounters;
  readonly #send: (status: RouteStatus) => void;
  /** Routes with reports since their last status, by the time of the next. */
  #news = queueOfNews([]);
  #intervalMs = STATUS_INTERVAL_MS;

  /** Has nothing to send yet. */
  constructor(
    { counters, send }: {
      counters: ShardCounters;
      send: (status: RouteStatus) => void;
    },
  ) {
    this.#counters = counters;
    this.#send = send;
  }

  /** When tick() is due. */
  get dueMs(): number {
    return this.#news.peek()?.statusDueMs ?? Infinity;
  }

  /** Takes that a route has news. */
  noteNews(entry: RouteEntry, nowMs: number): void {
    entry.hasNews = true;
    if (entry.awaitsStatus) return;
    entry.awaitsStatus = true;
    const wholeMs = Math.floor(nowMs);
    // In a later step of time, with the reports until then.
    entry.statusDueMs = Math.max(
      Math.min(entry.statusDueMs, wholeMs + this.#intervalMs),
      wholeMs + 1,
    );
    this.#news.push(entry);
  }

  /** Takes whether the reporter takes totals and states: then statuses are rare. */
  onReporter(takesHistory: boolean, nowMs: number): void {
    const before = this.#intervalMs;
    this.#intervalMs = takesHistory
      ? RARE_STATUS_INTERVAL_MS
      : STATUS_INTERVAL_MS;
    const soonerMs = before - this.#intervalMs;
    if (soonerMs <= 0) return;
    const news = this.#news.data;
    for (const entry of news) {
      entry.statusDueMs = Math.max(
        entry.statusDueMs - soonerMs,
        Math.floor(nowMs) + 1,
      );
    }
    this.#news = queueOfNews(news);
  }

  /** Where statuses are rare, the next would say up to a minute later which hosts are overloaded. */
  onOverloadChanged(entry: RouteEntry): void {
    if (this.#intervalMs > STATUS_INTERVAL_MS) this.#sendStatus(entry);
  }

  /** Does what is due. */
  tick(nowMs: number): void {
    for (let count = 0; count < STATUSES_PER_TICK_MAX; count++) {
      if (nowMs < this.dueMs) break;
      this.#sendNext(nowMs);
    }
  }

  /** Sends the status of every route with news, as the shard ends. */
  flush(nowMs: number): void {
    while (this.#news.length > 0) this.#sendNext(nowMs);
  }

  /** Sends the status that is due first. */
  #sendNext(nowMs: number): void {
    const entry = this.#news.pop();
    if (entry === undefined) return;
    entry.awaitsStatus = false;
    // Counted from the step of time that it was due in, or it would be a step later each time.
    entry.statusDueMs = Math.floor(nowMs / TICK_MS) * TICK_MS +
      this.#intervalMs;
    if (entry.hasNews) this.#sendStatus(entry);
  }

  #sendStatus(entry: RouteEntry): void {
    entry.hasNews = false;
    const { key, hosts } = entry;
    if (hosts === undefined) return;
    this.#counters.statuses += 1;
    this.#send({ ...key, hosts: hosts.status() });
  }
}

/** Entries by the time of their next status. */
function queueOfNews(entries: RouteEntry[]): TinyQueue<RouteEntry> {
  return new TinyQueue(entries, (a, b) => a.statusDueMs - b.statusDueMs);
}
