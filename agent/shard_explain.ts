import { lars, MessageId, type RouteKey, toWireAddress } from "../proto/mod.ts";
import {
  ANSWER_BODY_BYTES_MAX,
  decodeIfValid,
  writeAnswer,
} from "./shard_body.ts";
import type { RouteExplanation } from "./shard_core.ts";

/** Of an answer's bytes, what hosts may take at most, and of the rest decisions. */
const HOSTS_SHARE = 0.5;
const DECISIONS_SHARE = 0.5;

/** What a field's tag and a length of up to 16,383 take beside the message itself. */
const FIELD_BYTES = 3;

/** An answer to an ExplainRequest. */
export interface ExplainAnswer extends RouteExplanation, RouteKey {
  seq: number;
  nowMs: number;
}

/** Undefined if the body is no ExplainRequest. */
export function decodeExplainRequest(
  body: Uint8Array,
): lars.ExplainRequest | undefined {
  return decodeIfValid(lars.ExplainRequest, body);
}

/**
 * Writes an ExplainResponse datagram into `response`, with as much as fits:
 * resting hosts before the others, the newest decisions, the oldest calls.
 * Returns its length.
 */
export function writeExplainResponse(
  explanation: ExplainAnswer,
  response: Uint8Array,
): number {
  const { seq, modId, cmdId, policy, hosts, decisions, calls, nowMs } =
    explanation;
  const ageOf = (atMs: number) => Math.max(0, Math.round(nowMs - atMs));
  const resting = hosts.filter(({ overload }) => overload);
  const picked = hosts.filter(({ overload }) => !overload);
  const message = new lars.ExplainResponse({
    seq,
    modid: modId,
    cmdid: cmdId,
    policy,
  });
  const room = new Room(
    ANSWER_BODY_BYTES_MAX -
      lars.ExplainResponse.encode(message).finish().length,
  );
  message.host = room.fill(
    [...resting, ...picked].map(({ succ, err, overload, reason, ...host }) =>
      new lars.HostExplanation({
        host: toWireAddress(host),
        succ,
        err,
        overload,
        reason,
      })
    ),
    { type: lars.HostExplanation, share: HOSTS_SHARE },
  );
  message.decision = room.fill(
    decisions.toReversed().map((decision) =>
      new lars.Decision({
        number: decision.number,
        age_ms: ageOf(decision.atMs),
        host: toWireAddress(decision),
        text: decision.text,
      })
    ),
    { type: lars.Decision, share: DECISIONS_SHARE },
  ).reverse();
  message.call = room.fill(
    calls.map(({ number, atMs, host, report }) =>
      new lars.RecordedCall({
        number,
        age_ms: ageOf(atMs),
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
  return writeAnswer(response, MessageId.explainResponse, body);
}

/** The bytes of an answer that are still free. */
class Room {
  #bytes: number;

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** The first messages that fit a share of what is free, which is then taken. */
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
