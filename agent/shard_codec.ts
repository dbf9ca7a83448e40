import {
  fromWireAddress,
  HEADER_BYTES,
  lars,
  MessageId,
  NO_TAG,
  type ReturnCode,
  type RouteKey,
  WireReader,
  WireWriter,
} from "../proto/mod.ts";
import type { CallReport } from "./balancer.ts";
import { decodeIfValid } from "./shard_body.ts";

/** Results in one datagram, besides the one of a ReportRequest itself; with more it is malformed. */
export const RESULTS_MAX = 64;

/** Hosts that one request gets at most. */
export const COUNT_MAX = 64;

/** A tag on the wire: field number and wire type, 0 for a varint, 2 for a message. */
const Tag = {
  /** HostInfo */
  ip: 1 << 3,
  port: 2 << 3,
  /** GetHostRequest and GetHostResponse */
  seq: 1 << 3,
  modId: 2 << 3,
  cmdId: 3 << 3,
  count: 16 << 3,
  results: 17 << 3 | 2,
  returnCode: 4 << 3,
  host: 5 << 3 | 2,
  more: 16 << 3 | 2,
  useMs: 17 << 3,
  /** ReportRequest */
  reportModId: 1 << 3,
  reportCmdId: 2 << 3,
  reportHost: 3 << 3 | 2,
  reportReturnCode: 4 << 3,
  reportDurationUs: 16 << 3,
  reportMore: 17 << 3 | 2,
  /** CallResult */
  resultHost: 1 << 3 | 2,
  resultReturnCode: 2 << 3,
  resultDurationUs: 3 << 3,
  resultUnused: 4 << 3,
} as const;

/**
 * What a GetHostRequest or a ReportRequest says. One object takes datagram after
 * datagram, so that none costs an allocation: it holds what the last one said.
 *
 * Plain messages, which is what every client sends, are read here. Whatever else
 * protobuf allows (unknown fields, groups, odd varints) is left to protobufjs,
 * whose word counts for those too.
 */
export class ShardRequest implements RouteKey {
  seq = 0;
  modId = 0;
  cmdId = 0;
  /** Hosts wanted; 0 from a client that knows of one only. */
  count = 0;
  /** How many of `results` this datagram has. */
  resultCount = 0;
  /** Results of calls, a report's own first. */
  readonly results: readonly CallReport[] = Array.from(
    { length: RESULTS_MAX + 1 },
    () => ({ ip: 0, port: 0, returnCode: 0, durationUs: 0, unused: false }),
  );
  readonly #reader = new WireReader();
  #resultsMax = RESULTS_MAX;

  /** Takes a datagram with a GetHostRequest; false if its body is none. */
  readGetHost(datagram: Uint8Array, datagramBytes: number): boolean {
    const reader = this.#begin(datagram, datagramBytes);
    this.#resultsMax = RESULTS_MAX;
    for (let tag = reader.tag(); tag !== NO_TAG; tag = reader.tag()) {
      if (tag === Tag.seq) this.seq = reader.uint32();
      else if (tag === Tag.modId) this.modId = reader.int32();
      else if (tag === Tag.cmdId) this.cmdId = reader.int32();
      else if (tag === Tag.count) this.count = reader.uint32();
      else if (tag === Tag.results) this.#readResult();
      else reader.unusual = true;
    }
    return !reader.unusual || this.#decodeGetHost(datagram, datagramBytes);
  }

  /** Takes a datagram with a ReportRequest; false if its body is none. */
  readReport(datagram: Uint8Array, datagramBytes: number): boolean {
    const reader = this.#begin(datagram, datagramBytes);
    this.#resultsMax = RESULTS_MAX + 1;
    const own = this.#addResult();
    for (let tag = reader.tag(); tag !== NO_TAG; tag = reader.tag()) {
      if (tag === Tag.reportModId) this.modId = reader.int32();
      else if (tag === Tag.reportCmdId) this.cmdId = reader.int32();
      else if (tag === Tag.reportHost) this.#readHost(own);
      else if (tag === Tag.reportReturnCode) own.returnCode = reader.int32();
      else if (tag === Tag.reportDurationUs) own.durationUs = reader.uint32();
      else if (tag === Tag.reportMore) this.#readResult();
      else reader.unusual = true;
    }
    return !reader.unusual || this.#decodeReport(datagram, datagramBytes);
  }

