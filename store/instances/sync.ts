import {
  addressKey,
  type Route,
  type RouteKey,
  RouteMap,
} from "../../proto/mod.ts";
import { recordedEdit, resultOf } from "../admin/recorded_edit.ts";
import { isSameTarget } from "../drains/host_drains.ts";
import { compareKeys } from "../route_grouper.ts";
import {
  apply,
  change,
  drains,
  insertAll,
  type Program,
  read,
  upsert,
} from "../steps.ts";
import {
  type Author,
  DRAINS_MAX,
  type HostChange,
  type HostDrain,
  type HostRow,
  type RouteEdit,
  type RouteRow,
} from "../types.ts";
import {
  deleteInstances,
  instanceColumns,
  instancesAt,
  instancesOf,
  leasesOf,
  placeKey,
  placeOf,
  renewalColumns,
} from "./rows.ts";
import {
  type AgentLease,
  type AgentSet,
  type HeldHost,
  type InstanceRow,
  type Registration,
  REMOVED_BY_HAND,
  type SyncOptions,
  type SyncOutcome,
} from "./types.ts";

/** What a transaction on instances has besides its argument. */
export interface Context {
  /** Unix time in whole seconds. */
  nowSeconds: number;
  /** Whether the store has tables to keep who made an edit. */
  isKept: boolean;
}

/** Names of agents that the line of a change lists. */
const NAMES_MAX = 20;

/** Makes the instances of agents equal to their sets. */
export function* syncSets(
  sets: readonly AgentSet[],
  { isServed = () => false, mayTake = () => false, ...context }:
    & SyncOptions
    & Context,
): Program<SyncOutcome[]> {
  yield { kind: "lock" };
  const leases = yield* leasesOf(sets.map(({ lease }) => lease.agent));
  const fresh = sets.filter((set) => !isStale(set, leases));
  const own = yield* instancesOf(fresh.map(({ lease }) => lease.agent));
  const known = new Set(own.map(placeKey));
  const others = yield* instancesAt(
    fresh.flatMap(({ hosts }) => hosts)
      .filter((host) => !known.has(placeKey(host))),
  );
  const holders = yield* leasesOf([
    ...new Set(others.map(({ agent }) => agent)),
  ]);
  const claims = fresh.flatMap(({ hosts }) => hosts);
  const plan = yield* Plan.begin({
    instances: [...own, ...others],
    places: claims,
    isServed,
    nowSeconds: context.nowSeconds,
  });
  const outcomes = sets.map((set): SyncOutcome => {
    if (!fresh.includes(set)) return { state: "stale" };
    const { lease } = set;
    const refused: HeldHost[] = [];
    const claimed = new Set(set.hosts.map(placeKey));
    for (const host of set.hosts) {
      const holder = plan.at(host)?.agent;
      if (holder !== undefined && holder !== lease.agent) {
        const held = holders.get(holder) ?? leases.get(holder);
        if (!mayTake(held, lease)) {
          const { name = "", address = "" } = held ?? {};
          const by = { agent: holder, name, address };
          refused.push({ ...placeOf(host), holder: by });
          continue;
        }
      }
      plan.register(host, lease.agent);
    }
    for (const row of plan.of(lease.agent)) {
      if (!claimed.has(placeKey(row))) plan.end(row);
    }
    const removed = plan.of(lease.agent)
      .filter(({ state }) => state === "removed").map(placeOf);
    return { state: "stored", refused, removed };
  });
  yield* plan.write(authorOf(fresh), context);
  yield* writeLeases(fresh, { plan, others: [...holders.values()] });
  return outcomes;
}

/** Takes instances away for a person, with drains that keep them away. */
export function* removeInstances(
  rows: readonly RouteRow[],
  { by, ...context }: Context & { by: Author },
): Program<number> {
  yield { kind: "lock" };
  const instances = yield* instancesAt(rows);
  const plan = yield* Plan.begin({
    instances,
    places: [],
    isServed: () => false,
    nowSeconds: context.nowSeconds,
  });
  for (const row of instances) plan.remove(row, by.actor);
  yield* plan.write(by, context);
  return instances.length;
}

/** Whether a newer renewal of the same start of the agent is stored, with another set. */
function isStale(
  { lease, hash }: AgentSet,
  leases: ReadonlyMap<string, AgentLease>,
): boolean {
  const stored = leases.get(lease.agent);
  return stored !== undefined && stored.epoch === lease.epoch &&
    stored.renewal > lease.renewal && stored.hash !== hash;
}

/** Writes the leases of agents, and those from which they have taken instances. */
function* writeLeases(
  sets: readonly AgentSet[],
  { plan, others }: { plan: Plan; others: readonly AgentLease[] },
): Program<void> {
  // In order, as renew() writes them.
  const renewed = sets.filter(({ hosts }) => hosts.length > 0)
    .toSorted((a, b) => a.lease.agent < b.lease.agent ? -1 : 1);
  yield* upsert("AgentLease", {
    key: ["agent"],
    rows: renewed.map(({ lease, hash }) => ({
      ...renewalColumns(lease),
      set_hash: hash,
      instances: plan.of(lease.agent).length,
    })),
  });
  for (const { lease, hosts } of sets) {
    if (hosts.length === 0) yield* deleteLease(lease.agent);
  }
  for (const { agent } of others) {
    const taken = plan.takenFrom(agent);
    if (taken === 0) continue;
    yield* change(
      "UPDATE AgentLease SET instances = instances - ? WHERE agent = ?",
      taken,
      agent,
    );
    yield* change(
      "DELETE FROM AgentLease WHERE agent = ? AND instances <= 0",
      agent,
    );
  }
}

