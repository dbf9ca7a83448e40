import { openRevert } from "../actions.js";
import { diffView } from "../diff.js";
import { timeAndAge } from "../format.js";
import { html, nothing } from "../lit.js";
import { address, may, momentOf, pageData } from "../page_data.js";
import { t } from "../texts.js";
import { actorText, drainText, isRevertible, routeLink } from "../views.js";

/** @typedef {import("../../api_types.ts").Change} Change */

/** @type {import("../main.js").Page} */
export default {
  parent: "/changes",
  everyMs: [30_000],
  title: ({ params }) => t("change.title", { id: params.id ?? "" }),
  view: (context) => {
    /** @type {Change} */
    const change = context.bodies[0];
    const facts = /** @type {const} */ ([
      ["change.why", change.comment],
      ["change.ticket", change.ticket],
      ["change.address", change.address],
      ["change.action", change.action],
      ["change.request", change.requestId],
    ]);
    return html`
            <div class="row"><h1 class="grow">${t("change.title", {
              id: String(change.id),
            })}</h1>${isRevertible(change) && may("write")
              ? html`<button class="small outline" @click=${() =>
                openRevert({
                  change,
                  onDone: (result) =>
                    location.assign(
                      address(
                        result.id === null
                          ? "/changes"
                          : `/changes/${result.id}`,
                      ),
                    ),
                })}>${t("undo")}</button>`
              : nothing}</div>
            <dl class="facts">
              <dt>${t("change.who")}</dt><dd>${actorText(change.actor)}</dd>
              <dt>${t("change.when")}</dt><dd>${timeAndAge(change.at)}</dd>
              ${facts.map(([key, value]) =>
                value
                  ? html`
                    <dt>${t(key)}</dt>
                    <dd>${value}</dd>
                  `
                  : nothing
              )}
            </dl>
            <p><a href=${beforeOf(change, "/")}>${t("past.everything")}</a></p>
      ${change.drains.map((drain) =>
        html`<p>${drainText(drain)} ${
          drain.reason
            ? html`<span class="muted">(${drain.reason})</span>`
            : nothing
        }</p>`
      )}
            ${change.routes.map((route) =>
              html`<h2>${routeLink(route)}</h2>${diffView(route)}
                <p><a href=${
                beforeOf(change, `/routes/${route.modId}/${route.cmdId}`)
              }>${t("past.before")}</a></p>`
            )}
    `;
  },
};

/** Where something is shown as it was before a change. @param {Change} change @param {string} path */
function beforeOf({ at }, path) {
  return `${pageData.base}${path}?at=${momentOf(Date.parse(at) - 1_000)}`;
}
