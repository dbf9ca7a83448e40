import type { Random } from "../../net/client.ts";
import type {
  CallReport,
  HostEventKind,
  HostReason,
  HostStatus,
  RouteHost,
  RouteKey,
} from "../../proto/mod.ts";
import type { PolicySettings } from "./settings.ts";

/** What pick() answers when no host may be called now. */
export const NO_HOST: number = -1;

/** What the route says of a host beyond its address. */
export type HostAttributes = Pick<RouteHost, "weight" | "zone">;

/** What a balancer counted of a host, as the reporter gets it. */
export type HostCounts = Pick<HostStatus, "succ" | "err" | "overload">;

/**
 * How a host is out of use, as one run of the agent tells the next. Of times what
 * has passed or is left, as each run has a clock of its own: between them none passes.
 */
export interface HostOutage {
  /** As the policy calls it. */
  state: "overloaded" | "suspect" | "ejected";
  /** Why it is in that state. */
  reason: HostReason;
  /** Time in that state, in milliseconds. */
  forMs: number;
  /** Time until it is probed, where the policy waits for one. */
  waitMs: number;
  /** Ejections in a row. */
  ejections: number;
}

/** The hosts of a route from now on, and how they differ from those before. */
export interface RouteUpdate {
  /** The row of each host, each once, in no particular order. */
  rows: readonly number[];
  /** Weight and zone of each, in the order of `rows`. */
  attributes: readonly HostAttributes[];
  /** Those of `rows` that are new; in columns they hold what an earlier host left. */
  added: readonly number[];
  /** Those of `added` that the policy before this one had out of use: they stay so. */
  ejected: readonly number[];
  /** Rows that leave, none of `rows`; another route may have them afterwards. */
  removed: readonly number[];
  /** Whether the agent may try to connect to its hosts. */
  healthChecks: boolean;
}

/**
 * Chooses among the hosts of one route. A host is a row: an index into the
 * columns that a policy keeps (host_columns.ts); whose address it stands for
 * only the route knows.
 *
 * A balancer is arithmetic on numbers: no I/O, no clock of its own. `nowMs` is
 * the caller's, in milliseconds, and never goes back.
 */
export interface Balancer {
  /** The row of the host to call now, or {@linkcode NO_HOST}. */
  pick(nowMs: number): number;
  /** Takes how a call to one of its hosts went. */
  report(row: number, report: CallReport, nowMs: number): void;
  /**
   * Takes the route's hosts. A balancer begins without any; when they are none
   * again it gives back what it holds, and is not used afterwards.
   */
  update(update: RouteUpdate, nowMs: number): void;
  /** Takes the answer to {@linkcode PolicyOutbox.healthCheck}: whether the host accepts connections. */
  onHealthCheck(row: number, alive: boolean, nowMs: number): void;
  /** Counts of one of its hosts. */
  status(row: number): HostCounts;
  /** State of one of its hosts and the numbers behind it, in one sentence. */
  explain(row: number, nowMs: number): string;
  /** Its hosts out of use, by row; O(1) while there is none. Absent: a restart takes all into use. */
  outages?(nowMs: number): ReadonlyMap<number, HostOutage>;
  /** Takes a host out of use again that was so in the run before, perhaps under another policy. */
  restore?(row: number, outage: HostOutage, nowMs: number): void;
  /** Picks of one of its hosts that are not reported yet, a whole number. Absent: it does not count them. */
  openPicks?(row: number, nowMs: number): number;
}

/** The outages of a balancer that has none. */
export const NO_OUTAGES: ReadonlyMap<number, HostOutage> = new Map();

/** A way of choosing, for all routes of one shard. */
export interface Policy {
  /** A balancer without hosts. */
  createBalancer(key: RouteKey): Balancer;
  /** When tick() is due: Infinity while nothing waits for time. Asked after every few calls: O(1). */
  dueMs(): number;
  /** Does what is due; costs little when nothing is. */
  tick(nowMs: number): void;
}

/** A rare decision of a policy about a host: a change of state, a probe. */
export interface Decision {
  /** The route. */
  key: RouteKey;
  /** The host. */
  row: number;
  /** The `nowMs` of it. */
  atMs: number;
  /** What and why, in one sentence. */
  text: string;
}

/** What became of a host, for those who do not see the balancer. */
export interface HostChange {
  /** The route. */
  key: RouteKey;
  /** The host. */
  row: number;
  /** The `nowMs` of it. */
  atMs: number;
  /** What happened; undefined: something about its outage changed that is no event. */
  kind: HostEventKind | undefined;
  /** Why it is out of use, or was until now. */
  reason: HostReason;
  /** Calls that were looked at. */
  calls: number;
  /** Those of them that failed. */
  failures: number;
  /** Mean duration of its calls in microseconds; 0 is unknown. */
  meanUs: number;
  /** Median of those of the route's hosts, likewise. */
  peersMeanUs: number;
}

/** Where a policy's messages go; called synchronously, must not throw. */
export interface PolicyOutbox {
  /** Asks whether a host accepts connections: answered by {@linkcode Balancer.onHealthCheck}, or never. */
  healthCheck(key: RouteKey, row: number): void;
  /** Takes a decision for `lars explain`. */
  decided(decision: Decision): void;
  /** Takes that a host went out of use, came back, or is out of it for another time. */
  changed(change: HostChange): void;
}

/** What a policy is made of. */
export interface PolicyOptions {
  /** Constants of every policy: each takes its own. */
  settings: PolicySettings;
  /** Source of randomness, seeded in tests. */
  random: Random;
  /** Where its messages go. */
  outbox: PolicyOutbox;
}
