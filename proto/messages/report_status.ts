import { toWireAddress } from "../address.ts";
import { BODY_BYTES_MAX } from "../frame.ts";
import { lars } from "../generated/lars.js";
import type { HostStatus, RouteKey, RouteStatus } from "../route.ts";
import { NO_TAG, WireReader } from "../wire/reader.ts";
import { decodeBody } from "./decode.ts";
import { HostCallResultTag, ReportStatusRequestTag } from "./tags.ts";

/** Most hosts that one frame is sent with: a result has at most 34 bytes, a body 65,527. */
const RESULTS_PER_FRAME_MAX = 1_900;

/** Most results that any body holds: tag and length alone are two bytes. */
export const STATUS_RESULTS_MAX: number = Math.floor(BODY_BYTES_MAX / 2);

/** One route's counters as one agent knows them. */
export interface ReportStatus extends RouteStatus {
  /** The agent's own IPv4 address in host order, unsigned. */
  caller: number;
  /** When the agent sent it, in Unix seconds. */
  ts: number;
  /** Identity of the agent; absent for a reporter that did not acknowledge a Hello. */
  agentId?: string;
}

const NO_AGENT = new Uint8Array(0);

/** Encodes a status as the bodies of one ReportStatusRequest or several. */
export function* encodeReportStatus(
  { modId, cmdId, hosts, caller, ts, agentId = "" }: ReportStatus,
): Generator<Uint8Array> {
  const agent_id = Uint8Array.fromHex(agentId);
  for (let at = 0; at < hosts.length; at += RESULTS_PER_FRAME_MAX) {
    yield lars.ReportStatusRequest.encode({
      modid: modId,
      cmdid: cmdId,
      caller: caller | 0,
      results: hosts.slice(at, at + RESULTS_PER_FRAME_MAX).map(toResult),
      ts,
      agent_id,
    }).finish();
  }
}

function toResult({ succ, err, overload, ...address }: HostStatus) {
  return { ...toWireAddress(address), succ, err, overload };
}

/**
 * Decodes ReportStatusRequests into columns, one body after another and without
 * an object for each host. Keys and addresses are as sent, valid or not.
 */
export class ReportStatusDecoder implements RouteKey {
  /** The called service. */
  modId = 0;
  /** Its command. */
  cmdId = 0;
  /** The agent's IPv4 address, unsigned. */
  caller = 0;
  /** When the agent sent it, in Unix seconds. */
  ts = 0;
  /** Identity of the agent as sent, valid or not: a view of the body; empty if it sent none. */
  agentId: Uint8Array = NO_AGENT;
  /** Hosts in the body, at most {@linkcode STATUS_RESULTS_MAX}. */
  count = 0;
  /** Unsigned, as all but ports. */
  readonly ip: Uint32Array<ArrayBuffer> = new Uint32Array(STATUS_RESULTS_MAX);
  /** As the wire has it: not always a port. */
  readonly port: Int32Array<ArrayBuffer> = new Int32Array(STATUS_RESULTS_MAX);
  /** Calls that succeeded. */
  readonly succ: Uint32Array<ArrayBuffer> = new Uint32Array(STATUS_RESULTS_MAX);
  /** Calls that failed. */
  readonly err: Uint32Array<ArrayBuffer> = new Uint32Array(STATUS_RESULTS_MAX);
  /** 1 for an overloaded host, otherwise 0. */
  readonly overload: Uint8Array<ArrayBuffer> = new Uint8Array(
    STATUS_RESULTS_MAX,
  );
  readonly #reader = new WireReader();

  /**
   * Decodes a body of at most {@linkcode BODY_BYTES_MAX} bytes.
   *
   * @throws {ProtocolError} If the bytes are no such message.
   */
  decode(body: Uint8Array): void {
    const reader = this.#reader;
    this.modId =
      this.cmdId =
      this.caller =
      this.ts =
      this.count =
        0;
    this.agentId = NO_AGENT;
    reader.start(body, { at: 0, end: body.length });
    for (let tag = reader.tag(); tag !== NO_TAG; tag = reader.tag()) {
      if (tag === ReportStatusRequestTag.results) this.#readResult();
      else if (tag === ReportStatusRequestTag.modid) {
        this.modId = reader.int32();
      } else if (tag === ReportStatusRequestTag.cmdid) {
        this.cmdId = reader.int32();
      } else if (tag === ReportStatusRequestTag.caller) {
        this.caller = reader.uint32();
      } else if (tag === ReportStatusRequestTag.ts) this.ts = reader.uint32();
      else if (tag === ReportStatusRequestTag.agent_id) {
        this.agentId = reader.bytes();
      } else reader.unusual = true;
    }
    if (reader.unusual) this.#decodeUnusual(body);
  }

  #readResult(): void {
    const reader = this.#reader;
    const row = this.#add();
    const outerEnd = reader.enter();
    for (let tag = reader.tag(); tag !== NO_TAG; tag = reader.tag()) {
      if (tag === HostCallResultTag.ip) this.ip[row] = reader.uint32();
      else if (tag === HostCallResultTag.port) this.port[row] = reader.int32();
      else if (tag === HostCallResultTag.succ) this.succ[row] = reader.uint32();
      else if (tag === HostCallResultTag.err) this.err[row] = reader.uint32();
      else if (tag === HostCallResultTag.overload) {
        this.overload[row] = Number(reader.bool());
      } else reader.unusual = true;
    }
    reader.leave(outerEnd);
  }

  /** A row for the next host, all of whose fields have their defaults. */
  #add(): number {
    const row = this.count++;
    this.ip[row] =
      this.port[row] =
      this.succ[row] =
      this.err[row] =
        0;
    this.overload[row] = 0;
    return row;
  }

  #decodeUnusual(body: Uint8Array): void {
    const message = decodeBody(lars.ReportStatusRequest, body);
    this.modId = message.modid;
    this.cmdId = message.cmdid;
    this.caller = message.caller >>> 0;
    this.ts = message.ts;
    this.agentId = message.agent_id;
    this.count = 0;
    for (const { ip, port, succ, err, overload } of message.results) {
      const row = this.#add();
      this.ip[row] = ip ?? 0;
      this.port[row] = port ?? 0;
      this.succ[row] = succ ?? 0;
      this.err[row] = err ?? 0;
      this.overload[row] = Number(overload ?? false);
    }
  }
}
