import {
  fromWireAddress,
  type HostAddress,
  toWireAddress,
} from "../../address.ts";
import { BODY_BYTES_MAX, ProtocolError } from "../../frame.ts";
import { lars } from "../../generated/lars.js";
import type { RouteKey } from "../../route.ts";
import { decodeBody } from "../decode.ts";
import { REASON_LENGTH_MAX } from "./instance.ts";
import { LEASE_HOSTS_MAX } from "./lease_host.ts";

/** An address that dns does not serve, although it is registered. */
export interface LeaseOverride extends RouteKey, HostAddress {
  /** Why, up to {@linkcode REASON_LENGTH_MAX} characters; empty if there was no room for it. */
  reason: string;
}

/** A leaving address, and what its callers have told. */
export interface LeaseDrain extends RouteKey, HostAddress {
  /** Callers that have not said yet that all their calls have ended. */
  callers: number;
  /** Calls under way that they know of. */
  inFlight: number;
  /** All have said so, or there are none. */
  done: boolean;
}

/** The answer of a dns to a LeaseSync, or to several. */
export interface LeaseAck {
  /** Of the newest LeaseSync that this answers. */
  renewal: number;
  /** Hash of the set that dns has stored for this agent. */
  hash: number;
  /** Dns wants the whole set. */
  all: boolean;
  /** Addresses that dns does not accept; with `drained` up to {@linkcode LEASE_HOSTS_MAX}. */
  refused: readonly LeaseOverride[];
  /** Addresses that a person drained, or removed by hand. */
  drained: readonly LeaseOverride[];
  /** Addresses that are leaving, up to {@linkcode LEASE_HOSTS_MAX}, if dns can find out about their calls. */
  draining: readonly LeaseDrain[];
}

/** Encodes the body of a LeaseAck; without reasons if they are longer than a frame. */
export function encodeLeaseAck(ack: LeaseAck): Uint8Array {
  const body = encode(ack, REASON_LENGTH_MAX);
  return body.length <= BODY_BYTES_MAX ? body : encode(ack, 0);
}

function encode(
  { renewal, hash, all, refused, drained, draining }: LeaseAck,
  reasonLengthMax: number,
): Uint8Array {
  const toWire = ({ modId, cmdId, reason, ...host }: LeaseOverride) => ({
    modid: modId,
    cmdid: cmdId,
    ...toWireAddress(host),
    reason: reason.slice(0, reasonLengthMax),
  });
  return lars.LeaseAck.encode({
    renewal,
    hash,
    all,
    refused: refused.map(toWire),
    drained: drained.map(toWire),
    draining: draining.map((
      { modId, cmdId, callers, inFlight, done, ...host },
    ) => ({
      modid: modId,
      cmdid: cmdId,
      ...toWireAddress(host),
      callers,
      in_flight: inFlight,
      done,
    })),
  }).finish();
}

/**
 * Decodes the body of a LeaseAck. Keys and addresses are as sent, valid or not.
 *
 * @throws {ProtocolError} If the bytes are no such message, or it holds more
 * addresses than an agent may have.
 */
export function decodeLeaseAck(body: Uint8Array): LeaseAck {
  const { renewal, hash, all, refused, drained, draining } = decodeBody(
    lars.LeaseAck,
    body,
  );
  const count = Math.max(refused.length + drained.length, draining.length);
  if (count > LEASE_HOSTS_MAX) {
    throw new ProtocolError(
      `Cannot take a LeaseAck as it must have at most ${LEASE_HOSTS_MAX} hosts: current number is ${count}`,
    );
  }
  return {
    renewal: Number(renewal),
    hash: Number(hash),
    all,
    refused: refused.map(fromWire),
    drained: drained.map(fromWire),
    draining: draining.map((message) => ({
      ...placeOf(message),
      callers: message.callers ?? 0,
      inFlight: message.in_flight ?? 0,
      done: message.done ?? false,
    })),
  };
}

function fromWire(message: lars.LeaseOverride.$Properties): LeaseOverride {
  return {
    ...placeOf(message),
    reason: (message.reason ?? "").slice(0, REASON_LENGTH_MAX),
  };
}

function placeOf(
  message: lars.LeaseOverride.$Properties | lars.LeaseDrain.$Properties,
): RouteKey & HostAddress {
  return {
    modId: message.modid ?? 0,
    cmdId: message.cmdid ?? 0,
    ...fromWireAddress(message),
  };
}
