import { openMoment } from "./actions.js";
import { ask } from "./api.js";
import { span } from "./format.js";
import { html, nothing } from "./lit.js";
import { address, pageData } from "./page_data.js";
import { t } from "./texts.js";

/** Pages that the row of links names. @type {{page: string, path: string, key: import("./texts.js").TextKey}[]} */
const LINKS = [
  { page: "now", path: "/", key: "nav.now" },
  { page: "routes", path: "/routes", key: "nav.routes" },
  { page: "fleet", path: "/fleet", key: "nav.fleet" },
  { page: "changes", path: "/changes", key: "nav.changes" },
  { page: "alarms", path: "/alarms", key: "nav.alarms" },
  { page: "access", path: "/access", key: "nav.access" },
];

/** @type {Record<string, string>} */
const SECTION = {
  route: "routes",
  host: "routes",
  change: "changes",
};

/** What stands around the content of each page. @param {unknown} content @param {import("./poll.js").Poll} poll @param {unknown} banner Of which moment it is; undefined: of now. */
export function frame(content, poll, banner) {
  const section = SECTION[pageData.page] ?? pageData.page;
  return html`
    <a class="skip" href="#main">${t("skip")}</a>
    <header>
      <nav aria-label=${t("nav.label")}>
        ${LINKS.map(({ page, path, key }) =>
          html`<a href=${address(path)} aria-current=${
            page === section ? "page" : nothing
          }>${t(key)}</a>`
        )}
      </nav>
      ${banner} ${freshness(poll)}
    </header>
    <main id="main" tabindex="-1">${content}</main>
    <footer>
      <div class="row">
        <span>${t("footer.user", { name: pageData.session?.name ?? "" })}</span>
        <button class="link" @click=${logOut}>${t("footer.logOut")}</button>
        <span class="grow"></span>
        <button class="link" @click=${() =>
          choose("language", pageData.language === "zh" ? "en" : "zh")}
          lang=${pageData.language === "zh"
            ? "en"
            : "zh-CN"}>${pageData.language === "zh"
            ? "English"
            : "简体中文"}</button>
        <button class="link" @click=${nextTheme}>${t("footer.theme", {
          name: t(`theme.${pageData.theme}`),
        })}</button>
        <a href=${address("/about")}>Lars ${pageData.version}</a>
        <span>${t("footer.keys")}</span>
      </div>
    </footer>
  `;
}

/** How old what is shown is; said aloud only when it is stale. @param {import("./poll.js").Poll} poll */
function freshness(poll) {
  if (pageData.answers.length === 0) return nothing;
  document.documentElement.classList.toggle("stale", poll.isStale);
  if (poll.isLoggedOut) {
    return html`
      <div class="banner bad" role="alert">
        <p>${t("loggedOut")} <a href=${address(
          `/login?to=${
            encodeURIComponent(
              location.pathname.slice(pageData.base.length) + location.search,
            )
          }`,
        )}>${t("login.submit")}</a></p>
      </div>
    `;
  }
  if (pageData.past) return nothing;
  if (poll.isStale) {
    return html`
      <div class="banner bad" role="alert">
        <p>${t("stale", { age: span(poll.ageMs) })}</p>
      </div>
    `;
  }
  return html`<p class="age">${t("asOf", { age: span(poll.ageMs) })} ${
    pageData.hasPast
      ? html`<button class="link" @click=${openMoment}>${
        t("past.choose")
      }</button>`
      : nothing
  }</p>`;
}

/** Ends the session, also where the server does not answer: the login page shows then. */
async function logOut() {
  await ask("DELETE", "/session");
  location.assign(`${pageData.base}/login`);
}

function nextTheme() {
  const themes = /** @type {const} */ (["auto", "light", "dark"]);
  choose(
    "theme",
    themes[(themes.indexOf(pageData.theme) + 1) % themes.length] ?? "auto",
  );
}

/** Keeps a choice for a year, and shows the page by it. @param {string} name @param {string} value */
function choose(name, value) {
  document.cookie =
    `lars_${name}=${value}; path=${pageData.base}/; max-age=31536000; samesite=lax`;
  location.reload();
}
