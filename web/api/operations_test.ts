import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fill, pathOf, sampleOf } from "../testing/samples.ts";
import {
  type FixtureAnswer,
  type FixtureRequest,
  WebFixture,
} from "../testing/web_fixture.ts";
import type { OperationSpec } from "./operation.ts";

/** Text that does something where a page takes it for HTML. */
const HTML = "<img src=x onerror=alert(1)>";

const MIB = 1024 * 1024;

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

/** The request of an admin, whatever is there now. */
function asMeant(
  { isConditional }: OperationSpec,
  request: FixtureRequest,
): FixtureRequest {
  const condition = isConditional ? { "if-match": "*" } : {};
  return {
    ...request,
    scopes: ["admin"],
    headers: { ...condition, ...request.headers },
  };
}

/** What a change would change; what tests and fixtures do is left out. */
async function stateOf({ routes, admin }: WebFixture) {
  const audit = await admin.audit({ limit: 1_000 });
  return [
    await Array.fromAsync(routes.scan()),
    await routes.drains(),
    (await admin.changes({ limit: 9 })).length,
    audit.filter(({ actor }) => actor !== "test"),
  ];
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
  async (fixture, operation, request) => {
    const { path, needs } = operation;
    const { status } = await fixture.ask(asMeant(operation, request));
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
  "every operation that takes a body refuses one of 100 MB, and reads no more of it than it may have",
  async (fixture, { body, streams, path }, request) => {
    if (body === undefined && streams === undefined) return;
    const chunk = new TextEncoder().encode("x".repeat(MIB));
    const mayRead = streams === undefined ? 1 : 64;
    let reads = 0;
    const sent = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        reads += 1;
        controller.enqueue(chunk);
        if (reads === 100) controller.close();
      },
    }, { highWaterMark: 0 });
    const whole = { ...request, scopes: ["admin"], body: sent };
    assertEquals((await fixture.ask(whole)).status, 413, path);
    assertEquals(reads, mayRead + 1, path);
    // One that says so is not read at all.
    const { status } = await fixture.ask({
      ...request,
      scopes: ["admin"],
      headers: { ...request.headers, "content-length": String(100 * MIB) },
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
        controller.enqueue(new Uint8Array(MIB));
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
  "every operation keeps HTML in any text of its body inert, or refuses it",
  async (fixture, operation, request) => {
    const { body } = request;
    // Lines are texts of JSON.
    const isText = typeof body === "string";
    for (const each of variants(isText ? JSON.parse(body) : body)) {
      const answer = await fixture.ask({
        ...asMeant(operation, request),
        body: isText ? JSON.stringify(each) : each,
      });
      assertInert(request, answer);
    }
  },
);

eachOperation(
  "every operation keeps HTML in its path and its query inert, or refuses it",
  async (fixture, operation, request) => {
    const { params = {} } = sampleOf(operation);
    const text = encodeURIComponent(HTML);
    const paths = Object.keys(params).map((name) =>
      pathOf(operation, { params: { ...params, [name]: text } })
    );
    const [path] = request.path.split("?");
    const queries = Object.keys(operation.query?.shape ?? {}).map((name) =>
      `${path}?${name}=${text}`
    );
    for (const path of [...paths, ...queries]) {
      const answer = await fixture.ask({
        ...request,
        path,
        scopes: ["admin"],
      });
      assertInert({ ...request, path }, answer);
      assert(answer.status >= 400 || /\?(q|zone)=/.test(path), path);
    }
  },
);

function assertInert(
  { method, path }: FixtureRequest,
  { headers }: FixtureAnswer,
): void {
  const type = headers.get("content-type") ?? "application/json";
  const what = `${method} ${path}: ${type}`;
  assert(/^application\/(json|problem\+json)/.test(type), what);
  assertEquals(headers.get("x-content-type-options"), "nosniff");
}

/** Values with HTML in place of one of their texts each. */
function variants(value: unknown): unknown[] {
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
  visit(value, (changed) => changed);
  return found;
}

eachOperation(
  "a dry run of any operation answers as its document says, and changes nothing",
  async (fixture, operation, request) => {
    const { path, query } = operation;
    if (query?.shape.dryRun === undefined) return;
    const before = await stateOf(fixture);
    const { status } = await fixture.ask({
      ...asMeant(operation, request),
      path: `${request.path}?dryRun=1`,
    });
    assertEquals(status, 200, path);
    assertEquals(await stateOf(fixture), before, path);
  },
);

eachOperation(
  "every operation refuses a parameter that it does not know, and one that is there twice, and does nothing",
  async (fixture, operation, request) => {
    const known = Object.keys(operation.query?.shape ?? {});
    const wrong = [["dryrun=1", "dryrun"], ["__proto__=1", "__proto__"]];
    if (!known.includes("dryRun")) wrong.push(["dryRun=1", "dryRun"]);
    for (const name of known) wrong.push([`${name}=0&${name}=1`, name]);
    const before = await stateOf(fixture);
    for (const [query, name] of wrong) {
      const path = `${request.path}?${query}`;
      const { status, json } = await fixture.ask({
        ...asMeant(operation, request),
        path,
      });
      const what = `${request.method} ${path}`;
      assertEquals([status, json.type], [400, "/problems/malformed"], what);
      assertEquals(json.errors[0].pointer, `query: ${name}`, what);
      const names = known.includes(name!) ? [] : known;
      for (const each of names) assertStringIncludes(json.detail, each, what);
    }
    assertEquals(await stateOf(fixture), before, request.path);
  },
);

eachOperation(
  "every operation that changes something looks at If-Match and If-None-Match, or refuses them",
  async (fixture, { method, isConditional }, request) => {
    if (!CHANGING.includes(method)) return;
    const before = await stateOf(fixture);
    const conditions = isConditional
      ? { "if-match": '"0"' }
      : { "if-match": '"0"', "if-none-match": "*" };
    for (const [name, value] of Object.entries(conditions)) {
      const { status } = await fixture.ask({
        ...request,
        scopes: ["admin"],
        headers: { ...request.headers, [name]: value },
      });
      const what = `${request.method} ${request.path} ${name}`;
      assertEquals(status, isConditional ? 412 : 400, what);
    }
    assertEquals(await stateOf(fixture), before, request.path);
  },
);

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
