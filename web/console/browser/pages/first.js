import { ask } from "../api.js";
import { html, nothing } from "../lit.js";
import { address } from "../page_data.js";
import { problemView } from "../problem.js";
import { t } from "../texts.js";

/** Shortest password that the API takes. */
const PASSWORD_LENGTH_MIN = 12;

/** @type {import("../problem.js").Refusal | undefined} */
let refusal;

/** @type {import("../main.js").Page} */
export default {
  isBare: true,
  title: () => t("first.title"),
  view: (context) =>
    html`
      <form class="narrow" @submit=${(/** @type {SubmitEvent} */ event) =>
        makeUser(event, context)}>
        <h1>${t("first.title")}</h1>
        <p>${t("first.help")}</p>
        ${refusal ? problemView(refusal) : nothing}
        <label>${t("login.name")}
          <input name="name" required autofocus autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="64"></label>
        <label>${t("login.password")}
          <input name="password" type="password" required minlength=${PASSWORD_LENGTH_MIN} maxlength="200" autocomplete="new-password">
          <small>${t("first.password", {
            n: PASSWORD_LENGTH_MIN,
          })}</small></label>
        <button type="submit">${t("first.submit")}</button>
      </form>
    `,
};

/** @param {SubmitEvent} event @param {import("../main.js").Context} context */
async function makeUser(event, context) {
  event.preventDefault();
  const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
  const answer = await ask("POST", "/first-user", {
    body: {
      secret: location.hash.slice(1),
      name: form.get("name"),
      password: form.get("password"),
    },
  });
  if (answer.status !== undefined && answer.status < 300) {
    return location.replace(address("/"));
  }
  refusal = answer;
  context.update();
}
