import { keepFocus } from "./keys.js";
import { html, render } from "./lit.js";
import { t } from "./texts.js";

/**
 * Opens a dialog over the page. The browser keeps the focus within it, ends it at
 * Esc, and gives the focus back.
 *
 * @param {string} title
 * @param {(dialog: {update: () => void, close: () => void, isOpen: () => boolean}) => unknown} view Drawn at each update.
 */
export function openDialog(title, view) {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "dialog-title");
  const close = () => dialog.close();
  const update = () =>
    render(
      html`
        <article>
          <header class="row">
            <h2 id="dialog-title" class="grow">${title}</h2>
            <button type="button" class="small outline" @click=${close}>${t(
              "close",
            )}</button>
          </header>
          ${view({ update, close, isOpen: () => dialog.open })}
        </article>
      `,
      dialog,
    );
  dialog.addEventListener("close", () => {
    dialog.remove();
    keepFocus();
  });
  document.body.append(dialog);
  update();
  dialog.showModal();
  /** @type {HTMLElement | null} */ (
    dialog.querySelector("[autofocus]")
  )?.focus();
}