/** Deletes the lease of an agent. */
export function* deleteLease(agent: string): Program<void> {
  yield* change("DELETE FROM AgentLease WHERE agent = ?", agent);
}

/** Who registers, for people. */
function authorOf(sets: readonly AgentSet[]): Author {
  const names = sets.map(({ lease }) => lease.name || lease.agent);
  const more = names.length > NAMES_MAX
    ? ` and ${names.length - NAMES_MAX} more`
    : "";
  return {
    actor: names.length === 1 ? `agent ${names[0]}` : `${names.length} agents`,
    action: "register",
    ...names.length === 1
      ? { address: sets[0]!.lease.address }
      : { comment: names.slice(0, NAMES_MAX).join(", ") + more },
  };
}

/** What becomes of instances and of their rows in RouteData. */
export class Plan {
  /** Instances as they will be, by {@linkcode placeKey}; undefined: none. */
  readonly #rows = new Map<string, InstanceRow | undefined>();
  readonly #before = new Map<string, InstanceRow>();
  readonly #byAgent = new Map<string, Set<string>>();
  readonly #taken = new Map<string, number>();
  /** Hosts of routes by {@linkcode addressKey}. */
  readonly #present = new RouteMap<ReadonlySet<number>>();
  /** As they were read. */
  readonly #routes = new RouteMap<Route>();
  readonly #drains: readonly HostDrain[];
  readonly #isServed: (row: RouteRow) => boolean;
  readonly #nowSeconds: number;
  readonly #add: HostRow[] = [];
  readonly #remove: RouteRow[] = [];
  readonly #set: HostChange[] = [];
  readonly #drain: Omit<HostDrain, "since">[] = [];
  readonly #undrain: Omit<HostDrain, "since" | "who" | "reason">[] = [];

  private constructor(
    { instances, routes, drains, isServed, nowSeconds }: {
      instances: readonly InstanceRow[];
      routes: readonly Route[];
      drains: readonly HostDrain[];
      isServed: (row: RouteRow) => boolean;
      nowSeconds: number;
    },
  ) {
    this.#drains = drains;
    this.#isServed = isServed;
    this.#nowSeconds = nowSeconds;
    for (const route of routes) {
      this.#routes.set(route, route);
      this.#present.set(route, new Set(route.hosts.map(addressKey)));
    }
    for (const row of instances) {
      this.#before.set(placeKey(row), row);
      this.#put(row);
    }
  }

  /** Reads what the routes of these instances and places hold. */
  static *begin(
    { instances, places, ...options }: {
      instances: readonly InstanceRow[];
      places: readonly RouteRow[];
      isServed: (row: RouteRow) => boolean;
      nowSeconds: number;
    },
  ): Program<Plan> {
    const keys = new RouteMap<RouteKey>();
    for (const { modId, cmdId } of [...instances, ...places]) {
      keys.set({ modId, cmdId }, { modId, cmdId });
    }
    const routes = yield* read([...keys.values()].sort(compareKeys));
    const known = yield* drains();
    return new Plan({ instances, routes, drains: known, ...options });
  }

  /** The instance of a host, as it will be. */
  at(row: RouteRow): InstanceRow | undefined {
    return this.#rows.get(placeKey(row));
  }

  /** The instances that an agent will have. */
  of(agent: string): InstanceRow[] {
    return [...this.#byAgent.get(agent) ?? []]
      .map((key) => this.#rows.get(key)!);
  }

  /** How many instances other agents have taken from this one. */
  takenFrom(agent: string): number {
    return this.#taken.get(agent) ?? 0;
  }

  /** Whether a host has a row in RouteData. */
  isPresent(row: RouteRow): boolean {
    return this.#present.get(row)?.has(addressKey(row)) ?? false;
  }

  /** How many hosts the route of an instance has. */
  hostsOf(key: RouteKey): number {
    return this.#routes.get(key)?.hosts.length ?? 0;
  }

  /** Registers a host, or what is new of it. */
  register(host: Registration, agent: string): void {
    const before = this.at(host);
    if (before !== undefined && before.agent !== agent) {
      this.#taken.set(before.agent, this.takenFrom(before.agent) + 1);
      this.#byAgent.get(before.agent)?.delete(placeKey(host));
    }
    const { weight, zone, version } = host;
    const row: InstanceRow = {
      ...placeOf(host),
      agent,
      isStatic: before?.isStatic ?? this.isPresent(host),
      state: host.notReady ? "not_ready" : "served",
      since: this.#nowSeconds,
      ...weight === undefined ? {} : { weight },
      ...zone === undefined ? {} : { zone },
      version,
    };
    const state = before === undefined
      ? this.#begin(row)
      : this.#change(row, before);
    const isSame = before?.state === state;
    this.#put({
      ...row,
      state,
      since: isSame ? before.since : row.since,
    });
  }

