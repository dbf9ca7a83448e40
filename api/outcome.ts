import { type HostAddress, type ListedHost, ReturnCode } from "../proto/mod.ts";

/** Why there is no answer to act on. */
export interface NoAnswer {
  /**
   * - `no_route`: the agent knows no hosts for this route. It asks dns for a
   *   route it did not know, so a moment later the answer may be another:
   *   {@linkcode LarsClient.register} waits for that.
   * - `system_error`: the agent says so, its answer made no sense, or this
   *   client has {@linkcode PENDING_MAX} requests waiting already.
   * - `timeout`: no answer after all tries.
   * - `closed`: this client was closed.
   */
  state: "no_route" | "system_error" | "timeout" | "closed";
}

/** What became of a request for a host. */
export type HostOutcome =
  | { state: "found"; host: HostAddress }
  /** Every host is overloaded, and none may be probed now. */
  | { state: "overloaded" }
  | NoAnswer;

/** A host of a route. */
export interface RouteHost extends HostAddress {
  /** Whether the agent finds it overloaded; only there when asked `withState`. */
  overload?: boolean;
}

/** What became of a request for all hosts of a route. */
export type RouteOutcome =
  | { state: "found"; hosts: RouteHost[] }
  | NoAnswer;

/** How one call to a host went. */
export interface CallResult {
  host: HostAddress;
  /** 0 is success, anything else failure; an int32. */
  returnCode: number;
  /** How long the call took, in whole microseconds, up to 2³²−1; 0 or absent: not told. */
  durationUs?: number;
}

/** {@linkcode LarsClient.call} had no host to call; `state` tells why. */
export class NoHostError extends Error {
  override name = "NoHostError";
  readonly state: Exclude<HostOutcome["state"], "found">;

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

/** Says why there was no host for a call. */
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

/** What an agent's return code other than success means. */
export function toFailure(returnCode: number): HostOutcome {
  if (returnCode === ReturnCode.overload) return { state: "overloaded" };
  if (returnCode === ReturnCode.noSuchRoute) return { state: "no_route" };
  return { state: "system_error" };
}

/** What the hosts that an agent lists mean. */
export function toRouteOutcome(
  listed: readonly ListedHost[],
  { withState }: { withState: boolean },
): RouteOutcome {
  if (listed.length === 0) return { state: "no_route" };
  const hosts = listed.map(({ ip, port, overload }) =>
    withState ? { ip, port, overload } : { ip, port }
  );
  return { state: "found", hosts };
}

/** The same as if nobody had asked for states. */
export function withoutStates(outcome: RouteOutcome): RouteOutcome {
  if (outcome.state !== "found") return outcome;
  const hosts = outcome.hosts.map(({ ip, port }) => ({ ip, port }));
  return { state: "found", hosts };
}
