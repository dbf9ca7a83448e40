import type { Language, Theme } from "./language.ts";

/** Answer of the API that a page begins with. */
export interface FirstAnswer {
  /** Path below /api/v1, with its query. */
  path: string;
  /** Status. */
  status: number;
  /** Revision, where the answer has one. */
  etag?: string;
  /** Body. */
  body: unknown;
}

/** Argument of {@linkcode shellOf}. */
export interface Shell {
  /** Path that the console is below, without a slash at its end. */
  base: string;
  /** Hash of all files. */
  hash: string;
  /** File with what every page needs, as a path below the hash. */
  first: string;
  /** File with what this page needs. */
  page: string;
  /** True if the page draws charts. */
  hasCharts: boolean;
  /** Language of the texts. */
  language: Language;
  /** Colours. */
  theme: Theme;
  /** Becomes the data block. */
  data: Readonly<Record<string, unknown>>;
}

/** The page that every address answers with: what to load, and the first data. */
export function shellOf(shell: Shell): string {
  const files = `${shell.base}/assets/${shell.hash}`;
  const theme = shell.theme === "auto" ? "" : ` data-theme="${shell.theme}"`;
  // It draws into what is there by then: nothing waits for it.
  const charts = shell.hasCharts
    ? `<script async id="charts" src="${files}/uplot.js"></script>\n`
    : "";
  return `<!doctype html>
<html lang="${shell.language === "zh" ? "zh-CN" : "en"}"${theme}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Lars</title>
<link rel="icon" href="${files}/icon.svg">
<link rel="stylesheet" href="${files}/style.css">
<link rel="modulepreload" href="${files}/${shell.page}">
<script type="module" src="${files}/${shell.first}"></script>
${charts}</head>
<body>
<noscript><main><p>The console needs JavaScript. <code>lars status</code> says the same in a terminal.</p></main></noscript>
<script type="application/json" id="data">${dataBlock(shell.data)}</script>
</body>
</html>
`;
}

/** JSON that no name in it can leave: the parser of HTML looks for "<" only. */
function dataBlock(data: unknown): string {
  return JSON.stringify(data).replaceAll("<", "\\u003c");
}
