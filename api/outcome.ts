import {
  type HostAddress,
  type ListedHost,
  ReturnCode,
  type RouteExplanation,
} from "../proto/mod.ts";

/** Why there is no answer to act on. */
export interface NoAnswer {
  /**
   * - `no_route`: the agent knows no hosts for this route. An agent that is asked
   *   for an unknown route pulls it from dns, so a later answer may differ:
   *   {@linkcode LarsClient.register} waits for it.
   * - `system_error`: the agent says so, its answer is inconsistent, or
   *   {@linkcode PENDING_MAX} requests of this client are waiting.
   * - `timeout`: no answer to any try, or nothing listens at the agent's port.
   * - `closed`: this client is closed.
   */
  state: "no_route" | "system_error" | "timeout" | "closed";
}

/** The outcome of a request for a host. */
export type HostOutcome =
  | {
    state: "found";
    host: HostAddress;
    /** The agent is away: the host is from its last list. Absent otherwise. */
    standIn?: true;
  }
  /** Every host is overloaded, and no probe is due. */
  | { state: "overloaded" }
  | NoAnswer;

/** A host of a route, as an agent lists it. */
export interface RouteHost extends HostAddress {
  /** Whether the agent finds it overloaded; absent unless asked `withState`. */
  overload?: boolean;
  /** A person has taken it out: it gets no calls. Absent otherwise. */
  drained?: true;
}

/** The outcome of a request for all hosts of a route. */
export type RouteOutcome =
  | {
    state: "found";
    hosts: RouteHost[];
    /** The agent is away: this is its last list. Absent otherwise. */
    standIn?: true;
  }
  | NoAnswer;

/** The outcome of a request for what is known of a route's balancing. */
export type ExplainOutcome =
  | ({ state: "found" } & RouteExplanation)
  /** The agent answers other requests, but not this one: it is one of the original system. */
  | { state: "unsupported" }
  | NoAnswer;

/** How one call to a host went. */
export interface CallResult {
  /** The host that was called. */
  host: HostAddress;
  /** 0 is success, anything else failure; an int32. */
  returnCode: number;
  /** Duration of the call in whole microseconds, up to 2³²−1; 0 or absent: not measured. */
  durationUs?: number;
}

/** Thrown by {@linkcode LarsClient.call} when there is no host to call. */
export class NoHostError extends Error {
  /** The name of the class. */
  override name = "NoHostError";
  /** Why there is none. */
  readonly state: Exclude<HostOutcome["state"], "found">;

  /** An error with this message and state. */
  constructor(message: string, options: { state: NoHostError["state"] }) {
    super(message);
    this.state = options.state;
  }
}

const NO_HOST_REASONS: Readonly<Record<NoHostError["state"], string>> = {
  overloaded: "every host is overloaded",
  no_route: "the agent knows no such route",
  system_error: "the agent or this client cannot answer now",
  timeout: "no agent answers",
  closed: "the client is closed",
};

/** The error of a call that has no host. */
export function noHostError(
  modId: number,
  cmdId: number,
  { state }: { state: NoHostError["state"] },
): NoHostError {
  return new NoHostError(
    `Cannot call (${modId}, ${cmdId}) as ${NO_HOST_REASONS[state]}`,
    { state },
  );
}

/** The outcome that an agent's return code other than success stands for. */
export function toFailure(returnCode: number): HostOutcome {
  if (returnCode === ReturnCode.overload) return { state: "overloaded" };
  if (returnCode === ReturnCode.noSuchRoute) return { state: "no_route" };
  return { state: "system_error" };
}

/** The outcome that the hosts an agent lists stand for. */
export function toRouteOutcome(
  listed: readonly ListedHost[],
  { withState }: { withState: boolean },
): RouteOutcome {
  if (listed.length === 0) return { state: "no_route" };
  const hosts = listed.map(({ ip, port, overload, drained }) => ({
    ip,
    port,
    overload,
    ...(drained && { drained }),
  }));
  const found = { state: "found" as const, hosts };
  return withState ? found : withoutStates(found);
}

/** The outcome without the hosts' states. */
export function withoutStates(outcome: RouteOutcome): RouteOutcome {
  if (outcome.state !== "found") return outcome;
  const hosts = outcome.hosts.map(({ ip, port }) => ({ ip, port }));
  return { ...outcome, hosts };
}

/** The outcome that an explanation stands for: an unknown route has no hosts. */
export function toExplainOutcome(
  explanation: RouteExplanation,
): ExplainOutcome {
  const { policy, hosts, hostCount, notes, decisions, calls } = explanation;
  if (hosts.length === 0 && hostCount === 0) return { state: "no_route" };
  const rest = { notes, decisions, calls };
  return { state: "found", policy, hosts, hostCount, ...rest };
}
