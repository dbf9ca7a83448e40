import {
  fromWireAddress,
  type HostAddress,
  toWireAddress,
} from "../address.ts";
import { lars } from "../generated/lars.js";
import type { RouteKey } from "../route.ts";
import { decodeBody } from "./decode.ts";

/** How an agent has a host in use. */
export const HostState = {
  /** Gets its share of the calls. */
  inUse: 1,
  /** Under test after failures: gets fewer calls, or one at a time. */
  suspect: 2,
  /** Gets no calls but probes, until its time is over. */
  ejected: 3,
  /** Out of use by the rule of `policy = lars`. */
  overloaded: 4,
  /** A person has taken it out. */
  drained: 5,
} as const;

/** One of the numbers in {@linkcode HostState}. */
export type HostState = typeof HostState[keyof typeof HostState];

/** Why a host is not plainly in use. */
export const HostReason = {
  none: 0,
  /** It refuses connections, or fails at once. */
  refused: 1,
  /** Its calls fail after a long time. */
  timeout: 2,
  /** Its calls fail. */
  failing: 3,
  /** Its calls fail several times as often as those of the others. */
  worseThanPeers: 4,
  /** It is much slower than the others. */
  slow: 5,
  /** A health check of the agent failed. */
  checkFailed: 6,
  /** A person has taken it out. */
  drained: 7,
  /** The rule of `policy = lars` calls it overloaded. */
  overloadRule: 8,
} as const;

/** One of the numbers in {@linkcode HostReason}. */
export type HostReason = typeof HostReason[keyof typeof HostReason];

/** What people read for each {@linkcode HostState}, by its number. */
export const HOST_STATE_NAMES = [
  "unset",
  "in_use",
  "suspect",
  "ejected",
  "overloaded",
  "drained",
] as const;

/** What people read for each {@linkcode HostReason}, by its number. */
export const HOST_REASON_NAMES = [
  "none",
  "refused",
  "timeout",
  "failing",
  "worse_than_peers",
  "slow",
  "check_failed",
  "drained",
  "overload_rule",
] as const;

/** The name of a {@linkcode HostState}, as in "ejected"; for one of a newer agent its number. */
export function hostStateName(state: number): string {
  return HOST_STATE_NAMES[state] ?? `state ${state}`;
}

/** The name of a {@linkcode HostReason}, as in "worse_than_peers"; for one of a newer agent its number. */
export function hostReasonName(reason: number): string {
  return HOST_REASON_NAMES[reason] ?? `reason ${reason}`;
}

/** State of a host at one agent. */
export interface HostStateEntry extends RouteKey, HostAddress {
  /** A {@linkcode HostState}, or one of a newer agent; in use: nothing more is to be said of it. */
  state: number;
  /** A {@linkcode HostReason}, or one of a newer agent. */
  reason: number;
  /** Time in that state, in milliseconds. */
  ageMs: number;
  /** Calls whose result the agent still waits for, as far as it knows. */
  inFlight: number;
  /** Time until it is tried again, in milliseconds; 0 is at once, or not known. */
  nextTryMs: number;
}

/** Most entries that one frame is sent with: an entry has at most 69 bytes, a body 65,527. */
const ENTRIES_PER_FRAME_MAX = 900;

/** Encodes states as the bodies of one HostStates or several; with `all` there is one at least. */
export function* encodeHostStates(
  { all, hosts }: { all: boolean; hosts: readonly HostStateEntry[] },
): Generator<Uint8Array> {
  for (
    let at = 0;
    at < hosts.length || (all && at === 0);
    at += ENTRIES_PER_FRAME_MAX
  ) {
    yield lars.HostStates.encode({
      all: all && at === 0,
      host: hosts.slice(at, at + ENTRIES_PER_FRAME_MAX).map(toWireEntry),
    }).finish();
  }
}

function toWireEntry(
  { modId, cmdId, ip, port, state, reason, ageMs, inFlight, nextTryMs }:
    HostStateEntry,
): lars.HostStateEntry.$Properties {
  return {
    modid: modId,
    cmdid: cmdId,
    ...toWireAddress({ ip, port }),
    state,
    reason,
    age_ms: ageMs,
    in_flight: inFlight,
    next_try_ms: nextTryMs,
  };
}

/**
 * Decodes the body of a HostStates. Keys and addresses are as sent, valid or not.
 *
 * @throws {ProtocolError} If the bytes are no such message.
 */
export function decodeHostStates(
  body: Uint8Array,
): { all: boolean; hosts: HostStateEntry[] } {
  const { all, host } = decodeBody(lars.HostStates, body);
  return { all, hosts: host.map(fromWireEntry) };
}

function fromWireEntry(
  entry: lars.HostStateEntry.$Properties,
): HostStateEntry {
  return {
    modId: entry.modid ?? 0,
    cmdId: entry.cmdid ?? 0,
    ...fromWireAddress(entry),
    state: entry.state ?? 0,
    reason: entry.reason ?? 0,
    ageMs: entry.age_ms ?? 0,
    inFlight: entry.in_flight ?? 0,
    nextTryMs: entry.next_try_ms ?? 0,
  };
}
