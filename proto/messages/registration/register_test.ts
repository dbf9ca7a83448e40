import { assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import {
  encodeBeatRequest,
  encodeBeatResponse,
  encodeDeregisterRequest,
  encodeDeregisterResponse,
  encodeRegisterRequest,
  encodeRegisterResponse,
  InstanceState,
  instanceStateName,
  lars,
  readBeatRequest,
  readBeatResponse,
  readDeregisterRequest,
  readDeregisterResponse,
  readRegisterRequest,
  readRegisterResponse,
  REASON_LENGTH_MAX,
  type RegisterRequest,
  wrongRegistration,
} from "../../mod.ts";
import { int32, port, uint32 } from "../../testing/mod.ts";

const instance = fc.uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => bytes.toHex());
const printable = (maxLength: number) =>
  fc.stringMatching(new RegExp(`^[ -~]{0,${maxLength}}$`));

const request: fc.Arbitrary<RegisterRequest> = fc.record({
  seq: uint32,
  instance,
  routes: fc.array(fc.record({ modId: int32, cmdId: int32 }), {
    maxLength: 5,
  }),
  port,
  ip: uint32,
  weight: uint32,
  zone: fc.string(),
  ttlMs: uint32,
  check: uint32,
  path: fc.string(),
  pid: uint32,
  drainMs: uint32,
  version: printable(64),
  tags: fc.array(printable(32), { maxLength: 5 }),
  notReady: fc.boolean(),
});

const status = fc.record({
  seq: uint32,
  instance,
  state: uint32,
  reason: fc.string({ maxLength: REASON_LENGTH_MAX }),
  heartbeatMs: uint32,
});

/** A request that any agent may accept. */
const VALID: RegisterRequest = {
  seq: 1,
  instance: "000102030405060708090a0b0c0d0e0f",
  routes: [{ modId: 1, cmdId: 2 }],
  port: 8080,
  ip: 0,
  weight: 0,
  zone: "",
  ttlMs: 0,
  check: 0,
  path: "",
  pid: 0,
  drainMs: 0,
  version: "",
  tags: [],
  notReady: false,
};

Deno.test("a RegisterRequest comes back as it was encoded, and reads the same by protobufjs", () => {
  fc.assert(fc.property(request, (request) => {
    const body = encodeRegisterRequest(request);
    assertEquals(readRegisterRequest(body), request);
    const plain = lars.RegisterRequest.decode(body);
    assertEquals(
      [plain.seq, plain.route.length, plain.ip, plain.tags, plain.not_ready],
      [
        request.seq,
        request.routes.length,
        request.ip | 0,
        request.tags,
        request.notReady,
      ],
    );
  }));
});

Deno.test("BeatRequests, DeregisterRequests and all answers come back as they were encoded", () => {
  const beat = fc.record({ seq: uint32, instance, notReady: fc.boolean() });
  fc.assert(fc.property(beat, (beat) => {
    assertEquals(readBeatRequest(encodeBeatRequest(beat)), beat);
  }));
  const deregister = fc.record({ seq: uint32, instance, drainMs: uint32 });
  fc.assert(fc.property(deregister, (deregister) => {
    const body = encodeDeregisterRequest(deregister);
    assertEquals(readDeregisterRequest(body), deregister);
  }));
  const done = fc.record({
    seq: uint32,
    instance,
    done: fc.boolean(),
    inFlight: uint32,
    callers: uint32,
  });
  fc.assert(fc.property(done, (done) => {
    assertEquals(readDeregisterResponse(encodeDeregisterResponse(done)), done);
  }));
  fc.assert(fc.property(status, (status) => {
    const registered = encodeRegisterResponse(status);
    assertEquals(readRegisterResponse(registered), status);
    // Both answers have the same fields.
    assertEquals(registered, encodeBeatResponse(status));
    assertEquals(readBeatResponse(registered), status);
  }));
});

Deno.test("the messages of a registration have the bytes that proto3 wants of their fields", () => {
  const id = "0a0b0c0d0e0f10111213141516171819";
  const instance = `1210${id}`;
  const bytes = encodeRegisterRequest({
    seq: 1,
    instance: id,
    routes: [{ modId: 1, cmdId: 2 }, { modId: 3, cmdId: 0 }],
    port: 80,
    ip: 0x0a00_0001,
    weight: 5,
    zone: "z",
    ttlMs: 1_000,
    check: 2,
    path: "/h",
    pid: 7,
    drainMs: 3,
    version: "v",
    tags: ["a", "b"],
    notReady: true,
  });
  assertEquals(
    new Uint8Array(bytes).toHex(),
    `0801${instance}` + "1a0408011002" + "1a020803" + "2050" + "2881808050" +
      "3005" + "3a017a" + "40e807" + "4802" + "52022f68" + "5807" + "6003" +
      "6a0176" + "720161" + "720162" + "7801",
  );
  const hex = (body: Uint8Array) => new Uint8Array(body).toHex();
  const key = { seq: 1, instance: id };
  assertEquals(
    hex(encodeBeatRequest({ ...key, notReady: true })),
    `0801${instance}1801`,
  );
  assertEquals(
    hex(encodeBeatResponse({
      ...key,
      state: InstanceState.served,
      reason: "r",
      heartbeatMs: 5,
    })),
    `0801${instance}1802` + "220172" + "2805",
  );
  assertEquals(
    hex(encodeDeregisterRequest({ ...key, drainMs: 9 })),
    `0801${instance}1809`,
  );
  assertEquals(
    hex(encodeDeregisterResponse({
      ...key,
      done: true,
      inFlight: 4,
      callers: 3,
    })),
    `0801${instance}1801` + "2004" + "2803",
  );
});

