import { openAction } from "../action.js";
import { ask } from "../api.js";
import { diffView } from "../diff.js";
import { html, nothing } from "../lit.js";
import { t } from "../texts.js";
import { actorText, routeText } from "../views.js";
import { commentField, commentOf } from "./revert.js";

/**
 * @typedef {import("../../api_types.ts").Route} Route
 * @typedef {import("../../api_types.ts").RouteEdit} RouteEdit
 * @typedef {Route["hosts"][0]} RouteHost
 * @typedef {Omit<RouteEdit, "modId" | "cmdId" | "revision">} Edits
 */

/**
 * Opens an edit of one route: what the form says is based on the route as it was
 * read. If somebody else changes it first, that is shown, and the form is checked
 * against the route as it is then.
 *
 * @param {object} options
 * @param {Route} options.route
 * @param {string} options.title
 * @param {() => unknown} options.fields
 * @param {(form: FormData) => Edits | string} options.edits A text says what is missing.
 * @param {(edits: Edits) => string[]} options.commands
 * @param {(answer: any) => void} options.onDone
 */
function openEdit({ route, title, fields, edits, commands, onDone }) {
  const { modId, cmdId } = route;
  let base = route;
  openAction({
    title,
    apply: t("apply"),
    target: `${modId}/${cmdId}`,
    fields: () => html`${fields()}${commentField()}`,
    plan: (form) => {
      const edit = edits(form);
      if (typeof edit === "string") return edit;
      return {
        method: "POST",
        path: "/changes",
        body: {
          edits: [{ modId, cmdId, revision: base.revision, ...edit }],
          ...commentOf(form),
        },
        commands: commands(edit),
      };
    },
    rebase: async () => {
      const before = base;
      const [present, changes] = await Promise.all([
        ask("GET", `/routes/${modId}/${cmdId}`),
        ask("GET", `/routes/${modId}/${cmdId}/changes?limit=1`),
      ]);
      if (present.status !== 200) return html`<p>${t("meanwhile.gone")}</p>`;
      base = present.body;
      const last = changes.body?.items?.[0];
      return html`${
        last
          ? html`<p>${t("meanwhile.by", { who: actorText(last.actor) })}</p>`
          : nothing
      }${diffView(differenceOf(before, base))}<p>${t("meanwhile.look")}</p>`;
    },
    onDone,
  });
}

/** What has changed between two readings of a route. @param {Route} before @param {Route} after */
function differenceOf(before, after) {
  const old = new Map(before.hosts.map((each) => [each.host, each]));
  const fresh = new Map(after.hosts.map((each) => [each.host, each]));
  const changed = after.hosts.flatMap((host) => {
    const was = old.get(host.host);
    const isSame = was === undefined ||
      (was.weight === host.weight && was.zone === host.zone);
    return isSame ? [] : [{ host: host.host, before: was, after: host }];
  });
  const isSameSettings = before.policy === after.policy &&
    before.check === after.check;
  return {
    added: after.hosts.filter(({ host }) => !old.has(host)),
    removed: before.hosts.filter(({ host }) => !fresh.has(host)),
    changed,
    settings: isSameSettings ? null : {
      before: { policy: before.policy, check: before.check },
      after: { policy: after.policy, check: after.check },
    },
  };
}

/** @typedef {{route: Route, onDone: (answer: any) => void}} EditOptions */

/** Adds hosts to a route. @param {EditOptions} options */
export function openAddHosts({ route, onDone }) {
  openEdit({
    route,
    title: t("edit.add", { route: routeText(route) }),
    fields: () =>
      html`
        ${hostsField()}
        <div class="row">
          ${weightField(null)} ${zoneField("")}
        </div>
      `,
    edits: (form) => {
      const hosts = hostsOf(form);
      if (hosts.length === 0) return t("edit.hostsMissing");
      return { add: hosts.map((host) => ({ host, ...attributesOf(form) })) };
    },
    commands: (edits) => addCommands(route, edits.add ?? []),
    onDone,
  });
}

/** Changes weight and zone of a host. @param {EditOptions & {host: RouteHost}} options */
export function openHostEdit({ route, host, onDone }) {
  const { modId, cmdId } = route;
  openEdit({
    route,
    title: t("edit.host", { host: host.host, route: routeText(route) }),
    fields: () =>
      html`
        <div class="row">
          ${weightField(host.weight)} ${zoneField(host.zone ?? "")}
        </div>
        <p class="small muted">${t("edit.weightHelp")}</p>
      `,
    edits: (form) => ({ set: [{ host: host.host, ...attributesOf(form) }] }),
    commands: ({ set = [] }) =>
      set.map(({ weight, zone }) =>
        `lars route set ${modId} ${cmdId} ${host.host} --weight ${
          weight ?? 100
        }${zone ? ` --zone ${zone}` : ""}`
      ),
    onDone,
  });
}

