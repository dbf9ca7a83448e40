import { assert, assertEquals } from "@std/assert";
import { loggerOf } from "../net/mod.ts";
import { BODY_BYTES_MAX, type HostAddress, lars } from "../proto/mod.ts";
import { RouteEncoder } from "./route_encoder.ts";

function hosts(count: number, firstIp: number): HostAddress[] {
  return Array.from(
    { length: count },
    (_, index) => ({ ip: firstIp + index, port: 65_535 }),
  );
}

function encoder(): RouteEncoder {
  return new RouteEncoder({ logger: loggerOf("test") });
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

Deno.test("RouteEncoder.encode() encodes a route once", () => {
  const one = encoder();
  const route = { modId: 1, cmdId: 1, hosts: hosts(1, 1) };
  assert(one.encode(route) === one.encode(route));
  assertEquals(one.counters.encoded, 1);
  one.encode({ ...route });
  assertEquals(one.counters.encoded, 2);
});

Deno.test("RouteEncoder.encode() sends as many hosts as a frame holds", () => {
  const cases = [
    { name: "longest addresses", firstIp: 0x8000_0000, hostBytes: 17 },
    { name: "5 bytes of ip", firstIp: 0x1000_0000, hostBytes: 12 },
    { name: "4 bytes of ip", firstIp: 0x0020_0000, hostBytes: 11 },
  ];
  for (const { name, firstIp, hostBytes } of cases) {
    const one = encoder();
    const most = Math.floor((BODY_BYTES_MAX - 22) / hostBytes);
    for (const count of [most, most + 1, 8000]) {
      const body = one.encode({
        modId: 2_147_483_647,
        cmdId: 2_147_483_647,
        hosts: hosts(count, firstIp),
      });
      assert(body.length <= BODY_BYTES_MAX, name);
      const sent = lars.GetRouteResponse.decode(body).host.length;
      assertEquals(sent, Math.min(count, most), name);
    }
    assertEquals(one.counters.cutRoutes, 2, name);
  }
});
