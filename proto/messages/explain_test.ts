import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  DATAGRAM_BYTES_MAX,
  encodeExplainRequest,
  type ExplainedCall,
  type ExplainedDecision,
  type HostExplanation,
  MessageId,
  parseDatagram,
  readExplainRequest,
  readExplainResponse,
  type RouteExplanation,
  writeExplainResponse,
} from "../mod.ts";
import { int32, port, uint32 } from "../testing/mod.ts";

const KEY = { modId: 1, cmdId: 2, seq: 3 };

/** The explanation that a client reads, and the bytes that it came in. */
function send(explanation: RouteExplanation) {
  const response = new Uint8Array(DATAGRAM_BYTES_MAX);
  const bytes = writeExplainResponse({ ...KEY, ...explanation }, response);
  const frame = parseDatagram(response.subarray(0, bytes))!;
  assertEquals(frame.id, MessageId.explainResponse);
  return { body: frame.body, read: readExplainResponse(frame.body) };
}

Deno.test("an ExplainRequest comes back as it was encoded, cut or not", () => {
  const request = fc.record({
    seq: uint32,
    modId: int32,
    cmdId: int32,
    afterDecision: uint32,
    afterCall: uint32,
    withCalls: fc.boolean(),
    afterHost: uint32,
  });
  fc.assert(fc.property(request, (request) => {
    const body = encodeExplainRequest(request);
    assertEquals(readExplainRequest(body), request);
    // Cut at a field's end it is a shorter request, elsewhere none.
    for (let bytes = 0; bytes < body.length; bytes++) {
      const read = readExplainRequest(body.subarray(0, bytes));
      if (read === undefined) continue;
      for (const [name, value] of Object.entries(read)) {
        assert(
          [0, false, request[name as keyof typeof request]].includes(value),
        );
      }
    }
  }));
});

const address = { ip: uint32, port };
const host: fc.Arbitrary<HostExplanation> = fc.record({
  ...address,
  succ: uint32,
  err: uint32,
  overload: fc.boolean(),
  reason: fc.string(),
});
const decision: fc.Arbitrary<ExplainedDecision> = fc.record({
  ...address,
  number: uint32,
  ageMs: uint32,
  text: fc.string(),
});
const call: fc.Arbitrary<ExplainedCall> = fc.record({
  number: uint32,
  ageMs: uint32,
  host: fc.option(fc.record(address), { nil: undefined }),
  report: fc.option(
    fc.record({ returnCode: int32, durationUs: uint32, unused: fc.boolean() }),
    { nil: undefined },
  ),
});

Deno.test("an ExplainResponse comes back as it was written, overloaded hosts first", () => {
  const explanation = fc.record({
    policy: fc.string(),
    hosts: fc.array(host, { maxLength: 5 }),
    decisions: fc.array(decision, { maxLength: 5 }),
    calls: fc.array(call, { maxLength: 5 }),
    hostCount: uint32,
    notes: fc.array(fc.string(), { maxLength: 3 }),
  });
  fc.assert(fc.property(explanation, (explanation) => {
    const { hosts } = explanation;
    assertEquals(send(explanation).read, {
      ...explanation,
      seq: KEY.seq,
      hosts: [
        ...hosts.filter(({ overload }) => overload),
        ...hosts.filter(({ overload }) => !overload),
      ],
    });
  }));
});

Deno.test("writeExplainResponse() keeps the newest decisions and the oldest calls that a datagram holds", () => {
  const hosts = Array.from({ length: 3_000 }, (_, index) => ({
    ip: index + 1,
    port: 80,
    succ: 1,
    err: 2,
    overload: index === 2_999,
    reason: "r".repeat(40),
  }));
  const decisions = Array.from({ length: 3_000 }, (_, index) => ({
    ip: 1,
    port: 80,
    number: index + 1,
    ageMs: 3_000 - index,
    text: "t".repeat(40),
  }));
  const calls = Array.from({ length: 10_000 }, (_, index) => ({
    number: index + 1,
    ageMs: 1.4,
    host: { ip: 1, port: 80 },
    report: undefined,
  }));
  const { body, read } = send({
    policy: "lars",
    hosts,
    hostCount: hosts.length,
    notes: [],
    decisions,
    calls,
  });
  assert(body.length > 0.9 * DATAGRAM_BYTES_MAX);
  assertEquals(read?.hosts[0]?.ip, 3_000);
  assertEquals(read?.hosts[1]?.ip, 1);
  assert(read!.hosts.length > 400);
  assert(read!.decisions.length > 200);
  assertEquals(read?.decisions.at(-1)?.number, 3_000);
  assertEquals(
    read?.decisions[0]?.number,
    3_001 - read!.decisions.length,
  );
  assert(read!.calls.length > 400);
  assertEquals(read?.calls[0], {
    ...calls[0]!,
    ageMs: 1,
  });
});

Deno.test("readExplainResponse() reads, or refuses, an answer cut anywhere", () => {
  const { body } = send({
    policy: "lars",
    hostCount: 1,
    notes: [],
    hosts: [{ ip: 1, port: 2, succ: 3, err: 4, overload: true, reason: "r" }],
    decisions: [{ ip: 1, port: 2, number: 3, ageMs: 4, text: "t" }],
    calls: [{ number: 1, ageMs: 2, host: undefined, report: undefined }],
  });
  let accepted = 0;
  for (let bytes = 0; bytes < body.length; bytes++) {
    const read = readExplainResponse(body.subarray(0, bytes));
    if (read !== undefined) accepted += 1;
  }
  // Cut behind nothing, three numbers, a name, a host, a decision or a call.
  assertEquals(accepted, 8);
});
