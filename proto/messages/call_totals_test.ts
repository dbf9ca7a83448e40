import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  BODY_BYTES_MAX,
  CallTotalsDecoder,
  CallTotalsEncoder,
  decodeCallTotalsAck,
  encodeCallTotalsAck,
  type HostTotals,
  lars,
  LATENCY_BOUNDS_US,
  LATENCY_COUNTS,
  numberCallTotals,
  ProtocolError,
  type RouteKey,
} from "../mod.ts";
import { compareDecoders } from "../testing/compare_decoders.ts";
import { CALL_TOTALS, int32, port, uint32 } from "../testing/mod.ts";

const NO_LATENCY: readonly number[] = new Array(LATENCY_COUNTS).fill(0);

interface RouteTotals extends RouteKey {
  latency: readonly number[];
  hosts: HostTotals[];
}

/** What a decoder has read. */
function read(decoder: CallTotalsDecoder): RouteTotals[] {
  const { routeCount, modId, cmdId, firstHost, latency } = decoder;
  return Array.from({ length: routeCount }, (_, route) => {
    const first = firstHost[route]!;
    return {
      modId: modId[route]!,
      cmdId: cmdId[route]!,
      latency: [
        ...latency.subarray(
          route * LATENCY_COUNTS,
          (route + 1) * LATENCY_COUNTS,
        ),
      ],
      hosts: Array.from(
        { length: firstHost[route + 1]! - first },
        (_, index) => hostAt(decoder, first + index),
      ),
    };
  });
}

function hostAt(decoder: CallTotalsDecoder, row: number): HostTotals {
  return {
    ip: decoder.ip[row]!,
    port: decoder.port[row]!,
    calls: decoder.calls[row]!,
    failures: decoder.failures[row]!,
    timed: decoder.timed[row]!,
    durationUs: decoder.durationUs[row]!,
    maxUs: decoder.maxUs[row]!,
  };
}

/** As {@linkcode read}, by protobufjs; undefined if the bytes are no such message. */
function reference(
  body: Uint8Array,
): { seq: number; routes: RouteTotals[] } | undefined {
  let message;
  try {
    message = lars.CallTotals.decode(body);
  } catch {
    return undefined;
  }
  const routes = message.route.map((route) => ({
    modId: route.modid ?? 0,
    cmdId: route.cmdid ?? 0,
    latency: NO_LATENCY.map((_, index) => route.latency?.[index] ?? 0),
    hosts: (route.host ?? []).map((host) => ({
      ip: (host.ip ?? 0) >>> 0,
      port: host.port ?? 0,
      calls: host.calls ?? 0,
      failures: host.failures ?? 0,
      timed: host.timed ?? 0,
      durationUs: Math.min(
        Number(host.duration_us ?? 0),
        Number.MAX_SAFE_INTEGER,
      ),
      maxUs: host.max_us ?? 0,
    })),
  }));
  return { seq: message.seq, routes };
}

function encode(
  encoder: CallTotalsEncoder,
  routes: readonly RouteTotals[],
): Uint8Array[] {
  for (const { latency, hosts, ...key } of routes) {
    encoder.route(key, latency, 0);
    for (const host of hosts) encoder.host(host);
  }
  return encoder.take();
}

const host: fc.Arbitrary<HostTotals> = fc.record({
  ip: uint32,
  port,
  calls: uint32,
  failures: uint32,
  timed: uint32,
  durationUs: fc.oneof(
    uint32,
    fc.constantFrom(2 ** 32, 2 ** 53 - 1),
    fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  ),
  maxUs: uint32,
});

const route: fc.Arbitrary<RouteTotals> = fc.record({
  modId: int32,
  cmdId: int32,
  latency: fc.oneof(
    fc.constant(NO_LATENCY),
    fc.array(uint32, { minLength: LATENCY_COUNTS, maxLength: LATENCY_COUNTS }),
  ),
  hosts: fc.array(host, { maxLength: 20 }),
});

Deno.test("CallTotalsDecoder gives back what CallTotalsEncoder took, as does protobufjs", () => {
  const encoder = new CallTotalsEncoder();
  const decoder = new CallTotalsDecoder();
  const totals = fc.array(route, { minLength: 1, maxLength: 10 });
  fc.assert(fc.property(totals, uint32, (routes, seq) => {
    const [routesBytes, ...others] = encode(encoder, routes);
    const body = numberCallTotals(seq, routesBytes!);
    decoder.decode(body);
    assertEquals([decoder.seq, read(decoder), others], [seq, routes, []]);
    assertEquals(reference(body), { seq, routes });
    // What was encoded are the bytes of protobufjs, or no other could read them again.
    assertEquals(
      plain(lars.CallTotals.encode(lars.CallTotals.decode(body)).finish()),
      plain(body),
    );
  }));
});

