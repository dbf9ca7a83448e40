import {
  openPassword,
  openRemoveToken,
  openRemoveUser,
  openToken,
  openUser,
} from "../actions.js";
import { time, timeAndAge } from "../format.js";
import { html, nothing } from "../lit.js";
import { may } from "../page_data.js";
import { t } from "../texts.js";
import { actorText, pageLinks } from "../views.js";

/**
 * @typedef {import("../../api_types.ts").AuditEntry} AuditEntry
 * @typedef {import("../../api_types.ts").SessionEntry} SessionEntry
 * @typedef {import("../../api_types.ts").Token} Token
 * @typedef {import("../../api_types.ts").User} User
 * @typedef {import("../main.js").Context} Context
 */

/** @type {import("../main.js").Page} */
export default {
  everyMs: [10_000, 10_000, 10_000, 10_000],
  title: () => t("nav.access"),
  view: (context) => {
    const [sessions, users, tokens, audit] = context.bodies;
    return html`
      <div
        class="row"><h1 class="grow">${t(
          "nav.access",
        )}</h1><button class="small outline" @click=${() =>
          openPassword({})}>${t("access.password")}</button></div>
      ${users ? usersTable(users.items, context) : nothing}
      ${tokens ? tokensTable(tokens.items, context) : nothing}
      ${sessionsTable(sessions.items)}
      ${audit ? auditTable(audit) : nothing}
    `;
  },
};

/** @param {User[]} users @param {Context} context */
function usersTable(users, context) {
  const onDone = () => context.poll.refresh();
  return html`
    <div class="row"><h2 class="grow">${t("access.users")}</h2>${may("admin")
      ? html`<button class="small" @click=${() => openUser({ onDone })}>${
        t("access.addUser")
      }</button>`
      : nothing}</div>
    ${table(
      [t("login.name"), t("access.scopes"), t("access.created"), ""],
      users.map((user) =>
        html`
          <tr data-row>
            <th scope="row">${user.name}</th>
            <td data-name=${t("access.scopes")}>${user.scopes.join(", ")}</td>
            <td data-name=${t("access.created")}>${time(user.createdAt)}</td>
            <td class="wide">
              <div
                class="row"><button class="small outline" aria-label="${t(
                  "access.change",
                )}: ${user.name}" @click=${() =>
                  openUser({ user, onDone })}>${t(
                    "access.change",
                  )}</button><button class="small outline" aria-label="${t(
                    "access.remove",
                  )}: ${user.name}" @click=${() =>
                  openRemoveUser({ user, onDone })}>${t(
                    "access.remove",
                  )}</button></div>
            </td>
          </tr>
        `
      ),
    )}
  `;
}

/** @param {Token[]} tokens @param {Context} context */
function tokensTable(tokens, context) {
  const onDone = () => context.poll.refresh();
  return html`
    <div
      class="row"><h2 class="grow">${t(
        "access.tokens",
      )}</h2><button class="small" @click=${() => openToken({ onDone })}>${t(
        "access.addToken",
      )}</button></div>
    ${table(
      [
        t("login.name"),
        t("access.scopes"),
        t("access.by"),
        t("access.used"),
        t("access.expires"),
        "",
      ],
      tokens.map((token) =>
        html`
          <tr data-row>
            <th scope="row">${token.name}</th>
            <td data-name=${t("access.scopes")}>${token.scopes.join(", ")}</td>
            <td data-name=${t("access.by")}>${actorText(token.createdBy)}</td>
            <td class="wide" data-name=${t(
              "access.used",
            )}>${token.usedAt === null
              ? t("access.never")
              : timeAndAge(token.usedAt)}</td>
            <td data-name=${t("access.expires")}>${time(token.expiresAt)}</td>
            <td
              class="wide"><button class="small outline" aria-label="${t(
                "access.remove",
              )}: ${token.name}" @click=${() =>
                openRemoveToken({ token, onDone })}>${t(
                  "access.remove",
                )}</button></td>
          </tr>
        `
      ),
    )}
  `;
}

/** @param {SessionEntry[]} sessions */
function sessionsTable(sessions) {
  return html`
    <h2>${t("access.sessions")}</h2>
    ${table(
      [
        t("login.name"),
        t("column.address"),
        t("access.created"),
        t("access.used"),
      ],
      sessions.map((session) =>
        html`
          <tr>
            <th scope="row">${session.user}${session.isOwn
              ? html`
                <span class="muted">(${t("access.own")})</span>
              `
              : nothing}</th>
            <td class="mono" data-name=${t("column.address")}>${session
              .address}</td>
            <td data-name=${t("access.created")}>${time(session.createdAt)}</td>
            <td class="wide" data-name=${t("access.used")}>${timeAndAge(
              session.usedAt,
            )}</td>
          </tr>
        `
      ),
    )}
  `;
}

/** @param {{items: AuditEntry[], next: string | null}} audit */
function auditTable({ items, next }) {
  return html`
    <h2>${t("access.audit")}</h2>
    ${table(
      [
        t("column.time"),
        t("change.who"),
        t("access.what"),
        t("access.target"),
        t("change.why"),
        t("change.address"),
      ],
      items.map((entry) =>
        html`
          <tr>
            <th scope="row">${time(entry.at)}</th>
            <td>${actorText(entry.actor)}</td>
            <td>${entry.action}</td>
            <td class="mono">${entry.target}</td>
            <td>${entry.comment ?? ""}</td>
            <td class="mono" data-name=${t("change.address")}>${entry.address ??
              ""}</td>
          </tr>
        `
      ),
    )} ${pageLinks(next)}
  `;
}

/** @param {string[]} heads @param {unknown[]} rows */
function table(heads, rows) {
  return html`
    <div class="table">
      <table class="stack">
        <thead>
          <tr>${heads.map((head) =>
            html`<th scope="col">${
              head ||
              html`<span class="visually-hidden">${t("column.actions")}</span>`
            }</th>`
          )}</tr>
        </thead>
        <tbody>${rows}</tbody>
      </table>
    </div>
  `;
}
