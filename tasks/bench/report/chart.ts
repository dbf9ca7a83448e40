/**
 * The charts of benches, as SVG.
 *
 * @module
 */
import {
  drawing,
  GRID_COLOR,
  tenths,
  TEXT_COLOR,
  textAt,
} from "../../../tests/judge/report/svg.ts";
import { formatNumber } from "./format.ts";
import type { Point } from "./statistics.ts";

const WIDTH = 760;
const MUTED = "#8b98a5";
const COLORS = ["#3b82f6", "#d9770b", "#10a36c", "#a855f7", "#dc4a4a"];

/** One bar, and the whisker of its spread. */
export interface Bar {
  label: string;
  value: number;
  low: number;
  high: number;
  /** Something to compare with, drawn less strongly. */
  muted?: boolean;
}

const BAR_HEIGHT = 20;
const BAR_STEP = 32;
const BARS_TOP = 52;
const BARS_LEFT = 230;
const BARS_RIGHT = WIDTH - 130;

/** Bars from the left, one below the other, from zero on. Bars without a value are left out. */
export function barChart(
  { title, unit, bars }: { title: string; unit: string; bars: readonly Bar[] },
): string {
  const shown = bars.filter((bar) => Number.isFinite(bar.value));
  const most = shown.flatMap(({ value, high }) => [value, high]);
  const top = Math.max(0, ...most.filter(Number.isFinite)) || 1;
  const x = (value: number) =>
    BARS_LEFT + clamp(value / top) * (BARS_RIGHT - BARS_LEFT);
  const rows = shown.map((bar, index) => {
    const y = BARS_TOP + index * BAR_STEP;
    const middle = y + BAR_HEIGHT / 2;
    const right = x(Math.max(bar.value, finiteOr(bar.high, bar.value)));
    return [
      textAt(bar.label, { x: BARS_LEFT - 10, y: middle + 4, anchor: "end" }),
      `<rect x="${BARS_LEFT}" y="${y}" width="${
        tenths(x(bar.value) - BARS_LEFT)
      }" height="${BAR_HEIGHT}" rx="3" fill="${
        bar.muted ? MUTED : COLORS[0]
      }"/>`,
      whisker(bar, { x, middle }),
      textAt(formatNumber(bar.value), { x: right + 8, y: middle + 4 }),
    ].join("");
  });
  const height = BARS_TOP + shown.length * BAR_STEP + 8;
  return svg({ height, title, unit, body: rows.join("\n") });
}

/** The spread as a line over the end of a bar. */
function whisker(
  { value, low, high }: Bar,
  { x, middle }: { x: (value: number) => number; middle: number },
): string {
  const from = tenths(x(finiteOr(low, value)));
  const to = tenths(x(finiteOr(high, value)));
  return `<path d="M${from} ${
    middle - 4
  }v8m0 -4H${to}m0 -4v8" stroke="${TEXT_COLOR}" fill="none" stroke-width="1.5"/>`;
}

/** A line of a chart. */
export interface Series {
  label: string;
  points: readonly Point[];
}

const PLOT = { left: 70, right: WIDTH - 20, top: 70, bottom: 280 };
const TICKS = 4;

/** Lines over time, from zero on. Points that are no numbers are left out. */
export function lineChart(
  { title, unit, xUnit, series }: {
    title: string;
    unit: string;
    xUnit: string;
    series: readonly Series[];
  },
): string {
  const lines = series.map(({ label, points }) => ({
    label,
    points: points.filter(({ x, y }) =>
      Number.isFinite(x) && Number.isFinite(y)
    ),
  }));
  const all = lines.flatMap(({ points }) => points);
  const topY = niceMax(all.map(({ y }) => y));
  const lastX = Math.max(0, ...all.map(({ x }) => x)) || 1;
  const x = (value: number) =>
    PLOT.left + clamp(value / lastX) * (PLOT.right - PLOT.left);
  const y = (value: number) =>
    PLOT.bottom - clamp(value / topY) * (PLOT.bottom - PLOT.top);
  const paths = lines.map(({ label, points }, index) => {
    const color = COLORS[index % COLORS.length]!;
    const at = points.map((point) =>
      `${tenths(x(point.x))} ${tenths(y(point.y))}`
    );
    const path = at.length === 0
      ? ""
      : `<path d="M${
        at.join("L")
      }" stroke="${color}" fill="none" stroke-width="2" stroke-linejoin="round"/>`;
    const legendX = PLOT.left + index * 150;
    return `${path}<rect x="${legendX}" y="${44}" width="12" height="12" rx="2" fill="${color}"/>${
      textAt(label, { x: legendX + 18, y: 54 })
    }`;
  });
  const grid = Array.from({ length: TICKS + 1 }, (_, tick) => {
    const value = topY * tick / TICKS;
    const at = tenths(y(value));
    const when = lastX * tick / TICKS;
    return `<path d="M${PLOT.left} ${at}H${PLOT.right}" stroke="${GRID_COLOR}"/>${
      textAt(formatNumber(value), {
        x: PLOT.left - 8,
        y: at + 4,
        anchor: "end",
      })
    }${
      textAt(
        tick === TICKS ? `${formatNumber(when)} ${xUnit}` : formatNumber(when),
        {
          x: tenths(x(when)),
          y: PLOT.bottom + 20,
          anchor: tick === TICKS ? "end" : "middle",
        },
      )
    }`;
  });
  const body = [...grid, ...paths].join("\n");
  return svg({ height: PLOT.bottom + 34, title, unit, body });
}

function svg(
  { height, title, unit, body }: {
    height: number;
    title: string;
    unit: string;
    body: string;
  },
): string {
  return drawing({
    width: WIDTH,
    height,
    fontSize: 13,
    title: unit === "" ? title : `${title}, ${unit}`,
    titleY: 24,
    body,
  });
}

/** The next of 1, 2, 2.5, 5 and their tens that no value is above. */
export function niceMax(values: readonly number[]): number {
  const max = Math.max(0, ...values.filter(Number.isFinite));
  if (max === 0) return 1;
  const ten = 10 ** Math.floor(Math.log10(max));
  const step = [1, 2, 2.5, 5, 10].find((each) => each * ten >= max) ?? 10;
  return step * ten;
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}

function finiteOr(value: number, otherwise: number): number {
  return Number.isFinite(value) ? value : otherwise;
}
