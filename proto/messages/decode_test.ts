import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { decodeBody, lars, ProtocolError } from "../mod.ts";

const TYPES = [
  lars.GetRouteRequest,
  lars.GetRouteResponse,
  lars.ReportStatusRequest,
  lars.GetHostRequest,
  lars.GetHostResponse,
  lars.ReportRequest,
];

Deno.test("decodeBody() reads a message, and defaults from no bytes at all", () => {
  const request = decodeBody(
    lars.GetRouteRequest,
    new Uint8Array([8, 1, 16, 2]),
  );
  assertEquals([request.modid, request.cmdid, request.with_state], [
    1,
    2,
    false,
  ]);
  const empty = decodeBody(lars.GetHostResponse, new Uint8Array());
  assertEquals([empty.seq, empty.retcode, empty.host ?? null], [0, 0, null]);
});

Deno.test("decodeBody() refuses a body cut inside a field, naming the message", () => {
  const error = assertThrows(
    () => decodeBody(lars.GetHostRequest, new Uint8Array([8])),
    ProtocolError,
    "Cannot decode GetHostRequest of 1 bytes: ",
  );
  assertEquals(error.cause instanceof Error, true);
});

Deno.test("fields that Lars adds stand at 16, and nothing is sent of them by default", () => {
  const table: [bytes: Uint8Array, hex: string][] = [
    [lars.GetRouteRequest.encode({ with_state: true }).finish(), "800101"],
    [lars.GetRouteRequest.encode({ with_state: false }).finish(), ""],
    [lars.HostInfo.encode({ overload: true }).finish(), "800101"],
    [lars.ReportRequest.encode({ duration_us: 300 }).finish(), "8001ac02"],
    [lars.ReportRequest.encode({ duration_us: 0 }).finish(), ""],
  ];
  for (const [bytes, hex] of table) {
    assertEquals(new Uint8Array(bytes).toHex(), hex);
  }
});

Deno.test("property: random bytes make decodeBody() return, or throw a ProtocolError", () => {
  const bytes = fc.uint8Array({ maxLength: 80 });
  fc.assert(fc.property(fc.constantFrom(...TYPES), bytes, (type, body) => {
    try {
      decodeBody<object>(type, body);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
    }
  }));
});

Deno.test("property: a status comes back as it was encoded", () => {
  const int32 = fc.integer();
  const uint32 = fc.integer({ min: 0, max: 4_294_967_295 });
  const result = fc.record({
    ip: int32,
    port: int32,
    succ: uint32,
    err: uint32,
    overload: fc.boolean(),
  });
  const status = fc.record({
    modid: int32,
    cmdid: int32,
    caller: int32,
    results: fc.array(result, { maxLength: 5 }),
    ts: uint32,
  });
  fc.assert(fc.property(status, (status) => {
    const body = lars.ReportStatusRequest.encode(status).finish();
    const decoded = decodeBody(lars.ReportStatusRequest, body);
    const { modid, cmdid, caller, ts } = decoded;
    const results = decoded.results.map((
      { ip, port, succ, err, overload },
    ) => ({ ip, port, succ, err, overload }));
    assertEquals(
      { modid, cmdid, caller, results, ts },
      { ...status, results: status.results.map((result) => ({ ...result })) },
    );
  }));
});
