import { openAction } from "../action.js";
import { html } from "../lit.js";
import { t } from "../texts.js";
import { changeLine } from "../views.js";

/**
 * Takes a change back.
 *
 * @param {{change: import("../../api_types.ts").Change, onDone: (answer: any) => void}} options
 */
export function openRevert({ change, onDone }) {
  const [first] = change.routes;
  openAction({
    title: t("revert.title"),
    apply: t("revert.do"),
    target: first === undefined ? "" : `${first.modId}/${first.cmdId}`,
    fields: () => html`<p>${changeLine(change)}</p>${commentField()}`,
    plan: (form) => ({
      method: "POST",
      path: `/changes/${change.id}/revert`,
      body: commentOf(form),
    }),
    onDone,
  });
}

/** Field for why; it stands in the change for good. */
export function commentField() {
  return html`<label>${t("comment")} <small>${t("optional")}</small>
    <input name="comment" maxlength="1000" autocomplete="off"></label>`;
}

/** @param {FormData} form */
export function commentOf(form) {
  const comment = String(form.get("comment") ?? "").trim();
  return comment === "" ? {} : { comment };
}
