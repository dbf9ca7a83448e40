import {
  openAddHosts,
  openDrain,
  openHostEdit,
  openNames,
  openRemoveHosts,
  openSettings,
  openUndrain,
} from "../actions.js";
import { time } from "../format.js";
import { charts, drawCharts } from "../history.js";
import { hostDetails, registeredLine } from "../host_details.js";
import { html, nothing, repeat } from "../lit.js";
import { may, pageData } from "../page_data.js";
import { callersTable, timeline } from "../timeline.js";
import { t } from "../texts.js";
import {
  checkText,
  hostLink,
  hostState,
  policyText,
  routeText,
  trafficCells,
  trafficHeads,
} from "../views.js";

/**
 * @typedef {import("../../api_types.ts").Route} Route
 * @typedef {import("../../api_types.ts").RouteStatus} RouteStatus
 * @typedef {import("../../api_types.ts").HostStatus} HostStatus
 * @typedef {import("../../api_types.ts").Instance} Instance
 * @typedef {import("../main.js").Context} Context
 */

/** @type {import("../main.js").Page} */
export default {
  parent: "/routes",
  everyMs: [0, 0, 20_000, 5_000, 5_000, 5_000, 5_000],
  title: ({ bodies: [route] }) => routeText(route),
  view: (context) => {
    /** @type {[Route, RouteStatus | undefined, any, any, any, any, any]} */
    const [route, status, history, events, changes, callers, registered] =
      /** @type {any} */ (context.bodies);
    const lines = {
      events: events?.items ?? [],
      changes: changes?.items ?? [],
    };
    return html`
      <div class="row"><h1 class="grow">${routeText(route)}</h1>${actions(
        route,
        context,
      )}</div>
      ${facts(route, status)}
      ${warnings(route)}
      <h2>${t("route.hosts")}</h2>
      ${hostsTable({
        route,
        status,
        instances: registered?.items ?? [],
        context,
      })}
      <h2>${t("route.history")}</h2>
      ${charts(history, lines)}
      <h2>${t("route.timeline")}</h2>
      ${timeline(lines)}
      ${pageData.past ? nothing : html`
        <h2>${t("route.callers")}</h2>
        ${callersTable(callers?.items ?? [])}
      `}
    `;
  },
  afterDraw: ({ bodies: [, , history, events, changes] }) =>
    drawCharts(history, {
      events: events?.items ?? [],
      changes: changes?.items ?? [],
    }),
};

/** @param {Route} route @param {Context} context */
function actions(route, context) {
  if (!may("write", route)) return nothing;
  const onDone = () => context.poll.refresh();
  return html`
    <button class="small" @click=${() => openAddHosts({ route, onDone })}>${t(
      "edit.addHosts",
    )}</button><button
      class="small outline" @click=${() => openSettings({ route, onDone })}>${t(
        "edit.changeSettings",
      )}</button><button
      class="small outline" @click=${() => openNames({ route, onDone })}>${t(
        "names.do",
      )}</button>
  `;
}

/** @param {Route} route @param {RouteStatus | undefined} status */
function facts(route, status) {
  return html`<dl class="facts">
    <dt>${t("settings.policy")}</dt><dd>${policyText(route.policy)}</dd>
    <dt>${t("settings.check")}</dt><dd>${checkText(route.check)}</dd>
    ${
    route.owner === null ? nothing : html`
      <dt>${t("route.owner")}</dt>
      <dd>${route.owner}</dd>
    `
  }
    ${
    route.runbook === null ? nothing : html`
      <dt>${t("now.runbook")}</dt>
      <dd><a href=${route.runbook} rel="noreferrer">${route.runbook}</a></dd>
    `
  }
    <dt>${t("route.dataUntil")}</dt><dd>${
    status?.asOf ? time(status.asOf) : t("noData")
  }</dd>
  </dl>`;
}

