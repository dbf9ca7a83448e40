import { OpenAPIHono } from "@hono/zod-openapi";
import { HTTPException } from "hono/http-exception";
import { routePath } from "hono/route";
import type { Clock, Logger } from "../net/mod.ts";
import { StoreError } from "../store/mod.ts";
import { type Api, API_PATH } from "./api/api.ts";
import { clientOf, type ProxyOptions } from "./http/client.ts";
import type { WebContext, WebEnv } from "./http/env.ts";
import { checkHost, checkOrigin, setHeaders } from "./http/guards.ts";
import { answerProblem, ProblemError, PROBLEMS } from "./http/problem.ts";
import { UnknownPastError } from "./model/past/unknown_past.ts";
import type { WebRequests } from "./metrics.ts";

/** Seconds after which a store that is away may be asked for again. */
const STORE_RETRY_S = 2;

/** Answers with pages of the console. */
export interface Pages {
  respond(request: Request): Promise<Response>;
}

/** Asks the API for a page, as the one who asked for the page. */
export type Ask = (path: string, request: Request) => Promise<Response>;

/** Options of {@linkcode WebApp}. */
export interface WebAppOptions extends ProxyOptions {
  /** Path under which everything is; empty: the root. */
  basePath: string;
  /** Names by which browsers may ask, beside "localhost" and addresses. */
  hosts: readonly string[];
  logger: Logger;
  /** Times requests. */
  clock: Clock;
  /** Counts requests. */
  requests: WebRequests;
  /** Why it cannot serve now; undefined: it can. */
  notReady: () => string | undefined;
  api: Api;
  /** Makes the console. */
  pages: (ask: Ask) => Pages;
}

/** Everything that web answers, as a function from requests to answers. */
export class WebApp {
  readonly #app: OpenAPIHono<WebEnv>;
  readonly #basePath: string;
  readonly #logger: Logger;
  /** Whose requests for pages are being answered. */
  readonly #peers = new WeakMap<Request, string>();

  constructor(options: WebAppOptions) {
    const { basePath, logger, notReady, api, clock, requests } = options;
    this.#logger = logger;
    this.#basePath = basePath;
    const app = new OpenAPIHono<WebEnv>().basePath(basePath);
    this.#app = app;
    app.use(async (context, next) => {
      const { headers } = context.req.raw;
      const { peer } = context.env;
      context.set("requestId", newRequestId());
      context.set("client", clientOf({ peer, headers }, options));
      const startedMs = clock.nowMs();
      await next();
      if (context.env.isOfPage) return;
      requests.add({
        route: routePath(context).slice(basePath.length),
        method: context.req.method,
        status: context.res.status,
        seconds: (clock.nowMs() - startedMs) / 1_000,
      });
    });
    app.use(setHeaders);
    app.use(checkHost(options));
    app.use(checkOrigin);
    app.get("/healthz", (context) => context.text("ok\n"));
    app.get("/readyz", (context) => {
      const reason = notReady();
      return reason === undefined
        ? context.text("ok\n")
        : context.text(`${reason}\n`, 503);
    });
    app.get("/problems/:kind", (context) => {
      const kind = context.req.param("kind");
      const found = Object.entries(PROBLEMS).find(([name]) => name === kind);
      if (found === undefined) throw notFound(context);
      const [status, title, remedy] = found[1];
      return context.text(`${status} ${title}\n\n${remedy}\n`);
    });
    app.route(API_PATH, api.app);
    const pages = options.pages((path, request) => this.#ask(path, request));
    app.get("*", (context) => {
      const request = context.req.raw;
      this.#peers.set(request, context.env.peer);
      return pages.respond(request);
    });
    app.notFound((context) => answerProblem(context, notFound(context)));
    app.onError((error, context) => this.#explain(error, context));
  }

  /** Answers a request of `peer`, the address at the other end. */
  async handle(request: Request, peer: string): Promise<Response> {
    return await this.#app.fetch(request, { peer });
  }

  /** Answers a GET of the API for a page. */
  async #ask(path: string, request: Request): Promise<Response> {
    const url = new URL(request.url);
    const headers = new Headers(request.headers);
    headers.delete("if-none-match");
    const inner = new Request(
      new URL(`${this.#basePath}${API_PATH}${path}`, url),
      { headers },
    );
    const peer = this.#peers.get(request) ?? "";
    return await this.#app.fetch(inner, { peer, isOfPage: true });
  }

  #explain(error: Error, context: WebContext): Response {
    const requestId = context.get("requestId");
    if (error instanceof ProblemError) return answerProblem(context, error);
    if (error instanceof StoreError) {
      this.#logger.warn("cannot answer a request now", { requestId, error });
      return answerProblem(
        context,
        new ProblemError("store_away", "The store cannot be used now", {
          retryAfterS: STORE_RETRY_S,
        }),
      );
    }
    if (error instanceof UnknownPastError) {
      return answerProblem(
        context,
        new ProblemError("conflict", error.message),
      );
    }
    if (error instanceof HTTPException) {
      return answerProblem(
        context,
        new ProblemError("malformed", error.message || "It cannot be read"),
      );
    }
    this.#logger.error("a request failed", { requestId, error });
    return answerProblem(
      context,
      new ProblemError("internal", "The log of web has the reason"),
    );
  }
}

function notFound(context: WebContext): ProblemError {
  return new ProblemError(
    "not_found",
    `There is nothing at ${context.req.method} ${context.req.path}`,
  );
}

function newRequestId(): string {
  return crypto.getRandomValues(new Uint8Array(8)).toHex();
}
