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
 * @property {string[]} texts Parts of the texts that the page needs at once.
 * @property {"auto" | "light" | "dark"} theme
 * @property {string} version Version of Lars.
 * @property {number} at When the server made the page, ms since 1970.
 * @property {string} [past] Moment that it shows instead, RFC 3339: then it asks once, and offers nothing that changes anything.
 * @property {boolean} hasPast Whether it can.
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

/** A page as of the moment of this one. @param {string} path */
export function address(path) {
  const { base, past } = pageData;
  return base + path + (past ? `?at=${past}` : "");
}

/** This page with another value in its query, and from its beginning; undefined: without it. @param {string} name @param {string} [value] */
export function here(name, value) {
  const query = new URLSearchParams(location.search);
  query.delete("cursor");
  if (value === undefined) query.delete(name);
  else query.set(name, value);
  return location.pathname + (query.size === 0 ? "" : `?${query}`);
}

/** A moment as addresses have it. @param {number} ms */
export function momentOf(ms) {
  return new Date(ms).toISOString().replace(/\.\d+/, "");
}

/**
 * Whether the user may do something, as far as the page knows; the API decides.
 *
 * @param {"write" | "drain" | "admin"} need
 * @param {{modId: number, cmdId: number}} [key]
 */
export function may(need, key) {
  if (pageData.past) return false;
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
