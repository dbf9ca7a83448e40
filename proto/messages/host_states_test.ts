import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  BODY_BYTES_MAX,
  decodeHostEvents,
  decodeHostStates,
  encodeHostEvents,
  encodeHostStates,
  type HostEvent,
  HostEventKind,
  hostEventKindName,
  HostReason,
  hostReasonName,
  HostState,
  type HostStateEntry,
  hostStateName,
  ProtocolError,
} from "../mod.ts";
import { int32, port, uint32 } from "../testing/mod.ts";

const entry: fc.Arbitrary<HostStateEntry> = fc.record({
  modId: int32,
  cmdId: int32,
  ip: uint32,
  port,
  state: uint32,
  reason: uint32,
  ageMs: uint32,
  inFlight: uint32,
  nextTryMs: uint32,
});

const event: fc.Arbitrary<HostEvent> = fc.record({
  modId: int32,
  cmdId: int32,
  ip: uint32,
  port,
  kind: uint32,
  reason: uint32,
  ageMs: uint32,
  calls: uint32,
  failures: uint32,
  meanUs: uint32,
  peersMeanUs: uint32,
  policy: fc.stringMatching(/^[a-zA-Z0-9._-]{0,32}$/),
});

Deno.test("HostStates come back as they were encoded", () => {
  const states = fc.record({
    all: fc.boolean(),
    hosts: fc.array(entry, { minLength: 1, maxLength: 10 }),
  });
  fc.assert(fc.property(states, (states) => {
    const [body, ...others] = encodeHostStates(states);
    assertEquals([decodeHostStates(body!), others], [states, []]);
  }));
});

Deno.test("encodeHostStates() splits what no frame holds, and says only at first that it is all", () => {
  const longest = {
    modId: -1,
    cmdId: -1,
    port: 65_535,
    state: 0xffff_ffff,
    reason: 0xffff_ffff,
    ageMs: 0xffff_ffff,
    inFlight: 0xffff_ffff,
    nextTryMs: 0xffff_ffff,
  };
  const hosts = Array.from(
    { length: 2_500 },
    (_, index) => ({ ...longest, ip: 0xffff_ffff - index }),
  );
  const bodies = [...encodeHostStates({ all: true, hosts })];
  assert(bodies.every((body) => body.length <= BODY_BYTES_MAX));
  const decoded = bodies.map(decodeHostStates);
  assertEquals(decoded.map(({ all }) => all), [true, false, false]);
  assertEquals(decoded.flatMap(({ hosts }) => hosts), hosts);
});

Deno.test("encodeHostStates() says that there is nothing, but only if that is all", () => {
  const nothing = { hosts: [] };
  const all = [...encodeHostStates({ all: true, ...nothing })];
  assertEquals(all.map(decodeHostStates), [{ all: true, hosts: [] }]);
  assertEquals([...encodeHostStates({ all: false, ...nothing })], []);
});

Deno.test("HostEvents come back as they were encoded, 500 of the longest in a frame", () => {
  const events = fc.record({
    events: fc.array(event, { maxLength: 10 }),
    dropped: uint32,
  });
  fc.assert(fc.property(events, (events) => {
    assertEquals(decodeHostEvents(encodeHostEvents(events)), events);
  }));
  const longest: HostEvent = {
    modId: -1,
    cmdId: -1,
    ip: 0xffff_ffff,
    port: 65_535,
    kind: 0xffff_ffff,
    reason: 0xffff_ffff,
    ageMs: 0xffff_ffff,
    calls: 0xffff_ffff,
    failures: 0xffff_ffff,
    meanUs: 0xffff_ffff,
    peersMeanUs: 0xffff_ffff,
    policy: "p".repeat(32),
  };
  const body = encodeHostEvents({
    events: new Array(500).fill(longest),
    dropped: 0xffff_ffff,
  });
  assert(body.length <= BODY_BYTES_MAX);
});

Deno.test("HostStates and HostEvents have the bytes that proto3 wants of their fields", () => {
  const key = { modId: 1, cmdId: 2, ip: 3, port: 4 };
  const [states] = encodeHostStates({
    all: true,
    hosts: [{
      ...key,
      state: HostState.ejected,
      reason: HostReason.checkFailed,
      ageMs: 7,
      inFlight: 8,
      nextTryMs: 9,
    }],
  });
  assertEquals(
    new Uint8Array(states!).toHex(),
    "0801" + "1212" + "0801" + "1002" + "1803" + "2004" + "2803" + "3006" +
      "3807" + "4008" + "4809",
  );
  const events = encodeHostEvents({
    events: [{
      ...key,
      kind: HostEventKind.undrained,
      reason: HostReason.none,
      ageMs: 7,
      calls: 8,
      failures: 9,
      meanUs: 10,
      peersMeanUs: 11,
      policy: "a",
    }],
    dropped: 5,
  });
  assertEquals(
    new Uint8Array(events).toHex(),
    "0a17" + "0801" + "1002" + "1803" + "2004" + "2806" + "3807" + "4008" +
      "4809" + "500a" + "580b" + "620161" + "1005",
  );
});

Deno.test("property: random bytes make the decoders return, or throw a ProtocolError", () => {
  const bytes = fc.uint8Array({ maxLength: 80 });
  const decoders = fc.constantFrom<(body: Uint8Array) => unknown>(
    decodeHostStates,
    decodeHostEvents,
  );
  fc.assert(fc.property(decoders, bytes, (decode, body) => {
    try {
      decode(body);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
    }
  }));
  assertThrows(() => decodeHostStates(new Uint8Array([8])), ProtocolError);
});

Deno.test("every state, reason and kind has a name, and a newer one its number", () => {
  assertEquals(Object.values(HostState).map(hostStateName), [
    "in_use",
    "suspect",
    "ejected",
    "overloaded",
    "drained",
  ]);
  assertEquals(Object.values(HostReason).map(hostReasonName), [
    "none",
    "refused",
    "timeout",
    "failing",
    "worse_than_peers",
    "slow",
    "check_failed",
    "drained",
    "overload_rule",
  ]);
  assertEquals(Object.values(HostEventKind).map(hostEventKindName), [
    "ejected",
    "suspected",
    "returned",
    "check_failed",
    "drained",
    "undrained",
  ]);
  assertEquals(
    [hostStateName(99), hostReasonName(99), hostEventKindName(99)],
    ["state 99", "reason 99", "kind 99"],
  );
});
