import { pageData } from "./page_data.js";

/** @typedef {keyof typeof import("./texts/en.js").default | keyof typeof import("./texts/en_actions.js").default} TextKey */
/** @typedef {string | {one: string, other: string}} Text Plural forms go by the value `n`. */

/** @type {Record<string, Text>} */
const texts = { ...(await catalogue(pageData.language)) };

/** @param {string} name @returns {Promise<Record<string, Text>>} */
async function catalogue(name) {
  return (await import(`./texts/${name}.js`)).default;
}

/** Loads the texts of what changes something. */
export async function loadActionTexts() {
  Object.assign(texts, await catalogue(`${pageData.language}_actions`));
}

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
