import {
  addressKey,
  type Route,
  type RouteHost,
  type RouteKey,
  RouteMap,
  type RouteSettings,
} from "../proto/mod.ts";
import type { HostAttributes, RouteRow } from "./types.ts";

/** Different pairs of weight and zone that are kept once for all hosts that have them. */
const SHARED_MAX = 10_000;

interface Entry {
  /** By {@linkcode addressKey}. */
  hosts: Map<number, HostAttributes>;
  settings?: RouteSettings;
}

/**
 * What the tables RouteHostConfig and RouteConfig hold: weights and zones of
 * hosts, settings of routes, also of such as are in no route now.
 */
export class RouteAttributes {
  readonly #entries = new RouteMap<Entry>();
  readonly #shared = new Map<string, HostAttributes>();
  #skippedRows = 0;

  /** True if no route can have any of it. */
  get empty(): boolean {
    return this.#entries.size === 0;
  }

  /** Rows so far with a value that cannot be; that value was left out. */
  get skippedRows(): number {
    return this.#skippedRows;
  }

  /** Counts a row with a value that cannot be. */
  skip(): void {
    this.#skippedRows += 1;
  }

  /** What the host has; empty if nothing. */
  hostOf(row: RouteRow): HostAttributes {
    return this.#entries.get(row)?.hosts.get(addressKey(row)) ?? {};
  }

  /** What the route has; empty if nothing. */
  settingsOf(key: RouteKey): RouteSettings {
    return this.#entries.get(key)?.settings ?? {};
  }

  /** Replaces what a host has. */
  setHost(row: RouteRow, attributes: HostAttributes): void {
    const entry = this.#entries.get(row) ?? { hosts: new Map() };
    if (isEmpty(attributes)) entry.hosts.delete(addressKey(row));
    else entry.hosts.set(addressKey(row), this.#share(attributes));
    this.#keep(row, entry);
  }

  /** Replaces what a route has. */
  setSettings(key: RouteKey, settings: RouteSettings): void {
    const { hosts } = this.#entries.get(key) ?? { hosts: new Map() };
    this.#keep(key, isEmpty(settings) ? { hosts } : { hosts, settings });
  }

  /** One object for equal attributes: there may be a million hosts, in three zones. */
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

  /** The route with what its hosts and it have; the same object if that is nothing. */
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
