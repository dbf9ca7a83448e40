import { html, nothing } from "./lit.js";
import { t, word } from "./texts.js";

/** @typedef {import("../api_types.ts").Problem} Problem */

/**
 * @typedef {object} Refusal
 * @property {number | undefined} [status] None: there was no answer.
 * @property {Problem} [body]
 */

/** What the API refused, in the words of the page where it has some. @param {Refusal} refusal */
export function problemView({ status, body: problem }) {
  return html`
    <div class="banner bad" role="alert">
      <p class="strong">${problemTitle(status, problem)}</p>
      ${problem?.detail ? html`<p>${problem.detail}</p>` : nothing}
      ${problem?.errors?.map(({ pointer, detail }) =>
        html`<p><code>${pointer}</code> ${detail}</p>`
      ) ?? nothing}
      ${problem?.requestId
        ? html`<p class="small muted">${
          t("problem.request", { id: problem.requestId })
        }</p>`
        : nothing}
    </div>
  `;
}

/** @param {number | undefined} status @param {Problem | undefined} problem */
function problemTitle(status, problem) {
  if (status === undefined) return t("problem.noAnswer");
  const known = word("problem", String(status));
  return known === String(status) ? problem?.title ?? known : known;
}
