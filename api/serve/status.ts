import {
  type DeregisterResponse,
  InstanceState,
  type InstanceStatus,
} from "../../proto/mod.ts";

/** How a program that serves is known. */
export type ServeState =
  /** The agent has it, dns not yet. */
  | "pending"
  /** Callers get it. */
  | "served"
  /** It said that it is not ready, or the agent's check did. */
  | "not_ready"
  /** A person drained it, or removed it by hand: no callers, until a person says otherwise. */
  | "drained"
  /** It is not accepted: `reason` says why. */
  | "refused"
  /**
   * The agent does not answer. Callers go on as before: it registers again as soon
   * as the agent is back.
   */
  | "agent_away"
  /** It leaves: callers get to know, calls under way may end; `reason` says how many those are. */
  | "leaving"
  /** It has left. */
  | "closed";

/** How a program that serves is known, and why. */
export interface ServeStatus {
  /** How it is known. */
  state: ServeState;
  /** Why; empty is no reason. */
  reason: string;
}

const STATES = new Map<number, ServeState>([
  [InstanceState.served, "served"],
  [InstanceState.refused, "refused"],
  [InstanceState.notReady, "not_ready"],
  [InstanceState.drained, "drained"],
]);

/** What an agent's answer means; a state of a newer agent is `pending`. */
export function toServeStatus({ state, reason }: InstanceStatus): ServeStatus {
  return { state: STATES.get(state) ?? "pending", reason };
}

/** How an instance is known that leaves. */
export function toLeavingStatus(
  { inFlight, callers }: Pick<DeregisterResponse, "inFlight" | "callers">,
): ServeStatus {
  const counted = (count: number, what: string) =>
    `${count} ${what}${count === 1 ? "" : "s"}`;
  const calls = `${counted(inFlight, "call")} in flight`;
  const reason = callers === 0
    ? inFlight === 0 ? "" : calls
    : `${calls} at ${counted(callers, "caller")}`;
  return { state: "leaving", reason };
}

/** Thrown by {@linkcode LarsClient.serve} when a program is not accepted. */
export class ServeError extends Error {
  /** The name of the class. */
  override name = "ServeError";
  /**
   * - `refused`: the agent does not accept it, and the message says why.
   * - `unsupported`: the agent is of the original system, or an older one.
   * - `timeout`: no agent answers.
   * - `closed`: this client is closed.
   */
  readonly state: "refused" | "unsupported" | "timeout" | "closed";

  /** An error with this message and state. */
  constructor(message: string, options: { state: ServeError["state"] }) {
    super(message);
    this.state = options.state;
  }
}