Deno.test("a request without an instance of 16 bytes is none", () => {
  const wrong = { seq: 1, instance: new Uint8Array(15) };
  const body = lars.RegisterRequest.encode(wrong).finish();
  assertEquals(readRegisterRequest(body), undefined);
  assertEquals(readBeatRequest(body), undefined);
  assertEquals(readDeregisterRequest(body), undefined);
  // An answer is told by its seq.
  assertEquals(readBeatResponse(body)?.instance, "");
  for (const read of [readRegisterRequest, readBeatRequest, readBeatResponse]) {
    assertEquals(read(new Uint8Array([0x12, 0x10, 1])), undefined);
  }
});

Deno.test("a reason that is too long is cut", () => {
  const long = { seq: 1, instance: VALID.instance, state: 3, heartbeatMs: 1 };
  const body = encodeBeatResponse({ ...long, reason: "r".repeat(5_000) });
  assertEquals(readBeatResponse(body)?.reason.length, REASON_LENGTH_MAX);
});

Deno.test("wrongRegistration() says what no agent may accept, and nothing of the rest", () => {
  const routes = (count: number) =>
    Array.from({ length: count }, (_, cmdId) => ({ modId: 1, cmdId }));
  const right: Partial<RegisterRequest>[] = [
    {},
    { routes: routes(32), port: 65_535, ip: 0xffff_ffff, weight: 10_000 },
    { zone: "z".repeat(32), ttlMs: 1_000, drainMs: 3_600_000 },
    { ttlMs: 300_000, check: 2, path: "/", version: "~".repeat(64) },
    { check: 4, path: "/healthz" },
    { check: 3, pid: 1, tags: new Array(8).fill("t".repeat(32)) },
    // Of a check that does not look at it.
    { check: 1, path: "no path", pid: 0 },
  ];
  for (const change of right) {
    assertEquals(wrongRegistration({ ...VALID, ...change }), undefined);
  }
  const wrong: [Partial<RegisterRequest>, RegExp][] = [
    [{ routes: [] }, /^there must be 1 to 32 routes: current number is 0$/],
    [{ routes: routes(33) }, /32 routes: current number is 33$/],
    [{ routes: [{ modId: -1, cmdId: 0 }] }, /^modid and cmdid/],
    [
      { routes: [...routes(2), ...routes(1)] },
      /^each route .*1\/0, 1\/1, 1\/0/,
    ],
    [{ port: 0 }, /^port must be 1 to 65535: current value is 0$/],
    [{ port: 65_536 }, /^port/],
    [{ port: 1.5 }, /^port/],
    [{ ip: -1 }, /^ip/],
    [{ weight: 10_001 }, /^weight must be 1 to 10000/],
    [{ zone: "a zone" }, /^zone .*"a zone"$/],
    [{ zone: "z".repeat(33) }, /^zone/],
    [{ ttlMs: 999 }, /^ttl must be 1000 to 300000 ms: current value is 999$/],
    [{ ttlMs: 300_001 }, /^ttl/],
    [{ drainMs: 3_600_001 }, /^drain must be 0 to 3600000 ms/],
    [{ check: 5 }, /^check must be none, tcp, http, pid or https/],
    [{ check: 2 }, /^path of check http must/],
    [{ check: 4, path: "healthz" }, /^path of check https must/],
    [{ check: 2, path: "/a b" }, /^path/],
    [{ check: 2, path: `/${"p".repeat(256)}` }, /^path/],
    [{ check: 3 }, /^check pid/],
    [{ version: "é" }, /^version/],
    [{ version: "v".repeat(65) }, /^version/],
    [{ tags: new Array(9).fill("") }, /^there must be at most 8 tags/],
    [{ tags: ["t".repeat(33)] }, /^a tag/],
    [{ tags: ["\n"] }, /^a tag/],
  ];
  for (const [change, message] of wrong) {
    assertMatch(wrongRegistration({ ...VALID, ...change }) ?? "", message);
  }
});

Deno.test("a state has a name, one of a newer agent its number", () => {
  assertEquals(instanceStateName(InstanceState.notReady), "not_ready");
  assertEquals(instanceStateName(6), "state 6");
});
