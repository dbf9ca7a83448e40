import { HEADER_BYTES, MessageId, type RouteKey } from "../../../proto/mod.ts";

/** Every seq of the load takes four bytes as a varint, so that it can be patched. */
export const SEQ_MIN = 2 ** 21;
export const SEQ_MAX = 2 ** 28 - 1;

/** Where the seq stands: after the header and the tag of field 1. */
const SEQ_AT = HEADER_BYTES + 1;

/** Header, seq, and two ids of at most five bytes with their tags. */
const STRIDE_BYTES = 32;

const TAG_SEQ = 1 << 3;
const TAG_RETURN_CODE = 4 << 3;
const TAG_HOST = 5 << 3 | 2;
const TAG_REPORT_HOST = 3 << 3 | 2;

/** What the load needs of an answer; one object, used again for each. */
export interface Answer {
  /** The request itself came back. */
  isEcho: boolean;
  seq: number;
  returnCode: number;
  /** The bytes of its HostInfo in the datagram; no length if it has none. */
  hostAt: number;
  hostBytes: number;
}

/**
 * The requests and reports for a list of routes, encoded once: what is left to
 * do for each is a copy, and a seq or a host in its place.
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
    into[at + length++] = TAG_REPORT_HOST;
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
    this.#requests[start + HEADER_BYTES] = TAG_SEQ;
    let end = start + SEQ_AT + 4;
    end = writeField(this.#requests, { at: end, tag: 2 << 3, value: modId });
    end = writeField(this.#requests, { at: end, tag: 3 << 3, value: cmdId });
    this.#requests[start + 4] = end - start - HEADER_BYTES;
    return end - start;
  }

  #encodeReport({ modId, cmdId }: RouteKey, index: number): number {
    const start = index * STRIDE_BYTES;
    this.#reports[start] = MessageId.reportRequest;
    let end = start + HEADER_BYTES;
    end = writeField(this.#reports, { at: end, tag: 1 << 3, value: modId });
    end = writeField(this.#reports, { at: end, tag: 2 << 3, value: cmdId });
    return end - start;
  }
}

/** Writes a varint field; proto3 leaves out a 0. Returns where it ends. */
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

/** A host longer than this is not one: no report is sent for it. */
const HOST_BYTES_MAX = 96;

/**
 * Reads the answer in the `length` bytes at `at` into `answer`; false if it is
 * none. An echoed request counts as an answer without a host, so that a bare
 * echo can be measured.
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
      if (tag === TAG_SEQ) answer.seq = value;
      else if (tag === TAG_RETURN_CODE) answer.returnCode = value;
    } else if (tag === TAG_HOST) {
      answer.hostBytes = bytes[next++]!;
      answer.hostAt = next;
      next += answer.hostBytes;
    } else break; // Fields from 16 up come after those of the original.
  }
  return answer.hostBytes <= HOST_BYTES_MAX;
}
