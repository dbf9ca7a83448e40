import { assert } from "@std/assert";
import { logger, VirtualClock } from "../../net/testing/mod.ts";
import { MemoryHistoryStore } from "../../store/memory/history_store.ts";
import { MemoryStore } from "../../store/memory/store.ts";
import { type AdminStore, hashOf, type LeaseStore } from "../../store/mod.ts";
import { Passwords } from "../access/passwords.ts";
import { API_PATH } from "../api/api.ts";
import type { OperationSpec } from "../api/operation.ts";
import { problem } from "../api/schemas.ts";
import { Web, type WebOptions } from "../web.ts";

/** Name by which requests ask. */
const HOST = "lars.example.com";

/** A request of the API. */
export interface FixtureRequest {
  /** Below /api/v1. */
  path: string;
  method?: string;
  /** Scopes of the token that it carries; undefined: it carries none. */
  scopes?: readonly string[];
  /** JSON; or text or a stream, as it is. */
  body?: unknown;
  headers?: Record<string, string>;
  /** Address at the other end of the connection. */
  peer?: string;
}

/** An answer, looked at. */
export interface FixtureAnswer {
  status: number;
  headers: Headers;
  text: string;
  // deno-lint-ignore no-explicit-any -- the shape is that of the operation, which was checked
  json: any;
}

/**
 * Web over stores in memory, without a socket and in virtual time. Every answer
 * of the API is held against what its document says.
 */
export class WebFixture implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly routes = new MemoryStore({
    wallSeconds: () => this.clock.wallSeconds(),
  });
  readonly admin: AdminStore = this.routes.admin();
  readonly history = new MemoryHistoryStore({
    clock: this.clock,
    audit: (target, by) => this.routes.addAudit(target, by),
  });
  readonly leases: LeaseStore = this.routes.leases();
  readonly dataDir = Deno.makeTempDirSync({ prefix: "lars-web-" });
  readonly web: Web;
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #tokens = 0;

  private constructor(options: Partial<WebOptions>) {
    this.web = new Web({
      basePath: "",
      hosts: [HOST],
      proxies: [],
      userHeader: undefined,
      routes: this.routes,
      admin: this.admin,
      history: this.history,
      leases: this.leases,
      dataDir: this.dataDir,
      clock: this.clock,
      logger,
      // Its cost is no part of these tests.
      passwords: new Passwords({ cost: 2 }),
      pages: () => ({ respond: () => Promise.resolve(new Response("page")) }),
      ...options,
    });
  }

  /** Starts it, and waits until it serves. */
  static async open(options: Partial<WebOptions> = {}): Promise<WebFixture> {
    const fixture = new WebFixture(options);
    fixture.#running = fixture.web.run(fixture.#stop.signal);
    const base = options.basePath ?? "";
    while ((await fixture.get(`${base}/readyz`)).status !== 200) {
      await fixture.clock.advance(1);
    }
    return fixture;
  }

  /** Whatever it answers to a GET. */
  async get(path: string, headers: Record<string, string> = {}) {
    return await this.web.app.handle(
      new Request(`http://${HOST}${path}`, {
        headers: { host: HOST, ...headers },
      }),
      "10.9.9.9",
    );
  }

  /** Makes a token with these scopes; returns its secret. */
  async token(scopes: readonly string[]): Promise<string> {
    this.#tokens += 1;
    const secret = `lars_${"x".repeat(40)}${this.#tokens}`;
    await this.admin.addToken({
      hash: hashOf(secret),
      name: "test",
      scopes,
      createdBy: "test",
      createdAt: this.clock.wallSeconds(),
      expiresAt: this.clock.wallSeconds() + 1_000_000,
    }, { actor: "test" });
    return secret;
  }

  /** Asks the API, as a program with a token, or as a browser with a cookie. */
  async ask(request: FixtureRequest): Promise<FixtureAnswer> {
    const { path, method = "GET", scopes, body, peer = "10.9.9.9" } = request;
    const headers: Record<string, string> = { host: HOST };
    if (scopes !== undefined) {
      headers.authorization = `Bearer ${await this.token(scopes)}`;
    }
    if (body !== undefined) headers["content-type"] = "application/json";
    const isRaw = typeof body === "string" || body instanceof ReadableStream;
    const response = await this.web.app.handle(
      new Request(`http://${HOST}${API_PATH}${path}`, {
        method,
        headers: { ...headers, ...request.headers },
        ...body === undefined
          ? {}
          : { body: isRaw ? body : JSON.stringify(body) },
      }),
      peer,
    );
    return await this.#check(request, response);
  }

  /** The same as a page of this address would. */
  async browse(
    request: FixtureRequest & { cookie?: string },
  ): Promise<FixtureAnswer> {
    const { cookie, headers } = request;
    return await this.ask({
      ...request,
      headers: {
        "sec-fetch-site": "same-origin",
        ...cookie === undefined ? {} : { cookie },
        ...headers,
      },
    });
  }

  async #check(
    { method = "GET", path }: FixtureRequest,
    response: Response,
  ): Promise<FixtureAnswer> {
    const { status, headers } = response;
    // One that goes on is not waited for.
    const isStream = headers.get("content-type") === "text/event-stream";
    if (isStream) await response.body?.cancel();
    const text = isStream ? "" : await response.text();
    const what = `${method} ${path}: ${status} ${text.slice(0, 300)}`;
    const type = headers.get("content-type") ?? "";
    const json = /json$|json;/.test(type) && !/ndjson/.test(type)
      ? JSON.parse(text)
      : undefined;
    assert(status < 500 || status === 503, what);
    if (status >= 400) {
      assert(type === "application/problem+json", what);
      const found = problem.safeParse(json);
      assert(found.success, `${what} is no problem: ${found.error}`);
      return { status, headers, text, json };
    }
    const operation = this.operationOf(method, path);
    const answer = operation?.answers[status];
    assert(answer !== undefined, `${what} is in no document`);
    if (answer.schema === undefined) {
      const types = answer.types ?? [];
      assert(text === "" || types.some((each) => type.startsWith(each)), what);
    } else {
      const found = answer.schema.safeParse(json);
      assert(found.success, `${what} is not as it says: ${found.error}`);
    }
    return { status, headers, text, json };
  }

  /** The operation that answers a request; undefined: there is none. */
  operationOf(method: string, path: string): OperationSpec | undefined {
    const [pathname = ""] = path.split("?");
    const asked = method === "HEAD" ? "get" : method.toLowerCase();
    return this.web.api.operations.find((operation) => {
      const pattern = operation.path.replace(/\{\w+\}/g, "[^/]+");
      return operation.method === asked &&
        new RegExp(`^${pattern}$`).test(pathname);
    });
  }

  /** Ends web, as a signal does. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.clock.advance(1);
    await this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await Deno.remove(this.dataDir, { recursive: true });
  }
}
