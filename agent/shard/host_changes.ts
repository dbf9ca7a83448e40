import {
  addressKey,
  type HostAddress,
  type HostEvent,
  HostEventKind,
  HostReason,
  hostReasonName,
  HostState,
  type RouteKey,
  RouteMap,
} from "../../proto/mod.ts";
import { type HostChange, NO_HOST } from "../policies/balancer.ts";
import type { HostTable } from "../routes/host_table.ts";
import { LEFT_MS, LeftHosts } from "../routes/left_hosts.ts";
import type { RouteEntry } from "../routes/route_entry.ts";
import type {
  HostsChange,
  LeavingHost,
  RouteStates,
} from "../routes/route_hosts.ts";

/** Least time between two messages about the same route. */
const CHANGES_INTERVAL_MS = 1_000;

/** Likewise before one that tells of hosts that have left: somebody waits for it. */
const LEFT_INTERVAL_MS = 100;

/** Most events between two messages; more are counted. */
export const EVENTS_MAX = 100;

/** Most routes that one tick looks at, in about a millisecond. */
const ROUTES_PER_TICK_MAX = 256;

/** States that a status calls overloaded. */
const OUT_OF_USE: ReadonlySet<number> = new Set([
  HostState.ejected,
  HostState.overloaded,
]);

/** A person drains a host, whatever its calls did. */
const DRAIN_NUMBERS = {
  reason: HostReason.drained,
  calls: 0,
  failures: 0,
  meanUs: 0,
  peersMeanUs: 0,
};

/** Where changes go. */
export interface ChangesOutbox {
  /** The hosts of a route that are not plainly in use; none: all are. */
  states(states: RouteStates): void;
  /** What happened to hosts, and how many events after these were left out. */
  events(events: HostEvent[], dropped: number): void;
  /** The hosts of a route that are overloaded or ejected are others than before. */
  overloadChanged(entry: RouteEntry): void;
}

/**
 * Which hosts go out of use, come back, are drained or leave their routes, for
 * reporter and log: at most a message a second for each route, with its newest
 * state. It waits for nothing while nothing changes.
 */
export class HostChanges {
  /** When tick() is due. */
  dueMs = Infinity;
  /** Ejections so far by "reason policy", those included that no event tells of. */
  readonly ejections: Map<string, number> = new Map();
  readonly #hosts: HostTable;
  readonly #outbox: ChangesOutbox;
  readonly #entryOf: (key: RouteKey) => RouteEntry | undefined;
  readonly #left = new LeftHosts();
  /** Routes with changes that were not told. */
  readonly #changed = new Set<RouteEntry>();
  /** Likewise routes without hosts, which some hosts have left. */
  readonly #emptied = new RouteMap<true>();
  /** Routes of which hosts were told that are not in use: those that are out of use, as text. */
  readonly #told = new Map<RouteEntry, string>();
  /** Routes with drained hosts that may have calls under way, and when the first of these are taken for lost. */
  readonly #draining = new Map<RouteEntry, number>();
  #events: { event: HostEvent; atMs: number }[] = [];
  #dropped = 0;
  /** When the last messages left. */
  #sentMs = -Infinity;

  /** Changes of hosts that are rows of `hosts`, of routes that `entryOf` finds. */
  constructor(
    hosts: HostTable,
    outbox: ChangesOutbox,
    entryOf: (key: RouteKey) => RouteEntry | undefined,
  ) {
    this.#hosts = hosts;
    this.#outbox = outbox;
    this.#entryOf = entryOf;
  }

  /** Takes what a balancer did with a host of a route. */
  onChange(entry: RouteEntry, change: HostChange): void {
    const { key: _, row, atMs, kind, ...numbers } = change;
    this.#note(entry, atMs);
    if (kind !== undefined) this.#addEvent(entry, { row, atMs, kind, numbers });
  }

