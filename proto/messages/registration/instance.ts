/** How an agent has an instance that registered with it. */
export const InstanceState = {
  /** The agent does not know it: it may have restarted. Register again. */
  unknown: 0,
  /** No dns has it yet. */
  pending: 1,
  /** Callers get it. */
  served: 2,
  /** It is not accepted, or no longer. */
  refused: 3,
  /** It says itself that it is not ready, or the agent's check does. */
  notReady: 4,
  /** A person has drained it, or removed it by hand. */
  drained: 5,
} as const;

/** One of the numbers in {@linkcode InstanceState}. */
export type InstanceState = typeof InstanceState[keyof typeof InstanceState];

/** What people read for each {@linkcode InstanceState}, by its number. */
export const INSTANCE_STATE_NAMES = [
  "unknown",
  "pending",
  "served",
  "refused",
  "not_ready",
  "drained",
] as const;

/** The name of an {@linkcode InstanceState}, as in "not_ready"; for one of a newer agent its number. */
export function instanceStateName(state: number): string {
  return INSTANCE_STATE_NAMES[state] ?? `state ${state}`;
}

/** What an agent looks at to find out whether an instance is ready. */
export const InstanceCheck = {
  /** Nothing: the program's word counts. */
  none: 0,
  /** Whether its port accepts a connection. */
  tcp: 1,
  /** Whether GET of its path answers with a status below 400. */
  http: 2,
  /** Whether its process lives. */
  pid: 3,
  /** As http, over TLS with any certificate. */
  https: 4,
} as const;

/** One of the numbers in {@linkcode InstanceCheck}. */
export type InstanceCheck = typeof InstanceCheck[keyof typeof InstanceCheck];

/** What people write for each {@linkcode InstanceCheck}, by its number. */
export const INSTANCE_CHECK_NAMES = [
  "none",
  "tcp",
  "http",
  "pid",
  "https",
] as const;

/** What an agent answers to a RegisterRequest and to a BeatRequest. */
export interface InstanceStatus {
  /** Of the request. */
  seq: number;
  /** The instance: 32 hexadecimal digits in lower case. */
  instance: string;
  /** An {@linkcode InstanceState}, or one of a newer agent. */
  state: number;
  /** Why it is in that state, up to {@linkcode REASON_LENGTH_MAX} characters; empty is no reason. */
  reason: string;
  /** Time from one BeatRequest to the next, in milliseconds. */
  heartbeatMs: number;
}

/** Longest reason, in UTF-16 units: longer ones are cut. */
export const REASON_LENGTH_MAX = 200;
