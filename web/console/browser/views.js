import { html, inline, nothing } from "./lit.js";
import { latency, rate, share, span, time, timeAndAge } from "./format.js";
import { address, here } from "./page_data.js";
import { t, word } from "./texts.js";

/**
 * @typedef {import("../api_types.ts").Change} Change
 * @typedef {import("../api_types.ts").HostStatus} HostStatus
 * @typedef {import("../api_types.ts").Instance} Instance
 * @typedef {import("../api_types.ts").Lease} Lease
 * @typedef {{modId: number, cmdId: number, name?: string | null, module?: string | null}} NamedRoute
 */

/** Share of its calls that fail from which a host in use is not called good. */
const FAILING_SHARE_MIN = 0.05;

/** "pay / charge (1/7)", or "1/7" without names. @param {NamedRoute} route */
export function routeText({ modId, cmdId, name, module }) {
  const id = `${modId}/${cmdId}`;
  const names = [module, name].filter((each) => each).join(" / ");
  return names === "" ? id : `${names} (${id})`;
}

/** @param {NamedRoute} route */
export function routeLink(route) {
  const { modId, cmdId } = route;
  return html`<a href=${address(`/routes/${modId}/${cmdId}`)}>${
    routeText(route)
  }</a>`;
}

/** @param {string} host */
export function hostLink(host) {
  return html`<a class="mono" href=${address(`/hosts/${host}`)}>${host}</a>`;
}

/**
 * How callers see a host: a shape, a word, a colour. It is good only where calls
 * have said so.
 *
 * @param {HostStatus} host
 */
export function hostState(host) {
  if (host.drain !== null || host.weight === 0) {
    return html`<span class="state drained">${t("state.drained")}</span>`;
  }
  if (host.out) {
    const isMany = host.out * 2 >= host.callers;
    return html`<span class="state ${isMany ? "bad" : "warn"}">${
      t("state.out", { out: host.out, callers: host.callers })
    }</span>${
      isMany ? nothing : html`
        <span class="muted small">${t("state.fewOut")}</span>
      `
    }`;
  }
  if (host.suspect) {
    return html`<span class="state warn">${
      t("state.suspect", { n: host.suspect })
    }</span>`;
  }
  if (host.failingShare !== null && host.failingShare >= FAILING_SHARE_MIN) {
    return html`<span class="state bad">${
      t("state.failing", { share: share(host.failingShare) })
    }</span>`;
  }
  if (host.callsPerSecond === null) {
    return html`<span class="state muted">${t("noData")}</span>`;
  }
  return html`<span class="state good">${t("state.inUse")}</span>`;
}

/** "refused 61, timeout 4". @param {{reason: string, callers: number}[]} reasons */
export function reasonsText(reasons) {
  return reasons.map(({ reason, callers }) =>
    t("reason.count", { reason: word("reason", reason), callers })
  ).join(t("comma"));
}

/**
 * @typedef {object} Traffic What calls have shown.
 * @property {number | null} callsPerSecond
 * @property {number | null} failingShare
 * @property {number | null} meanUs
 * @property {number | null} p99Us
 */

/** Cells of what calls have shown, with one latency. @param {Traffic} traffic @param {"p99" | "mean"} latencyKind */
export function trafficCells(traffic, latencyKind) {
  const { callsPerSecond, failingShare, meanUs, p99Us } = traffic;
  const isFailing = failingShare !== null && failingShare >= 0.01;
  return inline`<td class="number" data-name=${t("column.calls")}>${
    callsPerSecond === null ? t("noData") : rate(callsPerSecond)
  }</td><td class="number ${isFailing ? "bad strong" : ""}" data-name=${
    t("column.failing")
  }>${
    failingShare === null ? "–" : share(failingShare)
  }</td><td class="number" data-name=${t(`column.${latencyKind}`)}>${
    latency(latencyKind === "p99" ? p99Us : meanUs)
  }</td>`;
}

/** Heads of the same. @param {"p99" | "mean"} latencyKind */
export function trafficHeads(latencyKind) {
  return inline`<th scope="col" class="number">${
    t("column.calls")
  }</th><th scope="col" class="number">${
    t("column.failing")
  }</th><th scope="col" class="number">${t(`column.${latencyKind}`)}</th>`;
}

