import {
  fromWireAddress,
  type HostAddress,
  toWireAddress,
} from "../address.ts";
import { DATAGRAM_BYTES_MAX, HEADER_BYTES, writeHeader } from "../frame.ts";
import { lars } from "../generated/lars.js";
import { MessageId } from "../message_id.ts";
import type { HostStatus, RouteKey } from "../route.ts";
import type { CallReport } from "./call_results.ts";
import { decodeIfValid } from "./decode.ts";

/** Largest share of an answer's bytes for hosts, and of the rest for decisions. */
const HOSTS_SHARE = 0.5;
const DECISIONS_SHARE = 0.5;

/** Bytes of a field's tag and of a length up to 16,383. */
const FIELD_BYTES = 3;

/** A question about a route's balancing. */
export interface ExplainRequest extends RouteKey {
  /** Chosen by the client, echoed by the agent. */
  seq: number;
  /** Only decisions after this number are answered. */
  afterDecision: number;
  /** Only recorded calls after this number are answered. */
  afterCall: number;
  /** Whether to record picks and reports from now on, and answer them. */
  withCalls: boolean;
  /** Hosts to leave out, in the order of answers: to see the next ones. */
  afterHost: number;
}

/** State of one host in a balancer, for people. */
export interface HostExplanation extends HostStatus {
  /** Rule and numbers behind the state, in one sentence. */
  reason: string;
}

/** A rare decision of a policy about a host: a change of state, a probe. */
export interface ExplainedDecision extends HostAddress {
  /** Number among all decisions of the shard, from 1. */
  number: number;
  /** Age in milliseconds. */
  ageMs: number;
  /** The decision and its reason, in one sentence. */
  text: string;
}

/** A recorded pick, or report of a call. */
export interface ExplainedCall {
  /** Number in the recording, from 1. */
  number: number;
  /** Age in milliseconds. */
  ageMs: number;
  /** Undefined for a pick that found no host. */
  host: HostAddress | undefined;
  /** Undefined for a pick. */
  report: Pick<CallReport, "returnCode" | "durationUs" | "unused"> | undefined;
}

/** State and history of a route's balancing. */
export interface RouteExplanation {
  /** Empty for an unknown route. */
  policy: string;
  /** Its hosts, or some of them: those out of use first, then the drained ones. */
  hosts: readonly HostExplanation[];
  /** Number of hosts that it has. */
  hostCount: number;
  /** What holds for the whole route, in one sentence each. */
  notes: readonly string[];
  /** Oldest first. */
  decisions: readonly ExplainedDecision[];
  /** Picks and reports, oldest first. */
  calls: readonly ExplainedCall[];
}

/** Encodes the body of an ExplainRequest. */
export function encodeExplainRequest(request: ExplainRequest): Uint8Array {
  return lars.ExplainRequest.encode({
    seq: request.seq,
    modid: request.modId,
    cmdid: request.cmdId,
    after_decision: request.afterDecision,
    after_call: request.afterCall,
    with_calls: request.withCalls,
    after_host: request.afterHost,
  }).finish();
}

/** Decodes the body of an ExplainRequest; undefined if the bytes are no such message. */
export function readExplainRequest(
  body: Uint8Array,
): ExplainRequest | undefined {
  const message = decodeIfValid(lars.ExplainRequest, body);
  return message && {
    seq: message.seq,
    modId: message.modid,
    cmdId: message.cmdid,
    afterDecision: message.after_decision,
    afterCall: message.after_call,
    withCalls: message.with_calls,
    afterHost: message.after_host,
  };
}

/**
 * Writes an ExplainResponse datagram into `response` with as much as fits: hosts,
 * overloaded ones first, then the newest decisions, then the oldest calls.
 * Returns its length in bytes.
 */
