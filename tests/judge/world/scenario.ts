/** Whether a host answers, refuses connections, or swallows them. */
export type Reach = "up" | "refused" | "silent";

/** State of a host from a moment on, until its next phase. */
export interface Phase {
  fromMs: number;
  /** Absent: up. */
  reach?: Reach;
  /** Work done in a millisecond, against the host's own best; 0 is a pause. Absent: 1. */
  speed?: number;
  /** Share of calls that it answers with a failure. Absent: none. */
  failShare?: number;
  /** Duration of a failure, without work; absent: that of a success. */
  failMs?: number;
  /** Waiting added to each answer, which costs no worker. Absent: none. */
  delayMs?: number;
}

/** A host of a scenario, and what happens to it. */
export interface HostPlan {
  /** Calls worked on at the same time; absent: {@linkcode WORKERS}. */
  workers?: number;
  /** Its best speed, against others' 1: slower hardware, not a fault. */
  speed?: number;
  /** The capacity that the route says it has; absent: not said. */
  weight?: number;
  zone?: string;
  /** Time that is added to its first call: caches, connections, compilation. Absent: none. */
  firstCallMs?: number;
  /** In order; absent: well from the start. The time before the first is well. */
  phases?: readonly Phase[];
}

/** Workers of a host of the reference: 16 × 100 calls a second. */
export const WORKERS = 16;

/** Distribution of service times. */
export type ServiceTimes =
  | "exponential"
  | "lognormal"
  | "bimodal"
  | "two-kinds";

/** A world in which policies are compared. */
export interface Scenario {
  /** Its name on the command line. */
  name: string;
  /** One line, for the scorecard. */
  title: string;
  durationMs: number;
  hosts: readonly HostPlan[];
  /** Calls of all agents together, arriving at random moments (Poisson). */
  callsPerSecond: number;
  /** Factors on the rate, each from its moment on; in order. */
  load?: readonly { fromMs: number; factor: number }[];
  /** Number of agents, which share the hosts and nothing else. Absent: 1. */
  agents?: number;
  /** Share of the calls that the first agent has; the others have the rest. Absent: all have the same. */
  heavyShare?: number;
  /** Where the agents stand. */
  zone?: string;
  /** Time after which a caller gives up. Absent: 500. */
  timeoutMs?: number;
  /** Whether a call that failed is made once more, on another pick. Absent: no. */
  retries?: boolean;
  /** Mean time of service on a host of speed 1. Absent: 10. */
  serviceMs?: number;
  /** Absent: exponential. */
  serviceTimes?: ServiceTimes;
  /** Most calls that wait at a host, which refuses one more at once. Absent: 208, and it swallows one more. */
  queueMax?: number;
  /** Whether agents may health check ejected hosts. Absent: no. */
  healthChecks?: boolean;
  /** Whether reports have durations. Absent: yes. */
  durations?: boolean;
  /** Share of reports that never arrive. */
  lostReports?: number;
  /** Share of reports that arrive twice. */
  doubleReports?: number;
  /** Most time from the end of a call to its report. Absent: 0. */
  lateReportMs?: number;
  /** Hosts of the route, as indexes, from each moment on. Absent: all, always. */
  members?: readonly { atMs: number; hosts: readonly number[] }[];
  /** Share of failures that every host has, and that is no fault of theirs. */
  failLevel?: number;
}

/** `count` equal hosts. */
export function sameHosts(count: number, plan: HostPlan = {}): HostPlan[] {
  return Array.from({ length: count }, () => plan);
}

/** As many hosts, the first of which are planned and the others well. */
export function firstHosts(
  plans: readonly HostPlan[],
  count: number,
): HostPlan[] {
  return [...plans, ...sameHosts(count - plans.length)];
}
