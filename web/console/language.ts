/** Languages that the pages have a catalogue of texts in. */
export const LANGUAGES = ["en", "zh"] as const;

/** One of them. */
export type Language = typeof LANGUAGES[number];

/** Colours: as the system has them, or one of the two. */
export const THEMES = ["auto", "light", "dark"] as const;

/** One of them. */
export type Theme = typeof THEMES[number];

/**
 * The language that a person has chosen (cookie `lars_language`), or the one that
 * comes first in what the browser prefers; English where it knows neither.
 */
export function languageOf(request: Request): Language {
  const chosen = cookieOf(request, "lars_language");
  const known = LANGUAGES.find((each) => each === chosen);
  if (known !== undefined) return known;
  const preferred = (request.headers.get("accept-language") ?? "").split(",")
    .map((each) => {
      const [tag = "", quality = "q=1"] = each.trim().split(";");
      const weight = Number(quality.trim().replace(/^q=/, ""));
      return { tag: tag.toLowerCase().split("-")[0], weight };
    })
    .sort((a, b) => b.weight - a.weight);
  for (const { tag } of preferred) {
    const language = LANGUAGES.find((each) => each === tag);
    if (language !== undefined) return language;
  }
  return "en";
}

/** The colours that a person has chosen (cookie `lars_theme`). */
export function themeOf(request: Request): Theme {
  const chosen = cookieOf(request, "lars_theme");
  return THEMES.find((each) => each === chosen) ?? "auto";
}

function cookieOf(request: Request, name: string): string | undefined {
  const cookies = (request.headers.get("cookie") ?? "").split(";");
  const found = cookies.map((each) => each.trim()).find((each) =>
    each.startsWith(`${name}=`)
  );
  return found?.slice(name.length + 1);
}
