/**
 * Numbers and paths as people write them, in files, on command lines and in
 * tables: one reader for all of them.
 *
 * @module
 */

/**
 * The whole number that a text is: decimal digits, perhaps behind a minus.
 * Undefined for anything else, also for a number with a zero in front, which some
 * would read as octal, for "-0", and for one that JavaScript does not hold exactly.
 */
export function parseWhole(text: string): number | undefined {
  const value = /^(0|-?[1-9]\d{0,15})$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

/** As {@linkcode parseWhole}, with a fraction behind a point; no exponent. */
export function parseDecimal(text: string): number | undefined {
  const value = /^-?((0|[1-9]\d{0,15})(\.\d*)?|\.\d+)$/.test(text)
    ? Number(text)
    : NaN;
  return Number.isNaN(value) || Object.is(value, -0) ? undefined : value;
}

/**
 * What keeps a text from being the path of a file or folder, as it follows "must";
 * undefined if nothing does. Refused is what names a file, but hardly the one
 * that is meant.
 */
export function wrongPath(text: string): string | undefined {
  if (text === "") return "not be empty";
  // deno-lint-ignore no-control-regex
  if (/[\x00-\x1f\x7f]/.test(text)) return "hold no control character";
  if (text !== text.trim()) return "not begin or end with a blank";
  if (/^~/.test(text)) {
    return 'not begin with "~", which only a shell replaces, and only at the start of a word: write the whole path, or "./~" for a folder of that name';
  }
  return /^(["']).*\1$/.test(text) ? "not stand in quotes" : undefined;
}
