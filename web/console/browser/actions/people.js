import { openAction } from "../action.js";
import { openDialog } from "../dialog.js";
import { html, nothing } from "../lit.js";
import { address } from "../page_data.js";
import { t } from "../texts.js";

/**
 * @typedef {import("../../api_types.ts").User} User
 * @typedef {import("../../api_types.ts").Token} Token
 */

/** Shortest password that the API takes. */
const PASSWORD_LENGTH_MIN = 12;

/** Days that a token lasts unless said otherwise. */
const DAYS_USUAL = 90;

/** Adds a user, or changes what one may do and the password. @param {{user?: User, onDone: (answer: any) => void}} options */
export function openUser({ user, onDone }) {
  openAction({
    title: user
      ? t("access.changeUser", { name: user.name })
      : t("access.addUser"),
    apply: t("apply"),
    target: "",
    fields: () =>
      html`${
        user ? nothing : html`<label>${t("login.name")}
          <input name="name" required autofocus maxlength="64" autocomplete="off" autocapitalize="none" spellcheck="false"></label>`
      }
        ${scopesField(user?.scopes ?? ["read"])}
        <label>${t("login.password")}
          <input name="password" type="password" minlength=${PASSWORD_LENGTH_MIN} maxlength="200" autocomplete="new-password">
          <small>${
        user ? t("access.passwordKeep") : t("first.password", {
          n: PASSWORD_LENGTH_MIN,
        })
      }</small></label>`,
    plan: (form) => {
      const name = user?.name ?? String(form.get("name") ?? "").trim();
      const scopes = scopesOf(form);
      const password = String(form.get("password") ?? "");
      if (name === "") return t("access.nameMissing");
      if (scopes.length === 0) return t("access.scopesMissing");
      if (password.length < PASSWORD_LENGTH_MIN && (password !== "" || !user)) {
        return t("first.password", { n: PASSWORD_LENGTH_MIN });
      }
      return {
        method: "PUT",
        path: `/users/${encodeURIComponent(name)}`,
        body: password === "" ? { scopes } : { scopes, password },
        isSecret: true,
        consequences: [],
        summary: html`<p>${
          t("access.summaryUser", { name, scopes: scopes.join(", ") })
        }</p>`,
      };
    },
    onDone,
  });
}

/** Removes a user. @param {{user: User, onDone: (answer: any) => void}} options */
export function openRemoveUser({ user: { name }, onDone }) {
  openAction({
    title: t("access.removeUser", { name }),
    apply: t("access.remove"),
    target: "",
    plan: () => ({
      method: "DELETE",
      path: `/users/${encodeURIComponent(name)}`,
      consequences: [],
      summary: html`<p>${t("access.summaryRemove", { name })}</p>`,
    }),
    onDone,
  });
}

/** Makes a token, and shows its secret once. @param {{onDone: (answer: any) => void}} options */
export function openToken({ onDone }) {
  openAction({
    title: t("access.addToken"),
    apply: t("apply"),
    target: "",
    fields: () =>
      html`<label>${t("login.name")}
          <input name="name" required autofocus maxlength="64" autocomplete="off"></label>
        ${scopesField(["read"])}
        <label>${t("access.days")}
          <input name="days" type="number" min="1" max="400" value=${DAYS_USUAL}></label>`,
    plan: (form) => {
      const name = String(form.get("name") ?? "").trim();
      const scopes = scopesOf(form);
      const days = Number(form.get("days"));
      if (name === "") return t("access.nameMissing");
      if (scopes.length === 0) return t("access.scopesMissing");
      return {
        method: "POST",
        path: "/tokens",
        body: { name, scopes, days },
        consequences: [],
        summary: html`<p>${
          t("access.summaryToken", { scopes: scopes.join(", "), n: days })
        }</p>`,
      };
    },
    onDone: (token) => {
      onDone(token);
      openDialog(t("access.secretTitle", { name: token.name }), () =>
        html`
          <p>${t("access.secret")}</p>
          <pre tabindex="0"><code>${token.secret}</code></pre>
        `);
    },
  });
}

/** Removes a token. @param {{token: Token, onDone: (answer: any) => void}} options */
export function openRemoveToken({ token: { id, name }, onDone }) {
  openAction({
    title: t("access.removeToken", { name }),
    apply: t("access.remove"),
    target: "",
    plan: () => ({
      method: "DELETE",
      path: `/tokens/${id}`,
      consequences: [],
      summary: html`<p>${t("access.summaryRemoveToken")}</p>`,
    }),
    onDone,
  });
}

/** Changes the own password; every session of the user ends. @param {Record<string, never>} _options */
export function openPassword(_options) {
  openAction({
    title: t("access.password"),
    apply: t("apply"),
    target: "",
    fields: () =>
      html`
        <label>${t("access.passwordBefore")}
                  <input name="before" type="password" required autofocus maxlength="200" autocomplete="current-password"></label>
        <label>${t("access.passwordAfter")}
                  <input name="after" type="password" required minlength=${PASSWORD_LENGTH_MIN} maxlength="200" autocomplete="new-password">
                  <small>${t("first.password", {
                    n: PASSWORD_LENGTH_MIN,
                  })}</small></label>
      `,
    plan: (form) => {
      const after = String(form.get("after") ?? "");
      if (after.length < PASSWORD_LENGTH_MIN) {
        return t("first.password", { n: PASSWORD_LENGTH_MIN });
      }
      return {
        method: "PUT",
        path: "/session/password",
        body: { before: String(form.get("before") ?? ""), after },
        isSecret: true,
        consequences: [],
        summary: html`<p>${t("access.passwordSummary")}</p>`,
      };
    },
    onDone: () => location.assign(address("/login")),
  });
}

/** @param {readonly string[]} scopes */
function scopesField(scopes) {
  return html`<label>${t("access.scopes")}
    <input name="scopes" required autocomplete="off" autocapitalize="none" spellcheck="false" value=${
    scopes.join(" ")
  }>
    <small>${t("access.scopesHelp")}</small></label>`;
}

/** @param {FormData} form */
function scopesOf(form) {
  return String(form.get("scopes") ?? "").split(/[\s,]+/).filter((each) =>
    each !== ""
  );
}
