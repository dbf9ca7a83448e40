import {
  DATAGRAM_BYTES_MAX,
  decodeBody,
  HEADER_BYTES,
  type HostAddress,
  type HostStatus,
  lars,
  MessageId,
  ProtocolError,
  type ReturnCode,
  type RouteKey,
  toWireAddress,
  writeHeader,
} from "../proto/mod.ts";

/** Longest body of an answer: it must fit one datagram with its header. */
export const ANSWER_BODY_BYTES_MAX = DATAGRAM_BYTES_MAX - HEADER_BYTES;

/** A getHost answer; `host` is undefined unless `returnCode` is 0. */
export interface GetHostAnswer extends RouteKey {
  seq: number;
  returnCode: ReturnCode;
  host: HostAddress | undefined;
}

/** A getRoute answer before it is known how many hosts fit. */
export interface GetRouteAnswer extends RouteKey {
  hosts: readonly HostStatus[];
  /** Whether to say which hosts are overloaded. */
  withState: boolean;
}

/** Undefined if the body is no GetHostRequest. */
export function decodeGetHostRequest(
  body: Uint8Array,
): lars.GetHostRequest | undefined {
  return decode(lars.GetHostRequest, body);
}

/** Undefined if the body is no ReportRequest. */
export function decodeReportRequest(
  body: Uint8Array,
): lars.ReportRequest | undefined {
  return decode(lars.ReportRequest, body);
}

/** Undefined if the body is no GetRouteRequest. */
export function decodeGetRouteRequest(
  body: Uint8Array,
): lars.GetRouteRequest | undefined {
  return decode(lars.GetRouteRequest, body);
}

/** Writes a GetHostResponse datagram into `response`; the length it has. */
export function writeGetHostResponse(
  answer: GetHostAnswer,
  response: Uint8Array,
): number {
  const body = lars.GetHostResponse.encode({
    seq: answer.seq,
    modid: answer.modId,
    cmdid: answer.cmdId,
    retcode: answer.returnCode,
    host: answer.host === undefined ? null : toWireAddress(answer.host),
  }).finish();
  return writeFrame(MessageId.getHostResponse, body, response);
}

/**
 * Writes a GetRouteResponse datagram with as many hosts as fit, the first ones,
 * into `response`; the length it has, and whether hosts were left out.
 */
export function writeGetRouteResponse(
  answer: GetRouteAnswer,
  response: Uint8Array,
): { length: number; cut: boolean } {
  const { modId, cmdId, withState } = answer;
  let bodyBytes = fieldBytes(modId) + fieldBytes(cmdId);
  const host = [];
  for (const status of answer.hosts) {
    const info: lars.HostInfo.$Properties = toWireAddress(status);
    // Absent rather than false: the original's bytes have no such field.
    if (withState && status.overload) info.overload = true;
    bodyBytes += hostBytes(info);
    if (bodyBytes > ANSWER_BODY_BYTES_MAX) break;
    host.push(info);
  }
  const body = lars.GetRouteResponse
    .encode({ modid: modId, cmdid: cmdId, host })
    .finish();
  return {
    length: writeFrame(MessageId.apiGetRouteResponse, body, response),
    cut: host.length < answer.hosts.length,
  };
}

function decode<Message>(
  type: { name: string; decode(body: Uint8Array): Message },
  body: Uint8Array,
): Message | undefined {
  try {
    return decodeBody(type, body);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function writeFrame(
  id: number,
  body: Uint8Array,
  response: Uint8Array,
): number {
  response.set(body, HEADER_BYTES);
  writeHeader(response, id, body.length);
  return HEADER_BYTES + body.length;
}

/** A host in the list: tag and length, one byte each, then its fields. */
function hostBytes(info: lars.HostInfo.$Properties): number {
  // Field 16 has a tag of two bytes.
  const stateBytes = info.overload ? 3 : 0;
  return 2 + fieldBytes(info.ip ?? 0) + fieldBytes(info.port ?? 0) + stateBytes;
}

/** An int32 field with a tag of one byte; proto3 leaves out a 0. */
function fieldBytes(value: number): number {
  if (value === 0) return 0;
  // A negative int32 is sign-extended to 64 bits: ten groups of seven.
  if (value < 0) return 1 + 10;
  return 1 + Math.ceil((32 - Math.clz32(value)) / 7);
}
