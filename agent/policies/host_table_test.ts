import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { addressKey, type HostAddress } from "../../proto/mod.ts";
import { NO_HOST } from "./balancer.ts";
import { HostTable } from "./host_table.ts";
import { RouteHosts } from "./route_hosts.ts";

const NOTHING = { add: () => {}, remove: () => {} };

function hosts(count: number, first = 1): HostAddress[] {
  return Array.from(
    { length: count },
    (_, index) => ({ ip: first + index, port: 80 }),
  );
}

Deno.test("HostTable gives slots given back to the next hosts", () => {
  const table = new HostTable();
  const slots = hosts(100).map((host) => table.allocate(host));
  assertEquals(new Set(slots).size, 100);
  table.release(slots[3]!);
  assertEquals(table.size, 99);
  assertEquals(table.allocate({ ip: 0xffff_ffff, port: 65_535 }), slots[3]);
  assertEquals(table.address(slots[3]!), { ip: 0xffff_ffff, port: 65_535 });
  assertEquals(table.address(slots[99]!), { ip: 100, port: 80 });
});

for (const count of [3, 16, 17, 1_000]) {
  Deno.test(`RouteHosts.find() finds each of ${count} hosts, and no other`, () => {
    const table = new HostTable();
    new RouteHosts(table).update(hosts(50, 5_000), NOTHING);
    const route = new RouteHosts(table);
    route.update(hosts(count), NOTHING);
    for (const host of hosts(count)) {
      assertEquals(table.address(route.find(host)), host);
    }
    assertEquals(route.find({ ip: 1, port: 81 }), NO_HOST);
    assertEquals(route.find({ ip: count + 1, port: 80 }), NO_HOST);
    assertEquals(route.find({ ip: 5_000, port: 80 }), NO_HOST);
  });
}

Deno.test("property: RouteHosts.update() tells exactly who comes, stays and goes, and loses no slot", () => {
  const lists = fc.array(
    fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 40 }),
    { maxLength: 12 },
  );
  fc.assert(fc.property(lists, (steps) => {
    const table = new HostTable();
    const route = new RouteHosts(table);
    let before = new Set<number>();
    for (const ips of steps) {
      const added: number[] = [], removed: number[] = [], kept: number[] = [];
      const list = ips.map((ip) => ({ ip, port: 80 }));
      route.update(list, {
        add: (slot) => added.push(table.ip[slot]!),
        remove: (slot) => removed.push(table.ip[slot]!),
        keep: (slot) => kept.push(table.ip[slot]!),
      });
      const now = new Set(ips);
      assertEquals(new Set(added), now.difference(before));
      assertEquals(new Set(removed), before.difference(now));
      assertEquals(new Set(kept), now.intersection(before));
      assertEquals(added.length + kept.length, now.size);
      assertEquals([table.size, route.slots.length], [now.size, now.size]);
      const keys = route.slots.map((slot) => addressKey(table.address(slot)));
      assertEquals(new Set(keys).size, now.size);
      before = now;
    }
  }));
});
