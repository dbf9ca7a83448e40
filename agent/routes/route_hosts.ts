import {
  addressKey,
  type CallReport,
  type HostAddress,
  HostEventKind,
  type HostExplanation,
  HostReason,
  HostState,
  type HostStateEntry,
  type HostStatus,
  type RouteHost,
  type RouteKey,
  WEIGHT_DRAINED,
  WEIGHT_NORMAL,
} from "../../proto/mod.ts";
import {
  type Balancer,
  type HostAttributes,
  type HostOutage,
  NO_HOST,
  NO_OUTAGES,
  type RouteUpdate,
} from "../policies/balancer.ts";
import {
  keepRows,
  type KeptRows,
  NO_ROWS,
  rowsOf,
} from "../policies/kept_rows.ts";
import {
  type DrainedCounts,
  DrainedHosts,
  NO_BALANCER,
  openPicksMs,
} from "./drained_hosts.ts";
import type { HostTable } from "./host_table.ts";

/** With more hosts than this a map finds them; fewer are looked through. */
const SCAN_HOSTS_MAX = 16;

const NO_ATTRIBUTES: readonly (keyof HostAttributes)[] = [];

/** Counts of a host that nothing is known of. */
const NO_COUNTS = { succ: 0, err: 0, overload: false, openPicks: 0, openMs: 0 };

/** Greatest number that stands in an object itself. */
const LONGEST_US_MAX = 2 ** 30 - 1;

/** What {@linkcode HostOutage} calls the states out of use. */
const OUTAGE_STATES = {
  suspect: HostState.suspect,
  ejected: HostState.ejected,
  overloaded: HostState.overloaded,
} as const;

/** Hosts that an update drained, or let back: a row, and what happened to it. */
export type DrainEvents = ReadonlyMap<number, HostEventKind>;

const NO_EVENTS: DrainEvents = new Map();

/** A host that its route loses. */
export interface LeavingHost extends HostAddress {
  /** Its picks that are not reported yet, as far as the balancer counted them. */
  openPicks: number;
  /** Time after which those are taken for lost. */
  openMs: number;
}

const NO_HOSTS: readonly LeavingHost[] = [];

/** What an update did to hosts that the route had before. */
export interface HostsChange {
  /** Those that stay, and were drained or let back. */
  events: DrainEvents;
  /** Those that it has lost. */
  left: readonly LeavingHost[];
}

/** The hosts of a route that are not plainly in use. */
export interface RouteStates extends RouteKey {
  /** In no particular order; `hasLeft`: it is no host of the route any more. */
  hosts: (Omit<HostStateEntry, keyof RouteKey> & { hasLeft?: true })[];
}

/** The hosts of a route that are out of use. */
export interface RouteOutages extends RouteKey {
  /** In no particular order. */
  hosts: (HostAddress & HostOutage)[];
}

/** What an update says beside the hosts. */
export interface UpdateOptions {
  /** Whether the agent may try to connect to them. */
  healthChecks: boolean;
  /** The caller's time, in milliseconds. */
  nowMs: number;
  /** A balancer without hosts, of another policy or because there is none: it takes the place of the present one. */
  balancer?: Balancer;
}

/** The hosts of one route: rows of the shard's table, and the balancer that picks among them. */
export class RouteHosts {
  /** Number of hosts. */
  length = 0;
  /** Picks among `rows` that are not drained; to be replaced by update() only. */
  balancer: Balancer;
  /** Attributes that some host has which is not drained. */
  attributesSet: readonly (keyof HostAttributes)[] = NO_ATTRIBUTES;
  #rows: KeptRows = NO_ROWS;
  /** Those of `rows` that the balancer knows; undefined: all. */
  #balanced: readonly number[] | undefined;
  /** Undefined unless some host is drained. */
  #drained: DrainedHosts | undefined;
  readonly #table: HostTable;
  /** Duration in microseconds of the longest call that was reported lately; 0: none was. */
  #longestUs = 0;
  /** From addressKey() to row, for long routes only: a map costs 60 bytes a host. */
  #rowByKey: Map<number, number> | undefined;

  /** A route without hosts; `balancer` has none yet. */
  constructor(table: HostTable, balancer: Balancer) {
    this.#table = table;
    this.balancer = balancer;
  }

