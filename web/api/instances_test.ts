import { assertEquals } from "@std/assert";
import { LeasesOffError } from "../../store/mod.ts";
import { FakeFleet } from "../../store/testing/mod.ts";
import { leaseOf, register } from "../testing/samples.ts";
import { WebFixture } from "../testing/web_fixture.ts";

const [ONE, TWO] = [leaseOf("web-1", "1"), leaseOf("web-2", "2")];

/** Two machines in one route, the second of which has gone silent. */
async function twoMachines(fixture: WebFixture): Promise<void> {
  await register(fixture.leases, ONE, ["10.0.0.1:80", "10.0.0.1:81"]);
  await register(fixture.leases, TWO, ["10.0.0.2:80"]);
  await fixture.leases.mark([TWO]);
  await fixture.clock.advance(2_000);
}

/** Fails unless a token has done this to that, once. */
async function assertAudit(
  { admin }: WebFixture,
  action: string,
  target: string,
): Promise<void> {
  const lines = (await admin.audit({ limit: 99 }))
    .filter((line) => line.action === action);
  assertEquals(lines.map((line) => line.target), [target]);
  assertEquals(lines[0]!.actor.startsWith("token "), true);
}

Deno.test("an instance says where, by which agent, in which state, and how old its lease is as far as web has seen", async () => {
  await using fixture = await WebFixture.open();
  await twoMachines(fixture);
  const ask = async (query: string) =>
    (await fixture.ask({ path: `/instances${query}`, scopes: ["read"] })).json;
  const { items, next } = await ask("?limit=2");
  assertEquals(
    items.map(({ host, agentName, state, lease }: {
      host: string;
      agentName: string;
      state: string;
      lease: object;
    }) => ({ host, agentName, state, lease })),
    ["10.0.0.1:80", "10.0.0.1:81"].map((host) => ({
      host,
      agentName: "web-1",
      state: "served",
      lease: { isOverdue: false, renewedS: null },
    })),
  );
  const { items: rest } = await ask(`?limit=2&cursor=${next}`);
  assertEquals(rest.length, 1);
  assertEquals(rest[0].lease.isOverdue, true);

  await fixture.leases.renew([{ ...ONE, renewal: 2 }]);
  await fixture.clock.advance(1_000);
  await ask("");
  await fixture.clock.advance(27_000);
  const [{ lease }] = (await ask("?host=10.0.0.1:80")).items;
  assertEquals(lease, { isOverdue: false, renewedS: 20 });
  const counts = [];
  for (
    const query of ["modId=4&cmdId=4", "modId=4&cmdId=5", `agent=${TWO.agent}`]
  ) {
    counts.push((await ask(`?${query}`)).items.length);
  }
  assertEquals(counts, [3, 0, 1]);
  const half = await fixture.ask({
    path: "/instances?modId=4",
    scopes: ["read"],
  });
  assertEquals(half.status, 400);
});

for (const path of ["/instances", "/leases"]) {
  Deno.test(`GET ${path}: an answer is sent again when a lease is overdue, not when it is renewed`, async () => {
    await using fixture = await WebFixture.open();
    await twoMachines(fixture);
    let tag = "";
    const ask = async () => {
      await fixture.clock.advance(5_000);
      const { status, headers } = await fixture.ask({
        path,
        scopes: ["read"],
        headers: { "if-none-match": tag },
      });
      tag = headers.get("etag")!;
      return status;
    };
    assertEquals([await ask(), await ask()], [200, 304]);
    for (const renewal of [2, 3, 4]) {
      await fixture.leases.renew([{ ...ONE, renewal }]);
      // The first that it sees tells how old the lease is.
      assertEquals(await ask(), renewal === 2 ? 200 : 304);
    }
    await fixture.leases.mark([{ ...ONE, renewal: 4 }]);
    assertEquals(await ask(), 200);
  });
}

