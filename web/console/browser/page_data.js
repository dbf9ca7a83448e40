import "./lit.js";

/**
 * What the server wrote into the page: who looks at it, and the first answers of
 * the API, so that the first view needs no request.
 *
 * @typedef {object} PageData
 * @property {string} base Path that the console is below, without a slash at its end.
 * @property {string} page Name of the module that draws the page.
 * @property {Record<string, string>} params Parts of the path: modId, cmdId, host, id.
 * @property {"en" | "zh"} language
 * @property {"auto" | "light" | "dark"} theme
 * @property {string} version Version of Lars.
 * @property {number} at When the server made the page, ms since 1970.
 * @property {{name: string, actor: string, scopes: string[]} | undefined} [session]
 * @property {FirstAnswer[]} answers
 *
 * @typedef {object} FirstAnswer
 * @property {string} path Path below /api/v1, with its query.
 * @property {number} status
 * @property {string} [etag]
 * @property {unknown} body
 */

/** @type {PageData} */
export const pageData = JSON.parse(
  document.getElementById("data")?.textContent ?? "{}",
);

/** @param {string} path Path of a page, or of the API. */
export function address(path) {
  return pageData.base + path;
}

/**
 * Whether the user may do something, as far as the page knows; the API decides.
 *
 * @param {"write" | "drain" | "admin"} need
 * @param {{modId: number, cmdId: number}} [key]
 */
export function may(need, key) {
  const scopes = pageData.session?.scopes ?? [];
  if (scopes.includes("admin")) return true;
  if (need === "admin") return false;
  if (scopes.includes("write")) return true;
  if (need === "drain" && scopes.includes("drain")) return true;
  return scopes.some((scope) => {
    const [, modId, cmdId] = /^write:(\d+|\*)\/(\d+|\*)$/.exec(scope) ?? [];
    if (modId === undefined || key === undefined) return modId !== undefined;
    return (modId === "*" || Number(modId) === key.modId) &&
      (cmdId === "*" || Number(cmdId) === key.cmdId);
  });
}
