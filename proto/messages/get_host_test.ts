import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  COUNT_MAX,
  encodeGetHostRequest,
  GetHostResponseDecoder,
  HEADER_BYTES,
  lars,
  MessageId,
  parseDatagram,
} from "../mod.ts";
import { callReport, int32, toWireResult, uint32 } from "../testing/mod.ts";

/** `LARS_CODEC_RUNS` makes each property run longer. */
const RUNS = Number(Deno.env.get("LARS_CODEC_RUNS") ?? 2_000);

const wireHost = fc.record({ ip: int32, port: int32 });

Deno.test("encodeGetHostRequest() writes the bytes that protobufjs writes", () => {
  fc.assert(
    fc.property(
      fc.tuple(uint32, int32, int32),
      fc.integer({ min: 0, max: COUNT_MAX }),
      fc.array(callReport, { maxLength: COUNT_MAX }),
      ([seq, modId, cmdId], count, results) => {
        const frame = parseDatagram(
          encodeGetHostRequest({ modId, cmdId, seq, count, results }),
        );
        const expected = lars.GetHostRequest.encode({
          seq,
          modid: modId,
          cmdid: cmdId,
          count,
          results: results.map(toWireResult),
        }).finish();
        assertEquals(frame?.id, MessageId.getHostRequest);
        assertEquals(frame?.body.join(), expected.join());
      },
    ),
    { numRuns: RUNS },
  );
});

const response = fc.record({
  seq: uint32,
  modid: int32,
  cmdid: int32,
  retcode: int32,
  host: fc.option(wireHost),
  more: fc.array(wireHost, { maxLength: COUNT_MAX - 1 }),
  use_ms: uint32,
});

Deno.test("GetHostResponseDecoder.decodeUsual() reads every answer of a plain encoder as protobufjs does", () => {
  const answer = new GetHostResponseDecoder();
  fc.assert(
    fc.property(response, (message) => {
      const body = lars.GetHostResponse.encode(message).finish();
      assertEquals(answer.decodeUsual(body), true);
      assertEquals(toText(answer), reference(body));
    }),
    { numRuns: RUNS },
  );
});

Deno.test("GetHostResponseDecoder.decode() reads, or refuses, whatever comes as protobufjs does", () => {
  const answer = new GetHostResponseDecoder();
  const change = fc.record({
    at: fc.nat(),
    byte: fc.integer({ min: 0, max: 255 }),
    kind: fc.constantFrom("set", "cut", "insert", "repeat"),
  });
  fc.assert(
    fc.property(
      response,
      fc.array(change, { minLength: 1, maxLength: 4 }),
      (message, changes) => {
        let bytes = [...lars.GetHostResponse.encode(message).finish()];
        for (const { at, byte, kind } of changes) {
          const index = at % (bytes.length + 1);
          if (kind === "set") bytes[index] = byte;
          else if (kind === "cut") bytes.length = index;
          else if (kind === "insert") bytes.splice(index, 0, byte);
          else bytes = [...bytes, ...bytes.slice(index)];
        }
        const body = new Uint8Array(bytes);
        const taken = answer.decode(body);
        assertEquals(taken ? toText(answer) : "refused", reference(body));
      },
    ),
    { numRuns: RUNS },
  );
});

Deno.test("GetHostResponseDecoder.decode() takes fields it does not know, and no more than 64 hosts", () => {
  const answer = new GetHostResponseDecoder();
  const more = Array.from({ length: 100 }, (_, index) => ({ port: index }));
  const body = lars.GetHostResponse.encode({ seq: 7, more }).finish();
  // Field 30, a varint.
  const longer = new Uint8Array([...body, 0xf0, 0x01, 0x05]);
  assertEquals(answer.decodeUsual(longer), false);
  assertEquals(answer.decode(longer), true);
  assertEquals([answer.seq, answer.hostCount], [7, COUNT_MAX]);
  assertEquals(answer.port.at(-1), 63);
});

Deno.test("a request for one host without results has the original's bytes", () => {
  const key = { modId: 1, cmdId: -5 };
  const request = encodeGetHostRequest({
    ...key,
    seq: 300,
    count: 0,
    results: [],
  });
  const original = lars.GetHostRequest
    .encode({ seq: 300, modid: 1, cmdid: -5 }).finish();
  assertEquals(request.subarray(HEADER_BYTES).join(), original.join());
});

function toText(answer: GetHostResponseDecoder): string {
  const { seq, modId, cmdId, returnCode, useMs, hostCount } = answer;
  const hosts = [];
  for (let index = 0; index < hostCount; index++) {
    hosts.push(`${answer.ip[index]}:${answer.port[index]}`);
  }
  return [seq, modId, cmdId, returnCode, useMs, ...hosts].join();
}

function reference(body: Uint8Array): string {
  let message;
  try {
    message = lars.GetHostResponse.decode(body);
  } catch {
    return "refused";
  }
  const { seq, modid, cmdid, retcode, use_ms } = message;
  const hosts = [...message.host ? [message.host] : [], ...message.more]
    .slice(0, COUNT_MAX)
    .map(({ ip, port }) => `${(ip ?? 0) >>> 0}:${port ?? 0}`);
  return [seq, modid, cmdid, retcode, use_ms, ...hosts].join();
}
