/**
 * lit-html, as far as the pages need it; the server puts the addresses of its files
 * in place of the names. `inline` is html within a line: formatters leave its spaces
 * as they are.
 */
export { html, html as inline, nothing, render } from "lit-html";
export { repeat } from "lit-html/directives/repeat.js";
