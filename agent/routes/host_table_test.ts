import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { addressKey, type HostAddress } from "../../proto/mod.ts";
import { NO_HOST, type RouteUpdate } from "../policies/balancer.ts";
import { HostTable } from "./host_table.ts";
import { RouteHosts } from "./route_hosts.ts";

const OPTIONS = { healthChecks: false, nowMs: 0 };

/** A route whose balancer does nothing but hand over its updates. */
function routeOf(
  table: HostTable,
  update: (update: RouteUpdate) => void = () => {},
): RouteHosts {
  return new RouteHosts(table, {
    pick: () => NO_HOST,
    report: () => {},
    update,
    onHealthCheck: () => {},
    status: () => ({ succ: 0, err: 0, overload: false }),
    explain: () => "",
  });
}

function hosts(count: number, first = 1): HostAddress[] {
  return Array.from(
    { length: count },
    (_, index) => ({ ip: first + index, port: 80 }),
  );
}

Deno.test("HostTable gives released rows to the next hosts", () => {
  const table = new HostTable();
  const rows = hosts(100).map((host) => table.allocate(host));
  assertEquals(new Set(rows).size, 100);
  table.release(rows[3]!);
  assertEquals(table.size, 99);
  assertEquals(table.allocate({ ip: 0xffff_ffff, port: 65_535 }), rows[3]);
  assertEquals(table.address(rows[3]!), { ip: 0xffff_ffff, port: 65_535 });
  assertEquals(table.address(rows[99]!), { ip: 100, port: 80 });
});

for (const count of [3, 16, 17, 1_000]) {
  Deno.test(`RouteHosts.find() finds each of ${count} hosts, and no other`, () => {
    const table = new HostTable();
    routeOf(table).update(hosts(50, 5_000), OPTIONS);
    const route = routeOf(table);
    route.update(hosts(count), OPTIONS);
    for (const host of hosts(count)) {
      assertEquals(table.address(route.find(host)), host);
    }
    assertEquals(route.find({ ip: 1, port: 81 }), NO_HOST);
    assertEquals(route.find({ ip: count + 1, port: 80 }), NO_HOST);
    assertEquals(route.find({ ip: 5_000, port: 80 }), NO_HOST);
  });
}

Deno.test("property: RouteHosts.update() passes on exactly who comes, stays and goes, and loses no row", () => {
  const lists = fc.array(
    fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 40 }),
    { maxLength: 12 },
  );
  fc.assert(fc.property(lists, (steps) => {
    const table = new HostTable();
    const updates: RouteUpdate[] = [];
    const route = routeOf(table, (update) => updates.push(update));
    const ipsOf = (rows: readonly number[] = []) =>
      new Set(rows.map((row) => table.ip[row]!));
    let before = new Set<number>();
    for (const ips of steps) {
      const list = ips.map((ip) => ({ ip, port: 80, weight: ip }));
      route.update(list, OPTIONS);
      const { rows, attributes, added, removed } = updates.pop()!;
      const now = new Set(ips);
      assertEquals(ipsOf(rows), now);
      assertEquals(ipsOf(added), now.difference(before));
      assertEquals(ipsOf(removed), before.difference(now));
      assertEquals(
        attributes.map(({ weight }) => weight),
        rows.map((row) => table.ip[row]),
      );
      assertEquals([...rows, ...removed].length, now.union(before).size);
      assertEquals([table.size, route.rows.length], [now.size, now.size]);
      const keys = route.rows.map((row) => addressKey(table.address(row)));
      assertEquals(new Set(keys).size, now.size);
      before = now;
    }
  }));
});

Deno.test("RouteHosts.update() tells another balancer that all rows are new, and which were out of use", () => {
  const table = new HostTable();
  const before: RouteUpdate[] = [];
  const after: RouteUpdate[] = [];
  const route = routeOf(table, (update) => before.push(update));
  route.update(hosts(3), OPTIONS);
  const rows = route.rows;
  const overload = (row: number) => row !== rows[1];
  const balancer = {
    pick: () => NO_HOST,
    report: () => {},
    update: (update: RouteUpdate) => after.push(update),
    onHealthCheck: () => {},
    status: (row: number) => ({ succ: 0, err: 0, overload: overload(row) }),
    explain: () => "",
  };
  route.update(hosts(3), { ...OPTIONS, balancer });
  assertEquals(before.at(-1)?.removed, rows);
  assertEquals([after[0]?.added, after[0]?.ejected], [rows, []]);
  const third: RouteUpdate[] = [];
  route.update(hosts(3, 2), {
    ...OPTIONS,
    balancer: { ...balancer, update: (update) => third.push(update) },
  });
  assertEquals(third[0]?.added, route.rows);
  assertEquals(third[0]?.ejected, rows.slice(2));
  assertEquals(table.size, 3);
});

Deno.test("RouteHosts.release() leaves its rows to the next hosts in the same order", () => {
  const table = new HostTable();
  const before = routeOf(table, () => {});
  before.update(hosts(5), OPTIONS);
  routeOf(table, () => {}).update(hosts(3), OPTIONS);
  const { rows } = before;
  before.release();
  const after = routeOf(table, () => {});
  after.update(hosts(5), OPTIONS);
  assertEquals(after.rows, rows);
});