/** "+3 hosts, −1 host, settings". @param {Change["routes"]} routes */
function changeParts(routes) {
  const sum = (/** @type {(diff: Change["routes"][0]) => number} */ of) =>
    routes.reduce((total, diff) => total + of(diff), 0);
  const added = sum((diff) => diff.added.length);
  const removed = sum((diff) => diff.removed.length);
  const changed = sum((diff) => diff.changed.length);
  const parts = [];
  if (added > 0) parts.push(t("change.added", { n: added }));
  if (removed > 0) parts.push(t("change.removed", { n: removed }));
  if (changed > 0) parts.push(t("change.changed", { n: changed }));
  if (routes.some(({ settings }) => settings !== null)) {
    parts.push(t("change.settings"));
  }
  return parts.join(t("comma"));
}

/** A change in a line: when, who, what, why. @param {Change} change @param {{withRoute?: boolean}} [options] */
export function changeLine(change, { withRoute = true } = {}) {
  const [first] = change.routes;
  const where = !withRoute || first === undefined
    ? ""
    : change.routes.length === 1
    ? ` · ${first.modId}/${first.cmdId}`
    : ` · ${t("change.routes", { n: change.routes.length })}`;
  const [, reverted] = /^revert change (\d+)$/.exec(change.action) ?? [];
  const what = reverted === undefined
    ? [changeParts(change.routes), ...change.drains.map(drainText)]
      .filter((each) => each).join(t("comma")) || change.action
    : t("change.reverts", { id: reverted });
  const why = [change.comment, change.ticket].filter((each) => each).join(
    " · ",
  );
  return html`
    ${time(change.at)} ${actorText(change.actor)}: <a
      href=${address(`/changes/${change.id}`)}>${what}</a>${where}${why
        ? html`
          <span class="muted">(${why})</span>
        `
        : nothing}
  `;
}

/** "drained 10.0.0.5:80 of 1/7". @param {Change["drains"][0]} drain */
export function drainText({ host, modId, cmdId, begins }) {
  const where = modId === null ? host : `${host} (${modId}/${cmdId})`;
  return t(begins ? "change.drained" : "change.undrained", { host: where });
}

/** Whether the same change can be taken back. @param {Change} change */
export function isRevertible(change) {
  return change.routes.length > 0;
}

/** "alice" of "user alice"; others as they are. @param {string} actor */
export function actorText(actor) {
  if (actor === "by hand") return t("actor.byHand");
  return actor.replace(/^user /, "");
}

/** What an agent is called. @param {{agent: string, name: string | null, address: string | null}} agent */
export function agentText({ agent, name, address }) {
  return name ?? address ?? agent.slice(0, 8);
}

/** Whether the machine of a lease lives. @param {Pick<Lease, "isOverdue" | "renewedS"> | null} lease */
export function leaseState(lease) {
  if (lease === null) {
    return html`<span class="state muted">${t("lease.none")}</span>`;
  }
  const { isOverdue, renewedS } = lease;
  const text = t(isOverdue ? "lease.overdue" : "lease.renewed");
  return html`<span class="state ${isOverdue ? "bad" : "good"}">${text}</span>${
    renewedS ? ` ${t("lease.lastWord", { age: span(renewedS * 1_000) })}` : ""
  }`;
}

/** State of an instance, and since when. @param {Instance} instance */
export function instanceState({ state, since, isStatic }) {
  const kind = { served: "good", not_ready: "warn", removed: "drained" };
  return html`
    <span
      class="state ${kind[state]}">${word("instanceState", state)}</span>${t(
        "comma",
      )}${t("since")} ${timeAndAge(since)}${isStatic
        ? ` · ${t("instance.static")}`
        : ""}
  `;
}

/** A policy; none of its own is that of the agent. @param {string | null} policy */
export function policyText(policy) {
  return policy ?? t("settings.byAgent");
}

/** Whether agents check hosts that are out, likewise. @param {boolean | null} check */
export function checkText(check) {
  if (check === null) return t("settings.byAgent");
  return check ? t("yes") : t("no");
}

/** Links to the page behind this one, and from a later one to the first: each is an address. @param {string | null} next Cursor. */
export function pageLinks(next) {
  return html`<p class="row">${
    location.search.includes("cursor=")
      ? html`<a href=${here("cursor")}>${t("page.first")}</a>`
      : nothing
  } ${
    next === null
      ? nothing
      : html`<a href=${here("cursor", next)}>${t("page.next")}</a>`
  }</p>`;
}
