import {
  GetHostRequestTag,
  GetHostResponseTag,
  HEADER_BYTES,
  MessageId,
  ReportRequestTag,
  type RouteKey,
} from "../../../proto/mod.ts";

/** Range of the load's seqs: each takes four bytes as a varint, and can be replaced in place. */
export const SEQ_MIN = 2 ** 21;
export const SEQ_MAX = 2 ** 28 - 1;

/** Offset of the seq: after the header and its tag. */
const SEQ_AT = HEADER_BYTES + 1;

/** Room for a request: header, seq, and two ids of at most five bytes with their tags. */
const STRIDE_BYTES = 32;

/** What the load needs of an answer; one object is filled for each. */
export interface Answer {
  /** Whether it is the request itself, from a bare echo server. */
  isEcho: boolean;
  seq: number;
  returnCode: number;
  /** Offset of its HostInfo in the buffer. */
  hostAt: number;
  /** Length of that HostInfo; 0 without one. */
  hostBytes: number;
}

/**
 * Requests and reports for a list of routes, encoded once; sending one copies it
 * and fills in a seq or a host.
 */
export class LoadDatagrams {
  readonly #requests: Uint8Array;
  readonly #requestBytes: Uint8Array;
  readonly #reports: Uint8Array;
  readonly #reportBytes: Uint8Array;

  constructor(routes: readonly RouteKey[]) {
    this.#requests = new Uint8Array(routes.length * STRIDE_BYTES);
    this.#reports = new Uint8Array(routes.length * STRIDE_BYTES);
    this.#requestBytes = new Uint8Array(routes.length);
    this.#reportBytes = new Uint8Array(routes.length);
    routes.forEach((route, index) => {
      this.#requestBytes[index] = this.#encodeRequest(route, index);
      this.#reportBytes[index] = this.#encodeReport(route, index);
    });
  }

  /** Writes the getHost request for a route at `at` in `into`: its length. */
  writeRequest(
    into: Uint8Array,
    { at, route, seq }: { at: number; route: number; seq: number },
  ): number {
    const from = route * STRIDE_BYTES;
    const length = this.#requestBytes[route]!;
    for (let i = 0; i < length; i++) into[at + i] = this.#requests[from + i]!;
    const seqAt = at + SEQ_AT;
    into[seqAt] = seq & 127 | 128;
    into[seqAt + 1] = seq >>> 7 & 127 | 128;
    into[seqAt + 2] = seq >>> 14 & 127 | 128;
    into[seqAt + 3] = seq >>> 21;
    return length;
  }

  /** Writes the report of a success on the host of `answer`, which is in `from`: its length. */
  writeReport(
    into: Uint8Array,
    { at, route, from, answer }: {
      at: number;
      route: number;
      from: Uint8Array;
      answer: Answer;
    },
  ): number {
    const start = route * STRIDE_BYTES;
    let length = this.#reportBytes[route]!;
    for (let i = 0; i < length; i++) into[at + i] = this.#reports[start + i]!;
    into[at + length++] = ReportRequestTag.host;
    into[at + length++] = answer.hostBytes;
    for (let i = 0; i < answer.hostBytes; i++) {
      into[at + length++] = from[answer.hostAt + i]!;
    }
    into[at + 4] = length - HEADER_BYTES;
    return length;
  }

  #encodeRequest({ modId, cmdId }: RouteKey, index: number): number {
    const start = index * STRIDE_BYTES;
    this.#requests[start] = MessageId.getHostRequest;
    this.#requests[start + HEADER_BYTES] = GetHostRequestTag.seq;
    let end = start + SEQ_AT + 4;
    const { modid, cmdid } = GetHostRequestTag;
    end = writeField(this.#requests, { at: end, tag: modid, value: modId });
    end = writeField(this.#requests, { at: end, tag: cmdid, value: cmdId });
    this.#requests[start + 4] = end - start - HEADER_BYTES;
    return end - start;
  }

  #encodeReport({ modId, cmdId }: RouteKey, index: number): number {
    const start = index * STRIDE_BYTES;
    this.#reports[start] = MessageId.reportRequest;
    let end = start + HEADER_BYTES;
    const { modid, cmdid } = ReportRequestTag;
    end = writeField(this.#reports, { at: end, tag: modid, value: modId });
    end = writeField(this.#reports, { at: end, tag: cmdid, value: cmdId });
    return end - start;
  }
}

/** Writes a varint field, which proto3 leaves out where it is 0; returns its end. */
function writeField(
  into: Uint8Array,
  { at, tag, value }: { at: number; tag: number; value: number },
): number {
  if (value === 0) return at;
  into[at++] = tag;
  for (; value > 127; value >>>= 7) into[at++] = value & 127 | 128;
  into[at++] = value;
  return at;
}

/** Longest HostInfo; an answer with a longer one is refused. */
const HOST_BYTES_MAX = 96;

/**
 * Reads the answer in the `length` bytes at `at` into `answer`; false for any
 * other datagram. An echoed request counts as an answer without a host, so that
 * a bare echo server can be measured.
 */
export function readAnswer(
  bytes: Uint8Array,
  { at, length, answer }: { at: number; length: number; answer: Answer },
): boolean {
  answer.seq =
    answer.returnCode =
    answer.hostAt =
    answer.hostBytes =
      0;
  const id = bytes[at]!;
  if (id !== MessageId.getHostResponse && id !== MessageId.getHostRequest) {
    return false;
  }
  answer.isEcho = id === MessageId.getHostRequest;
  const end = at + length;
  let next = at + HEADER_BYTES;
  while (next < end) {
    const tag = bytes[next++]!;
    if (tag < 128 && (tag & 7) === 0) {
      let value = 0;
      let scale = 1;
      while (bytes[next]! > 127 && next < end) {
        value += (bytes[next++]! & 127) * scale;
        scale *= 128;
      }
      value += bytes[next++]! * scale;
      if (tag === GetHostResponseTag.seq) answer.seq = value;
      else if (tag === GetHostResponseTag.retcode) answer.returnCode = value;
    } else if (tag === GetHostResponseTag.host) {
      answer.hostBytes = bytes[next++]!;
      answer.hostAt = next;
      next += answer.hostBytes;
    } else break; // Fields from 16 up come after those of the original.
  }
  return answer.hostBytes <= HOST_BYTES_MAX;
}
