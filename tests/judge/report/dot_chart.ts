import { drawing, GRID_COLOR, tenths, TEXT_COLOR, textAt } from "./svg.ts";
import { REFERENCE } from "../policies.ts";

/** A value with its confidence interval. */
export interface Dot {
  /** What it belongs to; the same label has the same colour everywhere. */
  label: string;
  value: number;
  halfWidth: number;
}

/** A row of dots on the common axis. */
export interface DotRow {
  label: string;
  dots: readonly Dot[];
}

/** A chart and its axis; values beyond its ends are drawn at them. */
export interface DotChart {
  title: string;
  rows: readonly DotRow[];
  from: number;
  to: number;
  /** Absent: logarithmic. */
  linear?: boolean;
  /** Whether the logarithmic axis begins with 0. */
  zero?: boolean;
}

const WIDTH = 960;
const LEFT = 440;
const RIGHT = WIDTH - 24;
const TOP = 74;
const ROW_HEIGHT = 22;
const LEGEND_STEP = 103;

/** Colours that can be told apart on light and on dark, by policy. */
const COLORS: Readonly<Record<string, string>> = {
  "round-robin": "#8b949e",
  random: "#b08968",
  "least-in-flight": "#d9770b",
  lars: "#dc4a4a",
  envoy: "#a855f7",
  "peak-ewma": "#e879a6",
  sketch: "#3b82f6",
  adaptive: "#10a36c",
  [REFERENCE]: "#768390",
};

/** Dots in rows over one axis, as SVG. */
export function dotChart(chart: DotChart): string {
  const bottom = TOP + chart.rows.length * ROW_HEIGHT;
  const body = [
    ...legend(chart.rows),
    ...ticks(chart).map((tick) => gridLine(chart, { tick, bottom })),
    ...chart.rows.map((row, index) =>
      drawRow(chart, { row, y: TOP + (index + 0.5) * ROW_HEIGHT })
    ),
  ].join("\n");
  return drawing({
    width: WIDTH,
    height: bottom + 30,
    fontSize: 12,
    title: chart.title,
    titleY: 22,
    body,
  });
}

function legend(rows: readonly DotRow[]): string[] {
  const labels = [
    ...new Set(rows.flatMap(({ dots }) => dots.map(({ label }) => label))),
  ];
  return labels.map((label, index) => {
    const x = 12 + index * LEGEND_STEP;
    return `<circle cx="${x}" cy="46" ${paint(label)}/>${
      textAt(label, { x: x + 9, y: 50 })
    }`;
  });
}

function drawRow(
  chart: DotChart,
  { row, y }: { row: DotRow; y: number },
): string {
  const dots = row.dots.map(({ label, value, halfWidth }) => {
    const color = colorOf(label);
    const low = tenths(position(chart, value - halfWidth));
    const high = tenths(position(chart, value + halfWidth));
    const x = tenths(position(chart, value));
    const line = low === high
      ? ""
      : `<path d="M${low} ${y}H${high}" stroke="${color}" stroke-width="2"/>`;
    return `${line}<circle cx="${x}" cy="${y}" ${paint(label)}/>`;
  });
  return textAt(row.label, { x: LEFT - 12, y: y + 4, anchor: "end" }) +
    dots.join("");
}

function gridLine(
  chart: DotChart,
  { tick, bottom }: { tick: number; bottom: number },
): string {
  const x = tenths(position(chart, tick));
  // A logarithmic axis has no 0: what is below its end is drawn there.
  const zero = tick === chart.from && chart.zero === true;
  return `<path d="M${x} ${TOP}V${bottom}" stroke="${GRID_COLOR}"/>${
    textAt(zero ? "0" : String(Number(tick.toPrecision(3))), {
      x,
      y: bottom + 18,
      anchor: "middle",
    })
  }`;
}

/** Tens on a logarithmic axis, twos when it spans less than two of them; quarters on a linear one. */
function ticks({ from, to, linear, zero }: DotChart): number[] {
  if (linear) {
    return [0, 1, 2, 3, 4].map((part) => from + (to - from) * part / 4);
  }
  const step = to / from >= 100 ? 10 : 2;
  const first = Math.ceil(Math.log(from) / Math.log(step) - 1e-9);
  const last = Math.floor(Math.log(to) / Math.log(step) + 1e-9);
  const steps = Array.from(
    { length: last - first + 1 },
    (_, index) => step ** (first + index),
  );
  return zero ? [from, ...steps] : steps;
}

function position({ from, to, linear }: DotChart, value: number): number {
  const inside = Math.min(to, Math.max(from, value));
  const share = linear
    ? (inside - from) / (to - from)
    : Math.log(inside / from) / Math.log(to / from);
  return LEFT + share * (RIGHT - LEFT);
}

/** What can be reached is a ring around the others. */
function paint(label: string): string {
  const color = colorOf(label);
  return label === REFERENCE
    ? `r="6" fill="none" stroke="${color}" stroke-width="1.5"`
    : `r="4.5" fill="${color}" fill-opacity="0.85"`;
}

function colorOf(label: string): string {
  return COLORS[label] ?? TEXT_COLOR;
}
