import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  BODY_BYTES_MAX,
  encodeReportStatus,
  lars,
  ProtocolError,
  type ReportStatus,
  ReportStatusDecoder,
  STATUS_RESULTS_MAX,
} from "../mod.ts";
import { int32, port, REPORT_STATUS_REQUEST, uint32 } from "../testing/mod.ts";
import { compareDecoders } from "../testing/compare_decoders.ts";

/** What a decoder has read. */
function read(decoder: ReportStatusDecoder): ReportStatus {
  const { modId, cmdId, caller, ts, count, agentId } = decoder;
  const hosts = Array.from({ length: count }, (_, row) => ({
    ip: decoder.ip[row]!,
    port: decoder.port[row]!,
    succ: decoder.succ[row]!,
    err: decoder.err[row]!,
    overload: decoder.overload[row] === 1,
  }));
  return { modId, cmdId, caller, ts, agentId: plain(agentId).toHex(), hosts };
}

/** The bytes as a plain array, as protobufjs hands out buffers of Node.js. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

/** As {@linkcode read}, by protobufjs; undefined if the bytes are no such message. */
function reference(body: Uint8Array): ReportStatus | undefined {
  let message;
  try {
    message = lars.ReportStatusRequest.decode(body);
  } catch {
    return undefined;
  }
  return {
    modId: message.modid,
    cmdId: message.cmdid,
    caller: message.caller >>> 0,
    ts: message.ts,
    agentId: plain(message.agent_id).toHex(),
    hosts: message.results.map(({ ip, port, succ, err, overload }) => ({
      ip: (ip ?? 0) >>> 0,
      port: port ?? 0,
      succ: succ ?? 0,
      err: err ?? 0,
      overload: overload ?? false,
    })),
  };
}

const host = fc.record({
  ip: uint32,
  port,
  succ: uint32,
  err: uint32,
  overload: fc.boolean(),
});

Deno.test("ReportStatusDecoder gives back the status that was encoded", () => {
  const decoder = new ReportStatusDecoder();
  const status = fc.record({
    modId: int32,
    cmdId: int32,
    caller: uint32,
    ts: uint32,
    agentId: fc.constantFrom("", "00112233445566778899aabbccddeeff"),
    hosts: fc.array(host, { minLength: 1, maxLength: 20 }),
  });
  fc.assert(fc.property(status, (status) => {
    const [body, ...others] = encodeReportStatus(status);
    decoder.decode(body!);
    assertEquals([read(decoder), others], [status, []]);
  }));
});

Deno.test("encodeReportStatus() splits a status that no frame holds, in order", () => {
  const decoder = new ReportStatusDecoder();
  // The longest encoding of every field.
  const hosts = Array.from({ length: 4_000 }, (_, index) => ({
    ip: 0xffff_ffff - index,
    port: 65_535,
    succ: 0xffff_ffff,
    err: 0xffff_ffff,
    overload: true,
  }));
  const key = {
    modId: -1,
    cmdId: -1,
    caller: 0xffff_ffff,
    ts: 0xffff_ffff,
    agentId: "ff".repeat(16),
  };
  const received = [];
  for (const body of encodeReportStatus({ ...key, hosts })) {
    assertEquals(body.length <= BODY_BYTES_MAX, true);
    decoder.decode(body);
    const { hosts: part, ...rest } = read(decoder);
    assertEquals(rest, key);
    received.push(...part);
  }
  assertEquals(received, hosts);
});

Deno.test("ReportStatusDecoder.decode() reads, or refuses, whatever comes as protobufjs does", () => {
  const decoder = new ReportStatusDecoder();
  const decode = (body: Uint8Array) => {
    decoder.decode(body);
    return read(decoder);
  };
  compareDecoders(REPORT_STATUS_REQUEST, { decode, reference });
});

Deno.test("ReportStatusDecoder.decode() takes as many results as a body can hold", () => {
  const decoder = new ReportStatusDecoder();
  const body = new Uint8Array(STATUS_RESULTS_MAX * 2);
  for (let at = 0; at < body.length; at += 2) body[at] = 4 << 3 | 2;
  decoder.decode(body);
  assertEquals(decoder.count, STATUS_RESULTS_MAX);
  assertThrows(
    () => decoder.decode(body.subarray(1)),
    ProtocolError,
    "Cannot decode ReportStatusRequest",
  );
});