/** Removes hosts from a route. @param {EditOptions & {hosts: readonly string[]}} options */
export function openRemoveHosts({ route, hosts, onDone }) {
  const { modId, cmdId } = route;
  openEdit({
    route,
    title: t("edit.remove", { route: routeText(route) }),
    fields: () => html`<p class="mono">${hosts.join(", ")}</p>`,
    edits: () => ({ remove: [...hosts] }),
    commands: () => [`lars route remove ${modId} ${cmdId} ${hosts.join(" ")}`],
    onDone,
  });
}

/** Changes the policy and the checks of a route. @param {EditOptions} options */
export function openSettings({ route, onDone }) {
  const { modId, cmdId, policy, check } = route;
  openEdit({
    route,
    title: t("edit.settings", { route: routeText(route) }),
    fields: () =>
      html`
        <label>${t("settings.policy")}
          <input name="policy" value=${policy ??
            ""} list="policies" maxlength="32" autocomplete="off" placeholder=${t(
              "settings.byAgent",
            )}>
          <datalist id="policies"><option value="adaptive"></option><option value="lars"></option></datalist></label>
        <label>${t("settings.check")}
          <select name="check">
            <option value="" ?selected=${check === null}>${t(
              "settings.byAgent",
            )}</option>
            <option value="true" ?selected=${check === true}>${t(
              "yes",
            )}</option>
            <option value="false" ?selected=${check === false}>${t(
              "no",
            )}</option>
          </select></label>
      `,
    edits: (form) => {
      const name = String(form.get("policy") ?? "").trim();
      const checks = form.get("check");
      return {
        policy: name === "" ? null : name,
        check: checks === "" ? null : checks === "true",
      };
    },
    commands: (edits) => [
      `lars route policy ${modId} ${cmdId} ${
        edits.policy ?? "default"
      } --check ${checkWord(edits.check)}`,
    ],
    onDone,
  });
}

/** @param {boolean | null | undefined} check */
function checkWord(check) {
  if (check === null || check === undefined) return "default";
  return check ? "on" : "off";
}

/** Makes a route: its ids and its first hosts. @param {{onDone: (key: {modId: number, cmdId: number}) => void}} options */
export function openNewRoute({ onDone }) {
  /** @type {{modId: number, cmdId: number}} */
  let key = { modId: 0, cmdId: 0 };
  openAction({
    title: t("edit.new"),
    apply: t("apply"),
    target: "",
    fields: () =>
      html`
        <div class="row">
          <label>modid <input name="modId" required autofocus inputmode="numeric" size="8" autocomplete="off"></label>
          <label>cmdid <input name="cmdId" required inputmode="numeric" size="8" autocomplete="off"></label>
        </div>
        ${hostsField()}
        ${commentField()}
      `,
    plan: (form) => {
      const modId = idOf(form.get("modId"));
      const cmdId = idOf(form.get("cmdId"));
      const hosts = hostsOf(form);
      if (modId === undefined || cmdId === undefined) {
        return t("edit.idsMissing");
      }
      if (hosts.length === 0) return t("edit.hostsMissing");
      key = { modId, cmdId };
      const add = hosts.map((host) => ({ host }));
      return {
        method: "POST",
        path: "/changes",
        body: { edits: [{ ...key, add }], ...commentOf(form) },
        commands: addCommands(key, add),
      };
    },
    onDone: () => onDone(key),
  });
}

/** @param {{modId: number, cmdId: number}} key @param {{host: string, weight?: number | null | undefined, zone?: string | null | undefined}[]} hosts */
function addCommands({ modId, cmdId }, hosts) {
  const [first] = hosts;
  if (first === undefined) return [];
  const options = [
    first.weight === null || first.weight === undefined
      ? ""
      : ` --weight ${first.weight}`,
    first.zone ? ` --zone ${first.zone}` : "",
  ].join("");
  return [
    `lars route add ${modId} ${cmdId} ${
      hosts.map(({ host }) => host).join(" ")
    }${options}`,
  ];
}

function hostsField() {
  return html`<label>${t("edit.hosts")}
    <textarea name="hosts" rows="3" required spellcheck="false" autocomplete="off" placeholder="10.0.0.1:80"></textarea>
    <small>${t("edit.hostsHelp")}</small></label>`;
}

/** @param {number | null} weight */
function weightField(weight) {
  return html`<label>${
    t("column.weight")
  } <input name="weight" type="number" min="0" max="10000" step="1" placeholder="100" value=${
    weight === null ? "" : String(weight)
  }></label>`;
}

/** @param {string} zone */
function zoneField(zone) {
  return html`<label>${
    t("column.zone")
  } <input name="zone" maxlength="32" autocomplete="off" value=${zone}></label>`;
}

/** @param {FormData} form */
function hostsOf(form) {
  return String(form.get("hosts") ?? "").split(/[\s,]+/).filter((each) =>
    each !== ""
  );
}

/** @param {FormData} form */
function attributesOf(form) {
  const weight = String(form.get("weight") ?? "").trim();
  const zone = String(form.get("zone") ?? "").trim();
  return {
    weight: weight === "" ? null : Number(weight),
    zone: zone === "" ? null : zone,
  };
}

/** @param {FormDataEntryValue | null} text */
function idOf(text) {
  const digits = String(text ?? "").trim();
  return /^\d{1,10}$/.test(digits) ? Number(digits) : undefined;
}
