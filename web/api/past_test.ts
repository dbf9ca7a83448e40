import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseAddress } from "../../proto/mod.ts";
import {
  addPast,
  CHANGED,
  COMES,
  GOES,
  type SampleMoments,
  STAYS,
} from "../testing/past_sample.ts";
import { pathOf, sampleOf } from "../testing/samples.ts";
import { WebFixture } from "../testing/web_fixture.ts";

/** A fixture with a past, and what its API says of a moment. */
async function begin() {
  const fixture = await WebFixture.open();
  const moments = await addPast(fixture);
  const ask = async (path: string, at?: keyof SampleMoments) => {
    const query = at === undefined
      ? ""
      : `${path.includes("?") ? "&" : "?"}at=${moments[at]}`;
    const { status, json } = await fixture.ask({
      path: path + query,
      scopes: ["read"],
    });
    assertEquals(status, 200, JSON.stringify(json));
    return json;
  };
  return {
    fixture,
    moments,
    ask,
    [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose](),
  };
}

interface Host {
  host: string;
}

Deno.test("GET /routes?at lists the routes of then, with their calls and last changes of then", async () => {
  await using run = await begin();
  const list = async (at: keyof SampleMoments, query = "") =>
    (await run.ask(`/routes${query}`, at)).items.map((
      { modId, hosts, hostsDrained, hostsOut, callsPerSecond, failingShare }:
        // deno-lint-ignore no-explicit-any -- the fixture holds it against its schema
        any,
    ) => [modId, hosts, hostsDrained, hostsOut, callsPerSecond, failingShare]);
  assertEquals(await list("empty"), []);
  assertEquals(await list("before"), [
    [1, 2, 0, null, 20, 0],
    [2, 1, 0, null, 1, 0],
  ]);
  assertEquals(await list("after"), [
    [1, 2, 1, null, 20, 0.5],
    [2, 1, 0, null, 1, 0],
  ]);
  // It is searched as it was.
  assertEquals((await list("before", `?q=${GOES}`)).length, 1);
  assertEquals((await list("after", `?q=${GOES}`)).length, 0);
  assertEquals((await list("before", "?state=drained")).length, 0);
  assertEquals((await list("after", "?state=drained")).length, 1);
  assertEquals((await list("after", "?sort=failing"))[0]![0], 1);
  const [changed, other] = (await run.ask("/routes", "before")).items;
  assertEquals(changed.lastChange, other.lastChange);
  const [later] = (await run.ask("/routes", "after")).items;
  assertEquals(later.lastChange > changed.lastChange, true);
});

Deno.test("GET /now?at judges the calls of then, and names the changes until then", async () => {
  await using run = await begin();
  const calm = await run.ask("/now", "before");
  assertEquals([calm.problems, calm.agents, calm.asOf], [
    [],
    null,
    run.moments.before,
  ]);
  assertEquals(calm.changes.length, 1);
  const bad = await run.ask("/now", "after");
  const [problem] = bad.problems;
  assertEquals(bad.problems.length, 1);
  assertEquals([problem.modId, problem.failingShare], [1, 0.5]);
  assertEquals([problem.hosts, problem.hostsOut], [2, null]);
  assertEquals(problem.changeBefore.comment, "deploy 881");
  assertEquals(problem.worstHosts.map(({ host }: Host) => host), [COMES]);
  assertEquals(problem.worstHosts[0].out, null);
  assertEquals([calm.events.length, bad.events.length], [0, 1]);
  assertEquals(bad.events[0].host, COMES);
  // An hour later nobody calls, and nothing is wrong.
  assertEquals((await run.ask("/now")).problems, []);
});

Deno.test("a route and its status, events and changes are as they were", async () => {
  await using run = await begin();
  const path = `/routes/${CHANGED.modId}/${CHANGED.cmdId}`;
  const hosts = (body: { hosts: Host[] }) =>
    body.hosts.map(({ host }) => host).sort();
  for (const [at, other] of [["before", GOES], ["after", COMES]] as const) {
    const route = await run.ask(path, at);
    const status = await run.ask(`${path}/status`, at);
    assertEquals(hosts(route), [STAYS, other], at);
    assertEquals(hosts(status), [STAYS, other], at);
    assertEquals(route.policy, at === "before" ? null : "adaptive");
    const [sick] = status.hosts.filter(({ host }: Host) => host === other);
    assertEquals(
      [sick.weight, sick.callsPerSecond, sick.failingShare, sick.out],
      at === "before" ? [50, 10, 0, null] : [null, 10, 1, null],
    );
    const [plain] = status.hosts.filter(({ host }: Host) => host === STAYS);
    assertEquals(
      plain.drain?.reason,
      at === "before" ? undefined : "kernel update",
    );
    const events = await run.ask(`${path}/events`, at);
    assertEquals(events.items.length, at === "before" ? 0 : 1);
    const changes = await run.ask(`${path}/changes`, at);
    assertEquals(changes.items.length, at === "before" ? 1 : 2);
  }
});

