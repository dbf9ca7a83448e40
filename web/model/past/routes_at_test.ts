import { assertEquals, assertRejects } from "@std/assert";
import { VirtualClock } from "../../../net/testing/mod.ts";
import type { Route } from "../../../proto/mod.ts";
import { MemoryStore } from "../../../store/memory/store.ts";
import { type ChangedRoute, revisionOf } from "../../../store/mod.ts";
import { routesAt } from "./routes_at.ts";
import { UnknownPastError } from "./unknown_past.ts";

const by = { actor: "test" };

function row(modId: number, ip: number) {
  return { modId, cmdId: 1, ip, port: 80 };
}

/** A store with two routes, and what routesAt() makes of it after two changes of the first. */
async function begin() {
  const store = new MemoryStore({ wallSeconds: () => 1_000 });
  const admin = store.admin();
  const { change } = await store.edit({ add: [row(1, 1), row(2, 2)] }, { by });
  await store.edit({ add: [row(1, 3)] }, { by });
  await store.edit({ remove: [row(1, 1), row(1, 3)] }, { by });
  const read = async () => {
    const routes: Route[] = [];
    for await (const route of store.scan()) routes.push(route);
    return routes;
  };
  return {
    store,
    admin,
    read,
    /** "MODID: IP,IP" of each route then, and how many are not known. */
    look: async (
      { sorted, changed = [], drains = [] }: {
        sorted: readonly Route[];
        changed?: readonly ChangedRoute[];
        drains?: Parameters<typeof routesAt>[1]["drains"];
      },
    ) => {
      const found = await routesAt({
        admin: {
          changedRoutes: async (range) => [
            ...changed,
            ...await admin.changedRoutes(range),
          ],
        },
        routes: store,
        copy: {
          sorted,
          get: ({ modId }) => sorted.find((route) => route.modId === modId),
          revisionOf,
        },
        clock: new VirtualClock(),
      }, { change: change!, drains });
      const hostsOf = ({ hosts }: Route) =>
        hosts.map(({ ip, drained }) => `${ip}${drained ? " drained" : ""}`);
      return {
        routes: found.sorted.map((route) =>
          `${route.modId}: ${hostsOf(route)}`
        ),
        unknown: found.unknown,
      };
    },
  };
}

Deno.test("routesAt() takes back what changed since, also from a copy that is behind", async () => {
  const run = await begin();
  const then = { routes: ["1: 1", "2: 2"], unknown: 0 };
  const sorted = await run.read();
  assertEquals(sorted.map(({ modId }) => modId), [2]);
  assertEquals(await run.look({ sorted }), then);
  const behind = [
    { modId: 1, cmdId: 1, hosts: [{ ip: 9, port: 80 }] },
    ...sorted,
  ];
  assertEquals(await run.look({ sorted: behind }), then);
});

Deno.test("routesAt() leaves out a route of which the trail lacks a change, and counts it", async () => {
  const run = await begin();
  run.store.editSilently({ add: [row(1, 7)] }, { moveVersion: true });
  assertEquals(await run.look({ sorted: await run.read() }), {
    routes: ["2: 2"],
    unknown: 1,
  });
});

Deno.test("routesAt() has the drains of then in place of those of now", async () => {
  const run = await begin();
  await run.store.edit({
    drain: [{ ip: 2, who: "bob", reason: "now" }],
  }, { by });
  const sorted = await run.read();
  assertEquals((await run.look({ sorted })).routes, ["1: 1", "2: 2"]);
  const drains = [{ ip: 1, who: "bob", reason: "then", since: 900 }];
  assertEquals((await run.look({ sorted, drains })).routes, [
    "1: 1 drained",
    "2: 2",
  ]);
});

Deno.test("routesAt() says that too much has changed", async () => {
  const run = await begin();
  const [first] = await run.admin.changedRoutes({ after: 0, limit: 1 });
  const changed = Array.from({ length: 20_000 }, () => first!);
  await assertRejects(
    () => run.look({ sorted: [], changed }),
    UnknownPastError,
    "More than 20000 routes were changed since",
  );
});
