import { fromWireAddress, type HostAddress } from "../address.ts";
import type { lars } from "../generated/lars.js";
import { NO_TAG, type WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";
import { CallResultTag, HostInfoTag } from "./tags.ts";

/** Call results in one datagram, besides the one of a ReportRequest itself. */
export const RESULTS_MAX = 64;

/** Longest encoded result, in bytes: its host has 17, the rest 25. */
export const RESULT_BYTES_MAX = 48;

/** How one call went. */
export interface CallReport extends HostAddress {
  /** 0 is success, anything else failure. */
  returnCode: number;
  /** How long the call took, in microseconds; 0 when the client did not say. */
  durationUs: number;
  /** The host was picked and not called: the pick is given back, nothing is counted. */
  unused: boolean;
}

/**
 * Results of one datagram after another, in the same objects: none is allocated
 * for a datagram, and each is good until the next one is read.
 */
export class CallResults {
  /** Results of the datagram read last. */
  count = 0;
  /** Of which the first `count` are valid. */
  readonly items: readonly CallReport[];

  /** `max`: results that one datagram may hold. */
  constructor(max: number) {
    this.items = Array.from(
      { length: max },
      () => ({ ip: 0, port: 0, returnCode: 0, durationUs: 0, unused: false }),
    );
  }

  /** The next result, all of whose fields have their defaults; undefined if there are too many. */
  add(): CallReport | undefined {
    if (this.count === this.items.length) return undefined;
    const result = this.items[this.count++]!;
    result.ip = 0;
    result.port = 0;
    result.returnCode = 0;
    result.durationUs = 0;
    result.unused = false;
    return result;
  }

  /** Reads the CallResult that begins with its length; one too many makes the message unusual. */
  read(reader: WireReader): void {
    const result = this.add();
    if (result === undefined) {
      reader.unusual = true;
      return;
    }
    const outerEnd = reader.enter();
    for (let tag = reader.tag(); tag !== NO_TAG; tag = reader.tag()) {
      if (tag === CallResultTag.host) readHost(reader, result);
      else if (tag === CallResultTag.retcode) {
        result.returnCode = reader.int32();
      } else if (tag === CallResultTag.duration_us) {
        result.durationUs = reader.uint32();
      } else if (tag === CallResultTag.unused) result.unused = reader.bool();
      else reader.unusual = true;
    }
    reader.leave(outerEnd);
  }

  /** Takes decoded messages in place of what was there; false if there are too many. */
  replace(messages: readonly lars.CallResult.$Properties[]): boolean {
    this.count = 0;
    for (const { host, retcode, duration_us, unused } of messages) {
      const result = this.add();
      if (result === undefined) return false;
      Object.assign(result, fromWireAddress(host ?? {}));
      result.returnCode = retcode ?? 0;
      result.durationUs = duration_us ?? 0;
      result.unused = unused ?? false;
    }
    return true;
  }
}

/** Reads the HostInfo that begins with its length: its address only. */
export function readHost(reader: WireReader, address: HostAddress): void {
  const outerEnd = reader.enter();
  for (let tag = reader.tag(); tag !== NO_TAG; tag = reader.tag()) {
    if (tag === HostInfoTag.ip) address.ip = reader.uint32();
    else if (tag === HostInfoTag.port) address.port = reader.int32();
    else reader.unusual = true;
  }
  reader.leave(outerEnd);
}

/** Writes a HostInfo field with an address only. */
export function writeHost(
  writer: WireWriter,
  tag: number,
  { ip, port }: HostAddress,
): void {
  const start = writer.open(tag);
  writer.int32(HostInfoTag.ip, ip | 0);
  writer.int32(HostInfoTag.port, port);
  writer.close(start);
}

/** Writes a CallResult field. */
export function writeResult(
  writer: WireWriter,
  tag: number,
  result: CallReport,
): void {
  const start = writer.open(tag);
  writeHost(writer, CallResultTag.host, result);
  writer.int32(CallResultTag.retcode, result.returnCode);
  writer.uint32(CallResultTag.duration_us, result.durationUs);
  writer.uint32(CallResultTag.unused, result.unused ? 1 : 0);
  writer.close(start);
}
