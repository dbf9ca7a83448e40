import { openMoment } from "./actions.js";
import { present } from "./clock.js";
import { span } from "./format.js";
import { html, nothing } from "./lit.js";
import { here, momentOf, pageData } from "./page_data.js";
import { t, word } from "./texts.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A moment in full, as a page may show any. */
const fullTime = new Intl.DateTimeFormat(pageData.language, {
  dateStyle: "medium",
  timeStyle: "medium",
  hourCycle: "h23",
});

/** What stands over a page of the past: of which moment it is, others, what is not kept, and the way back. */
export function banner() {
  const { past = "", page } = pageData;
  const ms = Date.parse(past);
  return html`
    <div class="banner" role="status">
      <p><strong>${t(
        "past.asOf",
      )} <time datetime=${past} title=${past}>${fullTime
        .format(ms)}</time></strong> ${t("past.ago", {
          age: span(present() - ms),
        })} <a href=${here("at")}>${t("past.back")}</a></p>
      <p class="row">${momentLink(ms - DAY_MS, "past.dayEarlier")} ${momentLink(
        ms - HOUR_MS,
        "past.hourEarlier",
      )} ${momentLink(ms + HOUR_MS, "past.hourLater")} <button class="link"
        @click=${openMoment}>${t("past.other")}</button></p>
      <p class="small">${word("kept", page)}</p>
    </div>
  `;
}

/** This page at a moment, unless that is yet to come. @param {number} ms @param {import("./texts.js").TextKey} text */
function momentLink(ms, text) {
  return ms > present()
    ? nothing
    : html`<a href=${here("at", momentOf(ms))}>${t(text)}</a>`;
}
