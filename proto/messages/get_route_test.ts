import { sameRoute } from "../testing/mod.ts";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  BODY_BYTES_MAX,
  decodeRoute,
  type HostAddress,
  lars,
  type Route,
  RouteEncoder,
  toWireAddress,
} from "../mod.ts";

function hosts(count: number, firstIp: number): HostAddress[] {
  return Array.from(
    { length: count },
    (_, index) => ({ ip: firstIp + index, port: 65_535 }),
  );
}

function encoder(): RouteEncoder {
  return new RouteEncoder();
}

Deno.test("RouteEncoder.encode() says what the wire wants, ips as int32", () => {
  const body = encoder().encode({
    modId: 1,
    cmdId: 2,
    hosts: [{ ip: 3_232_235_953, port: 7777 }],
  });
  const message = lars.GetRouteResponse.decode(body);
  assertEquals([message.modid, message.cmdid], [1, 2]);
  assertEquals(
    message.host.map(({ ip, port }) => [ip, port]),
    [[-1_062_731_343, 7777]],
  );
});

const hostOf: fc.Arbitrary<Route["hosts"][number]> = fc.record({
  ip: fc.integer({ min: 1, max: 0xffff_ffff }),
  port: fc.integer({ min: 1, max: 65_535 }),
  weight: fc.integer({ min: 1, max: 10_000 }),
  zone: fc.stringMatching(/^[a-zA-Z0-9._-]{0,32}$/),
}, { requiredKeys: ["ip", "port"] });

const routeOf: fc.Arbitrary<Route> = fc.record({
  modId: fc.nat(2_147_483_647),
  cmdId: fc.nat(2_147_483_647),
  hosts: fc.uniqueArray(hostOf, {
    minLength: 1,
    maxLength: 20,
    selector: ({ ip, port }) => ip * 65_536 + port,
  }),
  settings: fc.record({
    policy: fc.stringMatching(/^[a-zA-Z0-9._-]{1,32}$/),
    check: fc.boolean(),
  }, { requiredKeys: [] }),
}, { requiredKeys: ["modId", "cmdId", "hosts"] });

/** What protobufjs makes of a route, hosts in order of address. */
function reference({ modId, cmdId, hosts, settings = {} }: Route): Uint8Array {
  const { policy = "", check } = settings;
  const sorted = hosts.toSorted((a, b) => a.ip - b.ip || a.port - b.port);
  return lars.GetRouteResponse.encode({
    modid: modId,
    cmdid: cmdId,
    host: sorted.map(({ weight, zone = "", ...address }) => ({
      ...toWireAddress(address),
      ...(weight === undefined || weight === 100 ? {} : { weight }),
      ...(zone === "" ? {} : { zone }),
    })),
    ...(policy === "" ? {} : { policy }),
    ...(check === undefined ? {} : { check: check ? 1 : 2 }),
  }).finish();
}

Deno.test("RouteEncoder.encode() writes what protobufjs writes, but for fields that are 0", () => {
  const one = encoder();
  fc.assert(fc.property(routeOf, (route) => {
    const known = lars.GetRouteResponse.decode(reference(route));
    assertEquals(lars.GetRouteResponse.decode(one.encode(route)), known);
  }));
});

Deno.test("decodeRoute() gives back what RouteEncoder.encode() was given", () => {
  const one = encoder();
  fc.assert(fc.property(routeOf, (route) => {
    const again = decodeRoute(one.encode(route));
    assertEquals([again.modId, again.cmdId], [route.modId, route.cmdId]);
    assertEquals(sameRoute(again, route), true);
  }));
});

Deno.test("RouteEncoder.encode() gives equal bytes for equal routes, and only for them", () => {
  const one = encoder();
  fc.assert(fc.property(routeOf, routeOf, (a, b) => {
    const bytes = one.encode(a).slice();
    const hosts = a.hosts.toReversed();
    assertEquals(one.encode({ ...a, hosts }), bytes);
    const other = { ...b, modId: a.modId, cmdId: a.cmdId };
    const isSame = one.encode(other).toString() === bytes.toString();
    assertEquals(isSame, sameRoute(a, b));
  }));
});

Deno.test("RouteEncoder.encodeEmpty() answers any ids that can be asked for", () => {
  const one = encoder();
  for (const id of [0, 1, 127, 128, 2_147_483_647, -1, -2_147_483_648]) {
    const message = { modid: id, cmdid: -id | 0, host: [] };
    assertEquals(
      lars.GetRouteResponse.decode(
        one.encodeEmpty({ modId: id, cmdId: message.cmdid }),
      ),
      lars.GetRouteResponse.decode(
        lars.GetRouteResponse.encode(message).finish(),
      ),
    );
  }
});

Deno.test("RouteEncoder.encode() sends as many hosts as a frame holds, the lowest addresses", () => {
  const cases = [
    { name: "longest addresses", firstIp: 0x8000_0000, hostBytes: 17 },
    { name: "5 bytes of ip", firstIp: 0x1000_0000, hostBytes: 12 },
    { name: "4 bytes of ip", firstIp: 0x0020_0000, hostBytes: 11 },
  ];
  const keyBytes = 12;
  for (const { name, firstIp, hostBytes } of cases) {
    const one = encoder();
    for (const settings of [{}, { policy: "p".repeat(32), check: true }]) {
      const settingsBytes = Object.keys(settings).length === 0 ? 0 : 38;
      const most = Math.floor(
        (BODY_BYTES_MAX - keyBytes - settingsBytes) / hostBytes,
      );
      for (const count of [most, most + 1, 8000]) {
        const route = {
          modId: 2_147_483_647,
          cmdId: 2_147_483_647,
          hosts: hosts(count, firstIp).reverse(),
          settings,
        };
        const body = one.encode(route);
        assertEquals(one.hostsLeftOut, Math.max(0, count - most), name);
        assert(body.length <= BODY_BYTES_MAX, name);
        const sent = decodeRoute(body);
        assertEquals(sent.hosts.length, Math.min(count, most), name);
        assertEquals(sent.hosts[0]?.ip, firstIp);
        assertEquals(sent.settings ?? {}, settings);
      }
    }
  }
});
