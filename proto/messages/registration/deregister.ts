import { lars } from "../../generated/lars.js";
import { decodeIfValid, fromIdentity, toIdentity } from "../decode.ts";

/** A program's word that an instance ends. */
export interface DeregisterRequest {
  /** Comes back in the answer; any uint32. */
  seq: number;
  /** As in its RegisterRequest. */
  instance: string;
  /** Time until it is done whatever callers do, in milliseconds; 0: as it registered. */
  drainMs: number;
}

/** Encodes the body of a DeregisterRequest. */
export function encodeDeregisterRequest(
  { seq, instance, drainMs }: DeregisterRequest,
): Uint8Array {
  return lars.DeregisterRequest.encode({
    seq,
    instance: fromIdentity(instance),
    drain_ms: drainMs,
  }).finish();
}

/** Decodes the body of a DeregisterRequest; undefined if the bytes are no such message, or name no instance. */
export function readDeregisterRequest(
  body: Uint8Array,
): DeregisterRequest | undefined {
  const message = decodeIfValid(lars.DeregisterRequest, body);
  const instance = message && toIdentity(message.instance);
  if (!instance) return undefined;
  return { seq: message.seq, instance, drainMs: message.drain_ms };
}

/** How far an instance has ended. */
export interface DeregisterResponse {
  /** Of the request. */
  seq: number;
  /** The instance. */
  instance: string;
  /** It gets no calls any more, and is forgotten; also of one that the agent does not know. */
  done: boolean;
  /** Calls under way, as far as the agent knows. */
  inFlight: number;
  /** Callers that may have some; 0 from an agent that cannot say. */
  callers: number;
}

/** Encodes the body of a DeregisterResponse. */
export function encodeDeregisterResponse(
  { seq, instance, done, inFlight, callers }: DeregisterResponse,
): Uint8Array {
  return lars.DeregisterResponse.encode({
    seq,
    instance: fromIdentity(instance),
    done,
    in_flight: inFlight,
    callers,
  }).finish();
}

/** Decodes the body of a DeregisterResponse; undefined if the bytes are no such message. */
export function readDeregisterResponse(
  body: Uint8Array,
): DeregisterResponse | undefined {
  const message = decodeIfValid(lars.DeregisterResponse, body);
  return message && {
    seq: message.seq,
    instance: toIdentity(message.instance),
    done: message.done,
    inFlight: message.in_flight,
    callers: message.callers,
  };
}
