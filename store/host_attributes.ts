import {
  addressKey,
  type Route,
  type RouteHost,
  type RouteKey,
  RouteMap,
  type RouteSettings,
} from "../proto/mod.ts";
import { HostDrains } from "./drains/host_drains.ts";
import type { Skipped } from "./route_grouper.ts";
import type { HostAttributes, RouteRow } from "./types.ts";

/** Most pairs of weight and zone of which all hosts that have them share one object. */
const SHARED_MAX = 10_000;

interface Entry {
  /** By {@linkcode addressKey}. */
  hosts: Map<number, HostAttributes>;
  settings?: RouteSettings;
}

/**
 * Weights and zones of hosts, settings of routes, and which hosts are drained, as
 * RouteHostConfig, RouteConfig and HostDrain hold them: also of hosts and routes
 * that are not there now.
 */
export class RouteAttributes {
  readonly #entries = new RouteMap<Entry>();
  readonly #shared = new Map<string, HostAttributes>();
  /** Which hosts are drained. */
  readonly drains = new HostDrains();
  /** Rows so far with an invalid value, which was left out. */
  readonly skipped: Skipped = { rows: 0 };

  /** True if no host and no route has any. */
  get empty(): boolean {
    return this.#entries.size === 0 && this.drains.empty;
  }

  /** Counts a row with an invalid value; `place` says which. */
  skip(place: string): void {
    this.skipped.rows += 1;
    this.skipped.first ??= place;
  }

  /** Weight and zone of the host; empty if it has none. */
  hostOf(row: RouteRow): HostAttributes {
    return this.#entries.get(row)?.hosts.get(addressKey(row)) ?? {};
  }

  /** Settings of the route; empty if it has none. */
  settingsOf(key: RouteKey): RouteSettings {
    return this.#entries.get(key)?.settings ?? {};
  }

  /** Replaces weight and zone of a host. */
  setHost(row: RouteRow, attributes: HostAttributes): void {
    const entry = this.#entries.get(row) ?? { hosts: new Map() };
    if (isEmpty(attributes)) entry.hosts.delete(addressKey(row));
    else entry.hosts.set(addressKey(row), this.#share(attributes));
    this.#keep(row, entry);
  }

  /** Replaces the settings of a route. */
  setSettings(key: RouteKey, settings: RouteSettings): void {
    const { hosts } = this.#entries.get(key) ?? { hosts: new Map() };
    this.#keep(key, isEmpty(settings) ? { hosts } : { hosts, settings });
  }

  /** Returns one object for equal attributes: there may be a million hosts in three zones. */
  #share(attributes: HostAttributes): HostAttributes {
    const { weight = "", zone = "" } = attributes;
    const name = `${weight} ${zone}`;
    const known = this.#shared.get(name);
    if (known !== undefined) return known;
    if (this.#shared.size < SHARED_MAX) this.#shared.set(name, attributes);
    return attributes;
  }

  #keep(key: RouteKey, entry: Entry): void {
    if (entry.hosts.size === 0 && entry.settings === undefined) {
      this.#entries.delete(key);
    } else this.#entries.set(key, entry);
  }

  /** Returns the route with its attributes; the same object if there are none. */
  apply(route: Route): Route {
    const entry = this.#entries.get(route);
    // Settings without hosts would be a route to nowhere.
    if (route.hosts.length === 0) return route;
    if (entry === undefined && this.drains.empty) return route;
    const hosts = this.#applyToHosts(route, entry?.hosts);
    if (entry?.settings !== undefined) {
      return { ...route, hosts, settings: entry.settings };
    }
    return hosts === route.hosts ? route : { ...route, hosts };
  }

  /** The hosts of a route with their attributes; the same list if there are none. */
  #applyToHosts(
    route: Route,
    attributes: Entry["hosts"] | undefined,
  ): Route["hosts"] {
    let hosts: RouteHost[] | undefined;
    for (const [at, host] of route.hosts.entries()) {
      const found = attributes?.get(addressKey(host));
      const isDrained = this.drains.has(route, host);
      if (found === undefined && !isDrained) continue;
      hosts ??= [...route.hosts];
      const { ip, port } = host;
      hosts[at] = { ip, port, ...found, ...(isDrained && { drained: true }) };
    }
    return hosts ?? route.hosts;
  }
}

function isEmpty(values: object): boolean {
  return Object.keys(values).length === 0;
}
