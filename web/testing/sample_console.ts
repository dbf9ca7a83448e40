import { CONTENT_POLICY } from "../http/guards.ts";
import { Console } from "../console/mod.ts";
import { sampleAnswer } from "./sample_api.ts";

/** What the pages take the time to be. */
const NOW_MS = Date.parse("2026-11-29T03:06:12Z");

/** A request of a page to the API. */
export interface SampleRequest {
  method: string;
  /** Path below /api/v1, with its query. */
  path: string;
  headers: Headers;
  /** JSON, as text. */
  body: string;
}

/**
 * The console over an API of samples, on a free port of this machine: how its
 * pages look and what they ask for, without a system behind them.
 */
export class SampleConsole implements AsyncDisposable {
  /** Requests that change something, in their order. */
  readonly changes: SampleRequest[] = [];
  /** Answers in place of the samples, where it has one. */
  answer: (
    request: SampleRequest,
  ) => Response | Promise<Response> | undefined = () => undefined;
  readonly #base: string;
  readonly #console: Console;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** Serves below a path, "" for none. */
  constructor({ base = "" }: { base?: string } = {}) {
    this.#base = base;
    this.#console = new Console({
      base,
      version: "0.0.0",
      nowMs: () => NOW_MS,
      ask: (path, { headers }) =>
        this.#ask({ method: "GET", path, headers, body: "" }),
    });
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#respond(request),
    );
  }

  /** A sample with changes in it. */
  // deno-lint-ignore no-explicit-any -- samples have every shape
  async sample(path: string, change: (body: any) => void): Promise<Response> {
    const body = await sampleAnswer("GET", path).json();
    change(body);
    return Response.json(body);
  }

  /** Address of a page. */
  url(path: string): string {
    const { port } = this.#server.addr;
    return `http://127.0.0.1:${port}${this.#base}${path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #respond(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const api = `${this.#base}/api/v1`;
    const answer = pathname.startsWith(`${api}/`)
      ? await this.#ask({
        method: request.method,
        path: pathname.slice(api.length) + search,
        headers: request.headers,
        body: await request.text(),
      })
      : await this.#console.respond(request);
    const headers = new Headers(answer.headers);
    headers.set("content-security-policy", CONTENT_POLICY);
    return new Response(answer.body, { status: answer.status, headers });
  }

  async #ask(request: SampleRequest): Promise<Response> {
    const { method, path, headers } = request;
    if (method !== "GET") this.changes.push(request);
    const response = await this.answer(request) ?? sampleAnswer(method, path);
    const etag = response.headers.get("etag");
    if (etag === null || headers.get("if-none-match") !== etag) return response;
    await response.body?.cancel();
    return new Response(null, { status: 304, headers: { etag } });
  }
}
