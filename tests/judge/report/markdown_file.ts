/** The marks around a scorecard in a file that has more than that. */
export const BEGIN = "<!-- scorecard: made by deno task judge -->";
export const END = "<!-- end of scorecard -->";

/**
 * `text` with what is between {@linkcode BEGIN} and {@linkcode END} replaced;
 * without them, the scorecard alone.
 */
export function insertScorecard(text: string, scorecard: string): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END, begin);
  if (begin < 0 || end < 0) return scorecard;
  const before = text.slice(0, begin + BEGIN.length);
  return `${before}\n\n${scorecard}\n${text.slice(end)}`;
}
