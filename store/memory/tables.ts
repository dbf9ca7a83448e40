import {
  addressKey,
  type HostAddress,
  type Route,
  type RouteKey,
  RouteMap,
} from "../../proto/mod.ts";
import type { MemoryAdminTables } from "./admin.ts";
import { compareKeys } from "../route_grouper.ts";
import {
  HOST_TABLE,
  hostChangesOf,
  SETTINGS_TABLE,
} from "../attribute_tables.ts";
import { RouteAttributes } from "../host_attributes.ts";
import { type DrainChanges, isSame, tooManyDrains } from "../drains/changes.ts";
import { covers, targetKey } from "../drains/host_drains.ts";
import {
  DRAINS_MAX,
  type DrainTarget,
  type EditResult,
  type HostDrain,
  type HostRow,
  type RouteEdit,
  type RouteRow,
  type StatusRow,
  type StoreIdentity,
} from "../types.ts";

/** Contents of a database; attributes of removed hosts and routes stay. */
export interface Tables {
  /** Without attributes. */
  readonly routes: RouteMap<Route>;
  readonly attributes: RouteAttributes;
  /** By {@linkcode targetKey}; their targets are in `attributes` too. */
  readonly drains: Map<string, HostDrain>;
  readonly statuses: Map<string, StatusRow>;
  /** Newest rows of RouteChange; the last has id `changeId`. */
  changes: RouteKey[];
  changeId: number;
  version: number;
  identity: StoreIdentity;
  /** Who may do what; made at the first use. */
  admin?: MemoryAdminTables;
}

let stores = 0;

/** Creates a database without rows. */
export function emptyTables(): Tables {
  return {
    routes: new RouteMap(),
    attributes: new RouteAttributes(),
    drains: new Map(),
    statuses: new Map(),
    changes: [],
    changeId: 0,
    version: 0,
    // Equal in each run of a simulation.
    identity: {
      identity: (stores += 1).toString(16).padStart(32, "0"),
      accepted: 0,
    },
  };
}

/** Reads a route; without hosts if there is none. */
export function readRoute(
  { routes, attributes }: Tables,
  { modId, cmdId }: RouteKey,
): Route {
  const hosts = routes.get({ modId, cmdId })?.hosts ?? [];
  return attributes.apply({ modId, cmdId, hosts: [...hosts] });
}

/** Applies a checked edit; `touched` are the keys of changed routes, in order. */
export function applyEdit(
  tables: Tables,
  { edit, nowSeconds }: { edit: RouteEdit; nowSeconds: number },
): EditResult & { touched: RouteKey[] } {
  const { add = [], remove = [], settings = [] } = edit;
  const touched = new RouteMap<true>();
  const rows = applyRows(tables, { add, remove, touched });
  const { routes, attributes } = tables;
  let changed = 0;
  for (const row of hostChangesOf(edit)) {
    const hosts = routes.get(row)?.hosts ?? [];
    if (!hosts.some((host) => addressKey(host) === addressKey(row))) continue;
    if (HOST_TABLE.change(attributes, row) === undefined) continue;
    changed += 1;
    touched.set(row, true);
  }
  for (const change of settings) {
    if (!routes.has(change)) continue;
    if (SETTINGS_TABLE.change(attributes, change) === undefined) continue;
    changed += 1;
    touched.set(change, true);
  }
  const drains = changeDrains(tables, { edit, nowSeconds });
  for (const key of drains.keys) touched.set(key, true);
  changed += drains.changed;
  return { ...rows, changed, touched: [...touched.keys()].sort(compareKeys) };
}

function changeDrains(
  { routes, drains, attributes }: Tables,
  { edit, nowSeconds }: { edit: RouteEdit; nowSeconds: number },
): DrainChanges {
  const { undrain = [], drain = [] } = edit;
  const changes: DrainChanges = { changed: 0, keys: [] };
  const take = (target: DrainTarget) => {
    changes.changed += 1;
    for (const route of routes.values()) {
      const { modId, cmdId, hosts } = route;
      const isTouched = hosts.some((host) =>
        covers(target, { modId, cmdId, ...host })
      );
      if (isTouched) changes.keys.push(route);
    }
  };
  for (const target of undrain) {
    if (!drains.delete(targetKey(target))) continue;
    attributes.drains.delete(target);
    take(target);
  }
  for (const each of drain) {
    const key = targetKey(each);
    const before = drains.get(key);
    if (before !== undefined && isSame({ ...before }, each)) continue;
    if (before === undefined && drains.size >= DRAINS_MAX) {
      throw tooManyDrains();
    }
    drains.set(key, { ...each, since: before?.since ?? nowSeconds });
    if (before !== undefined) {
      changes.changed += 1;
      continue;
    }
    attributes.drains.add(each);
    take(each);
  }
  return changes;
}

function applyRows(
  { routes }: Tables,
  { add, remove, touched }: {
    add: readonly HostRow[];
    remove: readonly RouteRow[];
    touched: RouteMap<true>;
  },
): { added: number; removed: number } {
  const edited = new RouteMap<Map<number, HostAddress>>();
  function hostsToEdit(key: RouteKey): Map<number, HostAddress> {
    let hosts = edited.get(key);
    if (hosts === undefined) {
      const before = routes.get(key)?.hosts ?? [];
      hosts = new Map(before.map((host) => [addressKey(host), host]));
      edited.set(key, hosts);
    }
    return hosts;
  }

  let removed = 0;
  for (const row of remove) {
    if (!hostsToEdit(row).delete(addressKey(row))) continue;
    removed += 1;
    touched.set(row, true);
  }
  let added = 0;
  for (const row of add) {
    const hosts = hostsToEdit(row);
    if (hosts.has(addressKey(row))) continue;
    hosts.set(addressKey(row), { ip: row.ip, port: row.port });
    added += 1;
    touched.set(row, true);
  }
  for (const [key, hosts] of edited) {
    if (hosts.size === 0) routes.delete(key);
    else routes.set(key, { ...key, hosts: [...hosts.values()] });
  }
  return { added, removed };
}
