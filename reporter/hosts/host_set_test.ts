import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { HostSet } from "./host_set.ts";

const host = fc.record({
  ip: fc.constantFrom(0, 1, 0xffff_ffff),
  port: fc.constantFrom(1, 65_535),
});

const route = fc.record({
  modId: fc.nat(2),
  cmdId: fc.constantFrom(0, 2_147_483_647),
  hosts: fc.array(host, { maxLength: 3 }),
});

Deno.test("HostSet.has() knows the hosts that routes were set to last, and no others", () => {
  fc.assert(fc.property(fc.array(route), route, (routes, asked) => {
    const set = new HostSet();
    for (const each of routes) set.set(each);
    const last = routes.findLast(({ modId, cmdId }) =>
      modId === asked.modId && cmdId === asked.cmdId
    );
    for (const { ip, port } of asked.hosts) {
      const isThere = last?.hosts.some((each) =>
        each.ip === ip && each.port === port
      );
      assertEquals(set.has({ ...asked, ip, port }), isThere ?? false);
    }
  }));
});

Deno.test("HostSet holds many hosts", () => {
  const set = new HostSet();
  for (let cmdId = 0; cmdId < 300; cmdId++) {
    const hosts = Array.from(
      { length: 20 },
      (_, ip) => ({ ip, port: cmdId + 1 }),
    );
    set.set({ modId: 1, cmdId, hosts });
  }
  assertEquals(set.routes, 300);
  for (let cmdId = 0; cmdId < 300; cmdId++) {
    const key = { modId: 1, cmdId };
    assertEquals(set.has({ ...key, ip: 19, port: cmdId + 1 }), true);
    assertEquals(set.has({ ...key, ip: 20, port: cmdId + 1 }), false);
  }
});
