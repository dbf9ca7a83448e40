import { assert, assertEquals } from "@std/assert";
import { VirtualClock } from "../../net/testing/mod.ts";
import { parseAddress } from "../../proto/mod.ts";
import { MemoryStore } from "../../store/memory/store.ts";
import { periodOf } from "../../store/mod.ts";
import { FakeFleet } from "../../store/testing/mod.ts";
import { WebFixture } from "../testing/web_fixture.ts";
import type { ApiContext } from "./context.ts";
import { previewImport } from "./previews.ts";

const KEY = { modId: 1, cmdId: 1 };
const OTHER = { modId: 2, cmdId: 2 };

function rowsOf(...hosts: string[]) {
  return hosts.map((host) => ({ ...KEY, ...parseAddress(host) }));
}

function codesOf(json: { consequences: { code: string }[] }): string[] {
  return json.consequences.map(({ code }) => code);
}

Deno.test("a dry run changes nothing, and warns of the last host, of half of them and of others' addresses", async () => {
  await using fixture = await WebFixture.open();
  await fixture.routes.edit({
    add: [
      ...rowsOf("10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"),
      { ...OTHER, ...parseAddress("10.0.0.9:80") },
    ],
  });
  await fixture.clock.advance(1_000);
  const preview = async (edit: object) => {
    const { json } = await fixture.ask({
      method: "POST",
      path: "/changes?dryRun=1",
      scopes: ["write"],
      body: { edits: [{ ...KEY, ...edit }] },
    });
    return codesOf(json);
  };
  const all = ["10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"];
  assertEquals(await preview({ remove: all }), ["last_host", "stale"]);
  assertEquals(await preview({ remove: all.slice(1) }), ["over_half", "stale"]);
  assertEquals(
    await preview({ set: all.map((host) => ({ host, weight: 0 })) }),
    ["last_host", "stale"],
  );
  assertEquals(await preview({ add: [{ host: "10.0.0.9:80" }] }), [
    "address_in_other_route",
  ]);
  assertEquals(
    await preview({ policy: "lars", set: [{ host: all[0], weight: 7 }] }),
    ["policy_ignores_weight"],
  );
  assertEquals(await preview({ add: [{ host: "10.0.0.8:80" }] }), []);
  const [route] = await fixture.routes.read([KEY]);
  assertEquals(route!.hosts.length, 3);
  const [newest] = await fixture.admin.changes({ limit: 9 });
  assertEquals(newest!.actor, "by hand");
});

Deno.test("a dry run of a drain says which calls move, who makes them and what is left, and drains nothing", async () => {
  await using fixture = await WebFixture.open();
  const { routes, history, clock } = fixture;
  await routes.edit({
    add: [
      ...rowsOf("10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"),
      { ...OTHER, ...parseAddress("10.0.0.1:90") },
    ],
  });
  await clock.advance(120_000);
  const minute = periodOf("minute", clock.wallSeconds()) - 1;
  await new FakeFleet(history).call(minute, [
    { ...KEY, host: "10.0.0.1:80", calls: 600, callers: 5 },
    { ...KEY, host: "10.0.0.2:80", calls: 400, callers: 4 },
  ]);
  const preview = async (path: string) => {
    const { status, json } = await fixture.ask({
      method: "PUT",
      path: `${path}/drain?dryRun=1`,
      scopes: ["drain"],
      body: { reason: "disk" },
    });
    assertEquals(status, 200);
    return json;
  };
  const one = await preview("/routes/1/1/hosts/10.0.0.1:80");
  const inRoute = { ...KEY, hostsBefore: 3, hostsAfter: 2, movedShare: 0.6 };
  assertEquals(one.routes, [inRoute]);
  assertEquals(one.callers, 5);
  assertEquals(codesOf(one), ["carries_most_calls"]);

  // What leaves no host comes first, whichever route it is of.
  const all = await preview("/hosts/10.0.0.1");
  assertEquals(all.routes, [
    inRoute,
    { ...OTHER, hostsBefore: 1, hostsAfter: 0, movedShare: null },
  ]);
  assertEquals(codesOf(all), ["last_host", "carries_most_calls", "stale"]);
  assertEquals(all.consequences[0].modId, OTHER.modId);
  assertEquals(await routes.drains(), []);

  await routes.edit({
    drain: [{ ...parseAddress("10.0.0.2:80"), who: "x", reason: "y" }],
  });
  await clock.advance(1_000);
  assertEquals(
    codesOf(await preview("/routes/1/1/hosts/10.0.0.2:80")),
    [],
    "it is drained already",
  );
  const two = await preview("/hosts/10.0.0.1:80");
  assertEquals(two.routes[0].hostsBefore, 2);
});