  /** Takes that dns gave a route its hosts, and what became of those it had. */
  onUpdate(
    entry: RouteEntry,
    { events, left }: HostsChange,
    nowMs: number,
  ): void {
    const isBack = this.#left.returned(
      entry.key,
      (host) => (entry.hosts?.find(host) ?? NO_HOST) !== NO_HOST,
    );
    // The last that was told may have been of these alone.
    if (isBack) this.#told.set(entry, this.#told.get(entry) ?? "");
    this.#noteLeft(entry, left, nowMs);
    if (entry.hosts?.hasDrained || this.#told.has(entry)) {
      this.#note(entry, nowMs);
    }
    for (const [row, kind] of events) {
      this.#addEvent(entry, { row, atMs: nowMs, kind, numbers: DRAIN_NUMBERS });
    }
  }

  /** Takes that a call to a drained host of a route was reported. */
  onDrainedReport(entry: RouteEntry, nowMs: number): void {
    if (this.#draining.has(entry)) this.#note(entry, nowMs);
  }

  /** Takes that a call was reported to a host that is none of its route, and perhaps was one. */
  onLeftReport(key: RouteKey, host: HostAddress, nowMs: number): void {
    if (this.#left.report(key, host)) this.#noteKeys([key], nowMs);
  }

  /** Takes that a route is about to lose its hosts. */
  onDrop(entry: RouteEntry, nowMs: number): void {
    const { key, hosts } = entry;
    this.#changed.delete(entry);
    this.#draining.delete(entry);
    this.#noteLeft(entry, hosts?.leaving(nowMs) ?? [], nowMs);
    this.#emptied.delete(key);
    if (!this.#told.delete(entry) && !this.#left.has(key)) return;
    this.#outbox.states({ ...key, hosts: this.#left.states(key, nowMs) });
  }

  /** Does what is due; what it leaves is due at once. */
  tick(nowMs: number): void {
    if (nowMs < this.dueMs) return;
    this.#sendEvents(nowMs);
    for (const [entry, untilMs] of this.#draining) {
      if (untilMs <= nowMs) this.#changed.add(entry);
    }
    this.#noteKeys(this.#left.tick(nowMs), nowMs);
    let left = ROUTES_PER_TICK_MAX;
    for (const key of [...this.#emptied.keys()]) {
      if (left-- === 0) return;
      this.#emptied.delete(key);
      const isEmptied = this.#entryOf(key)?.hosts === undefined;
      if (!isEmptied) this.#noteKeys([key], nowMs);
      else {
        const hosts = this.#left.states(key, nowMs);
        this.#outbox.states({ ...key, hosts });
      }
    }
    for (const entry of this.#changed) {
      if (left-- === 0) return;
      this.#changed.delete(entry);
      this.#sendStates(entry, nowMs);
    }
    this.#sentMs = nowMs;
    this.dueMs = this.#left.dueMs;
    for (const untilMs of this.#draining.values()) {
      this.dueMs = Math.min(this.dueMs, untilMs);
    }
  }

  #note(entry: RouteEntry, nowMs: number): void {
    this.#changed.add(entry);
    this.#expect(nowMs, CHANGES_INTERVAL_MS);
  }

  /** Has messages sent when the last ones were that long ago. */
  #expect(nowMs: number, intervalMs: number): void {
    const dueMs = Math.max(nowMs, this.#sentMs + intervalMs);
    this.dueMs = Math.min(this.dueMs, dueMs);
  }

  /** Keeps hosts that leave a route, unless no program has asked for it lately. */
  #noteLeft(
    entry: RouteEntry,
    hosts: readonly LeavingHost[],
    nowMs: number,
  ): void {
    if (hosts.length === 0 || nowMs - entry.askedMs > LEFT_MS) return;
    const { key } = entry;
    this.#noteKeys([key, ...this.#left.add(key, hosts, nowMs)], nowMs);
  }

  /** Notes routes that hosts have left. */
  #noteKeys(keys: readonly RouteKey[], nowMs: number): void {
    for (const key of keys) {
      const entry = this.#entryOf(key);
      if (entry?.hosts === undefined) this.#emptied.set(key, true);
      else {
        this.#told.set(entry, this.#told.get(entry) ?? "");
        this.#changed.add(entry);
      }
    }
    if (keys.length > 0) this.#expect(nowMs, LEFT_INTERVAL_MS);
  }

  #addEvent(
    { key, policy }: RouteEntry,
    { row, atMs, kind, numbers }: {
      row: number;
      atMs: number;
      kind: HostEventKind;
      numbers: Omit<HostChange, "key" | "row" | "atMs" | "kind">;
    },
  ): void {
    if (kind === HostEventKind.ejected) {
      const cause = `${hostReasonName(numbers.reason)} ${policy}`;
      this.ejections.set(cause, (this.ejections.get(cause) ?? 0) + 1);
    }
    if (this.#events.length === EVENTS_MAX) {
      this.#dropped += 1;
      return;
    }
    const host = this.#hosts.address(row);
    this.#events.push({
      atMs,
      event: { ...key, ...host, kind, ...numbers, ageMs: 0, policy },
    });
  }

  #sendEvents(nowMs: number): void {
    if (this.#events.length === 0) return;
    const events = this.#events.map(({ atMs, event }) => ({
      ...event,
      ageMs: Math.round(nowMs - atMs),
    }));
    this.#outbox.events(events, this.#dropped);
    this.#events = [];
    this.#dropped = 0;
  }

  #sendStates(entry: RouteEntry, nowMs: number): void {
    const { hosts, key } = entry;
    if (hosts === undefined) return;
    const states = [...hosts.states(nowMs), ...this.#left.states(key, nowMs)];
    const before = this.#told.get(entry);
    if (before === undefined && states.length === 0) return;
    const out = states
      .filter(({ state }) => OUT_OF_USE.has(state))
      .map(addressKey)
      .sort((a, b) => a - b)
      .join(" ");
    if (states.length === 0) this.#told.delete(entry);
    else this.#told.set(entry, out);
    const openUntilMs = hosts.openUntilMs(nowMs);
    if (openUntilMs === Infinity) this.#draining.delete(entry);
    else this.#draining.set(entry, openUntilMs);
    this.#outbox.states({ ...key, hosts: states });
    if (out !== (before ?? "")) this.#outbox.overloadChanged(entry);
  }
}
