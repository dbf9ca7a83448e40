import "./lit.js";
import { timeText } from "./format.js";
import { t } from "./texts.js";

/** Height of a chart with its axis, in CSS pixels. */
const HEIGHT_PX = 120;

/**
 * @typedef {object} Chart
 * @property {[number, number]} range Where the time begins and ends, in seconds since 1970.
 * @property {number[]} times Seconds since 1970.
 * @property {(number | null)[]} values null: no data.
 * @property {string} label
 * @property {string} color Name of a custom property of CSS.
 * @property {(value: number) => string} format
 * @property {{at: number, kind: "change" | "out"}[]} marks
 */

/** What a custom property is as a colour that a canvas knows. @param {string} name */
function cssColor(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** Chart of each element, to be taken away by the next one. @type {WeakMap<HTMLElement, {destroy: () => void}>} */
const drawn = new WeakMap();

/** Whether the library of charts is there: the page does not wait for it. */
export function canDraw() {
  return "uPlot" in globalThis;
}

/**
 * Draws one line over time into an element, and marks as vertical lines. It is a
 * picture for those who see: the caller gives the same numbers as a table.
 *
 * @param {HTMLElement} element
 * @param {Chart} chart
 */
export function drawChart(element, chart) {
  /** @type {any} */
  const uPlot = /** @type {any} */ (globalThis).uPlot;
  drawn.get(element)?.destroy();
  const stroke = cssColor("--pico-color");
  const lines = { stroke: cssColor("--pico-muted-border-color"), width: 1 };
  const axis = { stroke, grid: lines, ticks: lines };
  const { format } = chart;
  const plot = new uPlot(
    {
      width: element.clientWidth || 360,
      height: HEIGHT_PX,
      cursor: { y: false, drag: { x: false, y: false } },
      scales: {
        x: { range: () => chart.range },
        y: {
          range: (
            /** @type {unknown} */ _,
            /** @type {number} */ _min,
            /** @type {number} */ max,
          ) => [0, max > 0 ? max * 1.1 : 1],
        },
      },
      axes: [
        {
          ...axis,
          size: 28,
          values: (/** @type {unknown} */ _, /** @type {number[]} */ splits) =>
            splits.map((at) => timeText(at * 1_000)),
        },
        {
          ...axis,
          size: 64,
          space: 25,
          values: (/** @type {unknown} */ _, /** @type {number[]} */ splits) =>
            splits.map(format),
        },
      ],
      series: [
        {
          label: t("column.time"),
          value: (/** @type {unknown} */ _, /** @type {number | null} */ at) =>
            at === null ? "–" : timeText(at * 1_000),
        },
        {
          label: chart.label,
          stroke: cssColor(chart.color),
          width: 1.5,
          spanGaps: false,
          value: (
            /** @type {unknown} */ _,
            /** @type {number | null} */ value,
          ) => value === null ? "–" : format(value),
        },
      ],
      hooks: {
        draw: [(/** @type {any} */ drawing) => drawMarks(drawing, chart.marks)],
      },
    },
    [chart.times, chart.values],
    element,
  );
  const observer = new ResizeObserver(() => {
    const width = element.clientWidth;
    if (width > 0 && width !== plot.width) {
      plot.setSize({ width, height: HEIGHT_PX });
    }
  });
  observer.observe(element);
  drawn.set(element, {
    destroy: () => {
      observer.disconnect();
      plot.destroy();
    },
  });
}

/** Changes as whole lines, hosts that went out as broken ones. @param {any} plot @param {Chart["marks"]} marks */
function drawMarks(plot, marks) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.lineWidth = devicePixelRatio;
  for (const { at, kind } of marks) {
    const x = Math.round(plot.valToPos(at, "x", true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = cssColor(kind === "change" ? "--info" : "--bad");
    ctx.setLineDash(kind === "change" ? [] : [4, 3]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}