/** Settings that do not do what they look like. @param {Route} route */
function warnings({ policy, hosts }) {
  const hasWeights = hosts.some(({ weight }) =>
    weight !== null && weight !== 0 && weight !== 100
  );
  return policy === "lars" && hasWeights
    ? html`
      <div class="banner">
        <p>${t("route.weightsIgnored")}</p>
      </div>
    `
    : nothing;
}

/** @param {{route: Route, status: RouteStatus | undefined, instances: Instance[], context: Context}} options */
function hostsTable({ route, status, instances, context }) {
  const instanceOf = new Map(instances.map((each) => [each.host, each]));
  const hosts = [...status?.hosts ?? []].sort(bySickness);
  if (hosts.length === 0) {
    return html`<p>${t(status ? "routes.noHosts" : "noData")}</p>`;
  }
  return html`
    <div class="table">
      <table class="stack">
        <thead>
          <tr><th scope="col">${t("column.host")}</th><th scope="col">${t(
            "column.state",
          )}</th>${trafficHeads("mean")}<th scope="col" class="number">${t(
            "column.weight",
          )}</th><th scope="col">${t(
            "column.zone",
          )}</th><th scope="col"><span class="visually-hidden">${t(
            "column.actions",
          )}</span></th></tr>
        </thead>
        <tbody>${repeat(hosts, ({ host }) => host, (host) =>
          html`
            <tr
              data-row><th scope="row">${hostLink(
                host.host,
              )}</th><td class="wide">${hostState(host)}${hostDetails(
                host,
              )}${registration(instanceOf.get(host.host))}</td>${trafficCells(
                host,
                "mean",
              )}<td class="number" data-name=${t(
                "column.weight",
              )}>${host.weight ?? 100}</td><td data-name=${t(
                "column.zone",
              )}>${host.zone ?? ""}</td><td class="wide">${hostActions({
                host,
                route,
                context,
              })}</td></tr>
          `)}</tbody>
      </table>
    </div>
  `;
}

/** @param {Instance | undefined} instance */
function registration(instance) {
  return instance === undefined ? nothing : registeredLine(instance);
}

/** Sick ones first, then by calls. @param {HostStatus} a @param {HostStatus} b */
function bySickness(a, b) {
  const share = (/** @type {HostStatus} */ host) =>
    host.callers === 0 ? 0 : (host.out ?? 0) / host.callers;
  return share(b) - share(a) || (b.suspect ?? 0) - (a.suspect ?? 0) ||
    Math.round((b.failingShare ?? 0) * 20) -
      Math.round((a.failingShare ?? 0) * 20) ||
    Number(b.drain !== null) - Number(a.drain !== null) ||
    (b.callsPerSecond ?? 0) - (a.callsPerSecond ?? 0) ||
    a.host.localeCompare(b.host);
}

/** @param {{host: HostStatus, route: Route, context: Context}} options */
function hostActions({ host, route, context }) {
  const onDone = () => context.poll.refresh();
  if (!host.isConfigured) {
    return html`<span class="muted small">${t("route.notConfigured")}</span>`;
  }
  const configured = route.hosts.find((each) => each.host === host.host);
  const name = { host: host.host };
  return html`<div class="row">${
    !may("drain", route) ? nothing : host.drain === null
      ? html`
        <button class="small outline" aria-label=${t("drain.host", name)}
          @click=${() => openDrain({ host, route, onDone })}>${t(
            "drain.do",
          )}</button>
      `
      : html`
        <button class="small" aria-label=${t("undrain.host", name)}
          @click=${() => openUndrain({ host, route, onDone })}>${t(
            "undrain.do",
          )}</button>
      `
  }${
    may("write", route) && configured
      ? html`
        <button class="small outline" aria-label=${t("edit.hostLabel", name)}
          @click=${() => openHostEdit({ route, host: configured, onDone })}>${t(
            "edit.do",
          )}</button><button class="small outline"
          aria-label=${t("edit.removeLabel", name)} @click=${() =>
            openRemoveHosts({ route, hosts: [host.host], onDone })}>${t(
              "edit.removeDo",
            )}</button>
      `
      : nothing
  }</div>`;
}
