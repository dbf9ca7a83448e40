import { HostReason } from "../../../proto/mod.ts";
import { AdaptiveHosts, SLOW_START, UNKNOWN_LATENCY_MS } from "./hosts.ts";
import type { AdaptiveShared } from "./adaptive_shared.ts";

/** Time between two refreshes, to which each host of the route adds a millisecond. */
const REFRESH_MS = 100;

/** Least time in which picks without a report fade to a third, in median latencies. */
const IN_FLIGHT_MEDIANS = 10;

/** Least that a call that ends takes off the calls in flight. */
const COUNTED_MIN = 1 / 2;

/** How many times as long a pick stays open for its report. */
const OPEN_MEMORIES = 100;

/** Picks that the report ratio is the mean of. */
const REPORT_RATIO_PICKS = 2_000;

/** Picks, all of them reported, that a new route is taken to have had. */
const REPORT_RATIO_PRIOR = 100;

/** Calls after which a route is warmed up, in those of a host's mean latency. */
const WARM_UP_TIMES = 8;

/** Longest duration that a call counts with, over the mean of its host: of a longer one, more must follow. */
const DURATION_TIMES_MAX = 4;

/**
 * Latencies up to this many medians count as alike where callers do not say how long
 * calls took: calls in flight, which fade, make those of a busy host look shorter
 * than those of an idle one.
 */
const UNTIMED_ALIKE_MEDIANS = 3.25;

/** Reports in a row without a duration after which those of a route have none. */
const UNTIMED_REPORTS = 64;

/** Length of the window whose successes and failures are reported. */
const WINDOW_LENGTH_MS = 15_000;

/** Mean time between two calls of a host above which its route is quiet. */
const QUIET_MS = 1_000;

/** A call that fails sooner than this share of the median was refused … */
const REFUSED_MEDIANS = 1 / 2;

/** … and one that takes this many medians, and this time, before it fails has timed out. */
const TIMEOUT_MEDIANS = 4;
const TIMEOUT_MS_MIN = 20;

/** Its numbers in the row of a route: an enum, as in hosts.ts. */
const enum Float {
  /** When a refresh is due. */
  dueMs,
  medianMs,
  lastMs,
  /** Picks and reports that `pickUnits` comes from: older ones weigh less. */
  recentPicks,
  recentReports,
  refreshedMs,
  windowMs,
}

/**
 * Latencies of a route's hosts, their median, and the calls in flight.
 *
 * A pick counts as the share of picks that are reported, and fades with time: so
 * calls whose reports are lost do not make a host look busy for ever.
 */
export class LatencyTracker {
  /** What a pick counts, in units of {@linkcode AdaptiveHosts.addPick}: the share of picks that are reported. */
  pickUnits: number = AdaptiveHosts.unitsOf(1);
  /** Picks up to the last count. */
  picks = 0;
  /** Whether hosts are called seldom, by the time between the last two refreshes. */
  isQuiet = false;
  /** Those before the last refresh, and reports since. */
  #picksBefore = 0;
  #reports = 0;
  /** Reports in a row without a duration, of a new route as if it had had many. */
  #untimed = UNTIMED_REPORTS;
  /** Latencies taken, until the route is warmed up. */
  #measured = 0;
  readonly #shared: AdaptiveShared;
  readonly #floats: Float64Array<ArrayBuffer>;
  readonly #first: number;

  /** Of a route without calls. */
  constructor(shared: AdaptiveShared) {
    const { floats, first } = shared.latencyFloats.allocate();
    this.#shared = shared;
    this.#floats = floats;
    this.#first = first;
    floats[first + Float.dueMs] = -Infinity;
    floats[first + Float.recentPicks] = REPORT_RATIO_PRIOR;
    floats[first + Float.recentReports] = REPORT_RATIO_PRIOR;
  }

