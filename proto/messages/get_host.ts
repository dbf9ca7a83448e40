import { type HostAddress, isValidAddress } from "../address.ts";
import { HEADER_BYTES, writeHeader } from "../frame.ts";
import { lars } from "../generated/lars.js";
import { MessageId, type ReturnCode } from "../message_id.ts";
import type { RouteKey } from "../route.ts";
import { NO_TAG, WireReader } from "../wire/reader.ts";
import { WireWriter } from "../wire/writer.ts";
import {
  type CallReport,
  CallResults,
  readHost,
  RESULT_BYTES_MAX,
  RESULTS_MAX,
  writeResult,
} from "./call_results.ts";
import { decodeIfValid } from "./decode.ts";
import { GetHostRequestTag, GetHostResponseTag, HostInfoTag } from "./tags.ts";

/** Most hosts that one request gets. */
export const COUNT_MAX = 64;

/** Room for a request without results, in bytes with its header. */
const REQUEST_BYTES_MAX = 64;

/** A client's request for hosts. */
export interface GetHostRequest extends RouteKey {
  /** Chosen by the client, echoed by the agent. */
  seq: number;
  /** Hosts wanted, at most {@linkcode COUNT_MAX}; 0 is one, answered without later fields. */
  count: number;
  /** Results of earlier calls on this route, at most {@linkcode RESULTS_MAX}. */
  results: readonly CallReport[];
}

const writer = new WireWriter();

/** Encodes a GetHostRequest datagram. */
export function encodeGetHostRequest(request: GetHostRequest): Uint8Array {
  const { results } = request;
  const datagram = new Uint8Array(
    REQUEST_BYTES_MAX + results.length * RESULT_BYTES_MAX,
  );
  writer.start(datagram, HEADER_BYTES);
  writer.uint32(GetHostRequestTag.seq, request.seq);
  writer.int32(GetHostRequestTag.modid, request.modId);
  writer.int32(GetHostRequestTag.cmdid, request.cmdId);
  writer.uint32(GetHostRequestTag.count, request.count);
  for (const result of results) {
    writeResult(writer, GetHostRequestTag.results, result);
  }
  writeHeader(datagram, MessageId.getHostRequest, writer.at - HEADER_BYTES);
  return datagram.subarray(0, writer.at);
}

/**
 * Decodes GetHostRequests in an agent. One object decodes datagram after datagram
 * without an allocation, and holds the last one.
 *
 * It reads plain messages, as every client sends them. Whatever else protobuf
 * allows (unknown fields, groups, odd varints) is left to protobufjs.
 */
export class GetHostRequestDecoder implements RouteKey {
  /** Chosen by the client, echoed by the agent. */
  seq = 0;
  /** The called service. */
  modId = 0;
  /** Its command. */
  cmdId = 0;
  /** Hosts wanted; 0 from a client that does not know the field. */
  count = 0;
  /** Results that travel with the request. */
  readonly results: CallResults = new CallResults(RESULTS_MAX);
  readonly #reader = new WireReader();

  /** Decodes the first `datagramBytes`; false if the body is no such message. */
  decode(datagram: Uint8Array, datagramBytes: number): boolean {
    const reader = this.#reader;
    this.seq = 0;
    this.modId = 0;
    this.cmdId = 0;
    this.count = 0;
    this.results.count = 0;
    reader.start(datagram, { at: HEADER_BYTES, end: datagramBytes });
    for (let tag = reader.tag(); tag !== NO_TAG; tag = reader.tag()) {
      if (tag === GetHostRequestTag.seq) this.seq = reader.uint32();
      else if (tag === GetHostRequestTag.modid) this.modId = reader.int32();
      else if (tag === GetHostRequestTag.cmdid) this.cmdId = reader.int32();
      else if (tag === GetHostRequestTag.count) this.count = reader.uint32();
      else if (tag === GetHostRequestTag.results) this.results.read(reader);
      else reader.unusual = true;
    }
    return !reader.unusual || this.#decodeUnusual(datagram, datagramBytes);
  }

  #decodeUnusual(datagram: Uint8Array, datagramBytes: number): boolean {
    const body = datagram.subarray(HEADER_BYTES, datagramBytes);
    const request = decodeIfValid(lars.GetHostRequest, body);
    if (request === undefined) return false;
    this.seq = request.seq;
    this.modId = request.modid;
    this.cmdId = request.cmdid;
    this.count = request.count;
    return this.results.replace(request.results);
  }
}

/** Encodes GetHostResponse datagrams, fields in the order of protobufjs. One object encodes all. */
export class GetHostResponseEncoder {
  readonly #writer = new WireWriter();
  #response: Uint8Array = new Uint8Array(0);
  #hosts = 0;

  /** Begins the answer to a request. `response` has room for any datagram. */
  start(response: Uint8Array, request: RouteKey & { seq: number }): void {
    const writer = this.#writer;
    writer.start(response, HEADER_BYTES);
    writer.uint32(GetHostResponseTag.seq, request.seq);
    writer.int32(GetHostResponseTag.modid, request.modId);
    writer.int32(GetHostResponseTag.cmdid, request.cmdId);
    this.#response = response;
    this.#hosts = 0;
  }

