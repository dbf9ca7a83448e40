import { assertEquals } from "@std/assert";
import { parseAddress } from "../../proto/mod.ts";
import { WebFixture } from "../testing/web_fixture.ts";

const KEY = { modId: 77, cmdId: 1 };
const PATH = "/routes/77/1";

/** Web with a route of one host, and what asks for changes of it; `tag`: the ETag of the route. */
async function openFilled() {
  const fixture = await WebFixture.open();
  await fixture.routes.edit({
    add: [{ ...KEY, ...parseAddress("10.0.0.1:80") }],
  });
  const ask = (
    method: string,
    path: string,
    { headers = {}, body }: {
      headers?: Record<string, string>;
      body?: unknown;
    } = {},
  ) => fixture.ask({ method, path, scopes: ["write"], headers, body });
  const tag = (await ask("GET", PATH)).headers.get("etag")!;
  const hosts = async () => {
    const [route] = await fixture.routes.read([KEY]);
    return route!.hosts.length;
  };
  return { fixture, ask, tag, hosts };
}

Deno.test("If-None-Match: * makes a route and a host, with an answer, and only once", async () => {
  await using fixture = await WebFixture.open();
  const make = (path: string, body: unknown) =>
    fixture.ask({
      method: "PUT",
      path,
      scopes: ["write"],
      headers: { "if-none-match": "*" },
      body,
    });
  for (
    const [path, body] of [
      [PATH, { hosts: [{ host: "10.0.0.1:80" }] }],
      [`${PATH}/hosts/10.0.0.2:80`, { weight: 5 }],
    ] as const
  ) {
    const made = await make(path, body);
    assertEquals(made.status, 200, path);
    assertEquals(made.headers.get("etag"), `"${made.json.revision}"`);
    assertEquals((await make(path, body)).status, 412, path);
  }
});

Deno.test("a change is answered whole whatever tags it names, and only what is read is a 304", async () => {
  const { fixture, ask, tag } = await openFilled();
  await using _ = fixture;
  const known = { headers: { "if-none-match": tag } };
  assertEquals((await ask("GET", PATH, known)).status, 304);
  assertEquals((await ask("HEAD", PATH, known)).status, 304);
  const other = '"another"';
  const done = await ask("PATCH", PATH, {
    headers: { "if-match": tag, "if-none-match": other },
    body: { policy: "adaptive" },
  });
  assertEquals([done.status, done.json.policy], [200, "adaptive"]);
});

Deno.test("a change is refused whose If-Match or If-None-Match does not hold, and made otherwise", async () => {
  const { fixture, ask, tag, hosts } = await openFilled();
  await using _ = fixture;
  const next = "10.0.0.2:80";
  const table: [
    path: string,
    headers: Record<string, string>,
    status: number,
  ][] = [
    // The comparison of If-Match is strong, that of If-None-Match weak.
    [PATH, { "if-match": `W/${tag}` }, 412],
    [PATH, { "if-match": tag, "if-none-match": `"x", W/${tag}` }, 412],
    [PATH, { "if-none-match": tag }, 412],
    [PATH, { "if-none-match": '"x"' }, 428],
    ["/routes/77/2", { "if-match": "*" }, 412],
    // The host is not there, though the route is.
    [`${PATH}/hosts/${next}`, { "if-match": "*" }, 412],
    [`${PATH}/hosts/${next}`, { "if-none-match": tag }, 200],
  ];
  for (const [path, headers, status] of table) {
    const body = path.includes("/hosts/") ? {} : { hosts: [{ host: next }] };
    const answer = await ask("PUT", path, { headers, body });
    const what = `${path} ${JSON.stringify(headers)}`;
    assertEquals(answer.status, status, what);
    assertEquals(await hosts(), status === 200 ? 2 : 1, what);
  }
});

Deno.test("a dry run of a change of a route says what it would do, and is refused as the change would be", async () => {
  const { fixture, ask, tag, hosts } = await openFilled();
  await using _ = fixture;
  const preview = async (
    method: string,
    path: string,
    body?: unknown,
  ): Promise<[added: number, removed: number, codes: string[]]> => {
    const dry = `${path}?dryRun=1`;
    if (method !== "PUT" || path === PATH) {
      assertEquals((await ask(method, dry, { body })).status, 428, path);
    }
    const headers = { "if-match": tag };
    const { status, json } = await ask(method, dry, { headers, body });
    assertEquals(status, 200, `${method} ${path}`);
    const [route] = json.routes;
    return [
      route?.added.length ?? 0,
      route?.removed.length ?? 0,
      json.consequences.map(({ code }: { code: string }) => code),
    ];
  };
  const host = `${PATH}/hosts/10.0.0.1:80`;
  const two = { hosts: [{ host: "10.0.0.1:80" }, { host: "10.0.0.2:80" }] };
  const last = ["last_host", "stale"];
  assertEquals(await preview("PUT", PATH, two), [1, 0, []]);
  assertEquals(await preview("PATCH", PATH, { hosts: [] }), [0, 1, last]);
  assertEquals(await preview("DELETE", PATH), [0, 1, last]);
  assertEquals(await preview("DELETE", host), [0, 1, last]);
  assertEquals(await preview("PATCH", host, { weight: 0 }), [0, 0, last]);
  assertEquals(await preview("PUT", `${PATH}/hosts/10.0.0.9:80`, {}), [
    1,
    0,
    [],
  ]);
  for (const path of ["/routes/77/2", `${PATH}/hosts/10.0.0.9:80`]) {
    const { json } = await ask("DELETE", `${path}?dryRun=1`);
    assertEquals(json, { routes: [], consequences: [] });
  }
  assertEquals(await hosts(), 1);
  assertEquals((await ask("GET", PATH)).headers.get("etag"), tag);
});
