import { present } from "../clock.js";
import { openDialog } from "../dialog.js";
import { html } from "../lit.js";
import { here, momentOf, pageData } from "../page_data.js";
import { t } from "../texts.js";

const MINUTE_MS = 60_000;

/** Moments that are a click away. */
const AGES = /** @type {const} */ ([
  ["past.minutesAgo", 10 * MINUTE_MS],
  ["past.hourAgo", 60 * MINUTE_MS],
  ["past.dayAgo", 24 * 60 * MINUTE_MS],
]);

/** Asks of which moment this page is to be shown. */
export function openMoment() {
  const { past } = pageData;
  const at = present();
  openDialog(t("past.title"), () =>
    html`
      <form @submit=${show}>
        <p class="row">${AGES.map(([text, ms]) =>
          html`
            <a href=${here("at", momentOf(at - ms))}>${t(text)}</a>
          `
        )}</p>
        <label>${t("past.time")}
          <input type="datetime-local" name="at" step="1" required autofocus
            max=${localTime(at)} value=${localTime(
              past ? Date.parse(past) : at - 60 * MINUTE_MS,
            )}></label>
        <footer class="row"><span class="grow"></span>
          <button type="submit">${t("past.show")}</button></footer>
      </form>
    `);
}

/** @param {SubmitEvent} event */
function show(event) {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.target);
  const ms = new Date(String(new FormData(form).get("at"))).getTime();
  location.assign(here("at", momentOf(ms)));
}

/** A moment as the field has it, in the time of this device. @param {number} ms */
function localTime(ms) {
  const offsetMs = new Date(ms).getTimezoneOffset() * MINUTE_MS;
  return new Date(ms - offsetMs).toISOString().slice(0, 19);
}
