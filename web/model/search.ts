import {
  formatAddress,
  isDrained,
  type Route,
  type RouteKey,
} from "../../proto/mod.ts";
import type { Names } from "./names.ts";

/** What routes are looked for by; what is undefined does not matter. */
export interface RouteFilter {
  /** Part of a name, an id as "1" or "1/2", the beginning of an address, or a zone. */
  q?: string | undefined;
  modId?: number | undefined;
  zone?: string | undefined;
}

/** Routes that a filter lets pass, in the order in which they come. */
export function* findRoutes(
  routes: Iterable<Route>,
  { filter, names }: { filter: RouteFilter; names: Names },
): Generator<Route> {
  const { modId, zone } = filter;
  const q = filter.q?.trim().toLowerCase() ?? "";
  for (const route of routes) {
    if (modId !== undefined && route.modId !== modId) continue;
    if (zone !== undefined && !hasZone(route, zone.toLowerCase())) continue;
    if (q !== "" && !matches(route, q, names)) continue;
    yield route;
  }
}

function matches(route: Route, q: string, names: Names): boolean {
  const { modId, cmdId } = route;
  if (q === String(modId) || q === `${modId}/${cmdId}`) return true;
  if (nameOf(route, names).includes(q)) return true;
  // An address has a point: what has none is no beginning of one.
  return hasZone(route, q) ||
    (/^\d+\.[\d.:]*$/.test(q) && hostsText(route).includes(`\n${q}`));
}

const HOSTS_TEXTS = new WeakMap<Route, string>();

/** "\nADDRESS ZONE" of each host, to be searched; made once for each state of a route. */
function hostsText(route: Route): string {
  const known = HOSTS_TEXTS.get(route);
  if (known !== undefined) return known;
  const lines = route.hosts.map((host) =>
    `\n${formatAddress(host)} ${host.zone?.toLowerCase() ?? ""}`
  );
  const text = `${lines.join("")}\n`;
  HOSTS_TEXTS.set(route, text);
  return text;
}

function nameOf(key: RouteKey, names: Names): string {
  const [module, command] = [names.module(key.modId), names.command(key)];
  return `${module?.name ?? ""} / ${command?.name ?? ""} ${
    command?.owner ?? module?.owner ?? ""
  }`.toLowerCase();
}

function hasZone(route: Route, zone: string): boolean {
  return hostsText(route).includes(` ${zone}\n`);
}

/** Hosts that get no calls as a person said so. */
export function countDrained({ hosts }: Route): number {
  return hosts.filter(isDrained).length;
}
