import { fromWireAddress, type HostAddress } from "../address.ts";
import type { lars } from "../generated/lars.js";
import { NO_TAG, type WireReader } from "../wire/reader.ts";
import type { WireWriter } from "../wire/writer.ts";
import { CallResultTag, HostInfoTag } from "./tags.ts";

/** Most call results in one datagram, besides the one of a ReportRequest itself. */
export const RESULTS_MAX = 64;

/** Longest encoded result, in bytes: its host has 17, the rest 25. */
export const RESULT_BYTES_MAX = 48;

/** Result of one call. */
export interface CallReport extends HostAddress {
  /** 0 is success, anything else failure. */
  returnCode: number;
  /** Duration of the call in microseconds; 0 if the client did not measure it. */
  durationUs: number;
  /** Whether the host was picked but not called: the pick is returned and nothing is counted. */
  unused: boolean;
}

/**
 * Call results of one datagram after another in the same objects: none is
 * allocated per datagram, and each is valid until the next one is read.
 */
export class CallResults {
  /** Number of results of the last datagram. */
  count = 0;
  /** The first `count` are valid. */
  readonly items: readonly CallReport[];

  /** `max` is the most results that a datagram may hold. */
  constructor(max: number) {
    this.items = Array.from(
      { length: max },
      () => ({ ip: 0, port: 0, returnCode: 0, durationUs: 0, unused: false }),
    );
  }

  /** Adds a result with default fields; undefined if there are too many. */
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

  /** Reads a CallResult from its length on; one too many makes the message unusual. */
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

  /** Replaces all results by decoded messages; false if there are too many. */
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

/** Reads a HostInfo, which holds an address only, from its length on. */
export function readHost(reader: WireReader, address: HostAddress): void {
  const outerEnd = reader.enter();
  for (let tag = reader.tag(); tag !== NO_TAG; tag = reader.tag()) {
    if (tag === HostInfoTag.ip) address.ip = reader.uint32();
    else if (tag === HostInfoTag.port) address.port = reader.int32();
    else reader.unusual = true;
  }
  reader.leave(outerEnd);
}

/** Writes a HostInfo field that holds an address only. */
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
