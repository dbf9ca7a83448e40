import { pageData } from "./page_data.js";

/**
 * @typedef {keyof typeof import("./texts/en/about.js").default
 *   | keyof typeof import("./texts/en/access.js").default
 *   | keyof typeof import("./texts/en/actions.js").default
 *   | keyof typeof import("./texts/en/alarms.js").default
 *   | keyof typeof import("./texts/en/change.js").default
 *   | keyof typeof import("./texts/en/common.js").default
 *   | keyof typeof import("./texts/en/first.js").default
 *   | keyof typeof import("./texts/en/fleet.js").default
 *   | keyof typeof import("./texts/en/host.js").default
 *   | keyof typeof import("./texts/en/now.js").default
 *   | keyof typeof import("./texts/en/past.js").default
 *   | keyof typeof import("./texts/en/routes.js").default} TextKey
 */
/** @typedef {string | {one: string, other: string}} Text Plural forms go by the value `n`. */

/** @type {Record<string, Text>} */
const texts = {};

/** Loads a part of the texts. @param {string} part */
export async function loadTexts(part) {
  const catalogue = await import(`./texts/${pageData.language}/${part}.js`);
  Object.assign(texts, catalogue.default);
}

await Promise.all(pageData.texts.map(loadTexts));

const plurals = new Intl.PluralRules(pageData.language);

/**
 * A text in the language of the page, with values in place of its {names}.
 *
 * @param {TextKey} key
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function t(key, values = {}) {
  const text = texts[key] ?? key;
  const form = typeof text === "string"
    ? text
    : plurals.select(Number(values.n)) === "one"
    ? text.one
    : text.other;
  return form.replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name];
    return typeof value === "number" ? count(value) : String(value ?? "");
  });
}

const counts = new Intl.NumberFormat(pageData.language);

/** A whole number with its separators. @param {number} value */
export function count(value) {
  return counts.format(value);
}

/**
 * The text of a word that the API may say; the word itself where it is newer than
 * this page.
 *
 * @param {string} prefix
 * @param {string} word
 */
export function word(prefix, word) {
  const key = `${prefix}.${word}`;
  return key in texts ? t(/** @type {TextKey} */ (key)) : word;
}
