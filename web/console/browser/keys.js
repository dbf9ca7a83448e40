/** Key presses that mean something else: typing, and shortcuts of the browser. @param {KeyboardEvent} event */
function isTyping(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  return event.ctrlKey || event.metaKey || event.altKey ||
    target.matches("input, textarea, select, [contenteditable]");
}

/**
 * Keys of every page: `/` goes to the search, j and k to the next and the previous
 * row, Esc back. Enter opens a row because its link has the focus. No key writes.
 *
 * @param {string} parent Address of the page above.
 */
export function listenForKeys(parent) {
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") return goBack(event, parent);
    if (isTyping(event)) return;
    if (event.key === "/") {
      const search = document.querySelector("input[type=search]");
      if (!(search instanceof HTMLInputElement)) return;
      event.preventDefault();
      search.focus();
      search.select();
    }
    if (event.key === "j") moveBy(1);
    if (event.key === "k") moveBy(-1);
  });
}

/** @param {KeyboardEvent} event @param {string} parent */
function goBack(event, parent) {
  const target = /** @type {HTMLElement} */ (event.target);
  if (target.matches("input, textarea, select")) return target.blur();
  const isFromHere = document.referrer.startsWith(location.origin) &&
    !document.referrer.includes("/login");
  if (isFromHere && history.length > 1) history.back();
  else location.assign(parent);
}

/** @param {1 | -1} step */
function moveBy(step) {
  /** @type {HTMLElement[]} */
  const rows = [...document.querySelectorAll("[data-row]")].map((
    row,
  ) => /** @type {HTMLElement} */ (row.querySelector("a, button") ?? row));
  const at = rows.findIndex((row) => row === document.activeElement);
  const next = rows[
    at < 0
      ? (step > 0 ? 0 : rows.length - 1)
      : Math.min(rows.length - 1, Math.max(0, at + step))
  ];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

/** Has the content of the page take a focus that nothing has: what had it is gone. */
export function keepFocus() {
  if (document.activeElement !== document.body) return;
  document.getElementById("main")?.focus({ preventScroll: true });
}
