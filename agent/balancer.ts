import type { HostAddress, HostStatus } from "../proto/mod.ts";

/** How one call went. */
export interface CallReport {
  host: HostAddress;
  /** 0 is success, anything else failure. */
  returnCode: number;
  /** How long the call took, in microseconds; 0 when the client did not say. */
  durationUs: number;
}

/** What a balancer knows of one host, for people. */
export interface HostExplanation extends HostStatus {
  /** Why the host is in its state, in one sentence. */
  reason: string;
}

/**
 * Chooses among the hosts of one route. A policy is arithmetic on numbers: no
 * I/O, no clock of its own; `nowMs` comes from the caller and never goes back.
 */
export interface Balancer {
  /** Number of hosts. */
  readonly size: number;
  /** The host to call now, or undefined when all are overloaded and none may be probed. */
  pick(nowMs: number): HostAddress | undefined;
  /** Counts a call; false if the host is not one of these. */
  report(report: CallReport, nowMs: number): boolean;
  /** Adds new hosts, drops the missing ones, keeps what is known of the rest. */
  update(hosts: readonly HostAddress[], nowMs: number): void;
  /** The counters of every host, as the reporter gets them. */
  status(): HostStatus[];
  /** Every host and why it is where it is. */
  explain(nowMs: number): HostExplanation[];
}