  /** Gives back what it holds; not to be used afterwards. */
  release(): void {
    const { latencyFloats } = this.#shared;
    latencyFloats.release({ floats: this.#floats, first: this.#first });
  }

  /** When {@linkcode LatencyTracker.refresh} is due. */
  get dueMs(): number {
    return this.#floats[this.#first + Float.dueMs]!;
  }

  /** Lower median of the latencies of the hosts in use; 0 while none is known. */
  get medianMs(): number {
    return this.#floats[this.#first + Float.medianMs]!;
  }

  /** Duration of the last call that ended; 0 is unknown. */
  get lastMs(): number {
    return this.#floats[this.#first + Float.lastMs]!;
  }

  /** Whether enough calls ended to call a host slow: the first that end are the fast ones. */
  get warmedUp(): boolean {
    return this.#measured >= this.#shared.settings.latencyCalls * WARM_UP_TIMES;
  }

  /** Whether callers say how long calls took. */
  get isTimed(): boolean {
    return this.#untimed < UNTIMED_REPORTS;
  }

  /** Up to how many ms hosts are alike. */
  get #alikeMs(): number {
    const { alikeMedians } = this.#shared;
    const medians = this.isTimed
      ? alikeMedians
      : Math.max(alikeMedians, UNTIMED_ALIKE_MEDIANS);
    return this.medianMs * medians;
  }

  /** What the duration of the last call says, if it failed. */
  get failureReason(): HostReason {
    const { medianMs, lastMs } = this;
    if (medianMs === 0 || lastMs === 0) return HostReason.failing;
    if (lastMs < medianMs * REFUSED_MEDIANS) return HostReason.refused;
    return lastMs >= Math.max(TIMEOUT_MS_MIN, medianMs * TIMEOUT_MEDIANS)
      ? HostReason.timeout
      : HostReason.failing;
  }

  /** Takes a pick back of which no call was made. */
  onUnused(row: number): void {
    const { hosts } = this.#shared;
    this.#reports += 1;
    hosts.closePick(row, 1);
    hosts.takePickBack(row, this.pickUnits);
  }

  /** Takes a report for the end of a pick; false if none is open. */
  closePick(row: number): boolean {
    const { hosts } = this.#shared;
    const openMs = this.#memoryMs() * OPEN_MEMORIES;
    return hosts.closePick(row, openMs / (openMs + hosts.latencyMsOf(row)));
  }

  /**
   * Counts the end of a call and sets {@linkcode LatencyTracker.lastMs}: to
   * `durationMs` or, where that is 0 as the caller did not say, to calls in
   * flight × time since the last answer. By Little's law these products sum up
   * to the latencies. The host's cost is to be updated afterwards.
   */
  onReport(
    row: number,
    { place, succeeded, durationMs, nowMs }: {
      /** That of the host in `AdaptiveHosts.history`. */
      place: number;
      succeeded: boolean;
      durationMs: number;
      nowMs: number;
    },
  ): void {
    const { hosts } = this.#shared;
    const { refused, latencyMs } = hosts.history;
    const before = hosts.inFlightOf(row);
    let lastMs = durationMs;
    if (durationMs > 0) this.#untimed = 0;
    else if (this.isTimed) this.#untimed += 1;
    else lastMs = before * hosts.silentMs(row, nowMs);
    this.#floats[this.#first + Float.lastMs] = lastMs;
    this.#reports += 1;
    // What its pick has faded to by now, if the duration was reported: one that
    // comes from calls in flight must not decide on them.
    const memoryMs = this.#memoryMs();
    const left = Math.max(COUNTED_MIN, memoryMs / (memoryMs + durationMs));
    if (
      !succeeded && durationMs < latencyMs[place]! && refused[place]! < 255
    ) {
      refused[place]! += 1;
    } else {
      hosts.setInFlight(row, Math.max(0, before - left - refused[place]!));
      refused[place] = 0;
    }
    hosts.endSilence(row, nowMs);
  }

  /**
   * Takes the duration of the last call into the mean of its host, which had so many
   * calls. Its cost is to be updated afterwards.
   */
  updateLatency(
    row: number,
    { place, calls, nowMs }: { place: number; calls: number; nowMs: number },
  ): void {
    const durationMs = this.lastMs;
    const { hosts } = this.#shared;
    const { latencyMs, reportedMs } = hosts.history;
    const passedMs = nowMs - reportedMs[place]!;
    reportedMs[place] = nowMs;
    if (durationMs <= 0) return;
    if (!this.warmedUp) this.#measured += 1;
    if (this.medianMs === 0) {
      this.#floats[this.#first + Float.medianMs] = durationMs;
      // No host may look cheap for being unknown.
      this.#floats[this.#first + Float.dueMs] = nowMs;
    }
    const before = latencyMs[place]! || this.medianMs;
    const countedMs = Math.min(durationMs, DURATION_TIMES_MAX * before);
    // A host that returns gets few calls, and none if those look slow by chance.
    const share = hosts.state[row] === SLOW_START && countedMs > before
      ? this.#shared.latencyShare.least
      : this.#shared.latencyShare.of(calls, passedMs);
    const afterMs = before + share * (countedMs - before);
    latencyMs[place] = afterMs;
    // What hosts that are alike cost changes with a refresh only.
    if (
      afterMs > this.#alikeMs || hosts.isKnownSlow(row)
    ) this.#updateCostMs(row);
  }

  /** Counts the picks since the last time. */
  countPicks(rows: readonly number[]): void {
    const { hosts } = this.#shared;
    for (const row of rows) {
      const picks = hosts.openPicked(row);
      if (picks === 0) continue;
      this.picks += picks;
      // Where none of them counts as in flight, nothing else corrects it.
      hosts.updateCost(row);
    }
  }

  /** Lets what is old fade, and finds the median; O(hosts), every 100 ms and a millisecond for each host. */
  refresh(rows: readonly number[], nowMs: number): void {
    this.countPicks(rows);
    const { hosts, settings } = this.#shared;
    const floats = this.#floats;
    const first = this.#first;
    const passedMs = nowMs - floats[first + Float.refreshedMs]!;
    floats[first + Float.refreshedMs] = nowMs;
    floats[first + Float.dueMs] = nowMs + REFRESH_MS + rows.length;
    // Before the first refresh, time has passed without a route.
    this.isQuiet = passedMs < nowMs &&
      rows.length * passedMs > (this.picks - this.#picksBefore) * QUIET_MS;
    this.#updatePickUnits();
    this.#updateMedian(rows);
    const medianMs = this.medianMs;
    const memoryMs = this.#memoryMs();
    const kept = Math.exp(-passedMs / memoryMs);
    const keptOpen = Math.exp(-passedMs / memoryMs / OPEN_MEMORIES);
    const { open, history } = hosts;
    const { refused, latencyMs, reportedMs } = history;
    for (const row of rows) {
      const place = hosts.placeOf(row);
      const before = hosts.inFlightOf(row);
      if (before > 0) {
        hosts.setInFlight(row, Math.max(0, before - refused[place]!) * kept);
        refused[place] = 0;
      }
      if (open[row]! > 0) open[row]! *= keptOpen;
      const hostMs = latencyMs[place]!;
      // A slow host without calls is tried again as its latency falls.
      if (
        hostMs > medianMs &&
        nowMs - reportedMs[place]! > settings.latencyMemoryMs
      ) {
        const share = passedMs / (passedMs + settings.latencyMemoryMs);
        latencyMs[place] = hostMs + share * (medianMs - hostMs);
      }
      // Most hosts of most routes have neither calls in flight nor news.
      if (this.#updateCostMs(row) || before > 0) hosts.updateCost(row);
    }
    if (nowMs - floats[first + Float.windowMs]! >= WINDOW_LENGTH_MS) {
      floats[first + Float.windowMs] = nowMs;
      for (const row of rows) {
        const place = hosts.placeOf(row);
        history.successes[place] = 0;
        history.failures[place] = 0;
      }
    }
  }

  /** Computes what a call of a host costs, and whether it is slow; answers whether that changed. */
  #updateCostMs(row: number): boolean {
    const { hosts, settings } = this.#shared;
    const alikeMs = this.#alikeMs || UNKNOWN_LATENCY_MS;
    const latencyMs = hosts.latencyMsOf(row);
    const isSlow = latencyMs > alikeMs;
    const costMs = isSlow
      ? alikeMs * (latencyMs / alikeMs) ** settings.latencyPower
      : alikeMs;
    return hosts.setCostMs(row, costMs, isSlow);
  }

  #updatePickUnits(): void {
    const floats = this.#floats;
    const first = this.#first;
    const added = this.picks - this.#picksBefore;
    const kept = Math.exp(-added / REPORT_RATIO_PICKS);
    const recent = floats[first + Float.recentPicks]! * kept + added;
    const reports = floats[first + Float.recentReports]! * kept + this.#reports;
    floats[first + Float.recentPicks] = recent;
    floats[first + Float.recentReports] = reports;
    this.pickUnits = AdaptiveHosts.unitsOf(Math.min(1, reports / recent));
    this.#picksBefore = this.picks;
    this.#reports = 0;
  }

  /** Time in which a pick without a report fades to a third. */
  #memoryMs(): number {
    const { inFlightMemoryMs } = this.#shared.settings;
    return Math.max(inFlightMemoryMs, IN_FLIGHT_MEDIANS * this.medianMs);
  }

  #updateMedian(rows: readonly number[]): void {
    const { hosts, median } = this.#shared;
    for (const row of rows) {
      const hostMs = hosts.latencyMsOf(row);
      if (hostMs > 0 && hosts.isInUse(row)) median.add(hostMs);
    }
    const medianMs = median.take();
    if (medianMs > 0) this.#floats[this.#first + Float.medianMs] = medianMs;
  }
}
