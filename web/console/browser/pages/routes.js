import { openNewRoute } from "../actions.js";
import { timeText } from "../format.js";
import { html, nothing, repeat } from "../lit.js";
import { address, may } from "../page_data.js";
import { t } from "../texts.js";
import { routeLink, trafficCells, trafficHeads } from "../views.js";
import { ask } from "../api.js";
import { problemView } from "../problem.js";

/** @typedef {import("../../api_types.ts").RouteSummary} RouteSummary */

/** Pause after a key press before the search is asked for. */
const TYPING_MS = 150;

/** What the page may be filtered by, and its order; each is a parameter of the address. */
const STATES =
  /** @type {const} */ (["", "out", "drained", "failing", "quiet"]);
const SORTS = /** @type {const} */ (["", "failing", "calls", "hosts"]);

/** Pages behind the first, which "more" has added. @type {RouteSummary[]} */
let more = [];
/** @type {string | null | undefined} Cursor behind them; undefined: the first page's. */
let cursor;
/** @type {import("../problem.js").Refusal | undefined} */
let refusal;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** @type {import("../main.js").Page} */
export default {
  title: () => t("nav.routes"),
  view: (context) => {
    /** @type {{items: RouteSummary[], next: string | null}} */
    const first = context.bodies[0];
    const next = cursor === undefined ? first.next : cursor;
    const seen = new Set(first.items.map(keyOf));
    const routes = [
      ...first.items,
      ...more.filter((route) => !seen.has(keyOf(route))),
    ];
    return html`
      <div class="row"><h1 class="grow">${t("nav.routes")}</h1>${may("write")
        ? html`<button class="small" @click=${() =>
          openNewRoute({
            onDone: ({ modId, cmdId }) =>
              location.assign(address(`/routes/${modId}/${cmdId}`)),
          })}>${t("edit.new")}</button>`
        : nothing}</div>
      ${filters(context)}
      ${refusal ? problemView(refusal) : nothing}
      ${routes.length === 0 ? html`<p>${t("routes.none")}</p>` : table(routes)}
      ${next === null
        ? html`<p class="muted small">${
          t("routes.all", { n: routes.length })
        }</p>`
        : html`<button class="outline" @click=${() => addMore(context, next)}>${
          t("more")
        }</button>`}
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
        options: STATES.map((value) => ({
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
async function search(context, form) {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (value !== "") query.set(name, String(value));
  }
  const suffix = query.size === 0 ? "" : `?${query}`;
  history.replaceState(null, "", location.pathname + suffix);
  more = [];
  cursor = undefined;
  refusal = undefined;
  await context.poll.follow(0, `/routes${suffix}`);
}

/** @param {import("../main.js").Context} context @param {string} from */
async function addMore(context, from) {
  const query = new URLSearchParams(location.search);
  query.set("cursor", from);
  const answer = await ask("GET", `/routes?${query}`);
  if (answer.status === 200) {
    more = [...more, ...answer.body.items];
    cursor = answer.body.next;
    refusal = undefined;
  } else refusal = answer;
  context.update();
}

/** @param {RouteSummary[]} routes */
function table(routes) {
  return html`
    <div class="table">
      <table class="stack">
        <thead>
          <tr><th scope="col">${t("column.route")}</th><th scope="col">${t(
            "column.hosts",
          )}</th>${trafficHeads("p99")}<th scope="col">${t(
            "column.lastChange",
          )}</th></tr>
        </thead>
        <tbody>${repeat(routes, keyOf, (route) =>
          html`
            <tr
              data-row><th scope="row">${routeLink(
                route,
              )}</th><td data-name=${t("column.hosts")}>${hostsCell(
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
  const inUse = Math.max(0, hosts - hostsOut - hostsDrained);
  const text = t("routes.inUse", { inUse, hosts });
  return html`${
    hostsOut > 0 ? html`<span class="state bad">${text}</span>` : text
  }${
    hostsDrained > 0
      ? html`, <span class="state drained">${
        t("routes.drained", { n: hostsDrained })
      }</span>`
      : nothing
  }`;
}
