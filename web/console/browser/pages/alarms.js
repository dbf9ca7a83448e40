import { time, timeAndAge } from "../format.js";
import { html, nothing, repeat } from "../lit.js";
import { address } from "../page_data.js";
import { t } from "../texts.js";

/** @typedef {import("../../api_types.ts").Alarm} Alarm */

/** @type {import("../main.js").Page} */
export default {
  everyMs: [2_000],
  title: () => t("nav.alarms"),
  view: ({ bodies: [{ isWatched, items }] }) => {
    /** @type {Alarm[]} */
    const alarms = items;
    const firing = alarms.filter(({ ended }) => ended === null);
    const over = alarms.filter(({ ended }) => ended !== null);
    return html`
      <h1>${t("nav.alarms")}</h1>
      ${isWatched
        ? firing.length === 0
          ? html`<p class="state good">${t("alarms.none")}</p>`
          : table(firing)
        : html`<p class="state muted">${t("alarms.unwatched")}</p>`}
      ${over.length === 0
        ? nothing
        : html`<h2>${t("alarms.over")}</h2>${table(over)}`}
      <p
        class="muted small">${t(
          "alarms.help",
        )} <code>lars alarm silence ID --until 4h</code></p>
    `;
  },
};

/** @param {Alarm[]} alarms */
function table(alarms) {
  return html`
    <div class="table">
      <table class="stack">
        <thead>
          <tr>
            <th scope="col">${t("column.alarm")}</th>
            <th scope="col">${t("column.state")}</th>
            <th scope="col">${t("column.since")}</th>
            <th scope="col">${t("column.sent")}</th>
            <th scope="col">ID</th>
          </tr>
        </thead>
        <tbody>${repeat(alarms, ({ id }) => id, (alarm) =>
          html`
            <tr data-row tabindex="-1">
              <th
                scope="row">${alarm.alarm}<br><span class="small">${alarm
                  .summary}</span> ${routeOf(alarm)}</th>
              <td>${stateOf(alarm)}</td>
              <td class="wide" data-name=${t("column.since")}>${timeAndAge(
                alarm.since,
              )}</td>
              <td class="wide" data-name=${t(
                "column.sent",
              )}>${alarm.sent === null
                ? t("alarms.toNoOne")
                : time(alarm.sent)}</td>
              <td class="mono" data-name="ID">${alarm.id}</td>
            </tr>
          `)}</tbody>
      </table>
    </div>
  `;
}

/** The route that an alarm is about, if it is about one. @param {Alarm} alarm */
function routeOf({ labels }) {
  const { modid, cmdid } = labels;
  return modid === undefined || cmdid === undefined
    ? nothing
    : html`<a class="small" href=${
      address(`/routes/${modid}/${cmdid}`)
    }>${modid}/${cmdid}</a>`;
}

/** @param {Alarm} alarm */
function stateOf({ ended, silencedUntil, silencedBy }) {
  if (ended !== null) {
    return html`<span class="state muted">${t("alarms.ended")} ${
      time(ended)
    }</span>`;
  }
  if (silencedUntil !== null) {
    return html`<span class="state drained">${
      t("alarms.silenced", { who: silencedBy ?? "" })
    } ${time(silencedUntil)}</span>`;
  }
  return html`<span class="state bad">${t("alarms.firing")}</span>`;
}