Deno.test("CallTotalsEncoder splits a route that no frame holds, its latency in the first part", () => {
  const latency = NO_LATENCY.map(() => 0xffff_ffff);
  // The longest encoding of every field.
  const hosts = Array.from({ length: 5_000 }, (_, index) => ({
    ip: 0xffff_ffff - index,
    port: 65_535,
    calls: 0xffff_ffff,
    failures: 0xffff_ffff,
    timed: 0xffff_ffff,
    durationUs: 2 ** 53 - 1,
    maxUs: 0xffff_ffff,
  }));
  const encoder = new CallTotalsEncoder();
  const decoder = new CallTotalsDecoder();
  const bodies = encode(encoder, [
    { modId: 1, cmdId: 1, latency, hosts },
    { modId: 1, cmdId: 2, latency, hosts: hosts.slice(0, 1) },
  ]);
  assertEquals(encoder.take(), []);
  const received: HostTotals[] = [];
  const latencies: (readonly number[])[] = [];
  for (const each of bodies) {
    const body = numberCallTotals(0xffff_ffff, each);
    assertEquals(body.length <= BODY_BYTES_MAX, true);
    decoder.decode(body);
    for (const { modId, cmdId, hosts, latency } of read(decoder)) {
      assertEquals(modId, 1);
      if (cmdId === 1) received.push(...hosts);
      latencies.push(latency);
    }
  }
  assertEquals(received, hosts);
  assertEquals(latencies[0], latency);
  assertEquals(latencies.at(-1), latency);
  assertEquals(
    latencies.slice(1, -1).every((each) => each.every((count) => count === 0)),
    true,
  );
  // Bodies are filled: 52 bytes a host.
  assertEquals(bodies.length, Math.ceil(5_000 * 52 / BODY_BYTES_MAX));
});

Deno.test("CallTotalsEncoder fills bodies with short routes, none too long", () => {
  const routes = Array.from({ length: 20_000 }, (_, index) => ({
    modId: index,
    cmdId: 1,
    latency: NO_LATENCY,
    hosts: [],
  }));
  const decoder = new CallTotalsDecoder();
  const received = encode(new CallTotalsEncoder(), routes).flatMap((each) => {
    const body = numberCallTotals(1, each);
    assertEquals(body.length <= BODY_BYTES_MAX, true);
    decoder.decode(body);
    return read(decoder);
  });
  assertEquals(received, routes);
});

Deno.test("CallTotals have the bytes that proto3 wants of their fields", () => {
  const [routes] = encode(new CallTotalsEncoder(), [{
    modId: 1,
    cmdId: 300,
    latency: [0, 0, 5, ...NO_LATENCY.slice(3)],
    hosts: [{
      ip: 0xc0a8_01b1,
      port: 7777,
      calls: 6,
      failures: 1,
      timed: 5,
      durationUs: 2 ** 33,
      maxUs: 1_900,
    }],
  }]);
  assertEquals(
    plain(numberCallTotals(7, routes!)).toHex(),
    // seq; the route's tag and length; modid, cmdid
    "0807" + "1232" + "0801" + "10ac02" +
      // 12 counts
      "1a0c" + "000005000000000000000000" +
      // the host: ip, port, calls, failures, duration_us, max_us, timed
      "221d" + "08b183a085fcffffffff01" + "10e13c" + "1806" + "2001" +
      "288080808020" + "30ec0e" + "3805",
  );
});

Deno.test("CallTotalsDecoder.decode() reads, or refuses, whatever comes as protobufjs does", () => {
  const decoder = new CallTotalsDecoder();
  const decode = (body: Uint8Array) => {
    decoder.decode(body);
    return { seq: decoder.seq, routes: read(decoder) };
  };
  compareDecoders(CALL_TOTALS, { decode, reference });
});

Deno.test("CallTotalsDecoder.decode() takes as many routes, and hosts, as a body can hold", () => {
  const decoder = new CallTotalsDecoder();
  const rows = Math.floor(BODY_BYTES_MAX / 2);
  const routes = new Uint8Array(rows * 2);
  for (let at = 0; at < routes.length; at += 2) routes[at] = 2 << 3 | 2;
  decoder.decode(routes);
  assertEquals([decoder.routeCount, decoder.hostCount], [rows, 0]);
  const hosts = new Uint8Array(4 + (rows - 2) * 2);
  const length = hosts.length - 4;
  hosts.set([2 << 3 | 2, length & 0x7f | 0x80, length >> 7 & 0x7f | 0x80]);
  hosts[3] = length >> 14;
  for (let at = 4; at < hosts.length; at += 2) hosts[at] = 4 << 3 | 2;
  decoder.decode(hosts);
  assertEquals([decoder.routeCount, decoder.hostCount], [1, rows - 2]);
  assertEquals([...decoder.firstHost.subarray(0, 2)], [0, rows - 2]);
  assertThrows(
    () => decoder.decode(hosts.subarray(1)),
    ProtocolError,
    "Cannot decode CallTotals",
  );
});

Deno.test("a CallTotalsAck comes back as it was encoded", () => {
  const ack = fc.record({
    epoch: fc.oneof(fc.constant(0), fc.nat({ max: Number.MAX_SAFE_INTEGER })),
    seq: uint32,
  });
  fc.assert(fc.property(ack, (ack) => {
    assertEquals(decodeCallTotalsAck(encodeCallTotalsAck(ack)), ack);
  }));
  assertEquals(
    plain(encodeCallTotalsAck({ epoch: 2 ** 40 + 1, seq: 3 })).toHex(),
    "090100000000010000" + "1003",
  );
  assertThrows(() => decodeCallTotalsAck(new Uint8Array([9])), ProtocolError);
});

Deno.test("latency bounds rise, and the last count takes every duration", () => {
  assertEquals(LATENCY_BOUNDS_US.length, 12);
  assertEquals(LATENCY_BOUNDS_US.toSorted((a, b) => a - b), LATENCY_BOUNDS_US);
  assertEquals(LATENCY_BOUNDS_US.at(-1), Infinity);
});

/** The bytes as a plain array, as protobufjs hands out buffers of Node.js. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
