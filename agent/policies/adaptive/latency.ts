import { IN_FLIGHT_MIN, UNKNOWN_COST_MS } from "./hosts.ts";
import { type NumberRow, TIMES_FIRST } from "./route_floats.ts";
import type { AdaptiveShared } from "./policy.ts";

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
const WINDOW_LENGTH_MS = 15_000;

/** Its numbers in the row of a route. */
const DUE_MS = 0;
const USUAL_MS = 1;
const TOLD = 2;
const TOOK_MS = 3;
/** Picks and reports that `told` comes from: older ones weigh less. */
const RECENT_PICKS = 4;
const RECENT_REPORTS = 5;
const REFRESHED_MS = 6;
const WINDOW_MS = 7;

/**
 * What a route knows of time: calls in flight, latencies, and what is usual.
 *
 * A pick counts as the share of picks that come back as reports, and weighs less
 * the longer it is ago: so calls that nobody reports do not make a host seem busy.
 */
export class RouteTimes {
  /** So far. */
  picks = 0;
  /** Those before the last refresh, and reports since. */
  #picksSeen = 0;
  #reports = 0;
  /** Calls whose time was learned, until enough were. */
  #learned = 0;
  readonly #shared: AdaptiveShared;
  readonly #numbers: Float64Array<ArrayBuffer>;
  readonly #first: number;

  constructor(shared: AdaptiveShared, { numbers, first }: NumberRow) {
    this.#shared = shared;
    this.#numbers = numbers;
    this.#first = first + TIMES_FIRST;
    numbers[this.#first + DUE_MS] = -Infinity;
    numbers[this.#first + TOLD] = 1;
    numbers[this.#first + RECENT_PICKS] = TOLD_PRIOR;
    numbers[this.#first + RECENT_REPORTS] = TOLD_PRIOR;
  }

  /** The row it was made with. */
  get row(): NumberRow {
    return { numbers: this.#numbers, first: this.#first - TIMES_FIRST };
  }

  /** When {@linkcode RouteTimes.refresh} is due. */
  get dueMs(): number {
    return this.#numbers[this.#first + DUE_MS]!;
  }

  /** When it last was, by a pick. */
  get refreshedMs(): number {
    return this.#numbers[this.#first + REFRESHED_MS]!;
  }

  /** Latency of the middle host; 0 when none is known. */
  get usualMs(): number {
    return this.#numbers[this.#first + USUAL_MS]!;
  }

  /** Share of picks that are reported. */
  get told(): number {
    return this.#numbers[this.#first + TOLD]!;
  }

  /** Of the last call that ended. */
  get tookMs(): number {
    return this.#numbers[this.#first + TOOK_MS]!;
  }

  /** Whether enough is known to call a host slow: the first calls to end are the quick ones. */
  get settled(): boolean {
    return this.#learned >= this.#shared.settings.latencyCalls * SETTLED_TIMES;
  }

  /** A host was picked. */
  picked(slot: number, nowMs: number): void {
    const { hosts } = this.#shared;
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
   * end; 0 when that says nothing. See {@linkcode RouteTimes.tookMs}. The host's
   * cost is to be reckoned afterwards.
   */
  ended(slot: number, toldMs: number, nowMs: number): void {
    const { hosts } = this.#shared;
    const { inFlight, quietMs } = hosts;
    const before = inFlight[slot]!;
    this.#numbers[this.#first + TOOK_MS] = toldMs > 0
      ? toldMs
      : before * (nowMs - quietMs[slot]!);
    this.#reports += 1;
    // What is left of its pick by now; a time that came from calls in flight
    // must not decide on them, or an error would feed itself.
    const left = 1 / (1 + toldMs / this.#memoryMs());
    inFlight[slot] = Math.max(0, before - left);
    quietMs[slot] = nowMs;
  }

  /** Takes a call's time into the mean of its host's: by calls where they are many, by time where they are rare; its cost is to be reckoned afterwards. */
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
    if (!this.settled) this.#learned += 1;
    if (this.usualMs === 0) {
      this.#numbers[this.#first + USUAL_MS] = tookMs;
      // No host may seem cheap for being unknown.
      this.#numbers[this.#first + DUE_MS] = nowMs;
    }
    const before = latencyMs[slot]! || this.usualMs;
    latencyMs[slot] = before + share * (tookMs - before);
    const usualMs = this.usualMs * settings.latencyTolerance;
    hosts.costMs[slot] = Math.max(latencyMs[slot]!, usualMs);
  }

  /** Lets what is old weigh less, and finds what is usual; O(hosts). */
  refresh(slots: readonly number[], nowMs: number): void {
    const { hosts, settings } = this.#shared;
    const numbers = this.#numbers;
    const first = this.#first;
    const passedMs = nowMs - numbers[first + REFRESHED_MS]!;
    numbers[first + REFRESHED_MS] = nowMs;
    numbers[first + DUE_MS] = nowMs + REFRESH_MS + slots.length;
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
    if (nowMs - numbers[first + WINDOW_MS]! >= WINDOW_LENGTH_MS) {
      numbers[first + WINDOW_MS] = nowMs;
      for (const slot of slots) {
        hosts.successes[slot] = 0;
        hosts.failures[slot] = 0;
      }
    }
  }

  #countTold(): void {
    const numbers = this.#numbers;
    const first = this.#first;
    const seen = this.picks - this.#picksSeen;
    const kept = Math.exp(-seen / TOLD_PICKS);
    const picks = numbers[first + RECENT_PICKS]! * kept + seen;
    const reports = numbers[first + RECENT_REPORTS]! * kept + this.#reports;
    numbers[first + RECENT_PICKS] = picks;
    numbers[first + RECENT_REPORTS] = reports;
    numbers[first + TOLD] = Math.min(1, reports / picks);
    this.#picksSeen = this.picks;
    this.#reports = 0;
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
    const usualMs = median.take();
    if (usualMs > 0) this.#numbers[this.#first + USUAL_MS] = usualMs;
  }
}