Deno.test("GET /hosts/{host}?at has the routes of then", async () => {
  await using run = await begin();
  const routesOf = async (host: string, at: keyof SampleMoments) =>
    (await run.ask(`/hosts/${host}`, at)).routes.length;
  assertEquals(await routesOf(GOES, "before"), 1);
  assertEquals(await routesOf(GOES, "after"), 0);
  assertEquals(await routesOf(STAYS, "empty"), 0);
  assertEquals(await routesOf(STAYS, "after"), 2);
  const before = await run.ask(`/hosts/${COMES}`, "after");
  assertEquals([before.events.length, before.callers], [1, []]);
});

Deno.test("changes, alarms and agents are those until then", async () => {
  await using run = await begin();
  const count = async (path: string, at?: keyof SampleMoments) =>
    (await run.ask(path, at)).items.length;
  assertEquals(await count("/changes", "empty"), 0);
  assertEquals(await count("/changes", "before"), 1);
  assertEquals(await count("/changes", "after"), 3);
  // A cursor of now shows nothing that was later.
  const { next } = await run.ask("/changes?limit=1");
  const path = `/changes?cursor=${next}`;
  assertEquals(await count(path, "before"), 1);
  assertEquals(await count("/alarms", "before"), 0);
  const { items: [alarm], isWatched } = await run.ask("/alarms", "after");
  assertEquals([alarm.ended, isWatched], [null, true]);
  await run.fixture.history.writeAlarms([{
    ...(await run.fixture.history.alarms()).find(({ rule }) =>
      rule !== "Watchdog"
    )!,
    resolvedAt: run.fixture.clock.wallSeconds(),
  }]);
  assertEquals((await run.ask("/alarms", "after")).items[0].ended, null);
  // One that has been heard of since may have been silent then, or not.
  const { items } = await run.ask("/agents", "after");
  assertEquals(
    items.map(({ name, isSilent }: { name: string; isSilent: boolean }) => [
      name,
      isSilent,
    ]),
    [["gone", true]],
  );
  assertEquals(await count("/agents", "empty"), 0);
  assertEquals(await count("/agents"), 2);
});

Deno.test("calls of more than three hours ago are means of ten minutes, of more than two days ago of an hour", async () => {
  await using run = await begin();
  const path = `/routes/${CHANGED.modId}/${CHANGED.cmdId}/status`;
  const rates = async (at: string) => {
    const { json } = await run.fixture.ask({
      path: `${path}?at=${at}`,
      scopes: ["read"],
    });
    const { hosts, callsPerSecond } = json;
    const [host] = hosts.filter(({ host }: Host) => host === STAYS);
    return [callsPerSecond, host.callsPerSecond];
  };
  const { after } = run.moments;
  const plus = (seconds: number) =>
    new Date(Date.parse(after) + seconds * 1_000).toISOString();
  assertEquals(await rates(after), [20, 10]);
  assertEquals(await rates(plus(600)), [null, null]);
  await run.fixture.clock.advance(4 * 3_600_000);
  // The ten minutes before hold five with 600 calls to the host, the hour all.
  assertEquals(await rates(plus(60)), [null, 5 * 600 / 600]);
  await run.fixture.clock.advance(3 * 86_400_000);
  assertEquals((await rates(plus(3_600)))[0], 5 * 1_200 / 3_600);
  const { items } = await run.ask("/routes", "after");
  assertEquals(items.length, 2);
});

Deno.test("every operation that takes a moment refuses one that is not kept, or is yet to come, in words", async () => {
  await using run = await begin();
  const { fixture, moments } = run;
  const refusal = async (path: string) => {
    const { status, json } = await fixture.ask({ path, scopes: ["read"] });
    return `${status} ${json.detail}`;
  };
  const operations = fixture.web.api.operations.filter(({ query }) =>
    query !== undefined && "at" in query.shape
  );
  assertEquals(operations.length, 10);
  for (const operation of operations) {
    const path = pathOf(operation, sampleOf(operation));
    assertStringIncludes(
      await refusal(`${path}?at=2100-01-01T00:00:00Z`),
      "400 There is nothing of 2100-01-01T00:00:00Z yet",
    );
    assertStringIncludes(
      await refusal(`${path}?at=2001-01-01T00:00:00Z`),
      "400 Nothing of 2001-01-01T00:00:00Z is kept",
    );
    assertStringIncludes(await refusal(`${path}?at=yesterday`), "400 1 of");
  }
  assertStringIncludes(
    await refusal(`/routes?state=out&at=${moments.after}`),
    "400 Which hosts callers held to be out is not kept",
  );
  // A change that is not in the trail: what was before it is not known.
  fixture.routes.editSilently({
    add: [{ ...CHANGED, ...parseAddress("10.0.0.9:80") }],
  }, { moveVersion: false });
  await fixture.clock.advance(20_000);
  assertStringIncludes(
    await refusal(`/routes/1/7?at=${moments.before}`),
    "409 How (1, 7) was then is not known",
  );
});
