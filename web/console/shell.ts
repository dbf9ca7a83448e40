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
  /** Modules that the page needs, as paths below the hash; loaded at once. */
  modules: readonly string[];
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
  const preloads = shell.modules.map((path) =>
    `<link rel="modulepreload" href="${files}/${path}">`
  );
  // It draws into what is there by then: nothing waits for it.
  const charts = shell.hasCharts
    ? [`<script async id="charts" src="${files}/uplot.js"></script>`]
    : [];
  return `<!doctype html>
<html lang="${shell.language === "zh" ? "zh-CN" : "en"}"${theme}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Lars</title>
<link rel="icon" href="${files}/app/icon.svg">
<link rel="stylesheet" href="${files}/style.css">
${preloads.join("\n")}
<script type="module" src="${files}/app/main.js"></script>
${charts.join("\n")}
</head>
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
