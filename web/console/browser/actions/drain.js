import { openAction } from "../action.js";
import { openDialog } from "../dialog.js";
import { ask } from "../api.js";
import { now } from "../clock.js";
import { quoted } from "../command.js";
import { share } from "../format.js";
import { html, nothing } from "../lit.js";
import { t } from "../texts.js";
import { actorText, routeText } from "../views.js";

/**
 * @typedef {import("../../api_types.ts").HostStatus} HostStatus
 * @typedef {import("../../api_types.ts").RouteStatus} RouteStatus
 * @typedef {import("../../api_types.ts").DrainStatus} DrainStatus
 * @typedef {import("../../api_types.ts").Consequence} Consequence
 * @typedef {import("../views.js").NamedRoute} NamedRoute
 */

/** Hours that a drain is meant for; 0 is until somebody ends it. */
const HOURS = [1, 4, 24, 168, 0];
const HOURS_USUAL = 4;

/** Pause between two looks at the progress of a drain. */
const PROGRESS_MS = 1_000;

/**
 * Takes a host out of a route: no caller sends it calls until somebody ends that.
 *
 * @param {{host: HostStatus, route: NamedRoute, onDone: (answer: any) => void}} options
 */
export async function openDrain({ host, route, onDone }) {
  const { modId, cmdId } = route;
  const answer = await ask("GET", `/routes/${modId}/${cmdId}/status`);
  /** @type {RouteStatus | undefined} */
  const status = answer.status === 200 ? answer.body : undefined;
  const path = `/routes/${modId}/${cmdId}/hosts/${host.host}/drain`;
  openAction({
    title: t("drain.of", { host: host.host, route: routeText(route) }),
    apply: t("drain.do"),
    target: `${modId}/${cmdId}`,
    fields: drainFields,
    plan: (form) =>
      drainPlan(form, {
        path,
        target: `${host.host} ${modId} ${cmdId}`,
        consequences: status ? drainConsequences(status, host) : [],
        summary: drainSummary(status, host),
      }),
    onDone: (answer) => {
      onDone(answer);
      showProgress(host.host, { path, first: answer });
    },
  });
}

/**
 * The request of a drain, once there is a reason.
 *
 * @param {FormData} form
 * @param {{path: string, target: string, consequences: Consequence[], summary: unknown}} options `target` is what `lars` takes.
 * @returns {import("../action.js").Plan | string}
 */
function drainPlan(form, { path, target, consequences, summary }) {
  const reason = String(form.get("reason") ?? "").trim();
  if (reason === "") return t("drain.reasonMissing");
  const hours = Number(form.get("hours"));
  const until = hours > 0 ? ` --until ${hours}h` : "";
  return {
    method: "PUT",
    path,
    body: { reason, until: untilOf(hours) },
    commands: [`lars host drain ${target} --reason ${quoted(reason)}${until}`],
    consequences,
    summary,
  };
}

/**
 * Shows how far the callers of a drained host have stopped, until all have or
 * somebody closes it.
 *
 * @param {string} host
 * @param {{path: string, first: DrainStatus}} options
 */
function showProgress(host, { path, first }) {
  let status = first;
  openDialog(t("drain.progressTitle", { host }), ({ update, isOpen }) => {
    if (!status.isDone) {
      setTimeout(async () => {
        if (!isOpen()) return;
        const answer = await ask("GET", path);
        if (answer.status === 200) status = answer.body;
        update();
      }, PROGRESS_MS);
    }
    const { callers, stopped, inFlight, isDone } = status;
    return html`
      <p role="status" class="strong ${isDone ? "good" : ""}">${isDone
        ? t("drain.done")
        : `${t("drain.progress", { stopped, n: callers })}${t("comma")}${
          t("drain.inFlight", { n: inFlight })
        }`}</p>
      ${callers === 0
        ? nothing
        : html`<progress value=${stopped} max=${callers} aria-label=${
          t("drain.progress", { stopped, n: callers })
        }></progress>`}
      ${isDone ? nothing : html`<p class="muted">${t("drain.wait")}</p>`}
    `;
  });
}

function drainFields() {
  return html`
    <label>${t("drain.reason")}
      <input name="reason" required autofocus maxlength="1000" autocomplete="off"></label>
    <label>${t("drain.until")}
      <select name="hours">${HOURS.map((hours) =>
        html`<option value=${hours} ?selected=${hours === HOURS_USUAL}>${
          hours === 0 ? t("drain.forGood") : t("drain.hours", { n: hours })
        }</option>`
      )}</select>
      <small>${t("drain.untilHelp")}</small></label>
  `;
}

