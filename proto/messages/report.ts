import { HEADER_BYTES, writeHeader } from "../frame.ts";
import { lars } from "../generated/lars.js";
import { MessageId } from "../message_id.ts";
import type { RouteKey } from "../route.ts";
import { NO_TAG, WireReader } from "../wire/reader.ts";
import { WireWriter } from "../wire/writer.ts";
import {
  type CallReport,
  CallResults,
  readHost,
  RESULT_BYTES_MAX,
  RESULTS_MAX,
  writeHost,
  writeResult,
} from "./call_results.ts";
import { decodeIfValid } from "./decode.ts";
import { ReportRequestTag } from "./tags.ts";

/** Room for a report without further results, in bytes with its header. */
const REPORT_BYTES_MAX = 64;

const writer = new WireWriter();

/** Encodes a ReportRequest datagram with 1 to {@linkcode RESULTS_MAX} + 1 results. */
export function encodeReportRequest(
  { modId, cmdId }: RouteKey,
  results: readonly CallReport[],
): Uint8Array {
  const datagram = new Uint8Array(
    REPORT_BYTES_MAX + results.length * RESULT_BYTES_MAX,
  );
  const [first, ...others] = results;
  writer.start(datagram, HEADER_BYTES);
  writer.int32(ReportRequestTag.modid, modId);
  writer.int32(ReportRequestTag.cmdid, cmdId);
  // The request's own result has no field `unused`.
  const own = first !== undefined && !first.unused ? first : undefined;
  if (own !== undefined) {
    writeHost(writer, ReportRequestTag.host, own);
    writer.int32(ReportRequestTag.retcode, own.returnCode);
    writer.uint32(ReportRequestTag.duration_us, own.durationUs);
  }
  for (const result of own === undefined ? results : others) {
    writeResult(writer, ReportRequestTag.more, result);
  }
  writeHeader(datagram, MessageId.reportRequest, writer.at - HEADER_BYTES);
  return datagram.subarray(0, writer.at);
}

/**
 * Decodes ReportRequests in an agent; one object decodes datagram after datagram,
 * like a {@linkcode GetHostRequestDecoder}.
 */
export class ReportRequestDecoder implements RouteKey {
  /** The called service. */
  modId = 0;
  /** Its command. */
  cmdId = 0;
  /** The request's own result first, even if it is absent. */
  readonly results: CallResults = new CallResults(RESULTS_MAX + 1);
  readonly #reader = new WireReader();

  /** Decodes the first `datagramBytes`; false if the body is no such message. */
  decode(datagram: Uint8Array, datagramBytes: number): boolean {
    const reader = this.#reader;
    this.modId = 0;
    this.cmdId = 0;
    this.results.count = 0;
    const own = this.results.add()!;
    reader.start(datagram, { at: HEADER_BYTES, end: datagramBytes });
    for (let tag = reader.tag(); tag !== NO_TAG; tag = reader.tag()) {
      if (tag === ReportRequestTag.modid) this.modId = reader.int32();
      else if (tag === ReportRequestTag.cmdid) this.cmdId = reader.int32();
      else if (tag === ReportRequestTag.host) readHost(reader, own);
      else if (tag === ReportRequestTag.retcode) {
        own.returnCode = reader.int32();
      } else if (tag === ReportRequestTag.duration_us) {
        own.durationUs = reader.uint32();
      } else if (tag === ReportRequestTag.more) this.results.read(reader);
      else reader.unusual = true;
    }
    return !reader.unusual || this.#decodeUnusual(datagram, datagramBytes);
  }

  #decodeUnusual(datagram: Uint8Array, datagramBytes: number): boolean {
    const body = datagram.subarray(HEADER_BYTES, datagramBytes);
    const request = decodeIfValid(lars.ReportRequest, body);
    if (request === undefined) return false;
    this.modId = request.modid;
    this.cmdId = request.cmdid;
    const { host = null, retcode, duration_us } = request;
    return this.results.replace([
      { host, retcode, duration_us },
      ...request.more,
    ]);
  }
}
