import {
  addressKey,
  type Route,
  type RouteHost,
  type RouteKey,
  RouteMap,
  type RouteSettings,
} from "../proto/mod.ts";
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
 * Weights and zones of hosts and settings of routes, as RouteHostConfig and
 * RouteConfig hold them: also of hosts and routes that are not there now.
 */
export class RouteAttributes {
  readonly #entries = new RouteMap<Entry>();
  readonly #shared = new Map<string, HostAttributes>();
  /** Rows so far with an invalid value, which was left out. */
  readonly skipped: Skipped = { rows: 0 };

  /** True if no host and no route has any. */
  get empty(): boolean {
    return this.#entries.size === 0;
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
    if (entry === undefined || route.hosts.length === 0) return route;
    const { hosts: attributes, settings } = entry;
    const hosts = attributes.size === 0
      ? route.hosts
      : route.hosts.map((host): RouteHost => {
        const { ip, port } = host;
        const found = attributes.get(addressKey(host));
        return found === undefined ? host : { ip, port, ...found };
      });
    return settings === undefined
      ? { ...route, hosts }
      : { ...route, hosts, settings };
  }
}

function isEmpty(values: object): boolean {
  return Object.keys(values).length === 0;
}
