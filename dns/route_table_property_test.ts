import { sameRoute } from "../proto/testing/mod.ts";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { loggerOf } from "../net/mod.ts";
import { type Route, RouteMap } from "../proto/mod.ts";
import type { Reconciliation } from "./reconciliation.ts";
import { RouteTable } from "./route_table.ts";
import { routeIn } from "./testing/mod.ts";

/** A table as one would write it first; a comparison takes hosts away when it ends. */
class NaiveTable {
  readonly routes = new RouteMap<Route>();

  /** True if the route is other than before. */
  set(route: Route): boolean {
    const before = this.routes.get(route) ?? { hosts: [] };
    if (route.hosts.length === 0) this.routes.delete(route);
    else this.routes.set(route, route);
    const settings = route.hosts.length === 0 ? {} : route.settings ?? {};
    return !sameRoute(before, { hosts: route.hosts, settings });
  }

  /** True if the route has had hosts that are not among these. */
  loses(route: Route): boolean {
    const ips = new Set(route.hosts.map(({ ip }) => ip));
    return (this.routes.get(route)?.hosts ?? []).some(({ ip }) => !ips.has(ip));
  }
}

const routeOf: fc.Arbitrary<Route> = fc.record({
  modId: fc.nat(2),
  cmdId: fc.nat(5),
  hosts: fc.uniqueArray(
    fc.record({
      ip: fc.integer({ min: 1, max: 3 }),
      port: fc.constant(80),
      weight: fc.constantFrom(1, 200),
      zone: fc.constantFrom("east", "west"),
    }, { requiredKeys: ["ip", "port"] }),
    { maxLength: 3, selector: ({ ip }) => ip },
  ),
  settings: fc.record({
    policy: fc.constantFrom("lars", "adaptive"),
    check: fc.boolean(),
  }, { requiredKeys: [] }),
}, { requiredKeys: ["modId", "cmdId", "hosts"] });

/** What happens to a table: edits, and a comparison that goes on in between. */
type Step =
  | { kind: "edit"; routes: Route[] }
  | { kind: "begin" }
  | { kind: "take"; count: number }
  | { kind: "sweep" }
  | { kind: "abandon" };

const stepOf: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant("edit" as const),
    routes: fc.uniqueArray(routeOf, {
      maxLength: 4,
      selector: ({ modId, cmdId }) => `${modId},${cmdId}`,
    }),
  }),
  fc.record({ kind: fc.constant("begin" as const) }),
  fc.record({ kind: fc.constant("take" as const), count: fc.nat(20) }),
  fc.record({ kind: fc.constant("sweep" as const) }),
  fc.record({ kind: fc.constant("abandon" as const) }),
);

/** A comparison with `stored`, the snapshot, at any point of its way. */
interface Running {
  comparison: Reconciliation;
  stored: Route[];
  taken: number;
  /** Routes that have lost hosts, to be set when it ends. */
  shrunk: RouteMap<Route>;
  /** What edits told of since it began. */
  told: RouteMap<true>;
}

Deno.test("RouteTable is what the edits and comparisons make of a naive one, each found change is one", () => {
  const property = fc.property(
    fc.array(stepOf, { maxLength: 60 }),
    fc.array(routeOf, { maxLength: 15 }),
    (steps, snapshot) => {
      const table = new RouteTable({ logger: loggerOf("test") });
      const naive = new NaiveTable();
      let running: Running | undefined;
      for (const step of steps) {
        running = play({ step, table, naive, snapshot, running });
      }
      assertEquals(table.size, naive.routes.size);
      for (const [key, route] of naive.routes) {
        assert(sameRoute(routeIn(table, key) ?? { hosts: [] }, route));
      }
    },
  );
  fc.assert(property, { numRuns: 300 });
});

function play(
  { step, table, naive, snapshot, running }: {
    step: Step;
    table: RouteTable;
    naive: NaiveTable;
    snapshot: Route[];
    running: Running | undefined;
  },
): Running | undefined {
  switch (step.kind) {
    case "edit": {
      const expected = step.routes.filter((route) => naive.set(route));
      for (const route of step.routes) {
        running?.told.set(route, true);
        running?.shrunk.delete(route);
      }
      const keys = expected.map(({ modId, cmdId }) => ({ modId, cmdId }));
      assertEquals(table.apply(step.routes), keys);
      return running;
    }
    case "begin": {
      const stored = new RouteMap<Route>();
      for (const route of snapshot) {
        if (route.hosts.length > 0) stored.set(route, route);
      }
      const routes = [...stored.values()];
      const told = new RouteMap<true>();
      const shrunk = new RouteMap<Route>();
      const comparison = table.reconcile();
      return { comparison, stored: routes, taken: 0, told, shrunk };
    }
    case "take":
      if (running !== undefined) takeSome(running, naive, step.count);
      return running;
    case "abandon":
      running?.comparison.abandon();
      return undefined;
    case "sweep":
      if (running === undefined) return undefined;
      takeSome(running, naive, Infinity);
      sweepAll(running, naive);
      return undefined;
  }
}

function takeSome(running: Running, naive: NaiveTable, count: number): void {
  const { comparison, stored, told, shrunk } = running;
  const end = Math.min(stored.length, running.taken + count);
  for (; running.taken < end; running.taken++) {
    const route = stored[running.taken]!;
    const loses = !told.has(route) && naive.loses(route);
    if (loses) shrunk.set(route, route);
    const isFound = !loses && !told.has(route) && naive.set(route);
    assertEquals(comparison.take(route), isFound);
  }
}

function sweepAll(running: Running, naive: NaiveTable) {
  const { comparison, stored, told, shrunk } = running;
  const kept = new RouteMap<true>();
  for (const route of stored) kept.set(route, true);
  const expected = [...naive.routes.keys()]
    .filter((key) => !kept.has(key) && !told.has(key));
  for (const key of expected) naive.set({ ...key, hosts: [] });
  for (const [key, route] of shrunk) if (naive.set(route)) expected.push(key);
  const removed = [];
  for (;;) {
    const keys = comparison.sweep();
    if (keys === undefined) break;
    removed.push(...keys);
  }
  const order = (keys: typeof expected) =>
    keys.map(({ modId, cmdId }) => `${modId},${cmdId}`).sort();
  assertEquals(order(removed), order(expected));
}
