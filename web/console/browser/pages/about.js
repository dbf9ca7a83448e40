import { html } from "../lit.js";
import { address, pageData } from "../page_data.js";
import { t } from "../texts.js";

/** Work of others that the pages load, with files that have its licence, from the folder of all files. */
const LIBRARIES = [
  {
    name: "lit-html",
    licence: "BSD-3-Clause, © 2017 Google LLC",
    file: "lit-html/lit-html.js",
  },
  {
    name: "uPlot",
    licence: "MIT, © 2022 Leon Sorokin",
    file: "licences/uplot.txt",
  },
  {
    name: "Pico CSS",
    licence: "MIT, © 2019–2024 Pico",
    file: "licences/pico.txt",
  },
];

/** @type {import("../main.js").Page} */
export default {
  title: () => t("nav.about"),
  view: () =>
    html`
      <h1>Lars ${pageData.version}</h1>
      <p><a href=${address("/api/v1/openapi.json")}>${t("about.api")}</a></p>
      <h2>${t("about.keys")}</h2>
      <dl class="facts">
        <dt><kbd>/</kbd></dt>
        <dd>${t("about.keySearch")}</dd>
        <dt><kbd>j</kbd> <kbd>k</kbd></dt>
        <dd>${t("about.keyRows")}</dd>
        <dt><kbd>Enter</kbd></dt>
        <dd>${t("about.keyOpen")}</dd>
        <dt><kbd>Esc</kbd></dt>
        <dd>${t("about.keyBack")}</dd>
      </dl>
      <h2>${t("about.libraries")}</h2>
      <ul>${LIBRARIES.map(({ name, licence, file }) =>
        html`<li>${name}: <a href=${
          new URL(`../../${file}`, import.meta.url).href
        }>${licence}</a></li>`
      )}</ul>
    `,
};
