import {
  type AdaptiveHosts,
  IN_FLIGHT_MIN,
  UNKNOWN_COST_MS,
} from "./adaptive_hosts.ts";
import type { AdaptiveShared } from "./adaptive_policy.ts";

/** Hosts are looked at about this often, and a millisecond later for each host. */
const REFRESH_MS = 100;

/** Calls in flight are remembered for at least so many times the usual latency. */
const IN_FLIGHT_TIMES = 10;

/** The share of picks that are reported is that of about so many. */
const TOLD_PICKS = 2_000;

/** As if so many picks had been reported before the first. */
const TOLD_PRIOR = 100;

/** What is usual is settled after so many times the calls of a host's latency. */
const SETTLED_TIMES = 4;

/** A single call is never more than this of a latency. */
const LEARN_SHARE_MAX = 0.5;

/** Successes and failures are counted over this long, as the rule of the original does. */
const WINDOW_MS = 15_000;

/**
 * What a route knows of time: calls in flight, latencies, and what is usual.
 *
 * A pick counts as the share of picks that come back as reports, and weighs less
 * the longer it is ago: so calls that nobody reports do not make a host seem busy.
 */
export class RouteTimes {
  /** When {@linkcode RouteTimes.refresh} is due. */
  dueMs = -Infinity;
  /** Latency of the middle host; 0 when none is known. */
  usualMs = 0;
  /** Share of picks that are reported. */
  told = 1;
  /** Of the last call that ended. */
  tookMs = 0;
  /** So far. */
  picks = 0;
  /** Whether enough is known to call a host slow: the first calls to end are the quick ones. */
  settled = false;
  #reports = 0;
  #learned = 0;
  /** Picks and reports that `told` comes from: older ones weigh less. */
  #picksSeen = 0;
  #recentPicks = TOLD_PRIOR;
  #recentReports = TOLD_PRIOR;
  #refreshedMs = 0;
  #windowMs = 0;
  readonly #shared: AdaptiveShared;
  readonly #hosts: AdaptiveHosts;

  constructor(shared: AdaptiveShared) {
    this.#shared = shared;
    this.#hosts = shared.hosts;
  }

  /** A host was picked. */
  picked(slot: number, nowMs: number): void {
    const hosts = this.#hosts;
    this.picks += 1;
    const before = hosts.inFlight[slot]!;
    hosts.inFlight[slot] = before + this.told;
    if (before < IN_FLIGHT_MIN) {
      hosts.quietMs[slot] = nowMs;
      hosts.reckon(slot);
    } else {
      // As if all were told of: the next report or refresh puts it right.
      hosts.addCall(slot);
    }
  }

  /** Whether a call is in flight there. */
  isBusy(slot: number): boolean {
    const { inFlight } = this.#shared.hosts;
    return inFlight[slot]! >= IN_FLIGHT_MIN * this.told;
  }

  /** A pick is given back. */
  unused(slot: number): void {
    const { hosts } = this.#shared;
    this.#reports += 1;
    hosts.inFlight[slot] = Math.max(0, hosts.inFlight[slot]! - this.told);
    hosts.reckon(slot);
  }