  /** Ends an instance; its row in RouteData goes, unless it was made by hand. */
  end(row: InstanceRow): void {
    this.#rows.set(placeKey(row), undefined);
    this.#byAgent.get(row.agent)?.delete(placeKey(row));
    if (row.state !== "served") return;
    if (!this.isPresent(row)) this.#noteRemoval(row);
    else if (!row.isStatic) this.#remove.push(placeOf(row));
  }

  /** Takes an instance away for a person. */
  remove(row: InstanceRow, who: string): void {
    if (this.isPresent(row)) this.#remove.push(placeOf(row));
    this.#drain.push({ ...targetOf(row), who, reason: REMOVED_BY_HAND });
    this.#put({ ...row, state: "removed", since: this.#nowSeconds });
  }

  /** Writes it: the routes and who changed them, then the instances. */
  *write(by: Author, { nowSeconds, isKept }: Context): Program<void> {
    const edit: RouteEdit = {
      remove: this.#remove,
      add: this.#add,
      set: this.#set,
      undrain: this.#undrain,
      drain: this.#drain,
    };
    if (Object.values(edit).some((part) => part.length > 0)) {
      if (!isKept) yield* apply(edit);
      else {
        const known = this.#routes;
        resultOf(yield* recordedEdit(edit, { by, nowSeconds, known }));
      }
    }
    const changed = [...this.#rows].filter(([key, row]) =>
      !isSameRow(this.#before.get(key), row)
    );
    yield* deleteInstances(
      changed.flatMap(([key]) => this.#before.get(key) ?? []),
    );
    yield* insertAll(
      "Instance",
      changed.flatMap(([, row]) =>
        row === undefined ? [] : [instanceColumns(row)]
      ),
    );
  }

  /** The state of a host that was not registered. */
  #begin(row: InstanceRow): InstanceRow["state"] {
    const isRemoved = !row.isStatic &&
      this.#drains.some((drain) =>
        drain.reason === REMOVED_BY_HAND && isSameTarget(drain, targetOf(row))
      );
    if (isRemoved) return "removed";
    if (!row.isStatic && row.state === "served") this.#serve(row);
    return row.state;
  }

  /** The state of a host that is registered, and what its rows become. */
  #change(row: InstanceRow, before: InstanceRow): InstanceRow["state"] {
    const isPresent = this.isPresent(row);
    if (before.state === "removed") {
      const drain = this.#drains.find((drain) =>
        isSameTarget(drain, targetOf(row))
      );
      if (!isPresent && drain !== undefined) return "removed";
      // A person has put it back, and has not to end the drain as well.
      if (drain?.reason === REMOVED_BY_HAND) this.#undrain.push(targetOf(row));
    } else if (!isPresent && (before.isStatic || before.state === "served")) {
      return this.#noteRemoval(row) ? "removed" : before.state;
    }
    // What stands there without having been served is a person's.
    row.isStatic = isPresent && (before.isStatic || before.state !== "served");
    if (row.isStatic) return row.state;
    if (row.state !== "served") {
      if (isPresent) this.#remove.push(placeOf(row));
      return row.state;
    }
    if (!isPresent) this.#serve(row);
    else if (row.weight !== before.weight || row.zone !== before.zone) {
      this.#set.push({
        ...placeOf(row),
        weight: row.weight ?? null,
        zone: row.zone ?? null,
      });
    }
    return "served";
  }

  #serve(row: InstanceRow): void {
    const { weight, zone } = row;
    this.#add.push({
      ...placeOf(row),
      ...weight === undefined ? {} : { weight },
      ...zone === undefined ? {} : { zone },
    });
  }

  /** Notes that a person has removed a host; false if no more drains can be kept. */
  #noteRemoval(row: InstanceRow): boolean {
    if (this.#isServed(row)) return false;
    const target = targetOf(row);
    if (this.#drains.some((drain) => isSameTarget(drain, target))) return true;
    if (this.#drains.length + this.#drain.length >= DRAINS_MAX) return false;
    this.#drain.push({ ...target, who: "lars", reason: REMOVED_BY_HAND });
    return true;
  }

  #put(row: InstanceRow): void {
    const key = placeKey(row);
    this.#rows.set(key, row);
    const places = this.#byAgent.get(row.agent) ?? new Set();
    this.#byAgent.set(row.agent, places.add(key));
  }
}

/** The drain that keeps away just this host of this route. */
function targetOf({ modId, cmdId, ip, port }: RouteRow) {
  return { ip, port, route: { modId, cmdId } };
}

function isSameRow(
  before: InstanceRow | undefined,
  row: InstanceRow | undefined,
): boolean {
  if (before === undefined || row === undefined) return before === row;
  const [a, b] = [before, row].map(instanceColumns);
  return Object.entries(a!).every(([column, value]) => b![column] === value);
}
