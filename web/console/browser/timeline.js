import { latency, share, span, time, timeAndAge } from "./format.js";
import { html, nothing } from "./lit.js";
import { count, t, word } from "./texts.js";
import { changeLine, hostLink, routeLink } from "./views.js";

/**
 * @typedef {import("../api_types.ts").HostEvent} HostEvent
 * @typedef {import("../api_types.ts").Change} Change
 * @typedef {import("../api_types.ts").CallerState} CallerState
 */

/** What happened, the newest first: changes by people, and what callers told. @param {{events: HostEvent[], changes: Change[]}} lines @param {{withRoute?: boolean}} [options] */
export function timeline({ events, changes }, { withRoute = false } = {}) {
  const lines = [
    ...events.map((event) => ({
      at: Date.parse(event.at),
      line: eventLine(event, withRoute),
    })),
    ...changes.map((change) => ({
      at: Date.parse(change.at),
      line: html`<span class="state change"></span>${
        changeLine(change, { withRoute })
      }`,
    })),
  ].sort((a, b) => b.at - a.at);
  if (lines.length === 0) {
    return html`<p class="muted">${t("timeline.none")}</p>`;
  }
  return html`<ol class="timeline">${
    lines.map(({ line }) => html`<li>${line}</li>`)
  }</ol>`;
}

/** @type {Record<string, string>} */
const KINDS = {
  ejected: "bad",
  check_failed: "bad",
  suspected: "warn",
  returned: "good",
  drained: "drained",
  undrained: "good",
};

/** @param {HostEvent} event @param {boolean} withRoute */
function eventLine(event, withRoute) {
  const { calls, failures, meanUs, peersMeanUs } = event;
  const isSlow = event.reason === "slow" && meanUs !== null &&
    peersMeanUs !== null;
  return html`
    <span
      class="state ${KINDS[event.kind] ?? ""}"></span>${time(
        event.at,
      )} ${hostLink(event.host)}${withRoute
        ? html`
          ${routeLink(event)}
        `
        : nothing} ${word(
          "event",
          event.kind,
        )}${event.reason === "none" || event.reason === event.kind
        ? nothing
        : html`${t("comma")}${word("reason", event.reason)}`} · ${t(
          "event.callers",
          { n: event.callers },
        )}${event.names.length > 0
        ? html`
          <span class="muted small">(${event.names.join(
            ", ",
          )}${event.callers > event.names.length ? ", …" : ""})</span>
        `
        : nothing}${isSlow
        ? html`
          <span class="muted small">${t("event.slow", {
            mean: latency(meanUs),
            peers: latency(peersMeanUs),
          })}</span>
        `
        : calls > 0
        ? html`
          <span class="muted small">${t("event.failed", {
            share: share(failures / calls),
            n: calls,
          })}</span>
        `
        : nothing}
  `;
}

/** Callers that hold a host not to be plainly in use. @param {CallerState[]} callers @param {{withRoute?: boolean}} [options] */
export function callersTable(callers, { withRoute = false } = {}) {
  if (callers.length === 0) {
    return html`<p class="muted">${t("callers.none")}</p>`;
  }
  return html`
    <div class="table">
      <table class="stack">
        <thead>
          <tr><th scope="col">${t("column.caller")}</th>${withRoute
            ? html`<th scope="col">${t("column.route")}</th>`
            : html`<th scope="col">${
              t("column.host")
            }</th>`}<th scope="col">${t(
              "column.state",
            )}</th><th scope="col">${t(
              "column.since",
            )}</th><th scope="col" class="number">${t(
              "column.inFlight",
            )}</th><th scope="col" class="number">${t(
              "column.nextTry",
            )}</th></tr>
        </thead>
        <tbody>${callers.map((caller) =>
          html`
            <tr data-row>
              <th scope="row">${caller.agentName ?? caller.agentAddress ??
                caller.agent} <span class="muted small">${[
                caller.agentName === null ? null : caller.agentAddress,
                caller.zone,
              ]
                .filter((each) => each).join(" · ")}</span></th>
              <td>${withRoute ? routeLink(caller) : hostLink(caller.host)}</td>
              <td><span class="state ${callerKind(caller)}">${word(
                "callerState",
                caller.state,
              )}</span> ${caller.reason === "none" ||
                  caller.reason === caller.state
                ? ""
                : word("reason", caller.reason)}</td>
              <td class="wide" data-name=${t("column.since")}>${timeAndAge(
                caller.since,
              )}</td>
              <td class="number" data-name=${t("column.inFlight")}>${count(
                caller.inFlight,
              )}</td>
              <td class="number" data-name=${t(
                "column.nextTry",
              )}>${caller.nextTryMs > 0 ? span(caller.nextTryMs) : "–"}</td>
            </tr>
          `
        )}</tbody>
      </table>
    </div>
  `;
}

/** @param {CallerState} caller */
function callerKind({ state }) {
  if (state === "ejected" || state === "overloaded") return "bad";
  if (state === "suspect") return "warn";
  return state === "drained" ? "drained" : "";
}
