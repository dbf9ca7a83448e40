import { HostReason } from "../../../proto/mod.ts";
import { IN_FLIGHT_MIN, UNKNOWN_LATENCY_MS } from "./hosts.ts";
import { type FloatRow, LATENCY_FIRST } from "./route_floats.ts";
import type { AdaptiveShared } from "./adaptive_shared.ts";

/** Time between two refreshes, to which each host of the route adds a millisecond. */
const REFRESH_MS = 100;

/** Least time in which picks without a report fade to a third, in median latencies. */
const IN_FLIGHT_MEDIANS = 10;

/** How many times as long a pick stays open for its report. */
const OPEN_MEMORIES = 100;

/** Picks that the report ratio is the mean of. */
const REPORT_RATIO_PICKS = 2_000;

/** Picks, all of them reported, that a new route is taken to have had. */
const REPORT_RATIO_PRIOR = 100;

/** Calls after which a route is warmed up, in those of a host's mean latency. */
const WARM_UP_TIMES = 8;

/** Most that one call counts in a mean latency, so that no single call decides. */
const LATENCY_SHARE_MAX = 1 / 8;

/** Longest duration that a call counts with, over the mean of its host: of a longer one, more must follow. */
const DURATION_TIMES_MAX = 4;

/** Length of the window whose successes and failures are reported. */
const WINDOW_LENGTH_MS = 15_000;

/** Mean time between two calls of a host above which its route is quiet. */
const QUIET_MS = 1_000;

/** A call that fails sooner than this share of the median was refused … */
const REFUSED_MEDIANS = 1 / 2;

/** … and one that takes this many medians, and this time, before it fails has timed out. */
const TIMEOUT_MEDIANS = 4;
const TIMEOUT_MS_MIN = 20;

/** Its numbers in the row of a route. */
const DUE_MS = 0;
const MEDIAN_MS = 1;
const REPORT_RATIO = 2;
const LAST_MS = 3;
/** Picks and reports that the ratio comes from: older ones weigh less. */
const RECENT_PICKS = 4;
const RECENT_REPORTS = 5;
const REFRESHED_MS = 6;
const WINDOW_MS = 7;

/**
 * Latencies of a route's hosts, their median, and the calls in flight.
 *
 * A pick counts as the share of picks that are reported, and fades with time: so
 * calls whose reports are lost do not make a host look busy for ever.
 */
export class LatencyTracker {
  /** Picks so far. */
  picks = 0;
  /** Whether hosts are called seldom, by the time between the last two refreshes. */
  isQuiet = false;
  /** Those before the last refresh, and reports since. */
  #picksSeen = 0;
  #reports = 0;
  /** Latencies taken, until the route is warmed up. */
  #measured = 0;
  readonly #shared: AdaptiveShared;
  readonly #floats: Float64Array<ArrayBuffer>;
  readonly #first: number;

