import { timeAndAge } from "../format.js";
import { html, repeat } from "../lit.js";
import { t } from "../texts.js";

/** @typedef {import("../../api_types.ts").Agent} Agent */

/** @type {import("../main.js").Page} */
export default {
  everyMs: [4_000],
  title: () => t("nav.fleet"),
  view: ({ bodies: [{ items }] }) => {
    /** @type {Agent[]} */
    const agents = [...items].sort((a, b) =>
      Number(b.isSilent) - Number(a.isSilent) ||
      nameOf(a).localeCompare(nameOf(b))
    );
    const silent = agents.filter(({ isSilent }) => isSilent).length;
    return html`
      <h1>${t("nav.fleet")}</h1>
      ${agents.length === 0 ? html`<p>${t("fleet.none")}</p>` : html`
        <p class=${silent > 0 ? "state bad" : "state good"}>${silent > 0
          ? t("banner.silent", { n: silent, known: agents.length })
          : t("fleet.allHeard", { n: agents.length })}</p>
        ${table(agents)}
      `}
      <p class="muted small">${t("fleet.help")}</p>
    `;
  },
};

/** @param {Agent} agent */
function nameOf({ name, address, agent }) {
  return name ?? address ?? agent;
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
                }</span>`}</td>
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
