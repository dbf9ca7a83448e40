import { ask } from "../api.js";
import { html, nothing, repeat } from "../lit.js";
import { problemView } from "../problem.js";
import { t } from "../texts.js";
import { changeLine } from "../views.js";

/** @typedef {import("../../api_types.ts").Change} Change */

/** Older changes, which "more" has added. @type {Change[]} */
let more = [];
/** @type {string | null | undefined} */
let cursor;
/** @type {import("../problem.js").Refusal | undefined} */
let refusal;

/** @type {import("../main.js").Page} */
export default {
  everyMs: [2_000],
  title: () => t("nav.changes"),
  view: (context) => {
    /** @type {{items: Change[], next: string | null}} */
    const first = context.bodies[0];
    const next = cursor === undefined ? first.next : cursor;
    const known = new Set(first.items.map(({ id }) => id));
    const changes = [
      ...first.items,
      ...more.filter(({ id }) => !known.has(id)),
    ];
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
      ${refusal ? problemView(refusal) : nothing}
      ${next === null
        ? nothing
        : html`<button class="outline" @click=${async () => {
          const answer = await ask(
            "GET",
            `/changes?limit=50&cursor=${encodeURIComponent(next)}`,
          );
          if (answer.status === 200) {
            more = [...more, ...answer.body.items];
            cursor = answer.body.next;
            refusal = undefined;
          } else refusal = answer;
          context.update();
        }}>${t("more")}</button>`}
    `;
  },
};
