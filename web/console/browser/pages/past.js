import { timeAndAge } from "../format.js";
import { charts, drawCharts } from "../history.js";
import { html } from "../lit.js";
import { address, pageData } from "../page_data.js";
import { t } from "../texts.js";
import { checkText, hostLink, policyText, routeText } from "../views.js";

/** @typedef {import("../../api_types.ts").Route} Route */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Marks of a chart of the past: none, as what was done since is in the trail. */
const NO_MARKS = { events: [], changes: [] };

/** @type {import("../main.js").Page} */
export default {
  parent: "/routes",
  // What was stays as it was; names may change.
  everyMs: [60_000, 60_000],
  title: ({ bodies: [route] }) => routeText(route),
  view: ({ bodies: [route, history], params: { at = "" } }) => {
    const atMs = Date.parse(at);
    return html`
      <h1>${routeText(route)}</h1>
      <div class="banner" role="status">
        <p>${t("past.asOf")} ${timeAndAge(at)}</p>
        <p
          class="row">${pastLink(atMs - DAY_MS, "past.dayEarlier")} ${pastLink(
            atMs - HOUR_MS,
            "past.hourEarlier",
          )} ${pastLink(atMs + HOUR_MS, "past.hourLater")} <a href=${address(
            `/routes/${route.modId}/${route.cmdId}`,
          )}>${t("past.now")}</a></p>
      </div>
      <dl class="facts">
        <dt>${t("settings.policy")}</dt>
        <dd>${policyText(route.policy)}</dd>
        <dt>${t("settings.check")}</dt>
        <dd>${checkText(route.check)}</dd>
      </dl>
      <h2>${t("route.hosts")}</h2>
      ${hostsTable(route)}
      <h2>${t("past.history")}</h2>
      ${charts(history, NO_MARKS)}
    `;
  },
  afterDraw: ({ bodies: [, history] }) => drawCharts(history, NO_MARKS),
};

/** This page at another time. @param {number} ms @param {import("../texts.js").TextKey} text */
function pastLink(ms, text) {
  const at = new Date(ms).toISOString().replace(/\.\d+/, "");
  return html`<a href=${
    address(
      `/routes/${pageData.params.modId}/${pageData.params.cmdId}?at=${at}`,
    )
  }>${t(text)}</a>`;
}

/** Hosts as they were configured. @param {Route} route */
function hostsTable({ hosts }) {
  return html`
    <div class="table">
      <table class="stack">
        <thead>
          <tr>
            <th scope="col">${t("column.host")}</th>
            <th scope="col" class="number">${t(
              "column.weight",
            )}</th>
            <th scope="col">${t("column.zone")}</th>
          </tr>
        </thead>
        <tbody>${hosts.map(({ host, weight, zone }) =>
          html`
            <tr
              data-row>
              <th scope="row">${hostLink(
                host,
              )}</th>
              <td class="number" data-name=${t(
                "column.weight",
              )}>${weight ?? 100}</td>
              <td data-name=${t(
                "column.zone",
              )}>${zone ?? ""}</td>
            </tr>
          `
        )}</tbody>
      </table>
    </div>
  `;
}
