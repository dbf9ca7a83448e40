import {
  addressKey,
  type CallReport,
  CallTotalsEncoder,
  type HostTotals,
  LATENCY_BOUNDS_US,
  LATENCY_COUNTS,
  RouteMap,
} from "../../proto/mod.ts";
import { HostColumns } from "../policies/host_columns.ts";
import type { ShardCounters } from "../routes/counters.ts";
import type { HostTable } from "../routes/host_table.ts";
import { LinkedQueue } from "../routes/linked_queue.ts";
import { NO_TOTALS, type RouteEntry } from "../routes/route_entry.ts";

/** Most that one count holds, as the wire has it; a host with that many calls counts no more. */
const COUNT_MAX = 0xffff_ffff;

/** Most hosts that left their routes whose totals are kept, 2 MB of them; calls of more are lost. */
export const DEPARTED_HOSTS_MAX = 16_384;

/** Hosts that one slice encodes, in about a millisecond. */
const HOSTS_PER_SLICE = 4_096;

/** No slot of {@linkcode SlotColumn}. */
const NO_SLOT = 0;

/** By row of a host: where its totals stand, so that only hosts with calls take room for them. */
class SlotColumn extends HostColumns {
  slot = new Uint32Array(0);
}

/** Counts of a host, which stand together as a report touches all of them. */
const CALLS = 0;
const FAILURES = 1;
const TIMED = 2;
const MAX_US = 3;
const HOST_COUNTS = 4;

/** {@linkcode HOST_COUNTS} counts of each host, by slot. */
class CountsColumn extends HostColumns {
  counts = new Uint32Array(0);
}

/** Sums of durations in microseconds, by slot. */
class SumsColumn extends HostColumns {
  durationUs = new Float64Array(0);
}

/** Counts of latencies of routes, {@linkcode LATENCY_COUNTS} each. */
class LatencyColumn extends HostColumns {
  counts = new Uint32Array(0);
}

/** What hosts of a route, or all of it, left behind that are no more. */
interface Departed {
  latency: number[];
  hosts: Map<number, HostTotals>;
}

/**
 * What was reported of the hosts of a shard since it was last encoded: a few
 * additions for each report. Memory is bounded by the hosts that have calls.
 */
export class CallTotals {
  readonly #hosts: HostTable;
  readonly #counters: ShardCounters;
  readonly #slots = new SlotColumn();
  readonly #counts = new CountsColumn();
  readonly #sums = new SumsColumn();
  readonly #latency = new LatencyColumn();
  /** By slot: its route. */
  readonly #owners: RouteEntry[] = [];
  /** Slots from 1 to below this were used at least once. */
  #slotsUsed = NO_SLOT + 1;
  readonly #freeSlots: number[] = [];
  /** Rows of latencies, likewise. */
  #rowsUsed = 0;
  readonly #freeRows: number[] = [];
  /** Routes with calls; none of them stands in a queue of routes without hosts. */
  readonly #routes = new LinkedQueue<RouteEntry>();
  #departed = new RouteMap<Departed>();
  #departedHosts = 0;
  readonly #encoder = new CallTotalsEncoder();

  /** Totals of hosts that are rows of `hosts`. */
  constructor(
    { hosts, counters }: { hosts: HostTable; counters: ShardCounters },
  ) {
    this.#hosts = hosts;
    this.#counters = counters;
  }

  /** Routes that have calls. */
  get routes(): number {
    return this.#routes.size;
  }

  /** Whether there is nothing. */
  get isEmpty(): boolean {
    return this.#routes.size === 0 && this.#departed.size === 0;
  }

  /** Adds a call of a host, one of the route's rows. O(1) */
  add(
    entry: RouteEntry,
    row: number,
    { returnCode, durationUs }: CallReport,
  ): void {
    if (entry.totals === NO_TOTALS) this.#addRoute(entry);
    const slot = this.#slots.slot[row] || this.#addHost(row, entry);
    const { counts } = this.#counts;
    const first = slot * HOST_COUNTS;
    const calls = counts[first + CALLS]!;
    if (calls === COUNT_MAX) return;
    counts[first + CALLS] = calls + 1;
    if (returnCode !== 0) counts[first + FAILURES]! += 1;
    if (durationUs <= 0) return;
    counts[first + TIMED]! += 1;
    if (durationUs > counts[first + MAX_US]!) {
      counts[first + MAX_US] = durationUs;
    }
    this.#sums.durationUs[slot]! += durationUs;
    this.#addLatency(entry.totals * LATENCY_COUNTS, durationUs);
  }

  /** Puts the totals of a host aside that leaves its route: its row may be another's next. */
  leaveHost(row: number): void {
    const slot = this.#slots.slot[row] ?? NO_SLOT;
    if (slot === NO_SLOT) return;
    const entry = this.#owners[slot]!;
    this.#depart(entry, this.#takeHost(row, slot));
  }

  /** Puts the totals of a route aside that is about to lose its hosts. */
  leaveRoute(entry: RouteEntry): void {
    if (entry.totals === NO_TOTALS) return;
    for (const row of entry.hosts?.rows ?? []) this.leaveHost(row);
    const first = entry.totals * LATENCY_COUNTS;
    const latency = this.#departedOf(entry)?.latency;
    for (let index = 0; latency && index < LATENCY_COUNTS; index++) {
      const count = this.#latency.counts[first + index]!;
      latency[index] = addCounts(latency[index]!, count);
    }
    this.#removeRoute(entry);
  }

