import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
} from "@std/assert";
import { WebFixture } from "../testing/web_fixture.ts";
import { SESSION_IDLE_S } from "./authentication.ts";

const PASSWORD = "correct horse battery";

/** Makes the first user by the one-time link; returns the cookie. */
async function begin(fixture: WebFixture): Promise<string> {
  const link = await fixture.web.offerFirstUser("http://127.0.0.1:7780");
  const [, secret] = link!.split("#");
  const { headers } = await fixture.browse({
    method: "POST",
    path: "/first-user",
    body: { secret, name: "alice", password: PASSWORD },
  });
  return cookieOf(headers);
}

function cookieOf(headers: Headers): string {
  return (headers.get("set-cookie") ?? "").split(";")[0]!;
}

function logIn(
  fixture: WebFixture,
  password: string,
  { name = "alice", peer = "10.9.9.9" } = {},
) {
  return fixture.browse({
    method: "POST",
    path: "/session",
    body: { name, password },
    peer,
  });
}

Deno.test("the one-time link is in a file of its owner alone, makes one user, and is gone", async () => {
  await using fixture = await WebFixture.open();
  const link = await fixture.web.offerFirstUser("http://127.0.0.1:7780");
  const file = `${fixture.dataDir}/web-first-link`;
  assertEquals(await Deno.readTextFile(file), `${link}\n`);
  assertEquals((await Deno.stat(file)).mode! & 0o777, 0o600);
  const [, secret] = link!.split("#");
  const make = (secret: string, name: string) =>
    fixture.browse({
      method: "POST",
      path: "/first-user",
      body: { secret, name, password: PASSWORD },
    });
  assertEquals((await make("guess", "eve")).status, 401);
  assertEquals((await make(secret!, "alice")).status, 200);
  assertEquals((await make(secret!, "eve")).status, 401);
  assertEquals(await Array.fromAsync(Deno.readDir(fixture.dataDir)), []);
  assertEquals(
    await fixture.web.offerFirstUser("http://127.0.0.1:7780"),
    undefined,
  );
});

Deno.test("two links of two web make one user", async () => {
  await using fixture = await WebFixture.open();
  const { routes, admin } = fixture;
  await using other = await WebFixture.open({ routes, admin });
  const links = await Promise.all(
    [fixture, other].map((each) => each.web.offerFirstUser("http://x")),
  );
  const answers = await Promise.all(
    [fixture, other].map((each, index) =>
      each.browse({
        method: "POST",
        path: "/first-user",
        body: {
          secret: links[index]!.split("#")[1],
          name: `user${index}`,
          password: PASSWORD,
        },
      })
    ),
  );
  assertEquals(answers.map(({ status }) => status).sort(), [200, 401]);
  assertEquals((await admin.users()).length, 1);
});

Deno.test("a session is a cookie that scripts and other sites do not get, new at each login", async () => {
  await using fixture = await WebFixture.open();
  const first = await begin(fixture);
  const { headers } = await logIn(fixture, PASSWORD);
  const text = headers.get("set-cookie")!;
  assertMatch(text, /^lars=[\w-]{43};/);
  assertMatch(text, /HttpOnly/);
  assertMatch(text, /SameSite=Lax/);
  const cookie = cookieOf(headers);
  assertNotEquals(cookie, first);
  const { json } = await fixture.browse({ path: "/session", cookie });
  assertEquals(json, {
    actor: "user alice",
    kind: "user",
    name: "alice",
    scopes: ["admin"],
  });
  const stored = JSON.stringify(await fixture.admin.sessions());
  assert(!stored.includes(cookie.slice("lars=".length)));
});

