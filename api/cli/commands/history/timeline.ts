import {
  type HostPeriodRow,
  type Period,
  PERIOD_SECONDS,
  PERIODS_KEPT,
  type RoutePeriodRow,
} from "../../../../store/mod.ts";

/** Seconds of calls that come at once: a step that has just begun has no fewer. */
const REPORT_S = 10;

/** How far back, and by which periods. */
export interface Span {
  /** Length in seconds. */
  seconds: number;
  /** Periods that are read. */
  tier: Period;
}

/** Whose calls are shown. */
export type Subject = "host" | "route";

/** Seconds for which calls are kept, by periods: the finest first. */
const KEPT: Record<Subject, readonly (readonly [Period, number])[]> = {
  host: [
    ["minute", PERIODS_KEPT.HostMinute * PERIOD_SECONDS.minute],
    ["ten", PERIODS_KEPT.HostTen * PERIOD_SECONDS.ten],
  ],
  route: [
    ["minute", PERIODS_KEPT.RouteMinute * PERIOD_SECONDS.minute],
    ["hour", PERIODS_KEPT.RouteHour * PERIOD_SECONDS.hour],
  ],
};

/** Seconds that one step may have. */
const STEPS_S = [
  60,
  120,
  300,
  600,
  900,
  1_800,
  3_600,
  7_200,
  14_400,
  21_600,
  43_200,
  86_400,
  172_800,
  604_800,
  1_209_600,
];

/** The finest periods in which as many seconds are kept; undefined: nothing is kept for as long. */
export function tierOf(seconds: number, subject: Subject): Period | undefined {
  return KEPT[subject].find(([, kept]) => seconds <= kept)?.[0];
}

/** Seconds for which calls are kept. */
export function keptSeconds(subject: Subject): number {
  return Math.max(...KEPT[subject].map(([, kept]) => kept));
}

/** Calls within one step of a timeline. */
export interface Step {
  /** Unix time in seconds of its begin. */
  start: number;
  /** Its length in seconds; the last one goes on. */
  seconds: number;
  calls: number;
  failed: number;
  timed: number;
  sumUs: number;
  maxUs: number;
  /** The most of one period. */
  callers: number;
  /** Calls by duration; empty for those of a host. */
  latency: number[];
}

/** Steps of one length. */
export interface Timeline {
  stepS: number;
  /** Unix time in seconds of the first begin. */
  from: number;
  /** Unix time in seconds of its end, the present. */
  to: number;
  /** undefined where nothing was counted: that is not known to be 0 calls. */
  steps: (Step | undefined)[];
}

/** The seconds of a step, if a span is to have at most `max` of them. */
export function stepOf({ seconds, tier }: Span, max: number): number {
  const least = PERIOD_SECONDS[tier];
  const fits = (step: number) => step % least === 0 && seconds / step <= max;
  return STEPS_S.find(fits) ?? STEPS_S.at(-1)!;
}

/** Adds rows up in steps until `to`, a Unix time in seconds. */
export function toTimeline(
  rows: readonly (HostPeriodRow | RoutePeriodRow)[],
  { span, stepS, to }: { span: Span; stepS: number; to: number },
): Timeline {
  const last = Math.floor(to / stepS);
  const first = last - Math.ceil(span.seconds / stepS) + 1;
  const steps: Timeline["steps"] = Array.from({ length: last - first + 1 });
  for (const row of rows) {
    const at = Math.floor(row.period * PERIOD_SECONDS[span.tier] / stepS);
    const index = at - first;
    if (index < 0 || index >= steps.length) continue;
    const start = at * stepS;
    const seconds = Math.max(REPORT_S, Math.min(stepS, to - start));
    steps[index] = addRow(steps[index] ?? emptyStep(start, seconds), row);
  }
  return { stepS, from: first * stepS, to, steps };
}

function emptyStep(start: number, seconds: number): Step {
  const none = { calls: 0, failed: 0, timed: 0, sumUs: 0, maxUs: 0 };
  return { start, seconds, ...none, callers: 0, latency: [] };
}

function addRow(step: Step, row: HostPeriodRow | RoutePeriodRow): Step {
  return {
    ...step,
    calls: step.calls + row.calls,
    failed: step.failed + row.failed,
    timed: step.timed + row.timed,
    sumUs: step.sumUs + row.sumUs,
    maxUs: Math.max(step.maxUs, row.maxUs),
    callers: Math.max(step.callers, row.callers),
    latency: "latency" in row
      ? row.latency.map((count, index) => count + (step.latency[index] ?? 0))
      : [],
  };
}
