import { ask } from "../api.js";
import { html, nothing } from "../lit.js";
import { address } from "../page_data.js";
import { problemView } from "../problem.js";
import { t } from "../texts.js";

/** @type {import("../problem.js").Refusal | undefined} */
let refusal;
let isBusy = false;

/** @type {import("../main.js").Page} */
export default {
  isBare: true,
  title: () => t("login.title"),
  view: (context) =>
    html`
      <form class="narrow" @submit=${(/** @type {SubmitEvent} */ event) =>
        logIn(event, context)}>
        <h1>${t("login.title")}</h1>
        ${refusal ? problemView(refusal) : nothing}
        <label>${t("login.name")}
          <input name="name" required autofocus autocomplete="username" autocapitalize="none" spellcheck="false"></label>
        <label>${t("login.password")}
          <input name="password" type="password" required autocomplete="current-password"></label>
        <button type="submit" ?disabled=${isBusy}>${t("login.submit")}</button>
      </form>
    `,
};

/** @param {SubmitEvent} event @param {import("../main.js").Context} context */
async function logIn(event, context) {
  event.preventDefault();
  const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
  isBusy = true;
  refusal = undefined;
  context.update();
  const answer = await ask("POST", "/session", {
    body: { name: form.get("name"), password: form.get("password") },
  });
  isBusy = false;
  if (answer.status !== undefined && answer.status < 300) {
    return location.replace(destination());
  }
  refusal = answer.status === 401
    ? { body: { ...answer.body, title: t("login.wrong"), detail: "" } }
    : answer;
  context.update();
}

/** Page that was asked for before the login, if it is one of this console as the browser reads it: "/\t/x" is "//x". */
function destination() {
  const to = address(new URLSearchParams(location.search).get("to") ?? "/");
  const isHere = to.startsWith(address("/")) &&
    URL.canParse(to, location.href) &&
    new URL(to, location.href).origin === location.origin;
  return isHere ? to : address("/");
}
