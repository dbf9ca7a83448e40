import { html } from "../lit.js";
import { address } from "../page_data.js";
import { t } from "../texts.js";

/** @type {import("../main.js").Page} */
export default {
  title: () => t("missing.title"),
  view: () =>
    html`
      <h1>${t("missing.title")}</h1>
      <p><a href=${address("/")}>${t("nav.now")}</a></p>
    `,
};
