import { canDraw, drawChart } from "./chart.js";
import { latency, rate, share, timeText } from "./format.js";
import { html } from "./lit.js";
import { here, momentOf } from "./page_data.js";
import { count, t } from "./texts.js";

/**
 * @typedef {import("../api_types.ts").History} History
 * @typedef {import("../api_types.ts").HostEvent} HostEvent
 * @typedef {import("../api_types.ts").Change} Change
 * @typedef {{events: HostEvent[], changes: Change[]}} Marks
 */

/** The three charts, in their order. */
const CHARTS = /** @type {const} */ (["calls", "failing", "p99"]);

/** What was last drawn: a chart is drawn again only for other numbers. @type {string | undefined} */
let drawn;

/** Places for the charts of a history, and the same numbers as a table. @param {History | undefined} history @param {Marks} marks */
export function charts(history, marks) {
  if (history === undefined || wholePeriods(history).length === 0) {
    return html`<p class="muted">${t("history.none")}</p>`;
  }
  return html`
    <div class="charts">${CHARTS.map((name) =>
      html`
        <div>
          <h3>${t(/** @type {any} */ (`column.${name}`))}</h3>
          <div class="chart" id=${`chart-${name}`} aria-hidden="true"></div>
        </div>
      `
    )}</div>
    <p class="small muted">${t("history.marks")}</p>
    <details><summary>${t("history.table")}</summary>${historyTable(
      history,
      marks,
    )}</details>
  `;
}

/** Periods that are over: of the one that is not, there are fewer calls than there will be. @param {History} history */
function wholePeriods({ periods, stepS, to }) {
  const endMs = Date.parse(to) - stepS * 1_000;
  return periods.filter(({ at }) => Date.parse(at) <= endMs);
}

/** @param {History} history @param {Marks} marks */
function historyTable(history, { events, changes }) {
  const { stepS } = history;
  const stepMs = stepS * 1_000;
  const notesOf = (/** @type {number} */ from) => {
    const isIn = (/** @type {{at: string}} */ { at }) =>
      Date.parse(at) >= from && Date.parse(at) < from + stepMs;
    return [
      ...changes.filter(isIn).map(({ actor }) =>
        t("history.change", { actor })
      ),
      ...events.filter((event) => event.kind === "ejected" && isIn(event)).map((
        { host, callers },
      ) => t("history.out", { host, callers })),
    ].join(t("comma"));
  };
  return html`
    <div class="table">
      <table>
        <caption class="visually-hidden">${t("history.table")}</caption>
        <thead>
          <tr>
            <th scope="col">${t("column.time")}</th>
            <th scope="col" class="number">${t("column.calls")}</th>
            <th scope="col" class="number">${t("column.failing")}</th>
            <th scope="col" class="number">${t("column.p99")}</th>
            <th scope="col" class="number">${t("column.callers")}</th>
            <th scope="col">${t("column.notes")}</th>
          </tr>
        </thead>
        <tbody>${wholePeriods(history).toReversed().map((period) => {
          const from = Date.parse(period.at);
          return html`
            <tr>
              <th scope="row"><a href=${here(
                "at",
                momentOf(from + stepS * 1_000),
              )}>${timeText(from)}</a></th>
              <td class="number">${rate(period.calls / stepS)}</td>
              <td class="number">${share(period.failingShare)}</td>
              <td class="number">${latency(period.p99Us)}</td>
              <td class="number">${count(period.callers)}</td>
              <td>${notesOf(from)}</td>
            </tr>
          `;
        })}</tbody>
      </table>
    </div>
  `;
}

/** Draws the charts into their places. @param {History | undefined} history @param {Marks} marks */
export function drawCharts(history, marks) {
  if (history === undefined || wholePeriods(history).length === 0) return;
  if (!canDraw()) return;
  const state = JSON.stringify([
    history,
    marks,
    document.documentElement.dataset.theme,
  ]);
  if (state === drawn) return;
  drawn = state;
  const { stepS } = history;
  const periods = new Map(
    wholePeriods(history).map((
      period,
    ) => [Date.parse(period.at) / 1_000, period]),
  );
  const times = [];
  const from = Math.min(...periods.keys());
  const to = Math.max(...periods.keys());
  for (let at = from; at <= to; at += stepS) times.push(at);
  const markList = [
    ...marks.changes.map(({ at }) => ({
      at: Date.parse(at) / 1_000,
      kind: /** @type {const} */ ("change"),
    })),
    ...marks.events.filter(({ kind }) => kind === "ejected").map(({ at }) => ({
      at: Date.parse(at) / 1_000,
      kind: /** @type {const} */ ("out"),
    })),
  ];
  const lines = {
    calls: {
      color: "--info",
      format: rate,
      value: (/** @type {History["periods"][0]} */ period) =>
        period.calls / stepS,
    },
    failing: {
      color: "--bad",
      format: share,
      value: (/** @type {History["periods"][0]} */ period) =>
        period.failingShare,
    },
    p99: {
      color: "--warn",
      format: latency,
      value: (/** @type {History["periods"][0]} */ period) => period.p99Us,
    },
  };
  for (const name of CHARTS) {
    const element = document.getElementById(`chart-${name}`);
    if (element === null) continue;
    const { color, format, value } = lines[name];
    drawChart(element, {
      range: [Date.parse(history.from) / 1_000, Date.parse(history.to) / 1_000],
      times,
      values: times.map((at) => {
        const period = periods.get(at);
        return period === undefined ? null : value(period);
      }),
      label: t(/** @type {any} */ (`column.${name}`)),
      color,
      format,
      marks: markList,
    });
  }
}