/** When these hours are over, in whole minutes: it stays the same while the form is filled in. @param {number} hours */
function untilOf(hours) {
  if (!(hours > 0)) return null;
  const minutes = Math.ceil(now() / 60_000) + hours * 60;
  return new Date(minutes * 60_000).toISOString().replace(".000Z", "Z");
}

/** @param {RouteStatus | undefined} status @param {HostStatus} host */
function drainSummary(status, host) {
  if (status === undefined) return html`<p>${t("drain.unknown")}</p>`;
  const total = status.callsPerSecond ?? 0;
  const before = usableHosts(status);
  const after = before.filter((each) => each.host !== host.host);
  return html`<p>${
    t("drain.summary", { before: before.length, after: after.length })
  }${
    total > 0 && host.callsPerSecond !== null
      ? html`
        · ${t("preview.moved", { share: share(host.callsPerSecond / total) })}
      `
      : ""
  }</p>`;
}

/** Hosts that may get calls. @param {RouteStatus} status */
function usableHosts({ hosts }) {
  return hosts.filter(({ isConfigured, drain, weight }) =>
    isConfigured && drain === null && weight !== 0
  );
}

/** What a drain of the host would leave. @param {RouteStatus} status @param {HostStatus} host @returns {Consequence[]} */
function drainConsequences(status, host) {
  const { modId, cmdId } = status;
  const usable = usableHosts(status);
  const left = usable.filter((each) => each.host !== host.host);
  /** @type {Consequence[]} */
  const consequences = [];
  const add = (
    /** @type {Consequence["code"]} */ code,
    /** @type {string} */ detail,
  ) => consequences.push({ code, detail, modId, cmdId, host: host.host });
  if (left.length === 0) add("last_host", t("drain.lastHost"));
  else if (left.length * 2 < status.hosts.length) {
    add(
      "over_half",
      t("drain.overHalf", { left: left.length, hosts: status.hosts.length }),
    );
  }
  const total = status.callsPerSecond ?? 0;
  if (total > 0 && (host.callsPerSecond ?? 0) * 2 > total) {
    add(
      "carries_most_calls",
      t("drain.mostCalls", {
        share: share((host.callsPerSecond ?? 0) / total),
      }),
    );
  }
  return consequences;
}

/**
 * Takes a host out of all its routes, also of those that it is added to later.
 *
 * @param {{address: string, routes: HostStatus[], more: number, onDone: (answer: any) => void}} options `more` routes are not named.
 */
export function openDrainAll({ address, routes, more, onDone }) {
  const [ip = ""] = address.split(":");
  const path = `/hosts/${ip}/drain`;
  openAction({
    title: t("drain.everywhereOf", { host: ip }),
    apply: t("drain.do"),
    target: ip,
    fields: drainFields,
    plan: (form) =>
      drainPlan(form, {
        path,
        target: ip,
        consequences: [],
        summary: html`<p>${t("drain.routes", { n: routes.length + more })} ${
          routes.map(routeText).join(t("comma"))
        } ${more > 0 ? t("diff.more", { n: more }) : nothing}</p>`,
      }),
    onDone: (answer) => {
      onDone(answer);
      showProgress(ip, { path, first: answer });
    },
  });
}

/**
 * Ends a drain.
 *
 * @param {{host: HostStatus, route: NamedRoute, onDone: (answer: any) => void}} options
 */
export function openUndrain({ host, route, onDone }) {
  const { modId, cmdId } = route;
  const isOfAll = host.drain?.allRoutes === true;
  const drained = host.drain?.host ?? host.host;
  openAction({
    title: t("undrain.of", { host: host.host, route: routeText(route) }),
    apply: t("undrain.do"),
    target: `${modId}/${cmdId}`,
    plan: () => ({
      method: "DELETE",
      path: isOfAll
        ? `/hosts/${drained}/drain`
        : `/routes/${modId}/${cmdId}/hosts/${drained}/drain`,
      commands: [
        `lars host undrain ${drained}${isOfAll ? "" : ` ${modId} ${cmdId}`}`,
      ],
      consequences: [],
      summary: html`<p>${
        t("undrain.summary", {
          who: actorText(host.drain?.who ?? ""),
          reason: host.drain?.reason ?? "",
        })
      }</p>${isOfAll ? html`<p>${t("undrain.all")}</p>` : ""}`,
    }),
    onDone,
  });
}
