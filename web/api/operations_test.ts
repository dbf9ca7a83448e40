import { assert, assertEquals } from "@std/assert";
import { fill, pathOf, sampleOf } from "../testing/samples.ts";
import { type FixtureRequest, WebFixture } from "../testing/web_fixture.ts";
import type { OperationSpec } from "./operation.ts";

/** Text that does something where a page takes it for HTML. */
const HTML = "<img src=x onerror=alert(1)>";

/** More than a body may have. */
const LARGE = 1024 * 1024 + 1;

const CHANGING = ["post", "put", "patch", "delete"];

type Body = (
  fixture: WebFixture,
  operation: OperationSpec,
  request: FixtureRequest & { method: string },
) => Promise<void>;

/** Runs `body` with every operation; all are to change nothing. */
function eachOperation(sentence: string, body: Body): void {
  Deno.test(sentence, async () => {
    await using fixture = await WebFixture.open();
    await fill(fixture);
    const { operations } = fixture.web.api;
    assert(operations.length > 40);
    for (const operation of operations) await run(fixture, operation, body);
  });
}

/** The same with operations that may do what they do, each on a store of its own. */
function eachOperationAlone(sentence: string, body: Body): void {
  Deno.test(sentence, async () => {
    await using first = await WebFixture.open();
    for (const [index] of first.web.api.operations.entries()) {
      await using fixture = await WebFixture.open();
      await fill(fixture);
      await run(fixture, fixture.web.api.operations[index]!, body);
    }
  });
}

async function run(
  fixture: WebFixture,
  operation: OperationSpec,
  body: Body,
): Promise<void> {
  const sample = sampleOf(operation);
  await body(fixture, operation, {
    method: operation.method.toUpperCase(),
    path: pathOf(operation, sample),
    ...sample.body === undefined ? {} : { body: sample.body },
    ...sample.headers === undefined ? {} : { headers: sample.headers },
  });
}

eachOperation(
  "every operation refuses who is not known, but for those that make known",
  async (fixture, { needs, path }, request) => {
    const { status, json } = await fixture.ask({
      ...request,
      headers: { origin: "http://lars.example.com", ...request.headers },
    });
    assertEquals(status, 401, path);
    if (needs !== "open") assertEquals(json.type, "/problems/unauthenticated");
  },
);

eachOperationAlone(
  "every operation that changes something refuses a token that may only read, and names the scope",
  async (fixture, { needs, path }, request) => {
    const { status, json } = await fixture.ask({
      ...request,
      scopes: ["read"],
    });
    if (["open", "known"].includes(needs)) return;
    const isRefused = needs !== "read";
    assertEquals(status === 403, isRefused, `${request.method} ${path}`);
    if (isRefused) assert(json.scope.startsWith(needs), json.scope);
  },
);

eachOperationAlone(
  "every operation answers an admin as its document says",
  async (fixture, { path, needs }, request) => {
    const { status } = await fixture.ask({
      ...request,
      scopes: ["admin"],
      headers: { "if-match": "*", ...request.headers },
    });
    const isOpen = needs === "open" || path === "/session/password";
    const isMissing = /drain$/.test(path) && request.method === "GET";
    const isNameless = request.method === "GET" &&
      path === "/modules/{modId}/commands/{cmdId}";
    assertEquals(
      status < 300,
      !isOpen && !isMissing && !isNameless,
      `${request.method} ${path}: ${status}`,
    );
  },
);

eachOperation(
  "every operation refuses a page of another site, whatever it carries",
  async (fixture, { method, path }, request) => {
    for (
      const headers of [
        { origin: "http://evil.example" },
        { origin: "null" },
        { "sec-fetch-site": "cross-site" },
        { "sec-fetch-site": "same-site" },
      ]
    ) {
      const { status, json } = await fixture.ask({
        ...request,
        scopes: ["admin"],
        headers: { ...request.headers, ...headers },
      });
      assertEquals(status, 403, `${method} ${path} ${JSON.stringify(headers)}`);
      assertEquals(json.type, "/problems/foreign_origin");
    }
    if (!CHANGING.includes(method)) return;
    // These go along whoever asks: silence is not enough then.
    for (
      const sent of [{ cookie: "lars=secret" }, { authorization: "Basic YTpi" }]
    ) {
      const headers = { ...request.headers, ...sent };
      const { status } = await fixture.ask({ ...request, headers });
      assertEquals(status, 403, `${method} ${path}`);
    }
  },
);

eachOperation(
  "every operation refuses a name that is not known, as DNS rebinding has it",
  async (fixture, { path }, request) => {
    for (const host of ["evil.example", "lars.example.com.evil.example", ""]) {
      const { status } = await fixture.ask({
        ...request,
        scopes: ["admin"],
        headers: { ...request.headers, host },
      });
      assertEquals(status, 421, `${path} by ${host}`);
    }
  },
);

