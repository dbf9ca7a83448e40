import { html, nothing } from "./lit.js";
import { t } from "./texts.js";
import { checkText, policyText } from "./views.js";

/** @typedef {import("../api_types.ts").RouteDiff} RouteDiff */

/** Most lines of a diff that are shown at once. */
const LINES_MAX = 50;

/** @type {Record<string, string>} */
const SIGNS = { added: "+", removed: "−", changed: "~" };

/** What a change does to a route, a line for each host. @param {Pick<RouteDiff, "added" | "removed" | "changed" | "settings">} diff */
export function diffView(diff) {
  const lines = [
    ...diff.removed.map((host) => ({ kind: "removed", text: hostText(host) })),
    ...diff.added.map((host) => ({ kind: "added", text: hostText(host) })),
    ...diff.changed.map(({ host, before, after }) => ({
      kind: "changed",
      text: `${host}: ${attributesText(before)} → ${attributesText(after)}`,
    })),
    ...settingsLines(diff.settings).map((text) => ({ kind: "changed", text })),
  ];
  const shown = lines.slice(0, LINES_MAX);
  return html`<ul class="diff mono small">${
    shown.map(({ kind, text }) =>
      html`<li><span aria-hidden="true">${
        SIGNS[kind]
      }</span> <span class="visually-hidden">${
        t(/** @type {any} */ (`diff.${kind}`))
      } </span>${text}</li>`
    )
  }${
    lines.length > shown.length
      ? html`<li>${t("diff.more", { n: lines.length - shown.length })}</li>`
      : nothing
  }</ul>`;
}

/** @param {{host: string, weight: number | null, zone: string | null}} host */
function hostText({ host, weight, zone }) {
  const attributes = weight === null && zone === null
    ? ""
    : ` ${attributesText({ weight, zone })}`;
  return host + attributes;
}

/** @param {{weight: number | null, zone: string | null}} attributes */
function attributesText({ weight, zone }) {
  const parts = [t("diff.weight", { weight: weight ?? 100 })];
  if (zone !== null) parts.push(t("diff.zone", { zone }));
  return parts.join(", ");
}

/** @param {RouteDiff["settings"]} settings */
function settingsLines(settings) {
  if (settings === null) return [];
  const { before, after } = settings;
  const lines = [];
  if (before.policy !== after.policy) {
    lines.push(
      `${t("settings.policy")}: ${policyText(before.policy)} → ${
        policyText(after.policy)
      }`,
    );
  }
  if (before.check !== after.check) {
    lines.push(
      `${t("settings.check")}: ${checkText(before.check)} → ${
        checkText(after.check)
      }`,
    );
  }
  return lines;
}