  /**
   * Encodes the totals of `routes` routes, or of as many as one slice has, and
   * begins them anew. Answers how many are left.
   */
  encodeSlice(routes: number): number {
    for (let hosts = 0; routes > 0 && hosts < HOSTS_PER_SLICE; routes--) {
      const entry = this.#routes.head;
      if (entry === undefined) return 0;
      hosts += this.#encodeRoute(entry);
    }
    return routes;
  }

  /** Encodes the totals of hosts that left. */
  encodeDeparted(): void {
    for (const [key, { latency, hosts }] of this.#departed) {
      this.#encoder.route(key, latency, 0);
      for (const host of hosts.values()) this.#encoder.host(host);
    }
    this.#departed = new RouteMap();
    this.#departedHosts = 0;
  }

  /** Takes out the bodies that were encoded, which lack their `seq`. */
  takeBodies(): Uint8Array[] {
    return this.#encoder.take();
  }

  /** Counts a duration among the counts of a route, which begin at `first`. */
  #addLatency(first: number, durationUs: number): void {
    const { counts } = this.#latency;
    let at = first;
    for (let index = 0; durationUs > LATENCY_BOUNDS_US[index]!; index++) at++;
    const before = counts[at]!;
    if (before < COUNT_MAX) counts[at] = before + 1;
  }

  #addRoute(entry: RouteEntry): void {
    entry.totals = this.#freeRows.pop() ?? this.#rowsUsed++;
    this.#latency.ensure((entry.totals + 1) * LATENCY_COUNTS - 1);
    this.#routes.push(entry);
  }

  #removeRoute(entry: RouteEntry): void {
    const first = entry.totals * LATENCY_COUNTS;
    this.#latency.counts.fill(0, first, first + LATENCY_COUNTS);
    this.#freeRows.push(entry.totals);
    entry.totals = NO_TOTALS;
    this.#routes.remove(entry);
  }

  #addHost(row: number, entry: RouteEntry): number {
    const slot = this.#freeSlots.pop() ?? this.#slotsUsed++;
    this.#counts.ensure((slot + 1) * HOST_COUNTS - 1);
    this.#sums.ensure(slot);
    this.#slots.ensure(row);
    this.#slots.slot[row] = slot;
    this.#owners[slot] = entry;
    return slot;
  }

  /** The totals of a host, which begin anew. */
  #takeHost(row: number, slot: number): HostTotals {
    const { counts } = this.#counts;
    const { durationUs } = this.#sums;
    const first = slot * HOST_COUNTS;
    const totals = {
      ip: this.#hosts.ip[row]!,
      port: this.#hosts.port[row]!,
      calls: counts[first + CALLS]!,
      failures: counts[first + FAILURES]!,
      timed: counts[first + TIMED]!,
      maxUs: counts[first + MAX_US]!,
      durationUs: toWireSum(durationUs[slot]!),
    };
    counts.fill(0, first, first + HOST_COUNTS);
    durationUs[slot] = 0;
    this.#slots.slot[row] = NO_SLOT;
    this.#freeSlots.push(slot);
    return totals;
  }

  /** Answers about how many hosts it was work for. */
  #encodeRoute(entry: RouteEntry): number {
    const encoder = this.#encoder;
    const { slot: slots } = this.#slots;
    const rows = entry.hosts?.rows ?? [];
    encoder.route(
      entry.key,
      this.#latency.counts,
      entry.totals * LATENCY_COUNTS,
    );
    for (const row of rows) {
      const slot = slots[row] ?? NO_SLOT;
      if (slot !== NO_SLOT) encoder.host(this.#takeHost(row, slot));
    }
    this.#removeRoute(entry);
    return rows.length + 1;
  }

  /** What a route left behind; undefined if there is no more room. */
  #departedOf({ key }: RouteEntry): Departed | undefined {
    const before = this.#departed.get(key);
    if (before || this.#departedHosts >= DEPARTED_HOSTS_MAX) return before;
    const latency = new Array<number>(LATENCY_COUNTS).fill(0);
    const departed = { latency, hosts: new Map() };
    this.#departed.set(key, departed);
    return departed;
  }

  #depart(entry: RouteEntry, totals: HostTotals): void {
    const hosts = this.#departedOf(entry)?.hosts;
    const key = addressKey(totals);
    const before = hosts?.get(key);
    if (before !== undefined) {
      hosts?.set(key, addTotals(before, totals));
    } else if (hosts && this.#departedHosts < DEPARTED_HOSTS_MAX) {
      hosts.set(key, totals);
      this.#departedHosts += 1;
    } else this.#counters.uncountedCalls += totals.calls;
  }
}

function addCounts(a: number, b: number): number {
  return Math.min(COUNT_MAX, a + b);
}

function toWireSum(durationUs: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.round(durationUs));
}

function addTotals(a: HostTotals, b: HostTotals): HostTotals {
  return {
    ...a,
    calls: addCounts(a.calls, b.calls),
    failures: addCounts(a.failures, b.failures),
    timed: addCounts(a.timed, b.timed),
    durationUs: toWireSum(a.durationUs + b.durationUs),
    maxUs: Math.max(a.maxUs, b.maxUs),
  };
}
