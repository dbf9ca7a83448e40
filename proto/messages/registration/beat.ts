import { lars } from "../../generated/lars.js";
import { decodeIfValid, fromIdentity, toIdentity } from "../decode.ts";
import type { InstanceStatus } from "./instance.ts";
import { fromWireStatus, toWireStatus } from "./register.ts";

/** A program's word that an instance lives. */
export interface BeatRequest {
  /** Comes back in the answer; any uint32. */
  seq: number;
  /** As in its RegisterRequest. */
  instance: string;
  /** It is to get no calls for now. */
  notReady: boolean;
}

/** Encodes the body of a BeatRequest. */
export function encodeBeatRequest(
  { seq, instance, notReady }: BeatRequest,
): Uint8Array {
  return lars.BeatRequest.encode({
    seq,
    instance: fromIdentity(instance),
    not_ready: notReady,
  }).finish();
}

/** Decodes the body of a BeatRequest; undefined if the bytes are no such message, or name no instance. */
export function readBeatRequest(body: Uint8Array): BeatRequest | undefined {
  const message = decodeIfValid(lars.BeatRequest, body);
  const instance = message && toIdentity(message.instance);
  if (!instance) return undefined;
  return { seq: message.seq, instance, notReady: message.not_ready };
}

/** Encodes the body of a BeatResponse. */
export function encodeBeatResponse(status: InstanceStatus): Uint8Array {
  return lars.BeatResponse.encode(toWireStatus(status)).finish();
}

/** Decodes the body of a BeatResponse; undefined if the bytes are no such message. */
export function readBeatResponse(
  body: Uint8Array,
): InstanceStatus | undefined {
  const message = decodeIfValid(lars.BeatResponse, body);
  return message && fromWireStatus(message);
}