  /**
   * A call ended. How long it took, in milliseconds: as told, or by Little's
   * law, by which calls in flight over time make up the latencies of those that
   * end; 0 when that says nothing. See {@linkcode RouteTimes.tookMs}.
   */
  ended(slot: number, toldMs: number, nowMs: number): void {
    const { hosts } = this.#shared;
    const { inFlight, quietMs } = hosts;
    const before = inFlight[slot]!;
    this.tookMs = toldMs > 0 ? toldMs : before * (nowMs - quietMs[slot]!);
    this.#reports += 1;
    // What is left of its pick by now; a time that came from calls in flight
    // must not decide on them, or an error would feed itself.
    const left = 1 / (1 + toldMs / this.#memoryMs());
    inFlight[slot] = Math.max(0, before - left);
    quietMs[slot] = nowMs;
    hosts.reckon(slot);
  }

  /** Takes a call's time into the mean of its host's: by calls where they are many, by time where they are rare. */
  learn(slot: number, tookMs: number, nowMs: number): void {
    const { hosts, settings } = this.#shared;
    const { latencyMs, heardMs } = hosts;
    const passedMs = nowMs - heardMs[slot]!;
    heardMs[slot] = nowMs;
    if (tookMs <= 0) return;
    const share = Math.min(
      LEARN_SHARE_MAX,
      Math.max(
        1 / settings.latencyCalls,
        // The first ones are all there is.
        1 / (1 + hosts.calls[slot]!),
        passedMs / (passedMs + settings.latencyMemoryMs),
      ),
    );
    if (!this.settled) {
      this.#learned += 1;
      this.settled = this.#learned >= settings.latencyCalls * SETTLED_TIMES;
    }
    if (this.usualMs === 0) {
      this.usualMs = tookMs;
      // No host may seem cheap for being unknown.
      this.dueMs = nowMs;
    }
    const before = latencyMs[slot]! || this.usualMs;
    latencyMs[slot] = before + share * (tookMs - before);
    const usualMs = this.usualMs * settings.latencyTolerance;
    hosts.costMs[slot] = Math.max(latencyMs[slot]!, usualMs);
    hosts.reckon(slot);
  }

  /** Lets what is old weigh less, and finds what is usual; O(hosts). */
  refresh(slots: readonly number[], nowMs: number): void {
    const { hosts, settings } = this.#shared;
    const passedMs = nowMs - this.#refreshedMs;
    this.#refreshedMs = nowMs;
    this.dueMs = nowMs + REFRESH_MS + slots.length;
    this.#countTold();
    this.#findUsual(slots);
    const usualMs = this.usualMs;
    const kept = Math.exp(-passedMs / this.#memoryMs());
    const floorMs = usualMs * settings.latencyTolerance || UNKNOWN_COST_MS;
    const { inFlight, latencyMs, costMs, heardMs } = hosts;
    for (const slot of slots) {
      const before = inFlight[slot]!;
      if (before > 0) inFlight[slot] = before * kept;
      const slotMs = latencyMs[slot]!;
      if (
        slotMs > usualMs && nowMs - heardMs[slot]! > settings.latencyMemoryMs
      ) {
        const share = passedMs / (passedMs + settings.latencyMemoryMs);
        latencyMs[slot] = slotMs + share * (usualMs - slotMs);
      }
      const cost = Math.fround(Math.max(latencyMs[slot]!, floorMs));
      // Most hosts of most routes have neither calls in flight nor news.
      if (before > 0 || cost !== costMs[slot]) {
        costMs[slot] = cost;
        hosts.reckon(slot);
      }
    }
    if (nowMs - this.#windowMs >= WINDOW_MS) {
      this.#windowMs = nowMs;
      for (const slot of slots) {
        hosts.successes[slot] = 0;
        hosts.failures[slot] = 0;
      }
    }
  }

  #countTold(): void {
    const picks = this.picks - this.#picksSeen;
    const kept = Math.exp(-picks / TOLD_PICKS);
    this.#recentPicks = this.#recentPicks * kept + picks;
    this.#recentReports = this.#recentReports * kept + this.#reports;
    this.#picksSeen = this.picks;
    this.#reports = 0;
    this.told = Math.min(1, this.#recentReports / this.#recentPicks);
  }

  #memoryMs(): number {
    const { inFlightMemoryMs } = this.#shared.settings;
    return Math.max(inFlightMemoryMs, IN_FLIGHT_TIMES * this.usualMs);
  }

  #findUsual(slots: readonly number[]): void {
    const { hosts, median } = this.#shared;
    const { latencyMs } = hosts;
    for (const slot of slots) {
      const slotMs = latencyMs[slot]!;
      if (slotMs > 0 && hosts.isLive(slot)) median.add(slotMs);
    }
    this.usualMs = median.take() || this.usualMs;
  }
}
