import { frame } from "./frame.js";
import { keepFocus, listenForKeys } from "./keys.js";
import { html, render } from "./lit.js";
import { address, pageData } from "./page_data.js";
import { Poll } from "./poll.js";
import { problemView } from "./problem.js";
import { t } from "./texts.js";

/**
 * A page: how it is drawn from the answers of the API.
 *
 * @typedef {object} Page
 * @property {(context: Context) => string} title
 * @property {(context: Context) => unknown} view
 * @property {number[]} [everyMs] Least pause between two questions for each resource; 0 is as often as any page asks.
 * @property {string} [parent] Path of the page above; "/" where it is left out.
 * @property {boolean} [isBare] Without the frame, as before the login.
 * @property {(context: Context) => void} [afterDraw]
 *
 * @typedef {object} Context
 * @property {any[]} bodies Newest answers, in the order of the resources.
 * @property {Poll} poll
 * @property {Record<string, string>} params
 * @property {() => void} update Draws the page again.
 */

/** @type {Page} */
const page = (await import(`./pages/${pageData.page}.js`)).default;

const past = pageData.past ? await import("./past.js") : undefined;

const poll = new Poll(pageData.answers, {
  everyMs: page.everyMs ?? [],
  onChange: draw,
});

/** @type {Context} */
const context = {
  get bodies() {
    return poll.bodies;
  },
  poll,
  params: pageData.params,
  update: draw,
};

/** Draws what is known now. */
function draw() {
  const failed = poll.problem(0);
  const content = failed ? problemView(failed) : page.view(context);
  document.title = `${
    failed ? t("problem.title") : page.title(context)
  } · Lars`;
  const hadFocus = document.activeElement !== document.body;
  render(
    page.isBare
      ? html`<main id="main">${content}</main>`
      : frame(content, poll, past?.banner()),
    document.body,
    { renderBefore: document.getElementById("data") },
  );
  if (hadFocus) keepFocus();
  if (!failed) page.afterDraw?.(context);
}

draw();
document.getElementById("charts")?.addEventListener("load", draw);
if (!page.isBare) {
  setInterval(draw, 1_000);
  listenForKeys(address(page.parent ?? "/"));
}
