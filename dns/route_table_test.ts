import { assertEquals } from "@std/assert";
import type { HostAddress, Route } from "../proto/mod.ts";
import { RouteTable } from "./route_table.ts";

const A = { ip: 1, port: 1 };
const B = { ip: 2, port: 2 };

function route(cmdId: number, ...hosts: HostAddress[]): Route {
  return { modId: 1, cmdId, hosts };
}

function tableOf(...routes: Route[]): RouteTable {
  const table = new RouteTable();
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
  assertEquals(table.get({ modId: 1, cmdId: 1 })?.hosts, [B]);
  assertEquals(table.get({ modId: 1, cmdId: 3 }), undefined);
});

Deno.test("RouteTable.apply() replaces a route and leaves the old one as it was", () => {
  const table = tableOf(route(1, A));
  const before = table.get({ modId: 1, cmdId: 1 });
  table.apply([route(1, B)]);
  assertEquals(before?.hosts, [A]);
});

Deno.test("RouteComparison.finish() makes the table what the store holds", () => {
  const table = tableOf(route(1, A), route(2, A), route(3, A), route(4, A));
  const comparison = table.compare();
  for (const each of [route(1, A), route(2, B), route(5, B)]) {
    comparison.take(each);
  }
  assertEquals(table.get({ modId: 1, cmdId: 2 })?.hosts, [A]);
  assertEquals(cmdIds(comparison.finish()).toSorted(), [2, 3, 4, 5]);
  assertEquals(table.size, 3);
  assertEquals(table.get({ modId: 1, cmdId: 2 })?.hosts, [B]);
});

Deno.test("RouteComparison.finish() finds every difference again at the next comparison", () => {
  const table = tableOf(route(1, A), route(2, A));
  for (const expected of [[2], []]) {
    const comparison = table.compare();
    comparison.take(route(1, A));
    assertEquals(cmdIds(comparison.finish()), expected);
  }
});

Deno.test("RouteTable.apply() during a comparison wins over the scan, whichever comes first", () => {
  const scanned = [route(1, A), route(2, A), route(3, A)];
  const polled = [route(1, B), route(2), route(4, B)];
  for (const pollAfter of [0, 1, 2, 3]) {
    const table = tableOf(...scanned, route(4, A), route(5, A));
    const comparison = table.compare();
    for (const [index, each] of scanned.entries()) {
      if (index === pollAfter) table.apply(polled);
      comparison.take(each);
    }
    if (pollAfter === 3) table.apply(polled);
    assertEquals(cmdIds(comparison.finish()), [5], `after ${pollAfter}`);
    assertEquals(table.get({ modId: 1, cmdId: 1 })?.hosts, [B]);
    assertEquals(table.get({ modId: 1, cmdId: 2 }), undefined);
    assertEquals(table.get({ modId: 1, cmdId: 4 })?.hosts, [B]);
    assertEquals(table.size, 3);
  }
});

Deno.test("RouteTable.apply() during a comparison wins over a difference found before", () => {
  const table = tableOf(route(1, A));
  const comparison = table.compare();
  comparison.take(route(1, B));
  comparison.take(route(2, B));
  table.apply([route(1, A), route(2)]);
  assertEquals(comparison.finish(), []);
  assertEquals(table.get({ modId: 1, cmdId: 1 })?.hosts, [A]);
  assertEquals(table.get({ modId: 1, cmdId: 2 }), undefined);
});

Deno.test("RouteComparison.abandon() leaves the table as it is, also when finished later", () => {
  const table = tableOf(route(1, A));
  const comparison = table.compare();
  comparison.abandon();
  assertEquals(comparison.finish(), []);
  assertEquals(table.size, 1);

  const early = table.compare();
  table.compare().abandon();
  assertEquals(early.finish(), []);
  assertEquals(table.size, 1);
});