eachOperation(
  "every operation that takes a body refuses one that is too large",
  async (fixture, { body, path }, request) => {
    if (body === undefined) return;
    const { status } = await fixture.ask({
      ...request,
      scopes: ["admin"],
      body: JSON.stringify({ comment: "x".repeat(LARGE) }),
    });
    assertEquals(status, 413, path);
  },
);

eachOperation(
  "no operation reads a body before it is known who sends it",
  async (fixture, { needs, path }, request) => {
    if (request.body === undefined || needs === "open") return;
    let reads = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        reads += 1;
        controller.enqueue(new Uint8Array(LARGE));
      },
    }, { highWaterMark: 0 });
    const headers = { ...request.headers, authorization: "Bearer guess" };
    const { status } = await fixture.ask({ ...request, body, headers });
    assertEquals([status, reads], [401, 0], path);
  },
);

eachOperation(
  "every operation that takes a body refuses what is no JSON, another type, and names it does not know",
  async (fixture, { body, path }, request) => {
    if (body === undefined) return;
    const ask = async (
      text: string,
      headers: Record<string, string> = {},
    ) =>
      (await fixture.ask({
        ...request,
        scopes: ["admin"],
        body: text,
        headers: { ...request.headers, ...headers },
      })).status;
    assertEquals(await ask("{"), 400, path);
    assertEquals(await ask("[".repeat(100_000)), 400, path);
    assertEquals(await ask("null"), 422, path);
    assertEquals(await ask("[]"), 422, path);
    const more = { ...request.body as object, isAdmin: true };
    assertEquals(await ask(JSON.stringify(more)), 422, path);
    for (const type of ["text/plain", "application/x-www-form-urlencoded"]) {
      const status = await ask("{}", { "content-type": type });
      assertEquals(status, 415, path);
    }
  },
);

eachOperationAlone(
  "every operation keeps HTML in any text inert, or refuses it",
  async (fixture, { path }, request) => {
    for (const body of variants(request.body)) {
      const { headers } = await fixture.ask({
        ...request,
        scopes: ["admin"],
        body,
        headers: { "if-match": "*", ...request.headers },
      });
      const type = headers.get("content-type") ?? "application/json";
      assert(
        /^application\/(json|problem\+json)/.test(type),
        `${path} ${type}`,
      );
      assertEquals(headers.get("x-content-type-options"), "nosniff");
    }
  },
);

/** Bodies with HTML in place of one of their texts each. */
function variants(body: unknown): unknown[] {
  const found: unknown[] = [];
  const visit = (value: unknown, put: (value: unknown) => unknown) => {
    if (typeof value === "string") found.push(put(HTML));
    if (typeof value !== "object" || value === null) return;
    for (const [name, each] of Object.entries(value)) {
      visit(each, (changed) => {
        const copy = Array.isArray(value) ? [...value] : { ...value };
        (copy as Record<string, unknown>)[name] = changed;
        return put(copy);
      });
    }
  };
  if (typeof body !== "string") visit(body, (value) => value);
  return found;
}

eachOperation(
  "every operation that overwrites a route wants its revision, and refuses an old one with the route as it is",
  async (fixture, { method, path }, request) => {
    const overwrites = /^\/routes\/\{modId\}\/\{cmdId\}(\/hosts\/\{host\})?$/
      .test(path) && method !== "get";
    if (!overwrites) return;
    const before = await fixture.routes.read([{ modId: 1, cmdId: 1 }]);
    const without = await fixture.ask({ ...request, scopes: ["write"] });
    assertEquals(without.status, 428, `${method} ${path}`);
    const { status, json } = await fixture.ask({
      ...request,
      scopes: ["write"],
      headers: { "if-match": `"${"0".repeat(32)}"` },
    });
    assertEquals(status, 412, `${method} ${path}`);
    assertEquals(json.routes[0].hosts.length, 2);
    assertEquals(await fixture.routes.read([{ modId: 1, cmdId: 1 }]), before);
  },
);

Deno.test("openapi.json has every operation with who may use it", async () => {
  await using fixture = await WebFixture.open();
  const response = await fixture.get("/api/v1/openapi.json");
  const { paths } = await response.json();
  for (const { method, path, needs } of fixture.web.api.operations) {
    assertEquals(paths[path][method]["x-lars-needs"], needs);
  }
});

Deno.test("what is no operation is not told to who is not known", async () => {
  await using fixture = await WebFixture.open();
  assertEquals((await fixture.ask({ path: "/nothing" })).status, 401);
  const known = await fixture.ask({ path: "/nothing", scopes: ["read"] });
  assertEquals(known.status, 404);
});
