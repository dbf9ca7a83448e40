import {
  addressKey,
  isValidName,
  isValidWeight,
  type Route,
  type RouteHost,
  type RouteKey,
  RouteMap,
  type RouteSettings,
} from "../proto/mod.ts";
import type {
  HostAttributes,
  HostChange,
  RouteRow,
  SettingsChange,
} from "./types.ts";

/** A row of RouteHostConfig as a database gives it: people write what they like there. */
export interface StoredAttributes extends RouteRow {
  weight: unknown;
  zone: unknown;
}

/** A row of RouteConfig as a database gives it. */
export interface StoredSettings extends RouteKey {
  policy: unknown;
  /** 1 on, 0 off, null not told. */
  check: unknown;
}

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

  /** Rows taken so far with a value that cannot be; that value is left out. */
  get skippedRows(): number {
    return this.#skippedRows;
  }

  /** Takes a row of RouteHostConfig. */
  takeHost(row: StoredAttributes): void {
    const weight = row.weight === null ? undefined : Number(row.weight);
    // An empty zone is what people write for none.
    const zone = row.zone === null ? "" : String(row.zone);
    const attributes: HostAttributes = {};
    if (weight !== undefined && isValidWeight(weight)) {
      attributes.weight = weight;
    }
    if (isValidName(zone)) attributes.zone = zone;
    if (
      weight !== attributes.weight ||
      (zone !== "" && attributes.zone === undefined)
    ) this.#skippedRows += 1;
    this.setHost(row, attributes);
  }

  /** Takes a row of RouteConfig. */
  takeSettings(row: StoredSettings): void {
    const policy = row.policy === null ? "" : String(row.policy);
    const check = row.check === null ? undefined : Number(row.check);
    const settings: RouteSettings = {};
    if (isValidName(policy)) settings.policy = policy;
    if (check === 0 || check === 1) settings.check = check === 1;
    if (
      (policy !== "" && settings.policy === undefined) ||
      (check !== undefined && settings.check === undefined)
    ) this.#skippedRows += 1;
    this.setSettings(row, settings);
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

/** What a host has after a change; undefined if that is what it had. */
export function changeAttributes(
  before: HostAttributes,
  { weight, zone }: Pick<HostChange, "weight" | "zone">,
): HostAttributes | undefined {
  return change(before, { weight, zone });
}

/** What a route has after a change; undefined if that is what it had. */
export function changeSettings(
  before: RouteSettings,
  { policy, check }: Pick<SettingsChange, "policy" | "check">,
): RouteSettings | undefined {
  return change(before, { policy, check });
}

function change<Values extends object>(
  before: Values,
  changes: Record<string, unknown>,
): Values | undefined {
  const after: Record<string, unknown> = Object.fromEntries(
    Object.entries(before),
  );
  let changed = false;
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) continue;
    const next = value ?? undefined;
    if (after[name] === next) continue;
    changed = true;
    if (next === undefined) delete after[name];
    else after[name] = next;
  }
  return changed ? after as Values : undefined;
}

function isEmpty(values: object): boolean {
  return Object.keys(values).length === 0;
}