Deno.test("a dry run of a drain of many routes names some, and warns of any", async () => {
  await using fixture = await WebFixture.open();
  await fixture.routes.edit({
    add: Array.from({ length: 60 }, (_, cmdId) => ({
      modId: 1,
      cmdId,
      ...parseAddress("10.0.0.1:80"),
    })),
  });
  await fixture.clock.advance(1_000);
  const { json } = await fixture.ask({
    method: "PUT",
    path: "/hosts/10.0.0.1/drain?dryRun=1",
    scopes: ["drain"],
    body: { reason: "disk" },
  });
  assertEquals([json.routes.length, json.moreRoutes], [50, 10]);
  const lost = codesOf(json).filter((code) => code === "last_host");
  assertEquals(lost.length, 60);
});

Deno.test("a dry run of an import counts what the import then does, and warns of addresses of others", async () => {
  await using fixture = await WebFixture.open();
  await fixture.routes.edit({
    add: [
      ...rowsOf("10.0.0.1:80", "10.0.0.2:80"),
      { ...OTHER, ...parseAddress("10.0.0.9:80") },
    ],
  });
  await fixture.clock.advance(1_000);
  const bring = async (query: string) =>
    (await fixture.ask({
      method: "POST",
      path: `/import${query}`,
      scopes: ["write"],
      body: "modid,cmdid,ip,port,weight,policy\n" +
        "1,1,10.0.0.1,80,,adaptive\n1,1,10.0.0.2,80,7,\n" +
        "1,1,10.0.0.9,80,5,\n1,1,10.0.0.4,80,,\n",
      headers: { "content-type": "text/csv" },
    })).json;
  const dry = await bring("?dryRun=1");
  assertEquals(codesOf(dry), ["address_in_other_route"]);
  assertEquals([dry.routes, dry.hosts, dry.change], [1, 4, null]);
  const [before] = await fixture.routes.read([KEY]);
  assertEquals(before!.hosts.length, 2);
  const done = await bring("");
  assertEquals([dry.added, dry.changed], [done.added, done.changed]);
  assertEquals(done.added, 2);
  assertEquals((await bring("?dryRun=1")).added, 0);
});

/** What a dry run of an import of `routes` routes costs: looks at each row, and turns that others have. */
async function costOf(routes: number) {
  let looks = 0;
  let turns = 0;
  const clock = new VirtualClock();
  clock.turn = () => {
    turns += 1;
    return Promise.resolve();
  };
  const context: Pick<ApiContext, "routes" | "clock"> & {
    copy: Pick<ApiContext["copy"], "sorted">;
  } = { routes: new MemoryStore(), copy: { sorted: [] }, clock };
  const add = Array.from({ length: routes }, (_, cmdId) => ({
    ...rowsOf("10.0.0.1:80")[0]!,
    cmdId,
    get modId() {
      looks += 1;
      return 1;
    },
  }));
  const { added } = await previewImport(context as ApiContext, {
    edit: { add },
  });
  assertEquals(added, routes);
  return { looksPerRow: looks / routes, turns };
}

Deno.test("a dry run looks at a row as often among 5,000 routes as among 50, and others are answered meanwhile", async () => {
  const [few, many] = [await costOf(50), await costOf(5_000)];
  assertEquals(few.looksPerRow, many.looksPerRow);
  assert(many.turns >= 5, `others had ${many.turns} turns`);
});
