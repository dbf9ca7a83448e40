import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { parseAddress } from "../../proto/mod.ts";
import {
  type EditOptions,
  type RouteEdit,
  StoreError,
} from "../../store/mod.ts";
import { MemoryStore } from "../../store/memory/store.ts";
import { WebFixture } from "../testing/web_fixture.ts";

const KEY = { modId: 1, cmdId: 1 };

function rowsOf(...hosts: string[]) {
  return hosts.map((host) => ({ ...KEY, ...parseAddress(host) }));
}

async function hostsOf({ routes }: WebFixture): Promise<number> {
  return (await routes.read([KEY]))[0]!.hosts.length;
}

Deno.test("two people edit one route: the second hears what the first has changed, and nothing is lost", async () => {
  await using fixture = await WebFixture.open();
  await fixture.routes.edit({ add: rowsOf("10.0.0.1:80") });
  const scopes = ["write"];
  const path = "/routes/1/1";
  const seen = await fixture.ask({ path, scopes });
  const headers = { "if-match": seen.headers.get("etag")! };
  const host = (last: number) => ({ host: `10.0.0.${last}:80` });
  const alice = await fixture.ask({
    method: "PUT",
    path,
    scopes,
    headers,
    body: { hosts: [host(1), host(2)] },
  });
  assertEquals(alice.status, 200);
  const request = {
    method: "PUT",
    path,
    scopes,
    body: { hosts: [host(1), host(3)] },
  };
  const bob = await fixture.ask({ ...request, headers });
  assertEquals(bob.status, 412);
  assertEquals(bob.json.routes, [alice.json]);
  assertEquals(alice.json.hosts.length, 2);
  const again = await fixture.ask({
    ...request,
    body: { hosts: [host(1), host(2), host(3)] },
    headers: { "if-match": `"${bob.json.routes[0].revision}"` },
  });
  assertEquals(again.status, 200);
  assertEquals(await hostsOf(fixture), 3);
});

Deno.test("an edit by SQL is seen by the revision too", async () => {
  await using fixture = await WebFixture.open();
  await fixture.routes.edit({ add: rowsOf("10.0.0.1:80") });
  const seen = await fixture.ask({ path: "/routes/1/1", scopes: ["read"] });
  fixture.routes.editSilently({ add: rowsOf("10.0.0.2:80") }, {
    moveVersion: false,
  });
  const { status } = await fixture.ask({
    method: "DELETE",
    path: "/routes/1/1",
    scopes: ["write"],
    headers: { "if-match": seen.headers.get("etag")! },
  });
  assertEquals(status, 412);
  assertEquals(await hostsOf(fixture), 2);
});

/** A store that makes an edit, and loses the answer. */
class ForgetfulStore extends MemoryStore {
  isForgetful = false;

  override async edit(edit: RouteEdit, options?: EditOptions) {
    const result = await super.edit(edit, options);
    if (!this.isForgetful) return result;
    this.isForgetful = false;
    throw new StoreError("Cannot edit routes as the connection was lost", {
      retry: true,
    });
  }
}

Deno.test("a change whose COMMIT has no answer is made once, however often it comes again under its key", async () => {
  const routes = new ForgetfulStore();
  const admin = routes.admin();
  await using fixture = await WebFixture.open({ routes, admin });
  const authorization = `Bearer ${await fixture.token(["write"])}`;
  const secret = authorization.slice("Bearer ".length);
  const [token] = await fixture.admin.tokens();
  const { hashOf } = await import("../../store/mod.ts");
  await admin.addToken({ ...token!, hash: hashOf(secret) }, { actor: "test" });
  const request = {
    method: "POST",
    path: "/changes",
    headers: { authorization, "idempotency-key": "deploy-881" },
    body: { edits: [{ ...KEY, add: [{ host: "10.0.0.1:80" }] }] },
  };
  routes.isForgetful = true;
  const lost = await fixture.ask(request);
  assertEquals(lost.status, 503);
  assertEquals(lost.headers.get("retry-after"), "2");
  await routes.edit({ remove: rowsOf("10.0.0.1:80") });
  const again = await fixture.ask(request);
  assertEquals(again.status, 200);
  assertEquals([again.json.added, again.json.repeated], [1, true]);
  assertEquals((await routes.read([KEY]))[0]!.hosts, []);
  const other = await fixture.ask({
    ...request,
    body: { edits: [{ ...KEY, add: [{ host: "10.0.0.2:80" }] }] },
  });
  assertEquals(other.status, 422);
});

