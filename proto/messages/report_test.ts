import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  type CallReport,
  encodeReportRequest,
  lars,
  MessageId,
  parseDatagram,
  ReportRequestDecoder,
  RESULTS_MAX,
} from "../mod.ts";
import { callReport, int32, toWireResult } from "../testing/mod.ts";

/** `LARS_CODEC_RUNS` makes each property run longer. */
const RUNS = Number(Deno.env.get("LARS_CODEC_RUNS") ?? 2_000);

const KEY = { modId: 1, cmdId: 2 };

function report(ip: number, unused = false): CallReport {
  return { ip, port: 80, returnCode: -1, durationUs: 300, unused };
}

Deno.test("encodeReportRequest() writes the bytes that protobufjs writes", () => {
  fc.assert(
    fc.property(
      fc.tuple(int32, int32),
      fc.array(callReport, { minLength: 1, maxLength: RESULTS_MAX + 1 }),
      ([modId, cmdId], results) => {
        const frame = parseDatagram(
          encodeReportRequest({ modId, cmdId }, results),
        );
        const [first, ...others] = results.map(toWireResult);
        const expected = lars.ReportRequest.encode({
          modid: modId,
          cmdid: cmdId,
          ...(first!.unused
            ? { more: [first!, ...others] }
            : { ...first, more: others }),
        }).finish();
        assertEquals(frame?.id, MessageId.reportRequest);
        assertEquals(frame?.body.join(), expected.join());
      },
    ),
    { numRuns: RUNS },
  );
});

Deno.test("encodeReportRequest() tells a result that is unused, as the request itself cannot, as a further one", () => {
  const cases: [
    results: CallReport[],
    own: number | undefined,
    more: number[],
  ][] = [
    [[report(1)], 1, []],
    [[report(1), report(2, true)], 1, [2]],
    [[report(1, true)], undefined, [1]],
    [[report(1, true), report(2)], undefined, [1, 2]],
  ];
  for (const [results, own, more] of cases) {
    const { body } = parseDatagram(encodeReportRequest(KEY, results))!;
    const message = lars.ReportRequest.decode(body);
    assertEquals(message.host?.ip, own);
    assertEquals(message.more.map(({ host }) => host?.ip), more);
  }
});

Deno.test("ReportRequestDecoder gives back the results that were encoded, behind an empty own one if need be", () => {
  const decoder = new ReportRequestDecoder();
  const empty = { ip: 0, port: 0, returnCode: 0, durationUs: 0, unused: false };
  fc.assert(
    fc.property(
      fc.tuple(int32, int32),
      fc.array(callReport, { minLength: 1, maxLength: RESULTS_MAX }),
      ([modId, cmdId], results) => {
        const datagram = encodeReportRequest({ modId, cmdId }, results);
        assertEquals(decoder.decode(datagram, datagram.length), true);
        assertEquals([decoder.modId, decoder.cmdId], [modId, cmdId]);
        assertEquals(
          decoder.results.items.slice(0, decoder.results.count),
          results[0]!.unused ? [empty, ...results] : results,
        );
      },
    ),
    { numRuns: RUNS },
  );
});

Deno.test("ReportRequestDecoder.decode() accepts a report cut anywhere as protobufjs does", () => {
  const decoder = new ReportRequestDecoder();
  const datagram = encodeReportRequest(KEY, [report(1), report(2, true)]);
  for (let bytes = 8; bytes <= datagram.length; bytes++) {
    assertEquals(
      decoder.decode(datagram, bytes),
      isReport(datagram.subarray(8, bytes)),
      `${bytes} bytes`,
    );
  }
});

function isReport(body: Uint8Array): boolean {
  try {
    lars.ReportRequest.decode(body);
    return true;
  } catch {
    return false;
  }
}