Deno.test("behind a proxy with TLS the cookie is one that no other host can set", async () => {
  await using fixture = await WebFixture.open({ proxies: ["10.0.0.1"] });
  await begin(fixture);
  const body = { name: "alice", password: PASSWORD };
  const request = { method: "POST", path: "/session", body };
  const headers = { "x-forwarded-proto": "https" };
  const trusted = await fixture.browse({
    ...request,
    headers,
    peer: "10.0.0.1",
  });
  assertMatch(trusted.headers.get("set-cookie")!, /^__Host-lars=.*Secure/);
  const out = await fixture.browse({
    method: "DELETE",
    path: "/session",
    cookie: cookieOf(trusted.headers),
    headers,
    peer: "10.0.0.1",
  });
  assertEquals(out.status, 204);
  assertMatch(
    out.headers.get("set-cookie")!,
    /^__Host-lars=; Max-Age=0;.*Secure/,
  );
  const other = await fixture.browse({ ...request, headers, peer: "10.0.0.2" });
  assertMatch(other.headers.get("set-cookie")!, /^lars=/);
});

Deno.test("a session ends by logging out, without use, and with a new password everywhere", async () => {
  await using fixture = await WebFixture.open();
  const one = await begin(fixture);
  const two = cookieOf((await logIn(fixture, PASSWORD)).headers);
  const isIn = async (cookie: string) =>
    (await fixture.browse({ path: "/session", cookie })).status === 200;
  const out = await fixture.browse({
    method: "DELETE",
    path: "/session",
    cookie: one,
  });
  assertEquals(out.status, 204);
  assertEquals([await isIn(one), await isIn(two)], [false, true]);
  const three = cookieOf((await logIn(fixture, PASSWORD)).headers);
  const changed = await fixture.browse({
    method: "PUT",
    path: "/session/password",
    cookie: two,
    body: { before: PASSWORD, after: "another horse battery" },
  });
  assertEquals(changed.status, 204);
  assertEquals([await isIn(two), await isIn(three)], [false, false]);
  const four = cookieOf(
    (await logIn(fixture, "another horse battery")).headers,
  );
  fixture.clock.jumpWall(SESSION_IDLE_S - 10);
  await fixture.clock.advance(5_000);
  assertEquals(await isIn(four), true);
  fixture.clock.jumpWall(SESSION_IDLE_S + 10);
  await fixture.clock.advance(5_000);
  assertEquals(await isIn(four), false);
});

Deno.test("people end their own sessions one by one, admins any, and the audit has it", async () => {
  await using fixture = await WebFixture.open();
  const alice = await begin(fixture);
  const makeBob = {
    method: "PUT",
    path: "/users/bob",
    cookie: alice,
    body: { scopes: ["read"], password: PASSWORD },
  };
  assertEquals((await fixture.browse(makeBob)).status, 200);
  const [one, two] = await Promise.all(
    [1, 2].map(async () =>
      cookieOf((await logIn(fixture, PASSWORD, { name: "bob" })).headers)
    ),
  );
  const list = async (cookie: string) =>
    (await fixture.browse({ path: "/sessions", cookie })).json.items;
  const end = (cookie: string, id: string) =>
    fixture.browse({ method: "DELETE", path: `/sessions/${id}`, cookie });
  const isIn = async (cookie: string) =>
    (await fixture.browse({ path: "/session", cookie })).status === 200;
  const idOf = async (cookie: string) =>
    (await list(cookie)).find(({ isOwn }: { isOwn: boolean }) => isOwn).id;
  const ids = await Promise.all([alice, one!, two!].map(idOf));
  assertEquals((await list(one!)).length, 2);
  // One of another user is not his to end.
  assertEquals((await end(one!, ids[0])).status, 204);
  assertEquals((await end(one!, ids[2])).status, 204);
  const areIn = () => Promise.all([alice, one!, two!].map(isIn));
  assertEquals(await areIn(), [true, true, false]);
  assertEquals((await end(alice, ids[1])).status, 204);
  assertEquals(await areIn(), [true, false, false]);
  const lines = (await fixture.admin.audit({ limit: 2 }))
    .map(({ actor, action, target }) => `${actor}: ${action}: ${target}`);
  assertEquals(lines, [
    "user alice: end session: session of bob",
    "user bob: end session: session of bob",
  ]);
});

