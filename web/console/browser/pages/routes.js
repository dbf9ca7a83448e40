import { openNewRoute } from "../actions.js";
import { timeText } from "../format.js";
import { html, nothing, repeat } from "../lit.js";
import { address, here, may, pageData } from "../page_data.js";
import { count, t } from "../texts.js";
import { pageLinks, routeLink, trafficCells, trafficHeads } from "../views.js";

/** @typedef {import("../../api_types.ts").RouteSummary} RouteSummary */

/** Pause after a key press before the search is asked for. */
const TYPING_MS = 150;

/** What the page may be filtered by, and its order; each is a parameter of the address. */
const STATES =
  /** @type {const} */ (["", "out", "drained", "failing", "quiet"]);
const SORTS = /** @type {const} */ (["", "failing", "calls", "hosts"]);

/** Of the past there is how many hosts there were. */
const HOSTS = pageData.past ? "route.hosts" : "column.hosts";

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** @type {import("../main.js").Page} */
export default {
  title: () => t("nav.routes"),
  view: (context) => {
    /** @type {{items: RouteSummary[], next: string | null, unknown?: number}} */
    const { items: routes, next, unknown } = context.bodies[0];
    const isAll = next === null && !location.search.includes("cursor=");
    return html`
      <div class="row"><h1 class="grow">${t("nav.routes")}</h1>${may("write")
        ? html`<button class="small" @click=${() =>
          openNewRoute({
            onDone: ({ modId, cmdId }) =>
              location.assign(address(`/routes/${modId}/${cmdId}`)),
          })}>${t("edit.new")}</button>`
        : nothing}</div>
      ${filters(context)}
      ${location.search.includes("agent=")
        ? html`<p>${t("routes.ofAgent")} <a href=${here("agent")}>${
          t("stateFilter.any")
        }</a></p>`
        : nothing}
      ${unknown
        ? html`<p class="banner">${t("past.unknown", { n: unknown })}</p>`
        : nothing}
      ${routes.length === 0 ? html`<p>${t("routes.none")}</p>` : table(routes)}
      ${isAll
        ? html`<p class="muted small">${
          t("routes.all", { n: routes.length })
        }</p>`
        : pageLinks(next)}
    `;
  },
};

/** @param {RouteSummary} route */
function keyOf({ modId, cmdId }) {
  return `${modId}/${cmdId}`;
}

/** @param {import("../main.js").Context} context */
function filters(context) {
  const query = new URLSearchParams(location.search);
  const change = (/** @type {Event} */ event) => {
    const form = /** @type {HTMLElement} */ (event.target).closest("form");
    clearTimeout(timer);
    timer = setTimeout(() => form && search(context, form), TYPING_MS);
  };
  return html`
    <form class="row" role="search" @input=${change} @submit=${(
      /** @type {Event} */ event,
    ) => {
      event.preventDefault();
      change(event);
    }}>
      <input type="search" name="q" value=${query.get("q") ??
        ""} placeholder=${t("routes.search")} aria-label=${t(
          "routes.search",
        )} autocomplete="off" spellcheck="false">
      ${select("state", {
        label: t("routes.state"),
        // Which hosts callers held out is not kept of the past.
        options: STATES.filter((value) => !pageData.past || value !== "out")
          .map((value) => ({
            value,
            text: t(`stateFilter.${value || "any"}`),
          })),
        chosen: query.get("state") ?? "",
      })}
      ${select("sort", {
        label: t("routes.sort"),
        options: SORTS.map((value) => ({
          value,
          text: t(`sortFilter.${value || "any"}`),
        })),
        chosen: query.get("sort") ?? "",
      })}
    </form>
  `;
}

/** @param {string} name @param {{label: string, options: {value: string, text: string}[], chosen: string}} options */
function select(name, { label, options, chosen }) {
  return html`<select name=${name} aria-label=${label}>${
    options.map(({ value, text }) =>
      html`<option value=${value} ?selected=${
        value === chosen
      }>${text}</option>`
    )
  }</select>`;
}

/** Shows what the form says, and has the address say it too. @param {import("../main.js").Context} context @param {HTMLFormElement} form */
async function search({ poll }, form) {
  const query = new URLSearchParams(location.search);
  query.delete("cursor");
  for (const [name, value] of new FormData(form)) {
    if (value === "") query.delete(name);
    else query.set(name, String(value));
  }
  const suffix = query.size === 0 ? "" : `?${query}`;
  history.replaceState(null, "", location.pathname + suffix);
  await poll.follow(0, `/routes${suffix}`);
}

/** @param {RouteSummary[]} routes */
function table(routes) {
  return html`
    <div class="table">
      <table class="stack">
        <thead>
          <tr><th scope="col">${t("column.route")}</th><th scope="col">${t(
            HOSTS,
          )}</th>${trafficHeads("p99")}<th scope="col">${t(
            "column.lastChange",
          )}</th></tr>
        </thead>
        <tbody>${repeat(routes, keyOf, (route) =>
          html`
            <tr
              data-row><th scope="row">${routeLink(
                route,
              )}</th><td data-name=${t(HOSTS)}>${hostsCell(
                route,
              )}</td>${trafficCells(route, "p99")}<td data-name=${t(
                "column.lastChange",
              )}>${route.lastChange === null
                ? ""
                : timeText(Date.parse(route.lastChange))}</td></tr>
          `)}</tbody>
      </table>
    </div>
  `;
}

/** "17 of 20, 2 drained". @param {RouteSummary} route */
function hostsCell({ hosts, hostsOut, hostsDrained }) {
  if (hosts === 0) {
    return html`<span class="state bad">${t("routes.noHosts")}</span>`;
  }
  const inUse = Math.max(0, hosts - (hostsOut ?? 0) - hostsDrained);
  // Without what callers held of them there is only how many there were.
  const text = hostsOut === null
    ? count(hosts)
    : t("routes.inUse", { inUse, hosts });
  return html`${
    hostsOut ? html`<span class="state bad">${text}</span>` : text
  }${
    hostsDrained > 0
      ? html`, <span class="state drained">${
        t("routes.drained", { n: hostsDrained })
      }</span>`
      : nothing
  }`;
}