  /** The row of each, in no particular order; to be read only. O(hosts) */
  get rows(): readonly number[] {
    return rowsOf(this.#rows, this.length);
  }

  /** Takes how a call went; false if its host is none of these. */
  report(call: CallReport, nowMs: number): boolean {
    const row = this.find(call);
    if (row === NO_HOST) return false;
    this.reportRow(row, call, nowMs);
    return true;
  }

  /** As {@linkcode RouteHosts.report}, of a row that was found. */
  reportRow(row: number, call: CallReport, nowMs: number): void {
    if (call.durationUs > this.#longestUs) {
      this.#longestUs = Math.min(call.durationUs, LONGEST_US_MAX);
    }
    if (this.#drained?.has(row)) this.#drained.report(row, call);
    else this.balancer.report(row, call, nowMs);
  }

  /** Forgets slowly how long calls were; to be called every few minutes. */
  fade(): void {
    this.#longestUs -= this.#longestUs >> 2;
  }

  /** Takes whether a host that was to be checked accepts connections. */
  onHealthCheck(host: HostAddress, alive: boolean, nowMs: number): void {
    const row = this.find(host);
    if (row === NO_HOST || this.#drained?.has(row)) return;
    this.balancer.onHealthCheck(row, alive, nowMs);
  }

  /** Whether some host is drained. */
  get hasDrained(): boolean {
    return this.#drained !== undefined;
  }

  /** Whether this host is drained. */
  isDrained(row: number): boolean {
    return this.#drained?.has(row) ?? false;
  }

  /** When the first calls of drained hosts that are not reported are taken for lost; Infinity if there are none. */
  openUntilMs(nowMs: number): number {
    return this.#drained?.openUntilMs(nowMs) ?? Infinity;
  }

  /** Whether its next update is to come with a balancer, as there is none while all hosts are drained. */
  get lacksBalancer(): boolean {
    return this.balancer === NO_BALANCER;
  }

  /** The hosts out of use; O(1) while there is none. */
  outages(nowMs: number): RouteOutages["hosts"] {
    const outages = this.balancer.outages?.(nowMs) ?? NO_OUTAGES;
    return Array.from(
      outages,
      ([row, outage]) => ({ ...this.#table.address(row), ...outage }),
    );
  }

  /** The hosts that are not plainly in use; O(1) while there is none. */
  states(nowMs: number): RouteStates["hosts"] {
    const states = this.outages(nowMs).map((
      { ip, port, state, reason, forMs, waitMs },
    ) => ({
      ip,
      port,
      state: OUTAGE_STATES[state],
      reason,
      ageMs: Math.round(forMs),
      inFlight: 0,
      nextTryMs: Math.round(waitMs),
    }));
    return this.#drained === undefined
      ? states
      : [...states, ...this.#drainedStates(this.#drained, nowMs)];
  }

  #drainedStates(drained: DrainedHosts, nowMs: number): RouteStates["hosts"] {
    return Array.from(drained.rows(), (row) => {
      const { forMs, openPicks } = drained.drain(row, nowMs);
      return {
        ...this.#table.address(row),
        state: HostState.drained,
        reason: HostReason.drained,
        ageMs: Math.round(forMs),
        inFlight: openPicks,
        nextTryMs: 0,
      };
    });
  }

  /** Takes hosts out of use as they were in the run before; those that left the route are nothing to it. */
  restore(outages: RouteOutages["hosts"], nowMs: number): void {
    for (const outage of outages) {
      const row = this.find(outage);
      if (row === NO_HOST || this.#drained?.has(row)) continue;
      this.balancer.restore?.(row, outage, nowMs);
    }
  }

  /** The counters of every host. */
  status(): HostStatus[] {
    return this.rows.map((row) => this.#statusOf(row));
  }

  #statusOf(row: number): HostStatus {
    const { ip, port } = this.#table;
    const drained = this.#drained?.status(row);
    const { succ, err, overload } = drained ?? this.balancer.status(row);
    const status = { ip: ip[row]!, port: port[row]!, succ, err, overload };
    return drained === undefined ? status : { ...status, drained: true };
  }

  /** The counters of every host, and why it is in its state. */
  explain(nowMs: number): HostExplanation[] {
    return this.rows.map((row) => this.#explanationOf(row, nowMs));
  }

  /** The same of at most `max` hosts after the first `after`; those out of use come first, then the drained ones. */
  explainSome(
    nowMs: number,
    { after, max }: { after: number; max: number },
  ): HostExplanation[] {
    const out: number[] = [];
    const drained: number[] = [];
    const inUse: number[] = [];
    for (const row of this.rows) {
      if (this.#drained?.has(row)) drained.push(row);
      else if (this.balancer.status(row).overload) out.push(row);
      else inUse.push(row);
    }
    return [...out, ...drained, ...inUse].slice(after, after + max)
      .map((row) => this.#explanationOf(row, nowMs));
  }

  #explanationOf(row: number, nowMs: number): HostExplanation {
    const status = this.#statusOf(row);
    if (!status.drained) {
      return { ...status, reason: this.balancer.explain(row, nowMs) };
    }
    const { succ, err } = status;
    const reason = `Drained: it gets no calls; ${err} of ${
      succ + err
    } calls failed`;
    return { ...status, reason };
  }

  /** The row of a host, or NO_HOST if it is none of these. O(1) */
  find(host: HostAddress): number {
    if (this.#rowByKey !== undefined) {
      return this.#rowByKey.get(addressKey(host)) ?? NO_HOST;
    }
    const { ip, port } = this.#table;
    const { ip: wantedIp, port: wantedPort } = host;
    const kept = this.#rows;
    for (let index = 0; index < this.length; index++) {
      const row = typeof kept === "number" ? kept + index : kept[index]!;
      if (ip[row] === wantedIp && port[row] === wantedPort) return row;
    }
    return NO_HOST;
  }

  /**
   * Makes the hosts these, of which one that is named twice counts once. Hosts
   * that stay keep their rows, and what is known of them, even when the balancer
   * changes: then of a host's past only that it was out of use.
   */
  update(hosts: readonly RouteHost[], options: UpdateOptions): HostsChange {
    const { healthChecks, nowMs, balancer } = options;
    const balanced = this.#balanced ?? this.rows;
    const change = this.#isSame(hosts)
      ? { attributes: hosts, added: NO_ROWS, removed: NO_ROWS }
      : this.#replace(hosts);
    const left = this.#leaving(change.removed, nowMs);
    const found = findAttributes(change.attributes);
    this.attributesSet = found.set;
    const { events, ...update } = this.#drained || found.isDrained
      ? this.#drain(change, balanced, nowMs)
      : { ...change, rows: this.rows, events: NO_EVENTS };
    this.#balanced = this.#drained && update.rows;
    this.#balance({ ...update, ejected: NO_ROWS, healthChecks }, {
      before: balanced,
      nowMs,
      balancer,
    });
    // Hosts that come next get the last first: rows that follow each other again.
    for (const row of change.removed.toReversed()) this.#table.release(row);
    return { events, left };
  }

  /** Its hosts, which it is about to lose. */
  leaving(nowMs: number): readonly LeavingHost[] {
    return this.#leaving(this.rows, nowMs);
  }

  #leaving(rows: readonly number[], nowMs: number): readonly LeavingHost[] {
    if (rows.length === 0) return NO_HOSTS;
    const openMs = openPicksMs(this.#longestUs);
    return rows.map((row) => ({
      ...this.#table.address(row),
      openMs,
      openPicks: this.#drained?.has(row)
        ? this.#drained.drain(row, nowMs).openPicks
        : this.balancer.openPicks?.(row, nowMs) ?? 0,
    }));
  }

  /** Tells a balancer of its hosts, the present one or `balancer`. */
  #balance(
    update: RouteUpdate,
    { before, nowMs, balancer }: {
      before: readonly number[];
      nowMs: number;
      balancer: Balancer | undefined;
    },
  ): void {
    if (balancer === undefined) this.balancer.update(update, nowMs);
    else this.#exchange(balancer, { update, before, nowMs });
    // One that has lost its last host is not used again.
    const isDrained = update.rows.length === 0 && this.length > 0;
    if (isDrained) this.balancer = NO_BALANCER;
  }

  /** Takes drained hosts out of an update, and those that are any more into it. */
  #drain(
    { attributes, removed }: Pick<RouteUpdate, "attributes" | "removed">,
    balanced: readonly number[],
    nowMs: number,
  ): Omit<RouteUpdate, "ejected" | "healthChecks"> & { events: DrainEvents } {
    const before = new Set(balanced);
    const rows: number[] = [];
    const kept: HostAttributes[] = [];
    const drained: number[] = [];
    this.rows.forEach((row, index) => {
      const host = attributes[index]!;
      if (host.weight === WEIGHT_DRAINED) drained.push(row);
      else {
        rows.push(row);
        kept.push(host);
      }
    });
    this.#drained ??= new DrainedHosts();
    const wasDrained = this.#drained;
    const events = new Map<number, HostEventKind>();
    for (const row of rows) {
      if (wasDrained.has(row)) events.set(row, HostEventKind.undrained);
    }
    for (const row of drained) {
      if (before.has(row)) events.set(row, HostEventKind.drained);
    }
    const countsOf = (row: number) =>
      before.has(row) ? this.#countsOf(row, nowMs) : NO_COUNTS;
    this.#drained.set(drained, { countsOf, nowMs });
    if (drained.length === 0) this.#drained = undefined;
    const now = new Set(rows);
    const gone = [...removed, ...drained].filter((row) => before.has(row));
    return {
      rows,
      attributes: kept,
      added: rows.filter((row) => !before.has(row)),
      removed: [...new Set(gone)].filter((row) => !now.has(row)),
      events,
    };
  }

  /** What the balancer knows of a host that it is about to lose. */
  #countsOf(row: number, nowMs: number): DrainedCounts {
    const openPicks = this.balancer.openPicks?.(row, nowMs) ?? 0;
    const openMs = openPicksMs(this.#longestUs);
    return { ...this.balancer.status(row), openPicks, openMs };
  }

  /** Gives all rows back; not to be used afterwards. */
  release(): void {
    this.update([], { healthChecks: false, nowMs: 0 });
  }

  /** Lets another balancer take the hosts in `update`; the present one knows those of `before`. */
  #exchange(
    balancer: Balancer,
    { update, before, nowMs }: {
      update: RouteUpdate;
      before: readonly number[];
      nowMs: number;
    },
  ): void {
    const removed = new Set(update.removed);
    const ejected = before.filter((row) =>
      !removed.has(row) && this.balancer.status(row).overload
    );
    this.balancer.update({
      ...update,
      rows: NO_ROWS,
      attributes: [],
      added: NO_ROWS,
      removed: before,
    }, nowMs);
    const added = update.rows;
    balancer.update({ ...update, added, ejected, removed: NO_ROWS }, nowMs);
    this.balancer = balancer;
  }

  /** Gives every new host a row; those of hosts that leave are not free yet. */
  #replace(
    hosts: readonly RouteHost[],
  ): Pick<RouteUpdate, "attributes" | "added" | "removed"> {
    const table = this.#table;
    const leaving = new Map<number, number>();
    for (const row of this.rows) {
      leaving.set(addressKey(table.address(row)), row);
    }
    const wanted = new Map<number, RouteHost>();
    for (const host of hosts) wanted.set(addressKey(host), host);
    const rowByKey = new Map<number, number>();
    const added: number[] = [];
    for (const [key, host] of wanted) {
      let row = leaving.get(key);
      leaving.delete(key);
      if (row === undefined) {
        row = table.allocate(host);
        added.push(row);
      }
      rowByKey.set(key, row);
    }
    // The copy has no room to grow, as a list has that grew.
    this.#rows = keepRows([...rowByKey.values()].slice());
    this.length = rowByKey.size;
    this.#rowByKey = this.length > SCAN_HOSTS_MAX ? rowByKey : undefined;
    return {
      attributes: wanted.size === hosts.length ? hosts : [...wanted.values()],
      added,
      removed: [...leaving.values()],
    };
  }

  /** Whether nothing comes or goes: what nearly every answer of dns says. */
  #isSame(hosts: readonly HostAddress[]): boolean {
    const { ip, port } = this.#table;
    return hosts.length === this.length &&
      this.rows.every((row, index) =>
        ip[row] === hosts[index]!.ip && port[row] === hosts[index]!.port
      );
  }
}

/** Which attributes some of these hosts have, and whether one is drained. */
function findAttributes(
  hosts: readonly HostAttributes[],
): { set: readonly (keyof HostAttributes)[]; isDrained: boolean } {
  let isDrained = false;
  let weight = false;
  let zone = false;
  for (const host of hosts) {
    if (host.weight === WEIGHT_DRAINED) isDrained = true;
    else if (host.weight !== undefined) {
      weight ||= host.weight !== WEIGHT_NORMAL;
    }
    zone ||= host.zone !== undefined;
  }
  if (!weight && !zone) return { set: NO_ATTRIBUTES, isDrained };
  const set = (["weight", "zone"] as const)
    .filter((name) => name === "weight" ? weight : zone);
  return { set, isDrained };
}
