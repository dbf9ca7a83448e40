import { openAction } from "../action.js";
import { html } from "../lit.js";
import { t } from "../texts.js";
import { routeText } from "../views.js";

/** @typedef {import("../../api_types.ts").Route} Route */

/**
 * Names the module or the command of a route, with who owns it and what to do when
 * it fails.
 *
 * @param {{route: Route, onDone: (answer: any) => void}} options
 */
export function openNames({ route, onDone }) {
  const { modId, cmdId } = route;
  openAction({
    title: t("names.of", { route: routeText(route) }),
    apply: t("apply"),
    target: "",
    fields: () =>
      html`
        <label>${t("names.what")}
          <select name="what">
            <option value="command">${t("names.command", {
              modId: String(modId),
              cmdId: String(cmdId),
            })}</option>
            <option value="module">${t("names.module", {
              modId: String(modId),
            })}</option>
          </select></label>
        <label>${t("names.name")}
          <input name="name" maxlength="255" autofocus autocomplete="off"></label>
        <label>${t("names.owner")}
          <input name="owner" maxlength="255" autocomplete="off" value=${route
            .owner ?? ""}></label>
        <label>${t("names.runbook")}
          <input name="runbook" type="url" maxlength="500" autocomplete="off" placeholder="https://" value=${route
            .runbook ?? ""}></label>
      `,
    plan: (form) => {
      const name = textOf(form, "name");
      if (name === null) return t("access.nameMissing");
      const isModule = form.get("what") === "module";
      const shown = isModule ? { ...route, module: name } : { ...route, name };
      return {
        method: "PUT",
        path: isModule
          ? `/modules/${modId}`
          : `/modules/${modId}/commands/${cmdId}`,
        body: {
          name,
          owner: textOf(form, "owner"),
          runbook: textOf(form, "runbook"),
        },
        consequences: [],
        summary: html`<p>${t("names.summary", { name: routeText(shown) })}</p>`,
      };
    },
    onDone,
  });
}

/** @param {FormData} form @param {string} name */
function textOf(form, name) {
  const text = String(form.get(name) ?? "").trim();
  return text === "" ? null : text;
}
