import {
  fromWireAddress,
  type HostAddress,
  toWireAddress,
} from "../address.ts";
import { lars } from "../generated/lars.js";
import { isValidName, type RouteKey } from "../route.ts";
import { decodeBody } from "./decode.ts";

/** What may happen to a host at an agent. */
export const HostEventKind = {
  /** Taken out of use. */
  ejected: 1,
  /** Put under test after failures. */
  suspected: 2,
  /** Back in use. */
  returned: 3,
  /** While out of use, a health check of the agent failed. */
  checkFailed: 4,
  /** A person has taken it out. */
  drained: 5,
  /** That person has let it back. */
  undrained: 6,
} as const;

/** One of the numbers in {@linkcode HostEventKind}. */
export type HostEventKind = typeof HostEventKind[keyof typeof HostEventKind];

/** What people read for each {@linkcode HostEventKind}, by its number. */
export const HOST_EVENT_KIND_NAMES = [
  "unset",
  "ejected",
  "suspected",
  "returned",
  "check_failed",
  "drained",
  "undrained",
] as const;

/** The name of a {@linkcode HostEventKind}, as in "check_failed"; for one of a newer agent its number. */
export function hostEventKindName(kind: number): string {
  return HOST_EVENT_KIND_NAMES[kind] ?? `kind ${kind}`;
}

/** What happened to a host at one agent, and the numbers that it was judged by. */
export interface HostEvent extends RouteKey, HostAddress {
  /** A {@linkcode HostEventKind}, or one of a newer agent. */
  kind: number;
  /** A {@linkcode HostReason}, or one of a newer agent. */
  reason: number;
  /** Age in milliseconds. */
  ageMs: number;
  /** Calls that were looked at. */
  calls: number;
  /** Those of them that failed. */
  failures: number;
  /** Mean duration of the host's calls in microseconds; 0 is unknown. */
  meanUs: number;
  /** The same of the other hosts: their median. */
  peersMeanUs: number;
  /** Name of the policy that decided; empty if it was a person. */
  policy: string;
}

/** Encodes the body of a HostEvents, of at most 500 events. */
export function encodeHostEvents(
  { events, dropped }: { events: readonly HostEvent[]; dropped: number },
): Uint8Array {
  return lars.HostEvents.encode({
    event: events.map((event) => ({
      modid: event.modId,
      cmdid: event.cmdId,
      ...toWireAddress(event),
      kind: event.kind,
      reason: event.reason,
      age_ms: event.ageMs,
      calls: event.calls,
      failures: event.failures,
      mean_us: event.meanUs,
      peers_mean_us: event.peersMeanUs,
      policy: event.policy,
    })),
    dropped,
  }).finish();
}

/**
 * Decodes the body of a HostEvents. Keys and addresses are as sent, valid or not;
 * a policy that has no valid name is left empty.
 *
 * @throws {ProtocolError} If the bytes are no such message.
 */
export function decodeHostEvents(
  body: Uint8Array,
): { events: HostEvent[]; dropped: number } {
  const { event, dropped } = decodeBody(lars.HostEvents, body);
  return { events: event.map(fromWireEvent), dropped };
}

function fromWireEvent(event: lars.HostEvent.$Properties): HostEvent {
  const policy = event.policy ?? "";
  return {
    modId: event.modid ?? 0,
    cmdId: event.cmdid ?? 0,
    ...fromWireAddress(event),
    kind: event.kind ?? 0,
    reason: event.reason ?? 0,
    ageMs: event.age_ms ?? 0,
    calls: event.calls ?? 0,
    failures: event.failures ?? 0,
    meanUs: event.mean_us ?? 0,
    peersMeanUs: event.peers_mean_us ?? 0,
    policy: isValidName(policy) ? policy : "",
  };
}
