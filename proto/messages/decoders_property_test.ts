/**
 * Holds the decoders and encoders written by hand against protobufjs, on random
 * messages.
 *
 * @module
 */
import { assertShare, MESSAGES, SEED } from "../testing/compare_decoders.ts";
import {
  type Field,
  GET_HOST_REQUEST,
  RandomMessages,
  REPORT_REQUEST,
} from "../testing/mod.ts";
import { assertEquals } from "@std/assert";
import {
  type CallReport,
  GetHostRequestDecoder,
  GetHostResponseEncoder,
  HEADER_BYTES,
  lars,
  MessageId,
  ReportRequestDecoder,
  RESULTS_MAX,
  type ReturnCode,
  toWireAddress,
} from "../mod.ts";

/** What a request says, as protobufjs reads it; undefined if it is none. */
type Reading = (body: Uint8Array) => Said | undefined;

interface Said {
  seq: number;
  modId: number;
  cmdId: number;
  count: number;
  results: readonly lars.CallResult.$Properties[];
}

Deno.test("GetHostRequestDecoder.decode() takes what protobufjs takes, and reads the same", () => {
  const taken = compareAll(GET_HOST_REQUEST, {
    decoder: new GetHostRequestDecoder(),
    read: readGetHost,
  });
  assertShare(taken);
});

Deno.test("ReportRequestDecoder.decode() takes what protobufjs takes, and reads the same", () => {
  const taken = compareAll(REPORT_REQUEST, {
    decoder: new ReportRequestDecoder(),
    read: readReport,
  });
  assertShare(taken);
});

Deno.test("GetHostResponseEncoder writes the bytes of protobufjs for any number of hosts", () => {
  const random = new RandomMessages(SEED);
  const answer = new GetHostResponseEncoder();
  const request = { seq: 0, modId: 0, cmdId: 0 };
  const response = new Uint8Array(4_096);
  for (let round = 0; round < Math.max(20, MESSAGES / 65_000); round++) {
    for (let hosts = 0; hosts <= 64; hosts++) {
      request.seq = random.number();
      request.modId = random.number() | 0;
      request.cmdId = random.number() | 0;
      const expected = {
        seq: request.seq,
        modid: request.modId,
        cmdid: request.cmdId,
        retcode: random.below(4) as ReturnCode,
        use_ms: random.once(2) ? 0 : random.number(),
      };
      const addresses = Array.from({ length: hosts }, () => ({
        ip: random.number(),
        port: random.below(65_536),
      }));
      answer.start(response, request);
      answer.returnCode(expected.retcode);
      for (const { ip, port } of addresses) answer.host(ip, port);
      const length = answer.finish(expected.use_ms);
      const [host, ...more] = addresses.map(toWireAddress);
      const body = lars.GetHostResponse
        .encode({ ...expected, ...(host && { host }), more }).finish();
      const frame = new Uint8Array(HEADER_BYTES + body.length);
      new DataView(frame.buffer).setInt32(0, MessageId.getHostResponse, true);
      new DataView(frame.buffer).setInt32(4, body.length, true);
      frame.set(body, HEADER_BYTES);
      if (!sameBytes(response.subarray(0, length), frame)) {
        // Slow, and prints what differs.
        assertEquals(response.slice(0, length), frame, `seed ${SEED}`);
      }
    }
  }
});

/** Compares on MESSAGES messages; returns how many were taken. */
function compareAll(
  fields: readonly Field[],
  { decoder, read }: {
    decoder: GetHostRequestDecoder | ReportRequestDecoder;
    read: Reading;
  },
): number {
  const messages = new RandomMessages(SEED);
  const { bytes } = messages;
  let taken = 0;
  for (let index = 0; index < MESSAGES; index++) {
    const end = HEADER_BYTES + messages.write(fields, HEADER_BYTES);
    // What older messages left behind the end must make no difference.
    const isTaken = decoder.decode(bytes, end);
    const said = read(bytes.subarray(HEADER_BYTES, end));
    if (isTaken) taken += 1;
    if (isTaken === (said !== undefined) && same(saidBy(decoder), said)) {
      continue;
    }
    const hex = bytes.slice(HEADER_BYTES, end).toHex();
    assertEquals<unknown>(
      isTaken ? saidBy(decoder) : undefined,
      said,
      `LARS_CODEC_SEED=${SEED}, message ${index}: ${hex}`,
    );
  }
  return taken;
}

function readGetHost(body: Uint8Array): Said | undefined {
  const said = attempt(() => lars.GetHostRequest.decode(body));
  if (said === undefined || said.results.length > RESULTS_MAX) return undefined;
  const { seq, modid: modId, cmdid: cmdId, count, results } = said;
  return { seq, modId, cmdId, count, results };
}

function readReport(body: Uint8Array): Said | undefined {
  const said = attempt(() => lars.ReportRequest.decode(body));
  if (said === undefined || said.more.length > RESULTS_MAX) return undefined;
  const { modid: modId, cmdid: cmdId, more } = said;
  return { seq: 0, modId, cmdId, count: 0, results: [said, ...more] };
}

function attempt<Value>(action: () => Value): Value | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

/** What a decoder read, in the terms of {@linkcode Said}. */
function saidBy(
  decoder: GetHostRequestDecoder | ReportRequestDecoder,
): Omit<Said, "results"> & { results: readonly CallReport[] } {
  const { modId, cmdId, results } = decoder;
  return {
    seq: "seq" in decoder ? decoder.seq : 0,
    modId,
    cmdId,
    count: "count" in decoder ? decoder.count : 0,
    results: results.items.slice(0, results.count),
  };
}

function same(
  read: ReturnType<typeof saidBy>,
  said: Said | undefined,
): boolean {
  return said === undefined ||
    read.seq === said.seq && read.modId === said.modId &&
      read.cmdId === said.cmdId && read.count === said.count &&
      read.results.length === said.results.length &&
      said.results.every((result, index) => {
        const own = read.results[index]!;
        return own.ip === (result.host?.ip ?? 0) >>> 0 &&
          own.port === (result.host?.port ?? 0) &&
          own.returnCode === (result.retcode ?? 0) &&
          own.durationUs === (result.duration_us ?? 0) &&
          own.unused === (result.unused ?? false);
      });
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
