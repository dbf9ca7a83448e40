import { changeView, openAction } from "../action.js";
import { html } from "../lit.js";
import { t } from "../texts.js";
import { agentText } from "../views.js";
import { commentField, commentOf } from "./revert.js";

/**
 * @typedef {import("../../api_types.ts").GonePreview} GonePreview
 * @typedef {import("../../api_types.ts").Instance} Instance
 * @typedef {import("../../api_types.ts").Lease} Lease
 */

/**
 * Takes a registered host away for good, whatever its agent says.
 *
 * @param {{instance: Instance, onDone: (answer: any) => void}} options
 */
export function openRemoveInstance({ instance, onDone }) {
  const { modId, cmdId, host } = instance;
  const route = `${modId}/${cmdId}`;
  openAction({
    title: t("instance.remove", { host, route }),
    apply: t("instance.removeDo"),
    target: route,
    fields: () => html`<p>${t("instance.removeHelp")}</p>`,
    plan: () => ({
      method: "DELETE",
      path: `/routes/${modId}/${cmdId}/instances/${host}`,
      commands: [`lars instances remove ${modId} ${cmdId} ${host}`],
    }),
    onDone,
  });
}

/**
 * Says that machines are gone: what they have registered ends at once.
 *
 * @param {{leases: Lease[], onDone: (answer: any) => void}} options
 */
export function openGone({ leases, onDone }) {
  const agents = leases.map(({ agent }) => agent);
  openAction({
    title: t("gone.of", { n: leases.length }),
    apply: t("gone.do"),
    target: leases.length === 1 && leases[0]
      ? agentText(leases[0])
      : String(leases.length),
    fields: () =>
      html`
        <p>${leases.map(agentText).join(t("comma"))}</p>
        <p>${t("gone.help")}</p>
        ${commentField()}
      `,
    plan: (form) => ({
      method: "POST",
      path: "/leases/gone",
      body: { agents, ...commentOf(form) },
      commands: [`lars instances gone ${agents.join(" ")}`],
    }),
    previewView: (/** @type {GonePreview} */ preview) =>
      html`
        <p>${t("gone.instances", { n: preview.instances })}</p>
        ${changeView(preview)}
      `,
    onDone,
  });
}
