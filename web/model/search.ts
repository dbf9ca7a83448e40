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
    if (zone !== undefined && !hasZone(route, zone)) continue;
    if (q !== "" && !matches(route, q, names)) continue;
    yield route;
  }
}

function matches(route: Route, q: string, names: Names): boolean {
  const { modId, cmdId } = route;
  if (q === String(modId) || q === `${modId}/${cmdId}`) return true;
  if (nameOf(route, names).includes(q)) return true;
  if (hasZone(route, q)) return true;
  // An address has a point: what has none is no beginning of one.
  return /^\d+\.[\d.:]*$/.test(q) &&
    route.hosts.some((host) => formatAddress(host).startsWith(q));
}

function nameOf(key: RouteKey, names: Names): string {
  const [module, command] = [names.module(key.modId), names.command(key)];
  return `${module?.name ?? ""} / ${command?.name ?? ""} ${
    command?.owner ?? module?.owner ?? ""
  }`.toLowerCase();
}

function hasZone({ hosts }: Route, zone: string): boolean {
  return hosts.some((host) => host.zone?.toLowerCase() === zone.toLowerCase());
}

/** Hosts that get no calls as a person said so. */
export function countDrained({ hosts }: Route): number {
  return hosts.filter(isDrained).length;
}
