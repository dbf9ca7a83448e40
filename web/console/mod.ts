/**
 * Pages of the console: what a browser loads, and the first data in it.
 *
 * @module
 */
import { Assets } from "./assets.ts";
import { languageOf, themeOf } from "./language.ts";
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
      const value = page.query && url.searchParams.get(page.query);
      if (match === null || value === null) continue;
      const params: Record<string, string> = {};
      if (page.query && value) params[page.query] = value;
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
    const answers = await Promise.all(page.resources(params, query).map(ask));
    const language = languageOf(request);
    const theme = themeOf(request);
    const text = shellOf({
      base,
      hash: this.#assets.hash,
      modules: this.#modulesOf(page, language),
      hasCharts: page.hasCharts === true,
      language,
      theme,
      data: {
        base,
        page: page.name,
        params,
        language,
        theme,
        version,
        at: nowMs(),
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

  /** Modules that a page loads: itself, its texts, and all that these import. */
  #modulesOf(page: Page, language: string): readonly string[] {
    return this.#assets.modulesOf([
      "app/main.js",
      `app/pages/${page.name}.js`,
      `app/texts/${language}.js`,
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
