import {
  openDrain,
  openDrainAll,
  openRemoveInstance,
  openUndrain,
} from "../actions.js";
import { hostDetails } from "../host_details.js";
import { html, nothing } from "../lit.js";
import { may, pageData } from "../page_data.js";
import { callersTable, timeline } from "../timeline.js";
import { t } from "../texts.js";
import {
  agentText,
  hostState,
  instanceState,
  leaseState,
  routeLink,
  routeText,
  trafficCells,
  trafficHeads,
} from "../views.js";

/**
 * @typedef {import("../../api_types.ts").HostStatus} HostStatus
 * @typedef {import("../../api_types.ts").Instance} Instance
 * @typedef {import("../main.js").Context} Context
 */

/** @type {import("../main.js").Page} */
export default {
  parent: "/routes",
  title: () => pageData.params.host ?? "",
  view: (context) => {
    const [host, registered] = context.bodies;
    /** @type {HostStatus[]} */
    const routes = host.routes;
    const more = host.moreRoutes ?? 0;
    const { host: address = "" } = context.params;
    const onDone = () => context.poll.refresh();
    return html`
      <div class="row"><h1 class="grow mono">${address}</h1>${may("drain") &&
          routes.length > 0
        ? html`<button class="small outline" @click=${() =>
          openDrainAll({ address, onDone })}>${t("drain.everywhere")}</button>`
        : nothing}</div>
      <h2>${t("host.routes")}</h2>
      ${routes.length === 0
        ? html`<p>${t("host.none")}</p>`
        : routesTable(routes, context)}
      ${more > 0 ? html`<p>${t("diff.more", { n: more })}</p>` : nothing}
      ${instancesSection(registered?.items ?? [], context)}
      <h2>${t("route.timeline")}</h2>
      ${timeline({ events: host.events, changes: [] }, {
        withRoute: true,
      })}
      ${pageData.past ? nothing : html`
        <h2>${t("route.callers")}</h2>
        ${callersTable(host.callers, { withRoute: true })}
      `}
    `;
  },
};

/** Where it has registered itself, by which agent. @param {Instance[]} instances @param {Context} context */
function instancesSection(instances, context) {
  if (instances.length === 0) return nothing;
  return html`
    <h2>${t("instance.title")}</h2>
    <div class="table">
      <table class="stack">
        <thead>
          <tr>
            <th scope="col">${t("column.route")}</th>
            <th scope="col">${t(
              "column.state",
            )}</th>
            <th scope="col">${t("column.agent")}</th>
            <th scope="col">${t(
              "column.lease",
            )}</th>
            <th scope="col">${t(
              "column.version",
            )}</th>
            <th scope="col"><span class="visually-hidden">${t(
              "column.actions",
            )}</span></th>
          </tr>
        </thead>
        <tbody>${instances.map((instance) =>
          html`
            <tr
              data-row>
              <th scope="row">${routeLink(
                instance,
              )} <span class="mono small">${instance
                .host}</span></th>
              <td class="wide">${instanceState(
                instance,
              )}</td>
              <td data-name=${t("column.agent")}>${agentText({
                agent: instance.agent,
                name: instance.agentName,
                address: instance.agentAddress,
              })}</td>
              <td class="wide" data-name=${t(
                "column.lease",
              )}>${leaseState(instance.lease)}</td>
              <td data-name=${t(
                "column.version",
              )}>${instance.version ?? "–"}</td>
              <td class="wide">${removeButton(
                instance,
                context,
              )}</td>
            </tr>
          `
        )}</tbody>
      </table>
    </div>
  `;
}

/** @param {Instance} instance @param {Context} context */
function removeButton(instance, context) {
  if (instance.state === "removed" || !may("write", instance)) return nothing;
  const { host, modId, cmdId } = instance;
  const route = `${modId}/${cmdId}`;
  return html`
    <button class="small outline" aria-label=${t("instance.removeLabel", {
      host,
      route,
    })}
      @click=${() =>
        openRemoveInstance({
          instance,
          onDone: () => context.poll.refresh(),
        })}>${t("instance.removeDo")}</button>
  `;
}

/** @param {HostStatus[]} routes @param {Context} context */
function routesTable(routes, context) {
  return html`
    <div class="table">
      <table class="stack">
        <thead>
          <tr><th scope="col">${t("column.route")}</th><th scope="col">${t(
            "column.state",
          )}</th>${trafficHeads("mean")}<th scope="col" class="number">${t(
            "column.weight",
          )}</th><th scope="col"><span class="visually-hidden">${t(
            "column.actions",
          )}</span></th></tr>
        </thead>
        <tbody>${routes.map((host) =>
          html`
            <tr
              data-row><th scope="row">${routeLink(
                host,
              )} <span class="mono small">${host
                .host}</span></th><td class="wide">${hostState(
                  host,
                )}${hostDetails(host)}</td>${trafficCells(
                  host,
                  "mean",
                )}<td class="number" data-name=${t(
                  "column.weight",
                )}>${host.weight ?? 100}</td><td class="wide">${drainButton(
                  host,
                  context,
                )}</td></tr>
          `
        )}</tbody>
      </table>
    </div>
  `;
}

/** @param {HostStatus} host @param {Context} context */
function drainButton(host, context) {
  if (!may("drain", host)) return nothing;
  const onDone = () => context.poll.refresh();
  const name = { host: host.host, route: routeText(host) };
  return host.drain === null
    ? html`
      <button class="small outline" aria-label=${t("drain.of", name)}
        @click=${() => openDrain({ host, route: host, onDone })}>${t(
          "drain.do",
        )}</button>
    `
    : html`
      <button class="small" aria-label=${t("undrain.of", name)}
        @click=${() => openUndrain({ host, route: host, onDone })}>${t(
          "undrain.do",
        )}</button>
    `;
}
