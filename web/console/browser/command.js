import { html, nothing } from "./lit.js";
import { address } from "./page_data.js";
import { t } from "./texts.js";

/** One argument of a shell. @param {string} text */
export function quoted(text) {
  return /^[\w@%+=:,./*-]+$/.test(text)
    ? text
    : `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * A request as a command for people who would rather type it.
 *
 * @param {{method: string, path: string, body?: unknown}} request
 */
function curlOf({ method, path, body }) {
  const parts = [
    `curl -X ${method} ${quoted(location.origin + address(`/api/v1${path}`))}`,
    `-H "Authorization: Bearer $LARS_TOKEN"`,
  ];
  if (body !== undefined) {
    parts.push("-H 'Content-Type: application/json'");
    parts.push(`-d ${quoted(JSON.stringify(body))}`);
  }
  return parts.join(" \\\n  ");
}

/**
 * "Copy as lars" and "copy as curl" of an action.
 *
 * @param {{method: string, path: string, body?: unknown, commands?: string[]}} request
 */
export function copyView(request) {
  const commands = request.commands ?? [];
  return html`
    <details>
      <summary>${t("copy.title")}</summary>
      ${commands.length > 0 ? copyBlock("lars", commands.join("\n")) : nothing}
      ${copyBlock("curl", curlOf(request))}
    </details>
  `;
}

/** @param {string} name @param {string} text */
function copyBlock(name, text) {
  return html`
    <pre tabindex="0" aria-label=${name}><code>${text}</code></pre>
    <button type="button" class="small outline"
      @click=${(/** @type {Event} */ event) => copy(event, text)}>${t(
        "copy.as",
        { name },
      )}</button>
  `;
}

/** Copies, or selects the text where the browser lets no page without TLS copy. @param {Event} event @param {string} text */
async function copy(event, text) {
  const button = /** @type {HTMLElement} */ (event.currentTarget);
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = t("copy.done");
  } catch {
    const block = button.previousElementSibling;
    if (block !== null) getSelection()?.selectAllChildren(block);
  }
}
