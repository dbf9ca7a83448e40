import {
  decodeBody,
  HEADER_BYTES,
  type HostAddress,
  isValidAddress,
  lars,
  MessageId,
  NO_TAG,
  ProtocolError,
  type RouteKey,
  WireReader,
  WireWriter,
  writeHeader,
} from "../proto/mod.ts";

/** Hosts in one answer, and results in one datagram (lars.proto). */
export const BATCH_MAX = 64;

/** Longest request without results, and longest report of one call. */
const REQUEST_BYTES_MAX = 64;

/** Longest result: its host has 17 bytes, the rest 25. */
const RESULT_BYTES_MAX = 48;

/** How one call went, as the client keeps it until it is sent. */
export interface Result extends HostAddress {
  returnCode: number;
  /** 0: not told. */
  durationUs: number;
  /** Picked and never called. */
  unused: boolean;
}

/** Nothing to tell. */
export const NO_RESULTS: readonly Result[] = [];

/** What a client asks of its agent; `count` 0 is one host, in the original's answer. */
export interface HostRequest {
  seq: number;
  count: number;
  results: readonly Result[];
}

/** Field numbers and wire types of lars.proto, as they stand on the wire. */
const Tag = {
  host: { ip: 8, port: 16 },
  result: { host: 10, retcode: 16, durationUs: 24, unused: 32 },
  request: { seq: 8, modid: 16, cmdid: 24, count: 128, results: 138 },
  report: {
    modid: 8,
    cmdid: 16,
    host: 26,
    retcode: 32,
    durationUs: 128,
    more: 138,
  },
} as const;

const writer = new WireWriter();
const reader = new WireReader();

/** A GetHostRequest datagram. */
export function encodeHostRequest(
  { modId, cmdId }: RouteKey,
  request: HostRequest,
): Uint8Array {
  const { results } = request;
  const datagram = new Uint8Array(
    REQUEST_BYTES_MAX + results.length * RESULT_BYTES_MAX,
  );
  writer.start(datagram, HEADER_BYTES);
  writer.uint32(Tag.request.seq, request.seq);
  writer.int32(Tag.request.modid, modId);
  writer.int32(Tag.request.cmdid, cmdId);
  writer.uint32(Tag.request.count, request.count);
  for (const result of results) writeResult(Tag.request.results, result);
  return finish(MessageId.getHostRequest, datagram);
}

/** A ReportRequest datagram with one result or more, at most {@linkcode BATCH_MAX} + 1. */
export function encodeReport(
  { modId, cmdId }: RouteKey,
  results: readonly Result[],
): Uint8Array {
  const datagram = new Uint8Array(
    REQUEST_BYTES_MAX + results.length * RESULT_BYTES_MAX,
  );
  const first = results[0]!;
  writer.start(datagram, HEADER_BYTES);
  writer.int32(Tag.report.modid, modId);
  writer.int32(Tag.report.cmdid, cmdId);
  if (first.unused) {
    // The first result has no such field: all go to the others.
    for (const result of results) writeResult(Tag.report.more, result);
  } else {
    writeHost(Tag.report.host, first);
    writer.int32(Tag.report.retcode, first.returnCode);
    writer.uint32(Tag.report.durationUs, first.durationUs);
    for (let index = 1; index < results.length; index++) {
      writeResult(Tag.report.more, results[index]!);
    }
  }
  return finish(MessageId.reportRequest, datagram);
}

function writeResult(tag: number, result: Result): void {
  const start = writer.open(tag);
  writeHost(Tag.result.host, result);
  writer.int32(Tag.result.retcode, result.returnCode);
  writer.uint32(Tag.result.durationUs, result.durationUs);
  writer.uint32(Tag.result.unused, result.unused ? 1 : 0);
  writer.close(start);
}

function writeHost(tag: number, { ip, port }: HostAddress): void {
  const start = writer.open(tag);
  writer.int32(Tag.host.ip, ip | 0);
  writer.int32(Tag.host.port, port);
  writer.close(start);
}

function finish(id: number, datagram: Uint8Array): Uint8Array {
  writeHeader(datagram, id, writer.at - HEADER_BYTES);
  return datagram.subarray(0, writer.at);
}

/** A GetHostResponse; one object takes every answer, so that none is made for each. */
export class HostAnswer implements RouteKey {
  seq = 0;
  modId = 0;
  cmdId = 0;
  returnCode = 0;
  /** How long the hosts may be used, in milliseconds; 0: the agent does not take `count`. */
  useMs = 0;
  /** How many hosts came, at most {@linkcode BATCH_MAX}: `host` and `more`. */
  hostCount = 0;
  /** Unsigned. */
  readonly ip: Uint32Array<ArrayBuffer> = new Uint32Array(BATCH_MAX);
  /** As the wire has it: not always a port. */
  readonly port: Int32Array<ArrayBuffer> = new Int32Array(BATCH_MAX);

  /** Takes the GetHostResponse in `body`; false if there is none. */
  decode(body: Uint8Array): boolean {
    return this.decodeUsual(body) || this.#decodeAny(body);
  }

  /** The hosts that can be called, at most `countMax`. */
  hosts(countMax: number): HostAddress[] {
    const hosts: HostAddress[] = [];
    for (let index = 0; index < this.hostCount; index++) {
      if (hosts.length === countMax) break;
      const host = { ip: this.ip[index]!, port: this.port[index]! };
      if (isValidAddress(host)) hosts.push(host);
    }
    return hosts;
  }

  /** What an agent sends in the usual way; false for anything else, which then is void. */
  decodeUsual(body: Uint8Array): boolean {
    this.#clear();
    reader.start(body, { at: 0, end: body.length });
    let hasFirst = false;
    for (let tag = reader.tag(); tag !== NO_TAG; tag = reader.tag()) {
      switch (tag) {
        case 8:
          this.seq = reader.uint32();
          break;
        case 16:
          this.modId = reader.int32();
          break;
        case 24:
          this.cmdId = reader.int32();
          break;
        case 32:
          this.returnCode = reader.int32();
          break;
        case 42:
          // A host that comes twice, or after others, is for the full decoder.
          if (hasFirst || this.hostCount > 0) return false;
          hasFirst = true;
          this.#readHost();
          break;
        case 130:
          this.#readHost();
          break;
        case 136:
          this.useMs = reader.uint32();
          break;
        default:
          return false;
      }
    }
    return !reader.unusual && reader.at === body.length;
  }

  #readHost(): void {
    const outerEnd = reader.enter();
    let ip = 0;
    let port = 0;
    for (let tag = reader.tag(); tag !== NO_TAG; tag = reader.tag()) {
      if (tag === 8) ip = reader.int32();
      else if (tag === 16) port = reader.int32();
      else reader.unusual = true;
    }
    reader.leave(outerEnd);
    this.#addHost(ip, port);
  }

  #decodeAny(body: Uint8Array): boolean {
    this.#clear();
    try {
      const message = decodeBody(lars.GetHostResponse, body);
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
    } catch (error) {
      if (error instanceof ProtocolError) return false;
      throw error;
    }
  }

  /** Nobody asks for more than {@linkcode BATCH_MAX} hosts: whatever comes after is left out. */
  #addHost(ip: number, port: number): void {
    if (this.hostCount === BATCH_MAX) return;
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
