import type { Author, RouteRow } from "../types.ts";
import { StoreError } from "../types.ts";

/** Most instances in a page of {@linkcode LeaseStore.instances}. */
export const INSTANCES_PAGE_MAX = 10_000;

/** Reason of the drain that stands for an instance that a person has removed. */
export const REMOVED_BY_HAND = "removed by hand";

/**
 * Self-registration is off: its tables are missing, and this user may not make
 * them. A store looks for them again at each use.
 */
export class LeasesOffError extends StoreError {
  /** Makes an error. */
  constructor(message: string) {
    super(message, { retry: true });
  }
}

/** What an agent says when it renews its lease, and who says so. */
export interface LeaseRenewal {
  /** Identity of the agent: 32 hexadecimal digits. */
  agent: string;
  /** Drawn at each start of the agent: an integer from 0 up and below 2⁵³. */
  epoch: number;
  /** Grows with each renewal of one epoch. */
  renewal: number;
  /** Time without a renewal after which the lease is overdue, in milliseconds. */
  ttlMs: number;
  /** What people call the agent; up to 64 characters. */
  name: string;
  /** Its address as its dns sees it. */
  address: string;
  /** Name of that dns; up to 64 characters. */
  dns: string;
}

/** Row of AgentLease: the agent of one machine, on which its instances hang. */
export interface AgentLease extends LeaseRenewal {
  /** Hash of the set of instances that is stored; 0: of none. */
  hash: number;
  /** Rows of Instance that it has. */
  instances: number;
  /** A dns has seen no renewal for its time: marked by it, ended by the next renewal. */
  overdue: boolean;
}

/** A lease as somebody has seen it: what is done to it is done to no later one. */
export type LeaseSeen = Pick<AgentLease, "agent" | "epoch" | "renewal">;

/** A host of a route that an agent registers. */
export interface Registration extends RouteRow {
  /** Relative capacity, 1 to 10,000; absent: as it was, or 100. */
  weight?: number;
  /** Name of 1 to 32 letters, digits, ".", "_" and "-"; absent likewise. */
  zone?: string;
  /** Of the program that serves, for people; up to 64 characters. */
  version: string;
  /** It gets no calls for now. */
  notReady: boolean;
}

/** All that an agent registers. */
export interface AgentSet {
  /** Its lease; renewed with it. */
  lease: LeaseRenewal;
  /** Of `hosts`, as agents compute it: an integer below 2⁵³. */
  hash: number;
  /** Each host of a route once. */
  hosts: readonly Registration[];
}

/** What a sync needs to know of the world beside the store. */
export interface SyncOptions {
  /**
   * Whether a host without a row in RouteData is served all the same, as its loss
   * is not known yet, or was no edit: it is left as it is.
   */
  isServed?: (row: RouteRow) => boolean;
  /** Whether an agent may take hosts that another has registered; undefined: that has no lease. */
  mayTake?: (
    holder: AgentLease | undefined,
    claimant: LeaseRenewal,
  ) => boolean;
}

/** A host that another agent has registered. */
export interface HeldHost extends RouteRow {
  /** That agent: its name and address are empty if it has no lease. */
  holder: Pick<AgentLease, "agent" | "name" | "address">;
}

/** What became of one {@linkcode AgentSet}. */
export type SyncOutcome =
  | {
    state: "stored";
    /** Hosts that other agents hold. */
    refused: HeldHost[];
    /** Hosts that a person has removed: they stay away. */
    removed: RouteRow[];
  }
  /** A newer renewal is stored: nothing was done. */
  | { state: "stale" };

/** State of an instance, without regard to drains. */
export type InstanceState = "served" | "not_ready" | "removed";

/** Row of Instance: a host of a route that an agent has registered. */
export interface InstanceRow extends RouteRow {
  /** Identity of the agent. */
  agent: string;
  /** It was made by hand, or put back: its row in RouteData stays whatever the agent says. */
  isStatic: boolean;
  /** "removed": by a person, with a drain that keeps it away. */
  state: InstanceState;
  /** Unix time in seconds since which it is in that state, for people. */
  since: number;
  /** Weight that was registered. */
  weight?: number;
  /** Zone that was registered. */
  zone?: string;
  /** Version of its program; empty is none. */
  version: string;
}

/** Argument of {@linkcode LeaseStore.instances}; all that is given must be so. */
export interface InstanceQuery {
  /** Of this route. */
  key?: { modId: number; cmdId: number } | undefined;
  /** Of this address, at one port or at every one. */
  host?: { ip: number; port?: number } | undefined;
  /** Of this agent. */
  agent?: string | undefined;
  /** Behind this one, in the order of route, address and port. */
  after?: RouteRow | undefined;
  /** Most rows, up to {@linkcode INSTANCES_PAGE_MAX}. */
  limit: number;
}

/** How leases expire. */
export interface ExpireOptions extends Pick<SyncOptions, "isServed"> {
  /** Who says that they have. */
  by: Author;
  /** Hosts that a route keeps at least; default: none. */
  least?: (key: { modId: number; cmdId: number }) => number;
  /** The hosts that may go; default: all. */
  only?: (row: RouteRow) => boolean;
}

/** What became of a lease that was to expire. */
export interface ExpireOutcome extends LeaseSeen {
  /** "cancelled": it was renewed, or is gone; "part": some of its hosts stay, and it with them. */
  state: "expired" | "part" | "cancelled";
  /** Hosts that are not served any more. */
  removed: RouteRow[];
}

/** What agents register: leases of machines, and the instances that hang on them. */
export interface LeaseStore extends AsyncDisposable {
  /** Reads every lease, by agent. */
  leases(): Promise<AgentLease[]>;
  /**
   * Writes renewals, each agent once. What is registered stays as it is; an agent
   * without a lease gets one without instances.
   */
  renew(renewals: readonly LeaseRenewal[]): Promise<void>;
  /** Marks leases as overdue, unless they were renewed. */
  mark(leases: readonly LeaseSeen[]): Promise<void>;
  /**
   * Makes what each agent has registered equal to its set, each agent once, all in
   * one transaction with the routes that are served. Rows that a person has made
   * stay as they are; what a person has removed stays away.
   */
  sync(
    sets: readonly AgentSet[],
    options?: SyncOptions,
  ): Promise<SyncOutcome[]>;
  /** Ends leases that nobody has renewed since, with their instances. */
  expire(
    leases: readonly LeaseSeen[],
    options: ExpireOptions,
  ): Promise<ExpireOutcome[]>;
  /** Reads instances, ordered by route, address and port. */
  instances(query: InstanceQuery): Promise<InstanceRow[]>;
  /**
   * Takes instances away as a person wants it: with drains that keep them away as
   * long as they stand, whatever their agents say. Returns how many there were.
   */
  remove(rows: readonly RouteRow[], by: Author): Promise<number>;
}
