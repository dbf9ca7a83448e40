import {
  type HostStatus,
  lars,
  MessageId,
  type RouteKey,
  toWireAddress,
} from "../proto/mod.ts";
import {
  ANSWER_BODY_BYTES_MAX,
  decodeIfValid,
  writeAnswer,
} from "./shard_body.ts";

/** A getRoute answer before it is known how many hosts fit. */
export interface GetRouteAnswer extends RouteKey {
  hosts: readonly HostStatus[];
  /** Whether to say which hosts are overloaded. */
  withState: boolean;
}

/** Undefined if the body is no GetRouteRequest. */
export function decodeGetRouteRequest(
  body: Uint8Array,
): lars.GetRouteRequest | undefined {
  return decodeIfValid(lars.GetRouteRequest, body);
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
    length: writeAnswer(response, MessageId.apiGetRouteResponse, body),
    cut: host.length < answer.hosts.length,
  };
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
