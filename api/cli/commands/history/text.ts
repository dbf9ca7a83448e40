import { HostEventKind } from "../../../../proto/mod.ts";
import { type HostEventRow, latencyQuantileUs } from "../../../../store/mod.ts";
import { formatTable } from "../../output.ts";
import { eventJson, formatEvent } from "../../text/event_text.ts";
import {
  formatMicroseconds,
  formatRate,
  formatShare,
  formatSpan,
} from "../../text/quantities.ts";
import { formatBound } from "../../text/route_text.ts";
import { sparkline } from "../../text/sparkline.ts";
import { formatTime, toRfc3339 } from "../../text/times.ts";
import type { Step, Timeline } from "./timeline.ts";

/** Characters beside a row of bars. */
export const BESIDE_BARS = 36;

/** Width of the names before bars. */
const NAME_WIDTH = 8;

/** Bar of a duration above the largest bound, in microseconds. */
const BEYOND_BOUNDS_US = 10_000_000;

/** Events that are printed under bars at most. */
const EVENTS_MAX = 20;

/** A row of a chart, or a column of a table. */
interface Measure {
  name: string;
  /** undefined: not known of this step. */
  value: (step: Step) => number | undefined;
  format: (value: number) => string;
}

const MEASURES: readonly Measure[] = [
  {
    name: "calls/s",
    value: ({ calls, seconds }) => calls / seconds,
    format: formatRate,
  },
  {
    name: "fail/s",
    value: ({ failed, seconds }) => failed / seconds,
    format: formatRate,
  },
  {
    name: "fail %",
    value: ({ calls, failed }) => calls === 0 ? undefined : failed / calls,
    format: formatShare,
  },
  {
    name: "mean",
    value: ({ timed, sumUs }) => timed === 0 ? undefined : sumUs / timed,
    format: formatMicroseconds,
  },
  {
    name: "p99",
    value: ({ latency }) => latencyQuantileUs(latency, 0.99),
    format: formatBound,
  },
  {
    name: "max",
    value: ({ timed, maxUs }) => timed === 0 ? undefined : maxUs,
    format: formatMicroseconds,
  },
  { name: "callers", value: ({ callers }) => callers, format: String },
];

/** What the text of a timeline begins with: "last 60 min until 03:06, 1 min each". */
export function formatSteps({ stepS, to, steps }: Timeline): string {
  return `last ${formatSpan(steps.length * stepS)} until ${
    formatTime(to, { nowS: to })
  }, ${formatSpan(stepS)} each`;
}

/** Calls as rows of bars, one bar for each step, with events under them. */
export function formatBars(
  timeline: Timeline,
  events: readonly HostEventRow[],
): string[] {
  const { steps, from, to } = timeline;
  const marks = markEvents(timeline, events);
  const begin = formatTime(from, { nowS: to });
  const end = formatTime(to, { nowS: to });
  const shown = events.slice(0, EVENTS_MAX);
  return [
    ...measuresOf(timeline).map((measure) => formatMeasure(measure, steps)),
    ...marks === "" ? [] : [`${"events".padEnd(NAME_WIDTH)} ${marks}`],
    " ".repeat(NAME_WIDTH + 1) +
    begin + end.padStart(Math.max(end.length + 1, steps.length - begin.length)),
    ...steps.includes(undefined) ? ["· no calls counted"] : [],
    ...marks === "" ? [] : ["! ejected, o returned, + both"],
    ...shown.length === 0 ? [] : ["", "events, newest first"],
    ...shown.map((event) => formatEvent(event, { nowS: to })),
    ...events.length > shown.length
      ? [`${events.length - shown.length} more: see --json`]
      : [],
  ];
}

function formatMeasure(
  { name, value, format }: Measure,
  steps: Timeline["steps"],
): string {
  const values = steps.map((step) => step && value(step));
  const known = values.filter((each) => each !== undefined);
  const bars = values.map((each) => each && Math.min(each, BEYOND_BOUNDS_US));
  const last = values.at(-1);
  return `${name.padEnd(NAME_WIDTH)} ${sparkline(bars)} max ${
    format(known.reduce((a, b) => Math.max(a, b)))
  }${last === undefined ? "" : `, now ${format(last)}`}`;
}

/** Calls as a table of numbers, a line for each step, with events after theirs. */
export function formatNumbers(
  timeline: Timeline,
  events: readonly HostEventRow[],
): string[] {
  const { steps, stepS, from, to } = timeline;
  const measures = measuresOf(timeline);
  const rows = steps.map((step, index) => [
    formatTime(from + index * stepS, { nowS: to }),
    ...measures.map(({ value, format }) => {
      const known = step && value(step);
      return known === undefined ? "-" : format(known);
    }),
  ]);
  const header = ["from", ...measures.map(({ name }) => name)];
  const [head = "", ...lines] = formatTable(header, rows, { rightFrom: 1 })
    .split("\n");
  const byStep = Map.groupBy(events, (event) => stepAt(timeline, event));
  const isKnown = steps.map((step, index) =>
    step !== undefined || byStep.has(index)
  );
  const first = Math.max(0, isKnown.indexOf(true));
  return [
    ...first > 0
      ? [
        `no calls counted before ${
          formatTime(from + first * stepS, { nowS: to })
        }`,
      ]
      : [],
    head,
    ...lines.flatMap((line, index) =>
      index < first ? [] : [
        line,
        ...(byStep.get(index) ?? []).toReversed()
          .map((event) => `  ${formatEvent(event, { nowS: to })}`),
      ]
    ),
  ];
}

/** The same for JSON; steps without calls are left out. */
export function timelineJson(
  { stepS, from, to, steps }: Timeline,
  events: readonly HostEventRow[],
): Record<string, unknown> {
  return {
    from: toRfc3339(from),
    to: toRfc3339(to),
    stepS,
    steps: steps.filter((step) => step !== undefined).map((step) => ({
      from: toRfc3339(step.start),
      seconds: step.seconds,
      calls: step.calls,
      failed: step.failed,
      timed: step.timed,
      meanUs: step.timed === 0 ? null : Math.round(step.sumUs / step.timed),
      maxUs: step.timed === 0 ? null : step.maxUs,
      callers: step.callers,
      ...step.latency.length === 0 ? {} : { latency: step.latency },
    })),
    events: events.map(eventJson),
  };
}

/** Those of which at least one step has a value. */
function measuresOf({ steps }: Timeline): Measure[] {
  return MEASURES.filter(({ value }) =>
    steps.some((step) => step !== undefined && value(step) !== undefined)
  );
}

function stepAt({ from, stepS }: Timeline, { minute }: HostEventRow): number {
  return Math.floor((minute * 60 - from) / stepS);
}

/** A mark at each step in which hosts were ejected or returned; empty without one. */
function markEvents(
  timeline: Timeline,
  events: readonly HostEventRow[],
): string {
  const marks = Array.from(timeline.steps, () => " ");
  for (const event of events) {
    const mark = markOf(event);
    const at = stepAt(timeline, event);
    if (mark === undefined || marks[at] === undefined) continue;
    marks[at] = marks[at] === " " || marks[at] === mark ? mark : "+";
  }
  return marks.join("").trimEnd();
}

function markOf({ kind }: HostEventRow): string | undefined {
  if (kind === HostEventKind.ejected) return "!";
  return kind === HostEventKind.returned ? "o" : undefined;
}
