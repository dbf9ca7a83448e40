import { openAction } from "../action.js";
import { now } from "../clock.js";
import { html } from "../lit.js";
import { t } from "../texts.js";

/** @typedef {import("../../api_types.ts").Alarm} Alarm */

/** Hours that a silence lasts. */
const HOURS = [1, 4, 24, 168];
const HOURS_USUAL = 4;

/**
 * Has nobody told of an alarm for a while; of one that is silenced, ends that.
 *
 * @param {{alarm: Alarm, onDone: (answer: any) => void}} options
 */
export function openSilence(options) {
  if (options.alarm.silencedUntil === null) openBegin(options);
  else openEnd(options);
}

/** @param {{alarm: Alarm, onDone: (answer: any) => void}} options */
function openBegin({ alarm: { id, alarm, summary }, onDone }) {
  openAction({
    title: t("silence.of", { alarm }),
    apply: t("alarms.silence"),
    target: "",
    fields: () =>
      html`
        <p>${summary}</p>
        <label>${t("silence.reason")} <small>${t("optional")}</small>
          <input name="reason" autofocus maxlength="1000" autocomplete="off"></label>
        <label>${t("silence.until")}
          <select name="hours">${HOURS.map((hours) =>
            html`<option value=${hours} ?selected=${hours === HOURS_USUAL}>${
              t("drain.hours", { n: hours })
            }</option>`
          )}</select>
          <small>${t("silence.help")}</small></label>
      `,
    plan: (form) => {
      const reason = String(form.get("reason") ?? "").trim();
      const hours = Number(form.get("hours"));
      return {
        method: "PUT",
        path: `/alarms/${id}/silence`,
        body: {
          until: new Date(now() + hours * 3_600_000).toISOString(),
          ...reason === "" ? {} : { reason },
        },
        commands: [`lars alarm silence ${id} --until ${hours}h`],
        consequences: [],
        summary: html`<p>${t("silence.summary")}</p>`,
      };
    },
    onDone,
  });
}

/** @param {{alarm: Alarm, onDone: (answer: any) => void}} options */
function openEnd({ alarm: { id, alarm }, onDone }) {
  openAction({
    title: t("unsilence.of", { alarm }),
    apply: t("alarms.unsilence"),
    target: "",
    plan: () => ({
      method: "DELETE",
      path: `/alarms/${id}/silence`,
      consequences: [],
      summary: html`<p>${t("unsilence.summary")}</p>`,
    }),
    onDone,
  });
}

/** Has every receiver told of an alarm that means nothing. @param {{onDone: (answer: any) => void}} options */
export function openAlarmTest({ onDone }) {
  openAction({
    title: t("alarmTest.title"),
    apply: t("alarmTest.do"),
    target: "",
    plan: () => ({
      method: "POST",
      path: "/alarms/test",
      commands: ["lars alarm test"],
      consequences: [],
      summary: html`<p>${t("alarmTest.summary")}</p>`,
    }),
    onDone,
  });
}
