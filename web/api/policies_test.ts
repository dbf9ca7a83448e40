import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parseAddress, POLICY_NAMES } from "../../proto/mod.ts";
import { WebFixture } from "../testing/web_fixture.ts";

const KEY = { modId: 1, cmdId: 1 };
const PATH = "/routes/1/1";
const HOST = { ...KEY, ...parseAddress("10.0.0.1:80") };

/** Web with a route of one host, whose policy agents of another version may know. */
async function openNewer(policy = "newer") {
  const fixture = await WebFixture.open();
  await fixture.routes.edit({
    add: [HOST],
    settings: [{ ...KEY, policy }],
  });
  const ask = (method: string, path: string, body?: unknown) =>
    fixture.ask({
      method,
      path,
      body,
      scopes: ["write"],
      headers: method === "PUT" || method === "PATCH"
        ? { "if-match": "*" }
        : {},
    });
  const now = async () => (await fixture.routes.read([KEY]))[0]!;
  const revision = async () => (await ask("GET", PATH)).json.revision;
  const edits = async (more: object) => ({
    edits: [{ ...KEY, revision: await revision(), ...more }],
  });
  return { fixture, ask, now, edits };
}

Deno.test("no change sets a policy that no agent knows, and the refusal names it and those that there are", async () => {
  const { fixture, ask, now, edits } = await openNewer("lars");
  await using _ = fixture;
  const policy = "bogus";
  const hosts = [{ host: "10.0.0.1:80" }];
  const [other] = (await edits({})).edits;
  for (
    const [method, path, body, pointer] of [
      ["PUT", PATH, { hosts, policy }, "#/policy"],
      ["PATCH", PATH, { policy }, "#/policy"],
      ["POST", "/changes", await edits({ policy }), "#/edits/0/policy"],
      [
        "POST",
        "/changes",
        { edits: [other, { modId: 2, cmdId: 2, policy }] },
        "#/edits/1/policy",
      ],
    ] as const
  ) {
    for (const query of ["", "?dryRun=1"]) {
      const { status, json } = await ask(method, `${path}${query}`, body);
      assertEquals([status, json.errors?.[0].pointer], [422, pointer], path);
      for (const name of [policy, ...POLICY_NAMES]) {
        assertStringIncludes(json.detail, name);
      }
    }
  }
  assertEquals((await now()).settings, { policy: "lars" });
});

Deno.test("a route whose policy no agent of this version knows is changed as any other, and a revert gives it back", async () => {
  const { fixture, ask, now, edits } = await openNewer();
  await using _ = fixture;
  const policy = "newer";
  const hosts = [{ host: "10.0.0.1:80", weight: 5 }];
  const settled = { policy, check: true };
  for (
    const [method, path, body] of [
      ["PATCH", PATH, { check: true }],
      ["PUT", PATH, { hosts, ...settled }],
      ["PATCH", PATH, { policy }],
      ["PUT", `${PATH}/hosts/10.0.0.1:80`, { weight: 7 }],
    ] as const
  ) {
    const { status, json } = await ask(method, path, body);
    assertEquals([status, json.detail], [200, undefined], path);
    assertEquals((await now()).settings, settled, path);
  }
  const changes = await edits({
    policy,
    set: hosts,
    add: [{ host: "10.0.0.2:80" }],
  });
  assertEquals((await ask("POST", "/changes", changes)).status, 200);
  const made = await ask("POST", "/changes", await edits({ policy: "lars" }));
  const revert = `/changes/${made.json.id}/revert`;
  assertEquals((await ask("POST", revert, {})).status, 200);
  assertEquals((await now()).settings, settled);
});

for (const type of ["text/csv", "application/x-ndjson"]) {
  Deno.test(`an export of a store with an unknown policy imports as ${type}: into it nothing changes, elsewhere the policy is left out, and named`, async () => {
    const { fixture, now } = await openNewer();
    await using _ = fixture;
    await fixture.routes.edit({ settings: [{ ...KEY, check: true }] });
    const format = type === "text/csv" ? "csv" : "ndjson";
    const { text } = await fixture.ask({
      path: `/export?format=${format}`,
      scopes: ["read"],
    });
    await using empty = await WebFixture.open();
    for (const [web, added] of [[fixture, 0], [empty, 1]] as const) {
      for (const query of ["?dryRun=1", ""]) {
        const { status, json } = await web.ask({
          method: "POST",
          path: `/import${query}`,
          scopes: ["write"],
          body: text,
          headers: { "content-type": type },
        });
        assertEquals([status, json.added, json.changed], [200, added, added]);
        const [left, ...more] = json.consequences;
        assertEquals([left.code, more], ["unknown_policy", []]);
        assertMatch(left.detail, /"newer".*lars, adaptive/);
      }
    }
    assertEquals((await now()).settings, { policy: "newer", check: true });
    const [route] = await empty.routes.read([KEY]);
    assertEquals(route!.settings, { check: true });
  });
}