export function writeExplainResponse(
  explanation: RouteExplanation & RouteKey & { seq: number },
  response: Uint8Array,
): number {
  const { seq, modId, cmdId, policy, hosts, decisions, calls } = explanation;
  const { hostCount, notes } = explanation;
  const out = hosts.filter(({ overload }) => overload);
  const inUse = hosts.filter(({ overload }) => !overload);
  const message = new lars.ExplainResponse({
    seq,
    modid: modId,
    cmdid: cmdId,
    policy,
    host_count: hostCount,
    note: [...notes],
  });
  const room = new Room(
    DATAGRAM_BYTES_MAX - HEADER_BYTES -
      lars.ExplainResponse.encode(message).finish().length,
  );
  message.host = room.fill(
    [...out, ...inUse].map((host) => {
      const { succ, err, overload, reason, drained = false } = host;
      return new lars.HostExplanation({
        host: { ...toWireAddress(host), ...(drained && { drained }) },
        succ,
        err,
        overload,
        reason,
      });
    }),
    { type: lars.HostExplanation, share: HOSTS_SHARE },
  );
  message.decision = room.fill(
    decisions.toReversed().map((decision) =>
      new lars.Decision({
        number: decision.number,
        age_ms: toWireAge(decision.ageMs),
        host: toWireAddress(decision),
        text: decision.text,
      })
    ),
    { type: lars.Decision, share: DECISIONS_SHARE },
  ).reverse();
  message.call = room.fill(
    calls.map(({ number, ageMs, host, report }) =>
      new lars.RecordedCall({
        number,
        age_ms: toWireAge(ageMs),
        host: host === undefined ? null : toWireAddress(host),
        report: report !== undefined,
        retcode: report?.returnCode ?? 0,
        duration_us: report?.durationUs ?? 0,
        unused: report?.unused ?? false,
      })
    ),
    { type: lars.RecordedCall, share: 1 },
  );
  const body = lars.ExplainResponse.encode(message).finish();
  response.set(body, HEADER_BYTES);
  writeHeader(response, MessageId.explainResponse, body.length);
  return HEADER_BYTES + body.length;
}

function toWireAge(ageMs: number): number {
  return Math.max(0, Math.round(ageMs));
}

/** The free bytes of an answer. */
class Room {
  #bytes: number;

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** The first messages that fit a share of the free bytes. */
  fill<Message>(
    messages: readonly Message[],
    { type, share }: {
      type: { encode(message: Message): { finish(): Uint8Array } };
      share: number;
    },
  ): Message[] {
    let left = Math.floor(this.#bytes * share);
    this.#bytes -= left;
    const end = messages.findIndex((message) => {
      const bytes = FIELD_BYTES + type.encode(message).finish().length;
      if (bytes > left) return true;
      left -= bytes;
      return false;
    });
    this.#bytes += left;
    return messages.slice(0, end < 0 ? messages.length : end);
  }
}

/** Decodes the body of an ExplainResponse; undefined if the bytes are no such message. */
export function readExplainResponse(
  body: Uint8Array,
): RouteExplanation & { seq: number } | undefined {
  const message = decodeIfValid(lars.ExplainResponse, body);
  return message && {
    seq: message.seq,
    policy: message.policy,
    hosts: message.host.map(({ host, succ, err, overload, reason }) => ({
      ...fromWireAddress(host ?? {}),
      succ: succ ?? 0,
      err: err ?? 0,
      overload: overload ?? false,
      reason: reason ?? "",
      ...(host?.drained && { drained: true }),
    })),
    hostCount: message.host_count,
    notes: message.note,
    decisions: message.decision.map(({ number, age_ms, host, text }) => ({
      number: number ?? 0,
      ageMs: age_ms ?? 0,
      ...fromWireAddress(host ?? {}),
      text: text ?? "",
    })),
    calls: message.call.map((call) => ({
      number: call.number ?? 0,
      ageMs: call.age_ms ?? 0,
      host: call.host ? fromWireAddress(call.host) : undefined,
      report: call.report
        ? {
          returnCode: call.retcode ?? 0,
          durationUs: call.duration_us ?? 0,
          unused: call.unused ?? false,
        }
        : undefined,
    })),
  };
}
