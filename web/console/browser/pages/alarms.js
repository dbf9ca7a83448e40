import { openAlarmTest, openSilence } from "../actions.js";
import { time, timeAndAge } from "../format.js";
import { html, nothing, repeat } from "../lit.js";
import { address, may, pageData } from "../page_data.js";
import { t } from "../texts.js";
import { actorText } from "../views.js";

/** @typedef {import("../../api_types.ts").Alarm} Alarm */

/** @type {import("../main.js").Page} */
export default {
  everyMs: [2_000],
  title: () => t("nav.alarms"),
  view: (context) => {
    const { isWatched, items } = context.bodies[0];
    /** @type {Alarm[]} */
    const alarms = items;
    const firing = alarms.filter(({ ended }) => ended === null);
    const over = alarms.filter(({ ended }) => ended !== null);
    return html`
      <div class="row"><h1 class="grow">${t("nav.alarms")}</h1>${isWatched &&
          may("drain")
        ? html`<button class="small outline" @click=${() =>
          openAlarmTest({ onDone: () => context.poll.refresh() })}>${
          t("alarms.test")
        }</button>`
        : nothing}</div>
      ${isWatched
        ? firing.length === 0
          ? html`<p class="state good">${t("alarms.none")}</p>`
          : table(firing, context)
        : html`<p class="state muted">${t("alarms.unwatched")}</p>`}
      ${over.length === 0
        ? nothing
        : html`<h2>${t("alarms.over")}</h2>${table(over, context)}`}
      ${ruleList(context.bodies[0].rules)}
    `;
  },
};

/** @param {import("../../api_types.ts").AlarmRule[]} rules */
function ruleList(rules) {
  if (rules.length === 0) return nothing;
  return html`
    <details>
      <summary>${t("alarms.rules")}</summary>
      <dl>${rules.map(({ alarm, severity, summary, forSeconds, limits }) =>
        html`
          <dt>${alarm} <span class="small">${severity}</span></dt>
          <dd>${[
            summary,
            forSeconds > 0 ? `${forSeconds} s` : "",
            ...Object.entries(limits).map(([name, value]) =>
              `${name} ${value}`
            ),
          ].filter((part) => part !== "").join(" · ")}</dd>
        `
      )}</dl>
    </details>
  `;
}

/** @param {Alarm[]} alarms @param {import("../main.js").Context} context */
function table(alarms, context) {
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
              <td>${stateOf(alarm)} ${silenceButton(alarm, context)}</td>
              <td class="wide" data-name=${t("column.since")}>${timeAndAge(
                alarm.since,
              )}</td>
              <td class="wide" data-name=${t(
                "column.sent",
              )}>${alarm.sent === null
                ? pageData.past ? "–" : t("alarms.toNoOne")
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
      t("alarms.silenced", { who: actorText(silencedBy ?? "") })
    } ${time(silencedUntil)}</span>`;
  }
  return html`<span class="state bad">${t("alarms.firing")}</span>`;
}

/** @param {Alarm} alarm @param {import("../main.js").Context} context */
function silenceButton(alarm, { poll }) {
  const { modid, cmdid } = alarm.labels;
  const route = modid === undefined || cmdid === undefined
    ? undefined
    : { modId: Number(modid), cmdId: Number(cmdid) };
  if (alarm.ended !== null || !may("drain", route)) return nothing;
  const text = t(
    alarm.silencedUntil === null ? "alarms.silence" : "alarms.unsilence",
  );
  return html`
    <button class="small outline" aria-label=${`${text}: ${alarm.summary}`}
      @click=${() =>
        openSilence({ alarm, onDone: () => poll.refresh() })}>${text}</button>
  `;
}