Deno.test("a change of what is there wants its revision; one that adds needs none", async () => {
  await using fixture = await WebFixture.open();
  const ask = (edit: object) =>
    fixture.ask({
      method: "POST",
      path: "/changes",
      scopes: ["write"],
      body: { edits: [{ ...KEY, ...edit }] },
    });
  assertEquals((await ask({ add: [{ host: "10.0.0.1:80" }] })).status, 200);
  assertEquals((await ask({ add: [{ host: "10.0.0.2:80" }] })).status, 200);
  assertEquals((await ask({ remove: ["10.0.0.1:80"] })).status, 428);
  assertEquals((await ask({ policy: "lars" })).status, 428);
  const { json } = await fixture.ask({ path: "/routes/1/1", scopes: ["read"] });
  const { revision } = json;
  const removed = await ask({ remove: ["10.0.0.1:80"], revision });
  assertEquals(removed.status, 200);
  assertNotEquals(removed.json.revisions[0].revision, revision);
  assertEquals((await ask({ policy: "lars", revision })).status, 412);
});

Deno.test("a change is taken back with its id, and the trail has both with who and why", async () => {
  await using fixture = await WebFixture.open();
  await fixture.routes.edit({ add: rowsOf("10.0.0.1:80") });
  const { json: before } = await fixture.ask({
    path: "/routes/1/1",
    scopes: ["read"],
  });
  const { json: made } = await fixture.ask({
    method: "POST",
    path: "/changes",
    scopes: ["write"],
    headers: { traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01` },
    body: {
      edits: [{
        ...KEY,
        revision: before.revision,
        add: [{ host: "10.0.0.2:80", weight: 5 }],
        remove: ["10.0.0.1:80"],
      }],
      comment: "deploy",
      ticket: "OPS-1",
    },
  });
  const reverted = await fixture.ask({
    method: "POST",
    path: `/changes/${made.id}/revert`,
    scopes: ["write"],
    body: { comment: "no good" },
  });
  assertEquals(reverted.json.revisions, [{
    ...KEY,
    revision: before.revision,
  }]);
  const { json: trail } = await fixture.ask({
    path: "/routes/1/1/changes",
    scopes: ["read"],
  });
  assertEquals(
    trail.items.map((
      { action, comment }: { action: string; comment: string },
    ) => [action, comment]),
    [
      [`revert change ${made.id}`, "no good"],
      ["change routes", "deploy"],
      ["edit", null],
    ],
  );
  const { json: audit } = await fixture.ask({
    path: "/audit",
    scopes: ["admin"],
  });
  const line = audit.items.find((
    { action }: { action: string },
  ) => action === "change routes");
  assertEquals(line.target, "route 1/1");
  assertEquals(line.before, before.revision);
  assert(line.actor.startsWith("token "));
  assert(line.traceparent.startsWith("00-aaa"));
});

Deno.test("a token for some routes changes these and no others, nor drains of all or names of other modules", async () => {
  await using fixture = await WebFixture.open();
  await fixture.routes.edit({
    add: [
      ...rowsOf("10.0.0.1:80"),
      { modId: 2, cmdId: 2, ...parseAddress("10.0.0.1:80") },
    ],
  });
  await fixture.clock.advance(1_000);
  const scopes = ["write:1/*"];
  const add = (modId: number) =>
    fixture.ask({
      method: "POST",
      path: "/changes",
      scopes,
      body: { edits: [{ modId, cmdId: 1, add: [{ host: "10.0.0.2:80" }] }] },
    });
  assertEquals((await add(1)).status, 200);
  const refused = await add(2);
  assertEquals([refused.status, refused.json.scope], [403, "write:2/1"]);
  const drain = (path: string) =>
    fixture.ask({ method: "PUT", path, scopes, body: { reason: "disk" } });
  const one = await drain("/routes/1/1/hosts/10.0.0.1:80/drain");
  assertEquals(one.status, 202);
  assertEquals(
    (await drain("/routes/2/2/hosts/10.0.0.1:80/drain")).status,
    403,
  );
  assertEquals((await drain("/hosts/10.0.0.1/drain")).status, 403);
  const name = (modId: number) =>
    fixture.ask({
      method: "PUT",
      path: `/modules/${modId}`,
      scopes,
      body: { name: "pay", owner: null, runbook: null },
    });
  assertEquals((await name(1)).status, 200);
  const named = await name(2);
  assertEquals([named.status, named.json.scope], [403, "write:2/*"]);
});

Deno.test("a drain is seen with who and why, by the route and its host, until it is taken back", async () => {
  await using fixture = await WebFixture.open();
  await fixture.routes.edit({ add: rowsOf("10.0.0.1:80") });
  await fixture.clock.advance(1_000);
  const scopes = ["drain"];
  const path = "/hosts/10.0.0.1/drain";
  const made = await fixture.ask({
    method: "PUT",
    path,
    scopes,
    body: { reason: "disk" },
  });
  assertEquals(made.json.routes, 1);
  const { json } = await fixture.ask({ path: "/routes/1/1/status", scopes });
  assertEquals(json.hosts[0].drain.reason, "disk");
  assertEquals(json.hosts[0].drain.host, "10.0.0.1");
  assert(json.hosts[0].drain.until !== null);
  const { json: list } = await fixture.ask({
    path: "/routes?state=drained",
    scopes,
  });
  assertEquals(list.items.length, 1);
  const ended = await fixture.ask({ method: "DELETE", path, scopes });
  assertEquals(ended.status, 204);
  assertEquals((await fixture.ask({ path, scopes })).status, 404);
  const { json: changes } = await fixture.ask({ path: "/changes", scopes });
  assertEquals(
    changes.items.slice(0, 2).map((
      { drains }: { drains: { begins: boolean }[] },
    ) => drains.map(({ begins }) => begins)),
    [[false], [true]],
  );
});

Deno.test("what is changed past Lars is there as a change by hand within a comparison", async () => {
  await using fixture = await WebFixture.open();
  await fixture.routes.edit({ add: rowsOf("10.0.0.1:80") }, {
    by: { actor: "test" },
  });
  fixture.routes.editSilently({ add: rowsOf("10.0.0.2:80") }, {
    moveVersion: false,
  });
  await fixture.clock.advance(60_000);
  const { json } = await fixture.ask({ path: "/changes", scopes: ["read"] });
  assertEquals(json.items[0].actor, "by hand");
  assertEquals(json.items[0].routes[0].added[0].host, "10.0.0.2:80");
  assertEquals(json.items.length, 2);
});

Deno.test("pages of routes hold each once, whatever they are sorted by", async () => {
  await using fixture = await WebFixture.open();
  await fixture.routes.edit({
    add: Array.from({ length: 25 }, (_, index) => ({
      modId: index % 5,
      cmdId: index,
      ...parseAddress("10.0.0.1:80"),
    })),
  });
  await fixture.clock.advance(1_000);
  for (const sort of ["key", "failing", "calls", "hosts"]) {
    const seen: string[] = [];
    let cursor = "";
    do {
      const { json } = await fixture.ask({
        path: `/routes?sort=${sort}&limit=7${cursor}`,
        scopes: ["read"],
      });
      for (const { modId, cmdId } of json.items) seen.push(`${modId}/${cmdId}`);
      cursor = json.next === null ? "" : `&cursor=${json.next}`;
    } while (cursor !== "");
    assertEquals(seen.length, 25);
    assertEquals(new Set(seen).size, 25);
  }
});

Deno.test("a cursor of no list, and one that holds no numbers, is refused", async () => {
  await using fixture = await WebFixture.open();
  for (
    const [path, cursor] of [
      ["/routes", "abc"],
      ["/routes", btoa("[0]")],
      ["/routes", btoa('[0,1,"x"]')],
      ["/changes", btoa('["x"]')],
      ["/changes", btoa("[null]")],
      ["/audit", btoa("{}")],
    ] as const
  ) {
    const { status } = await fixture.ask({
      path: `${path}?cursor=${encodeURIComponent(cursor)}`,
      scopes: ["admin"],
    });
    assertEquals(status, 400, `${path} ${cursor}`);
  }
});

Deno.test("routes are found by name, id, address and zone", async () => {
  await using fixture = await WebFixture.open();
  await fixture.routes.edit({
    add: [
      { modId: 1, cmdId: 7, ...parseAddress("10.0.0.1:80"), zone: "eu-1" },
      { modId: 2, cmdId: 1, ...parseAddress("10.1.0.1:80") },
    ],
  });
  await fixture.ask({
    method: "PUT",
    path: "/modules/2",
    scopes: ["write"],
    body: { name: "Payments", owner: null, runbook: null },
  });
  await fixture.clock.advance(6_000);
  for (
    const [q, expected] of [
      ["pay", ["2/1"]],
      ["1/7", ["1/7"]],
      ["2", ["2/1"]],
      ["10.0.", ["1/7"]],
      ["10.1.0.1:80", ["2/1"]],
      ["EU-1", ["1/7"]],
      ["nothing", []],
      ["", ["1/7", "2/1"]],
    ] as const
  ) {
    const { json } = await fixture.ask({
      path: `/routes?q=${encodeURIComponent(q)}`,
      scopes: ["read"],
    });
    assertEquals(
      json.items.map((each: typeof KEY) => `${each.modId}/${each.cmdId}`),
      expected,
      q,
    );
  }
});

Deno.test("a host says how many routes have it beyond those that are shown", async () => {
  await using fixture = await WebFixture.open();
  await fixture.routes.edit({
    add: Array.from({ length: 53 }, (_, cmdId) => ({
      modId: 1,
      cmdId,
      ...parseAddress("10.0.0.1:80"),
    })),
  });
  await fixture.clock.advance(1_000);
  const ask = async () =>
    (await fixture.ask({ path: "/hosts/10.0.0.1", scopes: ["read"] })).json;
  const { routes, moreRoutes } = await ask();
  assertEquals([routes.length, moreRoutes], [50, 3]);
  await fixture.routes.edit({
    remove: [0, 1, 2].map((cmdId) => ({
      modId: 1,
      cmdId,
      ...parseAddress("10.0.0.1:80"),
    })),
  });
  await fixture.clock.advance(1_000);
  assertEquals("moreRoutes" in await ask(), false);
});

Deno.test("an answer that is known is not sent again", async () => {
  await using fixture = await WebFixture.open();
  await fixture.routes.edit({ add: rowsOf("10.0.0.1:80") });
  await fixture.clock.advance(1_000);
  for (const path of ["/routes/1/1", "/routes", "/now", "/routes/1/1/status"]) {
    const first = await fixture.ask({ path, scopes: ["read"] });
    const headers = { "if-none-match": first.headers.get("etag")! };
    const next = await fixture.ask({ path, scopes: ["read"], headers });
    assertEquals([next.status, next.text], [304, ""], path);
  }
});

Deno.test("a route is shown as it was at a time, through changes by hand and reverts, or not at all", async () => {
  await using fixture = await WebFixture.open();
  const { routes, clock } = fixture;
  const by = { actor: "test" };
  const times: string[] = [];
  const step = async (change: () => unknown) => {
    await change();
    // What is done by hand is found within half a minute.
    await clock.advance(60_000);
    times.push(new Date(clock.wallSeconds() * 1_000).toISOString());
    await clock.advance(1_000);
  };
  const [first, second] = rowsOf("10.0.0.1:80", "10.0.0.2:80");
  const settings = [{ ...KEY, policy: "adaptive" }];
  await step(() => {});
  await step(() => routes.edit({ add: [{ ...first!, weight: 5 }] }, { by }));
  await step(() =>
    routes.edit({ add: [second!], settings, remove: [first!] }, { by })
  );
  await step(() =>
    routes.editSilently({ add: [first!], remove: [second!] }, {
      moveVersion: false,
    })
  );
  await step(() => routes.edit({ remove: [first!, second!] }, { by }));
  const ask = async (at: string) => {
    const { status, json } = await fixture.ask({
      path: `/routes/1/1?at=${at}`,
      scopes: ["read"],
    });
    return status === 200
      ? [
        json.policy,
        ...json.hosts.map(({ host, weight }: {
          host: string;
          weight: number | null;
        }) => `${host} ${weight}`),
      ].join()
      : status;
  };
  const seen = [];
  for (const at of times) seen.push(await ask(at));
  assertEquals(seen, [
    404,
    ",10.0.0.1:80 5",
    "adaptive,10.0.0.2:80 null",
    "adaptive,10.0.0.1:80 5",
    404,
  ]);
  assertEquals(await ask("3000-01-01T00:00:00Z"), 400);
  // A change that the trail does not have yet: what was before it is not known.
  routes.editSilently({ add: [second!] }, { moveVersion: false });
  assertEquals(await ask(times[1]!), 409);
});
