import {
  type FleetSource,
  type HistoryStore,
  periodOf,
  type PeriodRange,
  PERIODS_KEPT,
} from "../../../store/mod.ts";

/** What a {@linkcode FleetSource} has of calls and events. */
type Source = FleetSource["history"];

/** A whole period before a moment, whose calls stand for those of a minute. */
interface Tier {
  /** Number of the period. */
  period: number;
  /** Minutes in it. */
  minutes: number;
}

/**
 * The history as it told at a time: calls are those of the last whole minute
 * before it, or of the longer period that is still kept, as a mean. How callers
 * saw hosts, and which agents there were, is not kept.
 */
export function historyAt(
  history: Pick<
    HistoryStore,
    "events" | "hostHistory" | "routeHistory" | "routeTotals"
  >,
  { at, nowSeconds, eventsBefore }: {
    /** Unix time in seconds. */
    at: number;
    nowSeconds: number;
    /** Id below which events had happened. */
    eventsBefore: () => Promise<number>;
  },
): Source {
  const minute = periodOf("minute", at) - 1;
  const ofRoutes = minute >= minutesKept(nowSeconds, "RouteMinute")
    ? undefined
    : { period: periodOf("hour", at) - 1, minutes: 60 };
  const ofHosts = minute >= minutesKept(nowSeconds, "HostMinute")
    ? undefined
    : { period: periodOf("ten", at) - 1, minutes: 10 };
  // The last minute of a whole period: where what stands for it is put.
  const last = ofRoutes === undefined ? minute : (ofRoutes.period + 1) * 60 - 1;
  return {
    agents: () => Promise.resolve([]),
    states: () => Promise.resolve([]),
    events: async (query) =>
      await history.events({ ...query, before: await eventsBefore() }),
    // The window ends where the newest minute begins.
    newestMinute: () => Promise.resolve(last + 1),
    routeHistory: async (query) => {
      if (query.tier === "hour") return await history.routeHistory(query);
      if (ofRoutes === undefined) {
        return await history.routeHistory({ ...query, ...upTo(query, minute) });
      }
      if (!holds(query, last)) return [];
      const hours = { ...query, tier: "hour", ...rangeOf(ofRoutes) } as const;
      const rows = await history.routeHistory(hours);
      return rows.map((row) => meanOf(row, ofRoutes, last));
    },
    routeTotals: async (query) => {
      if (query.from > last) return [];
      if (ofRoutes === undefined) {
        return await history.routeTotals({ ...query, ...upTo(query, minute) });
      }
      if (!holds(query, last)) return [];
      const hours = { ...query, tier: "hour", ...rangeOf(ofRoutes) } as const;
      const rows = await history.routeTotals(hours);
      return rows.map((row) => meanOf(row, ofRoutes, last));
    },
    hostHistory: async (query) => {
      if (ofHosts === undefined) {
        return await history.hostHistory({ ...query, ...upTo(query, minute) });
      }
      const tens = { ...query, tier: "ten", ...rangeOf(ofHosts) } as const;
      const rows = await history.hostHistory(tens);
      return rows.map((row) => meanOf(row, ofHosts, query.from));
    },
  };
}

/** The same periods, but none after one. */
function upTo({ from, to }: PeriodRange, last: number): PeriodRange {
  return { from, to: Math.min(to, last) };
}

function holds({ from, to }: PeriodRange, period: number): boolean {
  return from <= period && period <= to;
}

function rangeOf({ period }: Tier): PeriodRange {
  return { from: period, to: period };
}

/** Number of the oldest minute that a table still has. */
function minutesKept(
  nowSeconds: number,
  table: "HostMinute" | "RouteMinute",
): number {
  return periodOf("minute", nowSeconds) - PERIODS_KEPT[table] + 1;
}

/** The mean of a period's minutes, as a minute. */
function meanOf<
  Row extends {
    calls: number;
    failed: number;
    timed: number;
    sumUs: number;
    latency?: number[];
  },
>(row: Row, { minutes }: Tier, period: number): Row {
  return {
    ...row,
    period,
    calls: row.calls / minutes,
    failed: row.failed / minutes,
    timed: row.timed / minutes,
    sumUs: row.sumUs / minutes,
    ...row.latency === undefined
      ? {}
      : { latency: row.latency.map((count) => count / minutes) },
  };
}
