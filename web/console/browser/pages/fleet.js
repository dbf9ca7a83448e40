import { openGone } from "../actions.js";
import { timeAndAge } from "../format.js";
import { html, nothing, repeat } from "../lit.js";
import { address, may, pageData } from "../page_data.js";
import { t } from "../texts.js";
import { agentText, leaseState } from "../views.js";

/**
 * @typedef {import("../../api_types.ts").Agent} Agent
 * @typedef {import("../../api_types.ts").Lease} Lease
 * @typedef {import("../../api_types.ts").Member} Member
 * @typedef {import("../main.js").Context} Context
 */

/** Machines that one request may say are gone. */
const GONE_MAX = 100;

/** @type {import("../main.js").Page} */
export default {
  everyMs: [4_000, 4_000, 10_000],
  title: () => t("nav.fleet"),
  view: (context) => {
    const [{ items }, leases, members] = context.bodies;
    /** @type {Agent[]} */
    const agents = [...items].sort((a, b) =>
      Number(b.isSilent) - Number(a.isSilent) ||
      (b.routesOut ?? 0) - (a.routesOut ?? 0) ||
      nameOf(a).localeCompare(nameOf(b))
    );
    const silent = agents.filter(({ isSilent }) => isSilent).length;
    return html`
      <h1>${t("nav.fleet")}</h1>
      ${agents.length === 0
        ? html`<p>${t(pageData.past ? "past.noneSilent" : "fleet.none")}</p>`
        : html`
          <p class=${silent > 0 ? "state bad" : "state good"}>${pageData.past
            ? t("past.silent", { n: silent })
            : silent > 0
            ? t("banner.silent", { n: silent, known: agents.length })
            : t("fleet.allHeard", { n: agents.length })}</p>
          ${table(agents)}
        `}
      <p class="muted small">${t("fleet.help")}</p>
      ${leasesSection(leases?.items ?? [], context)}
      ${membersSection(members?.items ?? [])}
    `;
  },
};

/** @param {Agent} agent */
function nameOf({ name, address, agent }) {
  return name ?? address ?? agent;
}

/** Machines whose programs have registered hosts, and what to do with those that are silent. @param {Lease[]} leases @param {Context} context */
function leasesSection(leases, context) {
  if (leases.length === 0) return nothing;
  const overdue = leases.filter(({ isOverdue }) => isOverdue)
    .slice(0, GONE_MAX);
  return html`
    <div class="row"><h2 class="grow">${t("fleet.leases")}</h2>${goneButton(
      overdue,
      context,
    )}</div>
    <div class="table">
      <table class="stack">
        <thead>
          <tr>
            <th scope="col">${t("column.agent")}</th>
            <th scope="col">${t("column.lease")}</th>
            <th scope="col" class="number">${t("column.instances")}</th>
            <th scope="col">${t("column.address")}</th>
            <th scope="col">dns</th>
            <th scope="col"><span class="visually-hidden">${t(
              "column.actions",
            )}</span></th>
          </tr>
        </thead>
        <tbody>${repeat(leases, ({ agent }) => agent, (lease) =>
          html`
            <tr data-row tabindex="-1">
              <th scope="row">${agentText(lease)}</th>
              <td class="wide">${leaseState(lease)}</td>
              <td class="number" data-name=${t(
                "column.instances",
              )}>${lease.instances}</td>
              <td class="mono" data-name=${t(
                "column.address",
              )}>${lease.address ?? ""}</td>
              <td class="mono" data-name="dns">${lease.dns ?? ""}</td>
              <td class="wide">${lease.isOverdue
                ? goneButton([lease], context)
                : nothing}</td>
            </tr>
          `)}</tbody>
      </table>
    </div>
  `;
}

/** @param {Lease[]} leases @param {Context} context */
function goneButton(leases, { poll }) {
  const [first] = leases;
  if (first === undefined || !may("write")) return nothing;
  const label = leases.length === 1
    ? t("fleet.goneOne", { name: agentText(first) })
    : t("fleet.gone", { n: leases.length });
  return html`
    <button class="small outline"
      @click=${() =>
        openGone({ leases, onDone: () => poll.refresh() })}>${label}</button>
  `;
}

/** dns and reporters, as far as agents tell of them. @param {Member[]} members */
function membersSection(members) {
  if (members.length === 0) return nothing;
  return html`
    <h2>${t("fleet.members")}</h2>
    <div class="table">
      <table class="stack">
        <thead>
          <tr>
            <th scope="col">${t("column.service")}</th>
            <th scope="col">${t("column.kind")}</th>
            <th scope="col" class="number">${t("column.agents")}</th>
            <th scope="col">${t("column.lastWord")}</th>
          </tr>
        </thead>
        <tbody>${members.map(({ kind, name, agents, seenAt }) =>
          html`
            <tr data-row tabindex="-1">
              <th scope="row" class="mono">${name}</th>
              <td data-name=${t("column.kind")}>${kind}</td>
              <td class="number" data-name=${t("column.agents")}>${agents}</td>
              <td class="wide" data-name=${t(
                "column.lastWord",
              )}>${seenAt === null ? "–" : timeAndAge(seenAt)}</td>
            </tr>
          `
        )}</tbody>
      </table>
    </div>
  `;
}

/** The routes of which an agent holds a host out: of one alone it may be its network. @param {Agent} agent */
function outLink({ agent, routesOut }) {
  if (!routesOut) return nothing;
  return html`<br><a class="small" href=${`${
    address("/routes")
  }?agent=${agent}`}>${t("fleet.routesOut", { n: routesOut })}</a>`;
}

/** @param {Agent[]} agents */
function table(agents) {
  return html`
    <div class="table">
      <table class="stack">
        <thead>
          <tr>
            <th scope="col">${t("column.agent")}</th>
            <th scope="col">${t("column.state")}</th>
            <th scope="col">${t("column.address")}</th>
            <th scope="col">${t("column.zone")}</th>
            <th scope="col">${t("column.version")}</th>
            <th scope="col">${t("column.reporter")}</th>
            <th scope="col">${t("column.lastWord")}</th>
          </tr>
        </thead>
        <tbody>${repeat(agents, ({ agent }) => agent, (agent) =>
          html`
            <tr data-row tabindex="-1">
              <th scope="row">${nameOf(agent)}</th>
              <td>${agent.isSilent
                ? html`<span class="state bad">${t("fleet.silent")}</span>`
                : html`<span class="state good">${
                  t("fleet.heard")
                }</span>`}${outLink(agent)}</td>
              <td class="mono" data-name=${t(
                "column.address",
              )}>${agent.address ?? ""}</td>
              <td data-name=${t("column.zone")}>${agent.zone ?? ""}</td>
              <td data-name=${t("column.version")}>${agent.version ?? ""}</td>
              <td class="mono wide" data-name=${t(
                "column.reporter",
              )}>${agent.reporter ?? ""}</td>
              <td class="wide" data-name=${t("column.lastWord")}>${timeAndAge(
                agent.seenAt,
              )}</td>
            </tr>
          `)}</tbody>
      </table>
    </div>
  `;
}
