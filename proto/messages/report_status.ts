import { fromWireAddress, toWireAddress } from "../address.ts";
import { lars } from "../generated/lars.js";
import type { HostStatus, RouteKey, RouteStatus } from "../route.ts";
import { decodeBody } from "./decode.ts";

/** Hosts in one frame at most: a result is at most 34 bytes, and a body 65,527. */
export const RESULTS_PER_FRAME_MAX = 1_900;

/** A ReportStatusRequest: one route's counters as one agent knows them. */
export interface ReportStatus extends RouteStatus {
  /** The agent's own IPv4 address in host order, unsigned. */
  caller: number;
  /** When, in Unix seconds. */
  ts: number;
}

/** The bodies that tell a reporter of a route, each of at most {@linkcode RESULTS_PER_FRAME_MAX} hosts. */
export function* encodeReportStatus(
  { modId, cmdId, hosts, caller, ts }: ReportStatus,
): Generator<Uint8Array> {
  for (let at = 0; at < hosts.length; at += RESULTS_PER_FRAME_MAX) {
    yield lars.ReportStatusRequest.encode({
      modid: modId,
      cmdid: cmdId,
      caller: caller | 0,
      results: hosts.slice(at, at + RESULTS_PER_FRAME_MAX).map(toResult),
      ts,
    }).finish();
  }
}

function toResult({ succ, err, overload, ...address }: HostStatus) {
  return { ...toWireAddress(address), succ, err, overload };
}

/**
 * The status in the body of a ReportStatusRequest; keys and addresses may be
 * ones that cannot be.
 *
 * @throws {ProtocolError} If the bytes are no such message.
 */
export function decodeReportStatus(
  body: Uint8Array,
): RouteKey & ReportStatus {
  const { modid, cmdid, caller, results, ts } = decodeBody(
    lars.ReportStatusRequest,
    body,
  );
  return {
    modId: modid,
    cmdId: cmdid,
    caller: caller >>> 0,
    ts,
    hosts: results.map(({ ip, port, succ, err, overload }) => ({
      ...fromWireAddress({ ip: ip ?? 0, port: port ?? 0 }),
      succ: succ ?? 0,
      err: err ?? 0,
      overload: overload ?? false,
    })),
  };
}
