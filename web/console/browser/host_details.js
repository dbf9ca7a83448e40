import { now } from "./clock.js";
import { span, time, timeAndAge } from "./format.js";
import { html, inline, nothing } from "./lit.js";
import { pageData } from "./page_data.js";
import { t, word } from "./texts.js";
import { actorText, agentText, leaseState, reasonsText } from "./views.js";

/**
 * @typedef {import("../api_types.ts").HostStatus} HostStatus
 * @typedef {import("../api_types.ts").Instance} Instance
 */

/** What stands under the state of a host: why, since when, and how far a drain is. @param {HostStatus} host */
export function hostDetails(host) {
  const { drain, reasons, since, nextTryMs, out } = host;
  if (drain !== null) return drainDetails(host);
  if (!out && !host.suspect) return nothing;
  return html`<div class="small">${reasonsText(reasons)}${
    since === null
      ? nothing
      : html`${t("comma")}${t("since")} ${timeAndAge(since)}`
  }${
    nextTryMs === null || nextTryMs === 0
      ? nothing
      : html`${t("comma")}${t("nextTry", { span: span(nextTryMs) })}`
  }</div>`;
}

/** Who drained it, why, until when, and which callers have stopped. @param {HostStatus} host */
function drainDetails({ drain, inFlight, callsPerSecond }) {
  if (drain === null) return nothing;
  return html`
    <div
      class="small">${t("drain.by", {
        who: actorText(drain.who),
        reason: drain.reason,
      })}${t("comma")}${t("since")} ${time(drain.since)}${untilText(
        drain.until,
      )}${drain.allRoutes
        ? html`${t("comma")}${t("drain.allRoutes")}`
        : nothing}${pageData.past ? nothing : html`
        <br>${!inFlight
          ? t("drain.idle")
          : t("drain.inFlight", { n: inFlight })}${(callsPerSecond ?? 0) > 0
          ? ` · ${t("drain.lastMinutes")}`
          : ""}
      `}</div>
  `;
}

/** When a drain was meant to be over: loud once that is past. @param {string | null} until */
function untilText(until) {
  if (until === null) return nothing;
  return Date.parse(until) < now()
    ? inline`${t("comma")}<span class="warn">${t("drain.overdue")} ${
      time(until)
    }</span>`
    : inline`${t("comma")}${t("drain.meantUntil")} ${time(until)}`;
}

/** A line under a host that has registered itself: by which agent, and whether that lives. @param {Instance} instance */
export function registeredLine(instance) {
  const { agent, agentName, agentAddress, lease, version } = instance;
  const name = agentText({ agent, name: agentName, address: agentAddress });
  return inline`<div class="small">${t("instance.by", { agent: name })}${
    version === null ? "" : ` · ${version}`
  } · ${leaseState(lease)}${
    instance.state === "served"
      ? ""
      : inline` · ${word("instanceState", instance.state)}`
  }</div>`;
}
