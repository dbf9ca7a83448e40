import type { Random } from "../../net/mod.ts";
import type {
  CallReport,
  HostAddress,
  HostExplanation,
  HostStatus,
  RouteHost,
  RouteKey,
} from "../../proto/mod.ts";
import type { HostTable } from "./host_table.ts";
import type { PolicySettings } from "./settings.ts";

/** What pick() answers when every host is resting and none may be probed. */
export const NO_HOST = -1;

/** Something rare that a policy decided of a host: a change of state, a probe. */
export interface Decision extends RouteKey, HostAddress {
  atMs: number;
  /** What and why, in one sentence. */
  text: string;
}

/**
 * Chooses among the hosts of one route. It is arithmetic on numbers: no I/O, no
 * clock of its own; `nowMs` comes from the caller and never goes back.
 */
export interface Balancer {
  /** Where the addresses are that the slots of pick() stand for. */
  readonly hosts: HostTable;
  /** Number of hosts. */
  readonly size: number;
  /** Whether resting hosts of this route may be checked by the agent itself. */
  checks: boolean;
  /** The slot of the host to call now, or {@linkcode NO_HOST}. */
  pick(nowMs: number): number;
  /** Counts a call; false if the host is not one of these. */
  report(report: CallReport, nowMs: number): boolean;
  /** Adds new hosts, drops the missing ones, keeps what is known of the rest. */
  update(hosts: readonly RouteHost[], nowMs: number): void;
  /** Takes over what another policy knew of hosts that are here too. */
  inherit(statuses: readonly HostStatus[], nowMs: number): void;
  /** Takes the answer to {@linkcode PolicyOutbox.check}: whether the host accepts connections. */
  checked(host: HostAddress, alive: boolean, nowMs: number): void;
  /** The counters of every host, as the reporter gets them. */
  status(): HostStatus[];
  /** Every host and why it is where it is. */
  explain(nowMs: number): HostExplanation[];
  /** Gives its slots back; it is not used afterwards. */
  release(): void;
}

/** A way of choosing, for all routes of one shard. */
export interface Policy {
  /** A balancer without hosts. */
  createBalancer(key: RouteKey): Balancer;
  /** Does what time has made due, in all its balancers; costs little when nothing is. */
  tick(nowMs: number): void;
}

/** Where a policy's messages go; called synchronously, must not throw. */
export interface PolicyOutbox {
  /** Find out whether a host accepts connections, and tell its balancer. */
  check(key: RouteKey, host: HostAddress): void;
  /** Something to remember for people. */
  decided(decision: Decision): void;
}

/** What a policy begins with. */
export interface PolicyOptions {
  settings: PolicySettings;
  random: Random;
  outbox: PolicyOutbox;
}
