import type { Random } from "../net/client.ts";
import type {
  BeatRequest,
  CallReport,
  DeregisterRequest,
  DeregisterResponse,
  InstanceStatus,
  RegisterRequest,
  RouteKey,
} from "../proto/mod.ts";
import type { ExplainOutcome, HostOutcome, RouteOutcome } from "./outcome.ts";

/** Callers and requests that may wait at a time; one more is refused. */
export const PENDING_MAX = 65_536;

/** Whether the agent answers: `down` from a request without an answer to the next answer. */
export type AgentState = "up" | "down";

/** How to list the hosts of a route. */
export interface GetRouteOptions {
  /** Whether to show which hosts are overloaded; false if not given. */
  withState?: boolean;
  /** Ends the wait: the promise rejects with its reason. */
  signal?: AbortSignal;
}

/** Which part of what is known of a route to show. */
export interface ExplainOptions {
  /** Only decisions after this number; 0, all that are kept, if not given. */
  afterDecision?: number;
  /** Only recorded calls after this number; 0, all that are kept, if not given. */
  afterCall?: number;
  /**
   * Whether to record picks and reports from now on, and to show those recorded
   * so far; false if not given. Recording ends 10 s after the last request.
   */
  withCalls?: boolean;
  /**
   * Hosts to leave out; 0 if not given. An answer of an agent has some of the hosts,
   * and `hostCount` says of how many: the next ones are those after them.
   */
  afterHost?: number;
  /** Ends the wait: the promise rejects with its reason. */
  signal?: AbortSignal;
}

/**
 * Why there is no answer about a program that serves: none came; the client has
 * too many requests that wait, or is closed; or the agent answers other requests,
 * but not these.
 */
export type NoStatus = "timeout" | "system_error" | "closed" | "unsupported";

/** Where a program says that it serves: its agent. Nothing here rejects. */
export interface RegistrationSource {
  /** Names instances, and spreads what they send. */
  readonly random: Random;
  /** Registers an instance, or again; `seq` is the source's. */
  register(request: RegisterRequest): Promise<InstanceStatus | NoStatus>;
  /** Says that an instance lives. */
  beat(request: Omit<BeatRequest, "seq">): Promise<InstanceStatus | NoStatus>;
  /** Says that an instance ends. */
  deregister(
    request: Omit<DeregisterRequest, "seq">,
  ): Promise<DeregisterResponse | NoStatus>;
}

/**
 * Where a {@linkcode LarsClient} gets hosts from: an agent over UDP, a shard
 * inside this program, or a double in a test. It is handed valid arguments only.
 */
export interface HostSource {
  /** A copy of what happened so far. */
  readonly counters: LarsClientCounters;
  /** Whether hosts come from the agent, or from what it said last. */
  readonly agent: AgentState;
  /** Aborted when the source closes. */
  readonly closing: AbortSignal;
  /** Where the program registers what it serves; absent: nowhere. */
  readonly registrations?: RegistrationSource;
  /** The host to call now. Rejects only with the signal's reason. */
  getHost(key: RouteKey, signal?: AbortSignal): Promise<HostOutcome>;
  /** The same without waiting; undefined if it takes waiting. */
  getHostNow(key: RouteKey): HostOutcome | undefined;
  /** Takes the result of a call, and may keep the object; false if it cannot. Never rejects. */
  report(key: RouteKey, result: CallReport): Promise<boolean>;
  /** All hosts of a route. Rejects only with the signal's reason. */
  getRoute(key: RouteKey, options: GetRouteOptions): Promise<RouteOutcome>;
  /** What is known of a route's balancing. Rejects only with the signal's reason. */
  explain(key: RouteKey, options: ExplainOptions): Promise<ExplainOutcome>;
  /** Answers `closed` to all who wait, and sends the results that wait. Twice is once. */
  close(): Promise<void>;
}

/** What a client counts. An embedded client sends no datagrams: its counters of them stay 0. */
export interface LarsClientCounters {
  /** Datagrams that left: requests and reports. */
  sent: number;
  /** Requests that were sent again, as no answer had come in time. */
  resent: number;
  /** Datagrams that the system did not take. */
  sendFailures: number;
  /** Answers to requests; one may have been for several callers. */
  answered: number;
  /** Answers to no request that waits. */
  late: number;
  /** Datagrams that are no answer at all. */
  malformed: number;
  /** Requests that timed out after their last try, or to a port at which nothing listens. */
  timeouts: number;
  /** Requests and reports over {@linkcode PENDING_MAX}. */
  refused: number;
  /** Callers who waited for a request that they shared. */
  shared: number;
  /** Callers who asked again, as their shared answer had too few hosts. */
  askedAgain: number;
  /** Results that waited to travel with others or with a request. */
  collected: number;
  /** Of these, sent once more, as the agent turned out not to take them so. */
  reportedAgain: number;
  /** Of these, in requests that stayed unanswered: the agent may have missed them. */
  unconfirmed: number;
  /** Hosts that were picked, not wanted any more, and reported as unused. */
  unused: number;
  /** Times that a server of the agent stopped to answer. */
  downs: number;
  /** Outcomes from memory, as the agent was away. */
  standIns: number;
}

/** Counters at 0. */
export function createCounters(): LarsClientCounters {
  return {
    sent: 0,
    resent: 0,
    sendFailures: 0,
    answered: 0,
    late: 0,
    malformed: 0,
    timeouts: 0,
    refused: 0,
    shared: 0,
    askedAgain: 0,
    collected: 0,
    reportedAgain: 0,
    unconfirmed: 0,
    unused: 0,
    downs: 0,
    standIns: 0,
  };
}
