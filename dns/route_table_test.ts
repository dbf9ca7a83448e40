import { assertEquals } from "@std/assert";
import { loggerOf } from "../net/mod.ts";
import type { Route, RouteHost, RouteKey } from "../proto/mod.ts";
import type { Reconciliation } from "./reconciliation.ts";
import { RouteTable } from "./route_table.ts";
import { routeIn } from "./testing/mod.ts";

const A = { ip: 1, port: 1 };
const B = { ip: 2, port: 2 };

function route(cmdId: number, ...hosts: RouteHost[]): Route {
  return { modId: 1, cmdId, hosts };
}

function tableOf(...routes: Route[]): RouteTable {
  const table = new RouteTable({ logger: loggerOf("test") });
  table.apply(routes);
  return table;
}

function cmdIds(keys: { cmdId: number }[]): number[] {
  return keys.map(({ cmdId }) => cmdId);
}

Deno.test("RouteTable.apply() tells which routes changed", () => {
  const table = tableOf(route(1, A), route(2, A, B), route(3, A));
  const changed = table.apply([
    route(1, B),
    route(2, B, A),
    route(3),
    route(4, A),
    route(5),
  ]);
  assertEquals(cmdIds(changed), [1, 3, 4]);
  assertEquals(table.size, 3);
  assertEquals(routeIn(table, { modId: 1, cmdId: 1 })?.hosts, [B]);
  assertEquals(routeIn(table, { modId: 1, cmdId: 3 }), undefined);
});

Deno.test("RouteTable.body() tells the hosts of one moment", () => {
  const table = tableOf(route(1, A));
  const before = routeIn(table, route(1));
  table.apply([route(1, B)]);
  assertEquals(before?.hosts, [A]);
});

Deno.test("RouteTable.apply() tells a change of weight, zone or settings", () => {
  const table = tableOf(route(1, A));
  const steps: Omit<Route, keyof RouteKey>[] = [
    { hosts: [{ ...A, weight: 200 }] },
    { hosts: [{ ...A, weight: 200, zone: "east" }] },
    { hosts: [A], settings: { policy: "adaptive" } },
    { hosts: [A], settings: { policy: "adaptive", check: false } },
    { hosts: [A], settings: { check: true } },
  ];
  for (const step of steps) {
    const next = { ...route(1), ...step };
    assertEquals(cmdIds(table.apply([next])), [1]);
    assertEquals(routeIn(table, next), next);
    assertEquals(table.apply([next]), []);
  }
  assertEquals(table.apply([{ ...route(1, A), settings: {} }]).length, 1);
  assertEquals(table.apply([route(1, { ...A, weight: 100, zone: "" })]), []);
});

/** Compares with `routes` to the end; the routes found, in order of cmdid. */
function finish(comparison: Reconciliation, routes: Route[]): number[] {
  const found = cmdIds(routes.filter((each) => comparison.take(each)));
  for (;;) {
    const removed = comparison.sweep();
    if (removed === undefined) return found.sort((a, b) => a - b);
    found.push(...cmdIds(removed));
  }
}

Deno.test("Reconciliation makes the table what the store holds", () => {
  const table = tableOf(route(1, A), route(2, A), route(3, A), route(4, A));
  const stored = [route(1, A), route(2, B), route(5, B)];
  assertEquals(finish(table.reconcile(), stored), [2, 3, 4, 5]);
  assertEquals(table.size, 3);
  assertEquals(routeIn(table, route(2))?.hosts, [B]);
  assertEquals(routeIn(table, route(3)), undefined);
  assertEquals(finish(table.reconcile(), stored), []);
  assertEquals(finish(table.reconcile(), stored.slice(1)), [1]);
});

Deno.test("RouteTable.apply() during a comparison wins over the scan, whichever comes first", () => {
  const scanned = [route(1, A), route(2, A), route(3, A), route(6, A)];
  const polled = [route(1, B), route(2), route(4, B), route(6)];
  for (let pollAfter = 0; pollAfter <= scanned.length; pollAfter++) {
    const table = tableOf(...scanned.slice(0, 3), route(4, A), route(5, A));
    const comparison = table.reconcile();
    for (const each of scanned.slice(0, pollAfter)) comparison.take(each);
    table.apply(polled);
    const found = finish(comparison, scanned.slice(pollAfter));
    assertEquals(found, [5], `after ${pollAfter}`);
    assertEquals(routeIn(table, route(1))?.hosts, [B]);
    assertEquals(routeIn(table, route(2)), undefined);
    assertEquals(routeIn(table, route(4))?.hosts, [B]);
    assertEquals(routeIn(table, route(6)), undefined);
    assertEquals(table.size, 3);
  }
});

Deno.test("RouteTable.apply() between two sweeps wins over them", () => {
  const many = Array.from({ length: 3_000 }, (_, index) => route(index, A));
  const table = tableOf(...many);
  const comparison = table.reconcile();
  const first = comparison.sweep() ?? [];
  assertEquals(first.length > 0 && first.length < many.length, true);
  const last = many.at(-1)!;
  table.apply([last, route(0, B), route(1)]);
  assertEquals(finish(comparison, []).length, many.length - first.length - 1);
  assertEquals(table.size, 2);
  assertEquals(routeIn(table, last)?.hosts, [A]);
  assertEquals(routeIn(table, route(0))?.hosts, [B]);
});

Deno.test("Reconciliation.abandon() ends it, and so does the next comparison", () => {
  const table = tableOf(route(1, A), route(2, A));
  const abandoned = table.reconcile();
  abandoned.abandon();
  assertEquals(finish(abandoned, [route(1, B)]), []);

  const early = table.reconcile();
  const late = table.reconcile();
  assertEquals(finish(early, [route(1, B)]), []);
  assertEquals(finish(late, [route(1, A)]), [2]);
  assertEquals(finish(early, []), []);
  assertEquals(table.size, 1);
});
