import { html, repeat } from "../lit.js";
import { t } from "../texts.js";
import { changeLine, pageLinks } from "../views.js";

/** @typedef {import("../../api_types.ts").Change} Change */

/** @type {import("../main.js").Page} */
export default {
  everyMs: [2_000],
  title: () => t("nav.changes"),
  view: ({ bodies: [{ items, next }] }) => {
    /** @type {Change[]} */
    const changes = items;
    return html`
      <h1>${t("nav.changes")}</h1>
      <p class="muted small">${t("changes.help")}</p>
      ${changes.length === 0
        ? html`<p>${t("changes.none")}</p>`
        : html`<ol class="timeline">${
          repeat(
            changes,
            ({ id }) => id,
            (change) => html`<li data-row>${changeLine(change)}</li>`,
          )
        }</ol>`}
      ${pageLinks(next)}
    `;
  },
};