  /** Sets the return code, before any host. */
  returnCode(returnCode: ReturnCode): void {
    this.#writer.int32(GetHostResponseTag.retcode, returnCode);
  }

  /** Adds a host, as numbers since hosts stand in columns. */
  host(ip: number, port: number): void {
    const writer = this.#writer;
    const { host, more } = GetHostResponseTag;
    const start = writer.open(this.#hosts === 0 ? host : more);
    writer.int32(HostInfoTag.ip, ip | 0);
    writer.int32(HostInfoTag.port, port);
    writer.close(start);
    this.#hosts += 1;
  }

  /** Ends the answer. Returns its length in bytes, with the header. `useMs` 0 is left out. */
  finish(useMs: number): number {
    const writer = this.#writer;
    writer.uint32(GetHostResponseTag.use_ms, useMs);
    const bodyBytes = writer.at - HEADER_BYTES;
    const response = this.#response;
    // At most COUNT_MAX hosts: id and length fit two bytes each.
    response[0] = MessageId.getHostResponse;
    response[1] = response[2] = response[3] = 0;
    response[4] = bodyBytes & 0xff;
    response[5] = bodyBytes >> 8;
    response[6] = response[7] = 0;
    return writer.at;
  }
}

/** Decodes GetHostResponses in a client. One object decodes all, without an allocation. */
export class GetHostResponseDecoder implements RouteKey {
  /** That of the request. */
  seq = 0;
  /** The called service. */
  modId = 0;
  /** Its command. */
  cmdId = 0;
  /** 0, or why there is no host: a {@linkcode ReturnCode}. */
  returnCode = 0;
  /** Time for which the hosts may be used, in milliseconds; 0 from an agent that does not know `count`. */
  useMs = 0;
  /** Number of hosts, `host` and `more`, at most {@linkcode COUNT_MAX}. */
  hostCount = 0;
  /** Unsigned. */
  readonly ip: Uint32Array<ArrayBuffer> = new Uint32Array(COUNT_MAX);
  /** As sent, not always a valid port. */
  readonly port: Int32Array<ArrayBuffer> = new Int32Array(COUNT_MAX);
  readonly #reader = new WireReader();
  readonly #address: HostAddress = { ip: 0, port: 0 };

  /** Decodes a body; false if the bytes are no such message. */
  decode(body: Uint8Array): boolean {
    return this.decodeUsual(body) || this.#decodeUnusual(body);
  }

  /** The hosts with valid addresses, at most `countMax`. */
  hosts(countMax: number): HostAddress[] {
    const hosts: HostAddress[] = [];
    for (let index = 0; index < this.hostCount; index++) {
      if (hosts.length === countMax) break;
      const host = { ip: this.ip[index]!, port: this.port[index]! };
      if (isValidAddress(host)) hosts.push(host);
    }
    return hosts;
  }

  /** Decodes a plain message; false for any other, after which the fields are void. */
  decodeUsual(body: Uint8Array): boolean {
    const reader = this.#reader;
    this.#clear();
    reader.start(body, { at: 0, end: body.length });
    let hasFirst = false;
    for (let tag = reader.tag(); tag !== NO_TAG; tag = reader.tag()) {
      if (tag === GetHostResponseTag.seq) this.seq = reader.uint32();
      else if (tag === GetHostResponseTag.modid) this.modId = reader.int32();
      else if (tag === GetHostResponseTag.cmdid) this.cmdId = reader.int32();
      else if (tag === GetHostResponseTag.retcode) {
        this.returnCode = reader.int32();
      } else if (tag === GetHostResponseTag.host) {
        // protobufjs merges a field that comes twice.
        if (hasFirst || this.hostCount > 0) return false;
        hasFirst = true;
        this.#readHost();
      } else if (tag === GetHostResponseTag.more) this.#readHost();
      else if (tag === GetHostResponseTag.use_ms) this.useMs = reader.uint32();
      else return false;
    }
    return !reader.unusual && reader.at === body.length;
  }

  #readHost(): void {
    const address = this.#address;
    address.ip = 0;
    address.port = 0;
    readHost(this.#reader, address);
    this.#addHost(address.ip, address.port);
  }

  #decodeUnusual(body: Uint8Array): boolean {
    this.#clear();
    const message = decodeIfValid(lars.GetHostResponse, body);
    if (message === undefined) return false;
    this.seq = message.seq;
    this.modId = message.modid;
    this.cmdId = message.cmdid;
    this.returnCode = message.retcode;
    this.useMs = message.use_ms;
    const first = message.host ? [message.host] : [];
    for (const host of [...first, ...message.more]) {
      this.#addHost(host.ip ?? 0, host.port ?? 0);
    }
    return true;
  }

  /** Adds a host; more than {@linkcode COUNT_MAX}, which no request wants, are left out. */
  #addHost(ip: number, port: number): void {
    if (this.hostCount === COUNT_MAX) return;
    this.ip[this.hostCount] = ip;
    this.port[this.hostCount] = port;
    this.hostCount += 1;
  }

  #clear(): void {
    this.seq = 0;
    this.modId = 0;
    this.cmdId = 0;
    this.returnCode = 0;
    this.useMs = 0;
    this.hostCount = 0;
  }
}