  constructor(shared: AdaptiveShared, { floats, first }: FloatRow) {
    this.#shared = shared;
    this.#floats = floats;
    this.#first = first + LATENCY_FIRST;
    floats[this.#first + DUE_MS] = -Infinity;
    floats[this.#first + REPORT_RATIO] = 1;
    floats[this.#first + RECENT_PICKS] = REPORT_RATIO_PRIOR;
    floats[this.#first + RECENT_REPORTS] = REPORT_RATIO_PRIOR;
  }

  /** The row it was made with. */
  get row(): FloatRow {
    return { floats: this.#floats, first: this.#first - LATENCY_FIRST };
  }

  /** When {@linkcode LatencyTracker.refresh} is due. */
  get dueMs(): number {
    return this.#floats[this.#first + DUE_MS]!;
  }

  /** When it last was called, by a pick. */
  get refreshedMs(): number {
    return this.#floats[this.#first + REFRESHED_MS]!;
  }

  /** Lower median of the latencies of the hosts in use; 0 while none is known. */
  get medianMs(): number {
    return this.#floats[this.#first + MEDIAN_MS]!;
  }

  /** Share of picks that are reported, from 0 to 1. */
  get reportRatio(): number {
    return this.#floats[this.#first + REPORT_RATIO]!;
  }

  /** Duration of the last call that ended; 0 is unknown. */
  get lastMs(): number {
    return this.#floats[this.#first + LAST_MS]!;
  }

  /** Whether enough calls ended to call a host slow: the first that end are the fast ones. */
  get warmedUp(): boolean {
    return this.#measured >= this.#shared.settings.latencyCalls * WARM_UP_TIMES;
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

  /** Counts a pick of a host. */
  onPick(row: number, nowMs: number): void {
    const { hosts } = this.#shared;
    this.picks += 1;
    hosts.open[row]! += 1;
    const before = hosts.inFlight[row]!;
    hosts.inFlight[row] = before + this.reportRatio;
    if (before < IN_FLIGHT_MIN) {
      hosts.silentSinceMs[row] = nowMs;
      hosts.updateCost(row);
    } else {
      // Adds a whole call: the next report or refresh corrects that.
      hosts.addCallToCost(row);
    }
  }

  /** Takes a pick back of which no call was made. */
  onUnused(row: number): void {
    const { hosts } = this.#shared;
    this.#reports += 1;
    hosts.inFlight[row] = Math.max(0, hosts.inFlight[row]! - this.reportRatio);
    hosts.closePick(row);
    hosts.updateCost(row);
  }

  /**
   * Counts the end of a call and sets {@linkcode LatencyTracker.lastMs}: to
   * `durationMs` or, where that is 0 as the caller did not say, to calls in
   * flight × time since the last answer. By Little's law these products sum up
   * to the latencies. The host's cost is to be updated afterwards.
   */
  onReport(
    row: number,
    { succeeded, durationMs, nowMs }: {
      succeeded: boolean;
      durationMs: number;
      nowMs: number;
    },
  ): void {
    const { hosts } = this.#shared;
    const { inFlight, silentSinceMs, refused } = hosts;
    const before = inFlight[row]!;
    this.#floats[this.#first + LAST_MS] = durationMs > 0
      ? durationMs
      : before * (nowMs - silentSinceMs[row]!);
    this.#reports += 1;
    // What its pick has faded to by now, if the duration was reported: one that
    // comes from calls in flight must not decide on them.
    const left = Math.max(
      IN_FLIGHT_MIN,
      1 / (1 + durationMs / this.#memoryMs()),
    );
    if (
      !succeeded && durationMs < hosts.latencyMs[row]! && refused[row]! < 255
    ) {
      refused[row]! += 1;
    } else {
      inFlight[row] = Math.max(0, before - left - refused[row]!);
      refused[row] = 0;
    }
    silentSinceMs[row] = nowMs;
  }

  /**
   * Takes a call's duration into its host's mean: of `latencyCalls` calls, or of
   * `latencyMemoryMs` where those are longer. The host's cost is to be updated
   * afterwards.
   */
  updateLatency(
    row: number,
    { durationMs, calls, nowMs }: {
      durationMs: number;
      /** Calls of the host so far. */
      calls: number;
      nowMs: number;
    },
  ): void {
    const { hosts, settings } = this.#shared;
    const { latencyMs, reportedMs } = hosts;
    const passedMs = nowMs - reportedMs[row]!;
    reportedMs[row] = nowMs;
    if (durationMs <= 0) return;
    const share = Math.min(
      LATENCY_SHARE_MAX,
      Math.max(
        1 / settings.latencyCalls,
        // The first ones are all there is.
        1 / (1 + calls),
        passedMs / (passedMs + settings.latencyMemoryMs),
      ),
    );
    if (!this.warmedUp) this.#measured += 1;
    if (this.medianMs === 0) {
      this.#floats[this.#first + MEDIAN_MS] = durationMs;
      // No host may look cheap for being unknown.
      this.#floats[this.#first + DUE_MS] = nowMs;
    }
    const before = latencyMs[row]! || this.medianMs;
    const countedMs = Math.min(durationMs, DURATION_TIMES_MAX * before);
    latencyMs[row] = before + share * (countedMs - before);
    hosts.costMs[row] = this.#costMs(row);
  }

  /** Lets what is old fade, and finds the median; O(hosts), every 100 ms and a millisecond for each host. */
  refresh(rows: readonly number[], nowMs: number): void {
    const { hosts, settings } = this.#shared;
    const floats = this.#floats;
    const first = this.#first;
    const passedMs = nowMs - floats[first + REFRESHED_MS]!;
    floats[first + REFRESHED_MS] = nowMs;
    floats[first + DUE_MS] = nowMs + REFRESH_MS + rows.length;
    // Before the first refresh, time has passed without a route.
    this.isQuiet = passedMs < nowMs &&
      rows.length * passedMs > (this.picks - this.#picksSeen) * QUIET_MS;
    this.#updateReportRatio();
    this.#updateMedian(rows);
    const medianMs = this.medianMs;
    const memoryMs = this.#memoryMs();
    const kept = Math.exp(-passedMs / memoryMs);
    const keptOpen = Math.exp(-passedMs / memoryMs / OPEN_MEMORIES);
    const { inFlight, open, refused, latencyMs, costMs, reportedMs } = hosts;
    for (const row of rows) {
      const before = inFlight[row]!;
      if (before > 0) {
        inFlight[row] = Math.max(0, before - refused[row]!) * kept;
        refused[row] = 0;
      }
      if (open[row]! > 0) open[row]! *= keptOpen;
      const hostMs = latencyMs[row]!;
      // A slow host without calls is tried again as its latency falls.
      if (
        hostMs > medianMs && nowMs - reportedMs[row]! > settings.latencyMemoryMs
      ) {
        const share = passedMs / (passedMs + settings.latencyMemoryMs);
        latencyMs[row] = hostMs + share * (medianMs - hostMs);
      }
      const cost = Math.fround(this.#costMs(row));
      // Most hosts of most routes have neither calls in flight nor news.
      if (before > 0 || cost !== costMs[row]) {
        costMs[row] = cost;
        hosts.updateCost(row);
      }
    }
    if (nowMs - floats[first + WINDOW_MS]! >= WINDOW_LENGTH_MS) {
      floats[first + WINDOW_MS] = nowMs;
      for (const row of rows) {
        hosts.successes[row] = 0;
        hosts.failures[row] = 0;
      }
    }
  }

  /** Sets whether a host is slow; answers what a call there costs. */
  #costMs(row: number): number {
    const { hosts, settings } = this.#shared;
    const alikeMs = this.medianMs * settings.latencyTolerance ||
      UNKNOWN_LATENCY_MS;
    const latencyMs = hosts.latencyMs[row]!;
    const isSlow = latencyMs > alikeMs;
    hosts.slow[row] = isSlow ? 1 : 0;
    if (!isSlow) return alikeMs;
    return alikeMs * (latencyMs / alikeMs) ** settings.latencyPower;
  }

  #updateReportRatio(): void {
    const floats = this.#floats;
    const first = this.#first;
    const seen = this.picks - this.#picksSeen;
    const kept = Math.exp(-seen / REPORT_RATIO_PICKS);
    const picks = floats[first + RECENT_PICKS]! * kept + seen;
    const reports = floats[first + RECENT_REPORTS]! * kept + this.#reports;
    floats[first + RECENT_PICKS] = picks;
    floats[first + RECENT_REPORTS] = reports;
    floats[first + REPORT_RATIO] = Math.min(1, reports / picks);
    this.#picksSeen = this.picks;
    this.#reports = 0;
  }

  /** Time in which a pick without a report fades to a third. */
  #memoryMs(): number {
    const { inFlightMemoryMs } = this.#shared.settings;
    return Math.max(inFlightMemoryMs, IN_FLIGHT_MEDIANS * this.medianMs);
  }

  #updateMedian(rows: readonly number[]): void {
    const { hosts, median } = this.#shared;
    const { latencyMs } = hosts;
    for (const row of rows) {
      const hostMs = latencyMs[row]!;
      if (hostMs > 0 && hosts.isInUse(row)) median.add(hostMs);
    }
    const medianMs = median.take();
    if (medianMs > 0) this.#floats[this.#first + MEDIAN_MS] = medianMs;
  }
}
