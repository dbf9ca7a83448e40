import { openAction, routeLine } from "../action.js";
import { openDialog } from "../dialog.js";
import { ask } from "../api.js";
import { now } from "../clock.js";
import { quoted } from "../command.js";
import { html, nothing } from "../lit.js";
import { t } from "../texts.js";
import { actorText, routeText } from "../views.js";

/**
 * @typedef {import("../../api_types.ts").HostStatus} HostStatus
 * @typedef {import("../../api_types.ts").DrainStatus} DrainStatus
 * @typedef {import("../../api_types.ts").DrainPreview} DrainPreview
 * @typedef {import("../views.js").NamedRoute} NamedRoute
 */

/** Hours that a drain is meant for; 0 is until somebody ends it. */
const HOURS = [1, 4, 24, 168, 0];
const HOURS_USUAL = 4;

/** Routes of a drain that its preview names. */
const ROUTES_SHOWN = 10;

/** Pause between two looks at the progress of a drain. */
const PROGRESS_MS = 1_000;

/**
 * Takes a host out of a route: no caller sends it calls until somebody ends that.
 *
 * @param {{host: HostStatus, route: NamedRoute, onDone: (answer: any) => void}} options
 */
export function openDrain({ host, route, onDone }) {
  const { modId, cmdId } = route;
  const path = `/routes/${modId}/${cmdId}/hosts/${host.host}/drain`;
  openAction({
    title: t("drain.of", { host: host.host, route: routeText(route) }),
    apply: t("drain.do"),
    target: `${modId}/${cmdId}`,
    fields: drainFields,
    plan: (form) =>
      drainPlan(form, { path, target: `${host.host} ${modId} ${cmdId}` }),
    previewView: drainView,
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
 * @param {{path: string, target: string}} options `target` is what `lars` takes.
 * @returns {import("../action.js").Plan | string}
 */
function drainPlan(form, { path, target }) {
  const reason = String(form.get("reason") ?? "").trim();
  if (reason === "") return t("drain.reasonMissing");
  const hours = Number(form.get("hours"));
  const until = hours > 0 ? ` --until ${hours}h` : "";
  return {
    method: "PUT",
    path,
    body: { reason, until: untilOf(hours) },
    commands: [`lars host drain ${target} --reason ${quoted(reason)}${until}`],
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

/** What a drain would do. @param {DrainPreview} preview */
function drainView({ routes, moreRoutes = 0, callers }) {
  if (routes.length === 0) return html`<p>${t("host.none")}</p>`;
  const shown = routes.slice(0, ROUTES_SHOWN);
  const more = moreRoutes + routes.length - shown.length;
  return html`
    ${shown.map((route) => routeLine(route, "drain.route"))}
    ${more > 0 ? html`<p>${t("drain.moreRoutes", { n: more })}</p>` : nothing}
    <p>${t("drain.callers", { n: callers })}</p>
  `;
}

/**
 * Takes a host out of all its routes, also of those that it is added to later.
 *
 * @param {{address: string, onDone: (answer: any) => void}} options
 */
export function openDrainAll({ address, onDone }) {
  const [ip = ""] = address.split(":");
  const path = `/hosts/${ip}/drain`;
  openAction({
    title: t("drain.everywhereOf", { host: ip }),
    apply: t("drain.do"),
    target: ip,
    fields: drainFields,
    plan: (form) => drainPlan(form, { path, target: ip }),
    previewView: drainView,
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