Deno.test("an instance that is removed stays away whatever its agent says, and the trail says who did it", async () => {
  await using fixture = await WebFixture.open();
  await twoMachines(fixture);
  const path = "/routes/4/4/instances/10.0.0.1:80";
  const remove = (path: string, scopes = ["write:4/*"]) =>
    fixture.ask({ method: "DELETE", path, scopes });
  assertEquals((await remove(path, ["write:5/*"])).status, 403);
  assertEquals((await remove("/routes/4/4/instances/10.0.0.9:80")).status, 404);
  const dry = await remove(`${path}?dryRun=1`);
  assertEquals(dry.json.routes[0].hostsAfter, 2);
  assertEquals((await remove(path)).status, 204);
  await register(fixture.leases, { ...ONE, renewal: 2 }, [
    "10.0.0.1:80",
    "10.0.0.1:81",
  ]);
  await fixture.clock.advance(2_000);
  const { json } = await fixture.ask({
    path: "/instances?host=10.0.0.1:80",
    scopes: ["read"],
  });
  assertEquals([json.items[0].state, json.items[0].isDrained], [
    "removed",
    true,
  ]);
  const route = await fixture.ask({ path: "/routes/4/4", scopes: ["read"] });
  assertEquals(
    route.json.hosts.map(({ host }: { host: string }) => host),
    ["10.0.0.1:81", "10.0.0.2:80"],
  );
  await assertAudit(fixture, "remove instance", "host 10.0.0.1:80 of 4/4");
});

Deno.test("machines that are gone lose what they registered at once, but none that lives does", async () => {
  await using fixture = await WebFixture.open();
  await twoMachines(fixture);
  const gone = (
    agents: string[],
    { query = "", scopes = ["write:4/4"] } = {},
  ) =>
    fixture.ask({
      method: "POST",
      path: `/leases/gone${query}`,
      scopes,
      body: { agents },
    });
  assertEquals((await gone([ONE.agent, TWO.agent])).status, 409);
  assertEquals(
    (await gone([TWO.agent], { scopes: ["write:5/5"] })).status,
    403,
  );
  const { json: dry } = await gone([TWO.agent], { query: "?dryRun=1" });
  assertEquals([dry.instances, dry.routes[0].hostsAfter], [1, 2]);
  assertEquals((await fixture.leases.leases()).length, 2);
  const { json } = await gone([TWO.agent, "f".repeat(32)]);
  assertEquals(json.agents, [
    { agent: TWO.agent, state: "expired", removed: 1 },
    { agent: "f".repeat(32), state: "unknown", removed: 0 },
  ]);
  const { json: route } = await fixture.ask({
    path: "/routes/4/4",
    scopes: ["read"],
  });
  assertEquals(route.hosts.length, 2);
  // Sent again, as after a lost answer, it is done.
  assertEquals((await gone([TWO.agent])).json.agents[0].state, "unknown");
  await assertAudit(fixture, "machines are gone", "route 4/4");
});

Deno.test("dns and reporters are known from the agents that are connected to them", async () => {
  await using fixture = await WebFixture.open();
  await twoMachines(fixture);
  await fixture.history.beat([FakeFleet.agent("a"), FakeFleet.agent("b")]);
  const { json } = await fixture.ask({ path: "/members", scopes: ["read"] });
  assertEquals(
    json.items.map(({ kind, name, agents }: {
      kind: string;
      name: string;
      agents: number;
    }) => [kind, name, agents]),
    [["dns", "dns-1", 2], ["reporter", "r1", 2]],
  );
});

Deno.test("where nothing can be registered there are no instances", async () => {
  const off = () => Promise.reject(new LeasesOffError("tables are missing"));
  await using fixture = await WebFixture.open();
  fixture.leases.leases = off;
  fixture.leases.instances = off;
  for (const path of ["/instances", "/leases"]) {
    const { json } = await fixture.ask({ path, scopes: ["read"] });
    assertEquals(json.items, []);
  }
});
