/**
 * Pages of the console: what a browser loads, and the first data in it.
 *
 * @module
 */
import { Assets } from "./assets.ts";
import { type Language, languageOf, themeOf } from "./language.ts";
import { MISSING_PAGE, type Page, PAGES } from "./pages.ts";
import { type FirstAnswer, shellOf } from "./shell.ts";

/** Argument of {@linkcode Console}. */
export interface ConsoleOptions {
  /** Path that the console is below, without a slash at its end; "" for none. */
  base: string;
  /** Version of Lars, for the foot of each page. */
  version: string;
  /**
   * Answers a GET of the admin API.
   *
   * @param path Path below /api/v1, with its query.
   * @param request The request for the page: it says who asks.
   */
  ask: (path: string, request: Request) => Response | Promise<Response>;
  /** Wall clock, in ms since 1970. */
  nowMs: () => number;
}

/** What there is more than one of for a page. */
interface Looks {
  language: Language;
  /** Whether a moment of the past is shown. */
  isPast: boolean;
}

/** Answers with pages and their files. */
export class Console {
  readonly #options: ConsoleOptions;
  readonly #assets = new Assets();

  /** Packs the files of all pages. */
  constructor(options: ConsoleOptions) {
    this.#options = options;
  }

  /** Answers a GET of a page or a file; of the API it knows nothing. */
  async respond(request: Request): Promise<Response> {
    const { base } = this.#options;
    const url = new URL(request.url);
    if (!url.pathname.startsWith(`${base}/`)) return redirect(`${base}/`);
    const path = url.pathname.slice(base.length);
    const files = `/assets/${this.#assets.hash}/`;
    if (path.startsWith(files)) {
      return this.#assets.respond(path.slice(files.length), request);
    }
    if (path.startsWith("/assets/")) {
      return new Response("no such file\n", { status: 404 });
    }
    for (const page of PAGES) {
      const match = page.pattern.exec({ pathname: path });
      if (match === null) continue;
      const params: Record<string, string> = {};
      for (const [name, value] of Object.entries(match.pathname.groups)) {
        if (value !== undefined) params[name] = value;
      }
      return await this.#respondPage(request, {
        page,
        params,
        query: url.search,
      });
    }
    return await this.#respondPage(request, {
      page: MISSING_PAGE,
      params: {},
      query: "",
    });
  }

  async #respondPage(
    request: Request,
    { page, params, query }: {
      page: Page;
      params: Readonly<Record<string, string>>;
      query: string;
    },
  ): Promise<Response> {
    const { base, version, nowMs } = this.#options;
    const { pathname } = new URL(request.url);
    const ask = (path: string) => this.#ask(path, request);
    const session = page.isOpen ? undefined : await ask("/session");
    if (session !== undefined && session.status !== 200) {
      if (session.status !== 401) return failure(session);
      const to = encodeURIComponent(pathname.slice(base.length) + query);
      return redirect(`${base}/login${to === "%2F" ? "" : `?to=${to}`}`);
    }
    const past = page.past && new URLSearchParams(query).get("at");
    const resources = page.past && past
      ? page.past(params, { at: encodeURIComponent(past), search: query })
      : page.resources(params, query);
    // What is no time at all the API refuses, in words.
    const isPast = Boolean(past) && !Number.isNaN(Date.parse(past!));
    const answers = await Promise.all(resources.map(ask));
    const language = languageOf(request);
    const theme = themeOf(request);
    const text = shellOf({
      base,
      hash: this.#assets.hash,
      modules: this.#modulesOf(page, { language, isPast }),
      hasCharts: page.hasCharts === true,
      language,
      theme,
      data: {
        base,
        page: page.name,
        params,
        language,
        texts: this.#textsOf(page, { language, isPast }),
        theme,
        version,
        at: nowMs(),
        ...isPast ? { past } : {},
        hasPast: page.past !== undefined,
        session: session?.body,
        answers,
      },
    });
    const isMissing = page === MISSING_PAGE || answers[0]?.status === 404;
    return new Response(text, {
      status: isMissing ? 404 : 200,
      headers: {
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        "vary": "cookie, accept-language",
      },
    });
  }

  /** Parts of the texts that a page needs at once: of many there is one for it alone. */
  #textsOf({ name }: Page, { language, isPast }: Looks): string[] {
    const isThere = this.#assets.has(`app/texts/${language}/${name}.js`);
    return [
      "common",
      ...isThere ? [name] : [],
      ...isPast ? ["past"] : [],
    ];
  }

  /** Modules that a page loads: itself, its texts, and all that these import. */
  #modulesOf(page: Page, looks: Looks): readonly string[] {
    return this.#assets.modulesOf([
      "app/main.js",
      `app/pages/${page.name}.js`,
      ...looks.isPast ? ["app/past.js"] : [],
      ...this.#textsOf(page, looks)
        .map((part) => `app/texts/${looks.language}/${part}.js`),
    ]);
  }

  async #ask(path: string, request: Request): Promise<FirstAnswer> {
    const response = await this.#options.ask(path, request);
    const etag = response.headers.get("etag");
    const isJson = /json/.test(response.headers.get("content-type") ?? "");
    return {
      path,
      status: response.status,
      ...(etag === null ? {} : { etag }),
      body: isJson ? await response.json() : undefined,
    };
  }
}

function redirect(to: string): Response {
  return new Response(null, { status: 303, headers: { location: to } });
}

/** A page for a time at which the API cannot even say who asks. */
function failure({ status, body }: FirstAnswer): Response {
  const { title = "error" } = (body ?? {}) as { title?: string };
  return new Response(`${title}\n`, {
    status,
    headers: { "retry-after": "5", "content-type": "text/plain" },
  });
}