Deno.test("wrong passwords are refused, at the same words for names that nobody has, and slower and slower", async () => {
  await using fixture = await WebFixture.open();
  await begin(fixture);
  const wrong = await logIn(fixture, "wrong", { peer: "10.0.0.1" });
  const nobody = await logIn(fixture, "wrong", {
    name: "nobody",
    peer: "10.0.0.2",
  });
  assertEquals([wrong.status, nobody.status], [401, 401]);
  assertEquals(wrong.json.detail, nobody.json.detail);
  const answers = [];
  for (let attempt = 0; attempt < 10; attempt++) {
    answers.push(await logIn(fixture, "wrong", { peer: "10.0.0.1" }));
  }
  const refused = answers.filter(({ status }) => status === 429);
  assertEquals(refused.length, 6);
  assertEquals(refused[0]!.headers.get("retry-after"), "1");
});

Deno.test("1,000 wrong passwords of one address keep neither another address nor the right one waiting for long", async () => {
  await using fixture = await WebFixture.open();
  await begin(fixture);
  for (let attempt = 0; attempt < 1_000; attempt++) {
    await logIn(fixture, `wrong ${attempt}`, { peer: "10.0.0.1" });
  }
  const other = await logIn(fixture, PASSWORD, { peer: "10.0.0.2" });
  assertEquals(other.status, 200);
  await fixture.clock.advance(1_000);
  const same = await logIn(fixture, PASSWORD, { peer: "10.0.0.1" });
  assertEquals(same.status, 200);
});

Deno.test("a token works until it is removed or over, and nothing else that is said so", async () => {
  await using fixture = await WebFixture.open();
  const made = await fixture.ask({
    method: "POST",
    path: "/tokens",
    scopes: ["admin"],
    body: { name: "ci", scopes: ["read"], days: 1 },
  });
  const { secret, id } = made.json;
  assertMatch(secret, /^lars_[\w-]{43}$/);
  const status = async (authorization: string) =>
    (await fixture.ask({ path: "/routes", headers: { authorization } })).status;
  assertEquals(await status(`Bearer ${secret}`), 200);
  for (
    const wrong of [secret, `Basic ${secret}`, `Bearer ${secret}x`, "Bearer"]
  ) {
    assertEquals(await status(wrong), 401);
  }
  const [token] = await fixture.admin.tokens();
  assert(!JSON.stringify(token).includes(secret));
  fixture.clock.jumpWall(86_400);
  await fixture.clock.advance(5_000);
  assertEquals(await status(`Bearer ${secret}`), 401);
  const removed = await fixture.ask({
    method: "DELETE",
    path: `/tokens/${id}`,
    scopes: ["admin"],
  });
  assertEquals(removed.status, 204);
});

Deno.test("the last admin cannot be removed, nor make himself less", async () => {
  await using fixture = await WebFixture.open();
  const cookie = await begin(fixture);
  const path = "/users/alice";
  const remove = await fixture.browse({ method: "DELETE", path, cookie });
  assertEquals(remove.status, 409);
  const less = await fixture.browse({
    method: "PUT",
    path,
    cookie,
    body: { scopes: ["read"] },
  });
  assertEquals(less.status, 409);
});

Deno.test("a proxy that is trusted names the user, who must be known; others name nobody", async () => {
  await using fixture = await WebFixture.open({
    proxies: ["10.0.0.1"],
    userHeader: "x-remote-user",
  });
  await begin(fixture);
  const ask = (user: string, peer: string) =>
    fixture.browse({
      path: "/session",
      peer,
      // A proxy passes on how the browser has told it who asks.
      headers: { "x-remote-user": user, authorization: "Basic YTpi" },
    });
  assertEquals((await ask("Alice", "10.0.0.1")).json.actor, "user alice");
  assertEquals((await ask("eve", "10.0.0.1")).status, 401);
  assertEquals((await ask("alice", "10.0.0.2")).status, 401);
});

Deno.test("everything is below the base path, and nothing beside it", async () => {
  await using fixture = await WebFixture.open({ basePath: "/tools/lars" });
  for (
    const [path, status] of [
      ["/tools/lars/healthz", 200],
      ["/tools/lars/api/v1/routes", 401],
      ["/tools/lars/problems/stale", 200],
      ["/healthz", 404],
      ["/api/v1/routes", 404],
    ] as const
  ) assertEquals((await fixture.get(path)).status, status, path);
});
