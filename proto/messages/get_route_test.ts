import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  BODY_BYTES_MAX,
  DATAGRAM_BYTES_MAX,
  decodeGetRouteRequest,
  decodeRoute,
  encodeGetRouteRequest,
  type HostAddress,
  lars,
  markNamed,
  MessageId,
  parseDatagram,
  ProtocolError,
  readGetRouteRequest,
  readGetRouteResponse,
  readRouteHead,
  type Route,
  RouteEncoder,
  toWireAddress,
  writeGetRouteResponse,
} from "../mod.ts";
import {
  compareDecoders,
  decodeOrRefuse,
} from "../testing/compare_decoders.ts";
import { GET_ROUTE_RESPONSE, sameRoute } from "../testing/mod.ts";

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

Deno.test("RouteEncoder.encode() writes a drained host as one of weight 0, whatever its weight", () => {
  const [address, ...others] = hosts(3, 1);
  const bodies = [{ weight: 0 }, { drained: true as const }, {
    weight: 50,
    drained: true as const,
  }].map((attributes) => {
    const drained = { ...address!, ...attributes, zone: "eu-1" };
    return encoder().encode({ modId: 1, cmdId: 2, hosts: [drained, ...others] })
      .slice();
  });
  assertEquals(bodies[1], bodies[0]);
  assertEquals(bodies[2], bodies[0]);
  assertEquals(decodeRoute(bodies[0]!).hosts[0]?.weight, 0);
});

const hostOf: fc.Arbitrary<Route["hosts"][number]> = fc.record({
  ip: fc.integer({ min: 1, max: 0xffff_ffff }),
  port: fc.integer({ min: 1, max: 65_535 }),
  weight: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 10_000 })),
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
      ...(weight === undefined || weight === 100
        ? {}
        : { weight: weight || 1 }),
      ...(zone === "" ? {} : { zone }),
      ...(weight === 0 ? { drained: true } : {}),
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
  const namedBytes = 3;
  for (const { name, firstIp, hostBytes } of cases) {
    const one = encoder();
    for (const settings of [{}, { policy: "p".repeat(32), check: true }]) {
      const settingsBytes = Object.keys(settings).length === 0 ? 0 : 38;
      const most = Math.floor(
        (BODY_BYTES_MAX - keyBytes - settingsBytes - namedBytes) / hostBytes,
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

Deno.test("markNamed() changes nothing of a route but `named`, and an original peer skips that", () => {
  const one = encoder();
  fc.assert(fc.property(routeOf, (route) => {
    const body = one.encode(route).slice();
    const marked = markNamed(body);
    assertEquals(decodeRoute(marked), decodeRoute(body));
    assertEquals(readRouteHead(body).named, false);
    assertEquals(readRouteHead(marked), {
      ...readRouteHead(body),
      named: true,
    });
    // What protobufjs makes of the field alone.
    const named = lars.GetRouteResponse.encode({ named: true }).finish();
    assertEquals(marked.subarray(body.length), new Uint8Array(named));
  }));
  const empty = one.encodeEmpty({ modId: 1, cmdId: 2 });
  assertEquals(readRouteHead(markNamed(empty)), {
    modId: 1,
    cmdId: 2,
    hasHosts: false,
    hostCount: 0,
    policy: "",
    named: true,
  });
});

Deno.test("a GetRouteRequest comes back as it was encoded, and has no field more than the original's unless asked", () => {
  for (const withState of [false, true]) {
    const request = { modId: 1, cmdId: -5, withState };
    const body = encodeGetRouteRequest(request);
    assertEquals(decodeGetRouteRequest(body), request);
    assertEquals(readGetRouteRequest(body), request);
  }
  const original = lars.GetRouteRequest.encode({ modid: 1, cmdid: -5 })
    .finish();
  assertEquals(
    encodeGetRouteRequest({ modId: 1, cmdId: -5 }).join(),
    original.join(),
  );
  const cut = original.subarray(0, 1);
  assertEquals(readGetRouteRequest(cut), undefined);
  assertThrows(() => decodeGetRouteRequest(cut), ProtocolError);
});

Deno.test("writeGetRouteResponse() comes back, with states only if asked for, and cut to what a datagram holds", () => {
  const response = new Uint8Array(DATAGRAM_BYTES_MAX);
  const key = { modId: 1, cmdId: 2 };
  // A host takes 12 bytes, 5 more if its ip is negative on the wire, and 3 more
  // if it is marked as overloaded.
  const cases = [
    { count: 6_000, firstIp: 0x8000_0000, withState: false, sent: 3_852 },
    { count: 2, withState: true, sent: 2 },
    { count: 2, withState: false, sent: 2 },
    { count: 5_457, withState: false, sent: 5_457 },
    { count: 6_000, withState: false, sent: 5_457 },
    { count: 6_000, withState: true, sent: 5_037 },
  ];
  for (const { count, firstIp = 0x1000_0000, withState, sent } of cases) {
    const listed = hosts(count, firstIp).map((address, index) => ({
      ...address,
      succ: 0,
      err: 0,
      overload: index % 3 === 0,
      // Only of the short lists, as it takes room.
      ...(count === 2 && index === 1 && { drained: true as const }),
    }));
    const { bytes, cut } = writeGetRouteResponse(
      { ...key, hosts: listed, withState },
      response,
    );
    const frame = parseDatagram(response.subarray(0, bytes))!;
    assertEquals(frame.id, MessageId.apiGetRouteResponse);
    const expected = lars.GetRouteResponse.encode({
      modid: key.modId,
      cmdid: key.cmdId,
      host: listed.slice(0, sent).map(({ ip, port, overload, drained }) => ({
        ...toWireAddress({ ip, port }),
        ...(withState && overload ? { overload } : {}),
        ...(withState && drained ? { drained } : {}),
      })),
    }).finish();
    assertEquals(frame.body.toHex(), expected.toHex());
    assertEquals(cut, sent < count);
    assertEquals(readGetRouteResponse(frame.body), {
      ...key,
      hosts: listed.slice(0, sent).map(({ ip, port, overload, drained }) => ({
        ip,
        port,
        overload: withState && overload,
        ...(withState && drained && { drained }),
      })),
    });
  }
  assertEquals(readGetRouteResponse(new Uint8Array([8])), undefined);
});

Deno.test("readRouteHead() takes what decodeRoute() takes, and reads the same of it", () => {
  compareDecoders(GET_ROUTE_RESPONSE, {
    decode: readRouteHead,
    reference: (body) => {
      const route = decodeOrRefuse(decodeRoute, body);
      return route && {
        modId: route.modId,
        cmdId: route.cmdId,
        hasHosts: route.hosts.length > 0,
        hostCount: route.hosts.length,
        policy: route.settings?.policy ?? "",
        named: lars.GetRouteResponse.decode(body).named,
      };
    },
  });
});

Deno.test("readRouteHead() refuses a policy that is not UTF-8, and leaves out one that no policy can have", () => {
  const notUtf8 = Uint8Array.fromHex("088debb08055104d820105915039fd5a880168");
  assertThrows(() => readRouteHead(notUtf8), ProtocolError);
  const body = lars.GetRouteResponse.encode({ policy: "two words" }).finish();
  assertEquals(readRouteHead(body).policy, "");
});