  #begin(datagram: Uint8Array, datagramBytes: number): WireReader {
    this.seq = 0;
    this.modId = 0;
    this.cmdId = 0;
    this.count = 0;
    this.resultCount = 0;
    this.#reader.start(datagram, { at: HEADER_BYTES, end: datagramBytes });
    return this.#reader;
  }

  #readResult(): void {
    const reader = this.#reader;
    if (this.resultCount === this.#resultsMax) {
      reader.unusual = true;
      return;
    }
    const result = this.#addResult();
    const outerEnd = reader.enter();
    for (let tag = reader.tag(); tag !== NO_TAG; tag = reader.tag()) {
      if (tag === Tag.resultHost) this.#readHost(result);
      else if (tag === Tag.resultReturnCode) result.returnCode = reader.int32();
      else if (tag === Tag.resultDurationUs) {
        result.durationUs = reader.uint32();
      } else if (tag === Tag.resultUnused) result.unused = reader.bool();
      else reader.unusual = true;
    }
    reader.leave(outerEnd);
  }

  #readHost(result: CallReport): void {
    const reader = this.#reader;
    const outerEnd = reader.enter();
    for (let tag = reader.tag(); tag !== NO_TAG; tag = reader.tag()) {
      if (tag === Tag.ip) result.ip = reader.uint32();
      else if (tag === Tag.port) result.port = reader.int32();
      else reader.unusual = true;
    }
    reader.leave(outerEnd);
  }

  #addResult(): CallReport {
    const result = this.results[this.resultCount++]!;
    result.ip = 0;
    result.port = 0;
    result.returnCode = 0;
    result.durationUs = 0;
    result.unused = false;
    return result;
  }

  #decodeGetHost(datagram: Uint8Array, datagramBytes: number): boolean {
    const body = datagram.subarray(HEADER_BYTES, datagramBytes);
    const request = decodeIfValid(lars.GetHostRequest, body);
    if (request === undefined) return false;
    this.seq = request.seq;
    this.modId = request.modid;
    this.cmdId = request.cmdid;
    this.count = request.count;
    this.resultCount = 0;
    return this.#addAll(request.results);
  }

  #decodeReport(datagram: Uint8Array, datagramBytes: number): boolean {
    const body = datagram.subarray(HEADER_BYTES, datagramBytes);
    const request = decodeIfValid(lars.ReportRequest, body);
    if (request === undefined) return false;
    this.modId = request.modid;
    this.cmdId = request.cmdid;
    this.resultCount = 0;
    const { host = null, retcode, duration_us } = request;
    return this.#addAll([{ host, retcode, duration_us }, ...request.more]);
  }

  #addAll(results: readonly lars.CallResult.$Properties[]): boolean {
    if (results.length > this.#resultsMax) return false;
    for (const { host, retcode, duration_us, unused } of results) {
      const result = this.#addResult();
      Object.assign(result, fromWireAddress(host ?? {}));
      result.returnCode = retcode ?? 0;
      result.durationUs = duration_us ?? 0;
      result.unused = unused ?? false;
    }
    return true;
  }
}

/**
 * Writes GetHostResponse datagrams, field after field in the order of
 * protobuf's own encoder. One object writes all of them.
 */
export class GetHostAnswer {
  readonly #writer = new WireWriter();
  #response: Uint8Array = new Uint8Array(0);
  #hosts = 0;

  /** Begins the answer to a request in `response`, which has room for any datagram. */
  start(response: Uint8Array, request: ShardRequest): void {
    const writer = this.#writer;
    writer.start(response, HEADER_BYTES);
    writer.uint32(Tag.seq, request.seq);
    writer.int32(Tag.modId, request.modId);
    writer.int32(Tag.cmdId, request.cmdId);
    this.#response = response;
    this.#hosts = 0;
  }

  /** Says why there is no host, or ReturnCode.success; before any host. */
  returnCode(returnCode: ReturnCode): void {
    this.#writer.int32(Tag.returnCode, returnCode);
  }

  /** Adds a host. */
  host(ip: number, port: number): void {
    const writer = this.#writer;
    const start = writer.open(this.#hosts === 0 ? Tag.host : Tag.more);
    writer.int32(Tag.ip, ip | 0);
    writer.int32(Tag.port, port);
    writer.close(start);
    this.#hosts += 1;
  }

  /** Ends the answer: its length, header and body. `useMs` 0 is left out. */
  finish(useMs: number): number {
    const writer = this.#writer;
    writer.uint32(Tag.useMs, useMs);
    const bodyBytes = writer.at - HEADER_BYTES;
    const response = this.#response;
    // Never longer than COUNT_MAX hosts: two bytes each hold id and length.
    response[0] = MessageId.getHostResponse;
    response[1] = response[2] = response[3] = 0;
    response[4] = bodyBytes & 0xff;
    response[5] = bodyBytes >> 8;
    response[6] = response[7] = 0;
    return writer.at;
  }
}
