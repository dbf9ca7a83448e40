import { openDrain, openRevert } from "../actions.js";
import { rate, share, span, timeAndAge } from "../format.js";
import { html, inline, nothing, repeat } from "../lit.js";
import { address, may, pageData } from "../page_data.js";
import { t } from "../texts.js";
import {
  changeLine,
  hostLink,
  hostState,
  isRevertible,
  reasonsText,
  routeLink,
  routeText,
} from "../views.js";

/**
 * @typedef {import("../../api_types.ts").Now} Now
 * @typedef {import("../../api_types.ts").NowProblem} NowProblem
 * @typedef {import("../../api_types.ts").HostStatus} HostStatus
 */

/** What happened to hosts stands in for how callers saw them, which is not kept of the past. */
const past = pageData.past ? await import("../timeline.js") : undefined;

/** Age of the newest minute with calls at which it is no news any more. */
const DATA_MS_MAX = 180_000;

/** @type {import("../main.js").Page} */
export default {
  title: ({ bodies: [now] }) => headline(now),
  view: (context) => {
    /** @type {Now} */
    const now = context.bodies[0];
    return html`
      <h1 class=${headlineKind(now)} aria-live="polite">${headline(now)}</h1>
      ${banners(now)}
      ${repeat(
        now.problems,
        ({ modId, cmdId }) => `${modId}/${cmdId}`,
        (problem) => problemSection(problem, context),
      )}
      ${past === undefined ? nothing : html`
        <h2>${t("past.events")}</h2>
        ${past.timeline({ events: now.events ?? [], changes: [] }, {
          withRoute: true,
        })}
      `} ${lastChanges(now)}
    `;
  },
};

/** @param {Now} now */
function headline(now) {
  if (now.problems.length > 0) {
    return t("now.problems", { n: now.problems.length });
  }
  if (now.dataUntil === null) return t("now.noData");
  return t("now.calm");
}

/** Green only where calls were reported. @param {Now} now */
function headlineKind(now) {
  if (now.problems.length > 0) return "state bad";
  const isKnown = now.dataUntil !== null && !isOld(now.dataUntil, now.asOf);
  return isKnown && now.storeAwayS === null ? "state good" : "state muted";
}

/** @param {string} dataUntil @param {string} asOf */
function isOld(dataUntil, asOf) {
  return Date.parse(asOf) - Date.parse(dataUntil) > DATA_MS_MAX;
}

/** What makes the rest less true. @param {Now} now */
function banners(now) {
  const { agents, dataUntil } = now;
  const lines = [];
  if (now.storeAwayS !== null) {
    lines.push({
      kind: "bad",
      text: t("banner.storeAway", { age: span(now.storeAwayS * 1_000) }),
    });
  }
  if (dataUntil !== null && isOld(dataUntil, now.asOf)) {
    lines.push({
      kind: "",
      text: html`${t("banner.dataOld")} ${timeAndAge(dataUntil)}`,
    });
  }
  if (agents && agents.silent > 0) {
    const zones = agents.silentZones.length === 0
      ? ""
      : t("banner.zones", { zones: agents.silentZones.join(", ") });
    lines.push({
      kind: "",
      text: html`<a href=${address("/fleet")}>${
        t("banner.silent", { n: agents.silent, known: agents.known })
      }</a>${zones}`,
    });
  }
  return lines.map(({ kind, text }) =>
    html`
      <div class="banner ${kind}">
        <p>${text}</p>
      </div>
    `
  );
}

/** @param {NowProblem} problem @param {import("../main.js").Context} context */
function problemSection(problem, context) {
  const { since, changeBefore, runbook } = problem;
  const isTraffic = problem.failingPerSecondAboveUsual > 0;
  return html`
    <section class="problem ${isTraffic ? "bad" : ""}" data-row>
      <h2>${routeLink(problem)}</h2>
      <p>${callsText(problem)}${since === null
        ? nothing
        : inline`${t("comma")}${t("since")} ${timeAndAge(since)}`}</p>
      ${problem.hosts === 0 && problem.worstHosts.length === 0
        ? html`<p class="state bad">${t("now.noHosts")}</p>`
        : html`<p>${
          problem.hostsOut === null
            ? ""
            : `${
              t("now.hostsOut", { out: problem.hostsOut, hosts: problem.hosts })
            } · `
        }${t("now.callers", { n: problem.callers })}</p>`}
      <ul>${problem.worstHosts.map((host) =>
        worstHost(host, problem, context)
      )}</ul>
      ${changeBefore === null
        ? html`<p class="muted small">${t("now.noChangeBefore")}</p>`
        : html`<p>${t("now.changeBefore")} ${
          changeLine(changeBefore, { withRoute: false })
        } ${
          isRevertible(changeBefore) && may("write", problem)
            ? html`<button class="small outline" @click=${() =>
              openRevert({
                change: changeBefore,
                onDone: () => context.poll.refresh(),
              })}>${t("undo")}</button>`
            : nothing
        }</p>`}
      ${runbook === null
        ? nothing
        : html`<p><a href=${runbook} rel="noreferrer">${
          t("now.runbook")
        }</a></p>`}
    </section>
  `;
}

/** How its calls go: loud only where more fail than usual. @param {NowProblem} problem */
function callsText(problem) {
  const { callsPerSecond, failingShare, usualShare } = problem;
  if (callsPerSecond === null) {
    return html`<span class="muted">${t("now.noCalls")}</span>`;
  }
  const isFailing = problem.failingPerSecondAboveUsual > 0;
  return inline`<span class=${isFailing ? "bad strong" : ""}>${
    t("now.failing", { share: share(failingShare), rate: rate(callsPerSecond) })
  }</span>${
    usualShare === null
      ? nothing
      : inline` <span class="muted">(${
        t("now.usual", { share: share(usualShare) })
      })</span>`
  }`;
}

/** @param {HostStatus} host @param {NowProblem} problem @param {import("../main.js").Context} context */
function worstHost(host, problem, context) {
  return html`<li>${hostLink(host.host)} ${hostState(host)} <span>${
    reasonsText(host.reasons)
  }</span>${
    host.drain === null && may("drain", problem)
      ? html`
        <button class="small outline" aria-label=${t("drain.of", {
          host: host.host,
          route: routeText(problem),
        })}
          @click=${() =>
            openDrain({
              host,
              route: problem,
              onDone: () => context.poll.refresh(),
            })}>${t("drain.do")}</button>
      `
      : nothing
  }</li>`;
}

/** @param {Now} now */
function lastChanges({ changes }) {
  return html`
    <h2>${t("now.changes")}</h2>
    ${changes.length === 0
      ? html`<p class="muted">${t("changes.none")}</p>`
      : html`
        <ol class="timeline">${changes.map((change) =>
          html`<li data-row>${changeLine(change)}</li>`
        )}</ol>
      `}
  `;
}
