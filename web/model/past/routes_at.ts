import { type Clock, Slices } from "../../../net/mod.ts";
import {
  type HostAddress,
  type Route,
  type RouteHost,
  type RouteKey,
  RouteMap,
} from "../../../proto/mod.ts";
import {
  type AdminStore,
  covers,
  type HostDrain,
  type RouteDiff,
  type RouteStore,
} from "../../../store/mod.ts";
import type { RouteCopy } from "../route_copy.ts";
import { takeBack } from "./route_at.ts";
import { UnknownPastError } from "./unknown_past.ts";

/** Most routes of changes that are taken back: those that one edit may name, twice. */
const DIFFS_MAX = 20_000;

/** Every route as it was at a time. */
export interface PastRoutes {
  /** Those that had hosts then, by modid, then cmdid. */
  sorted: readonly Route[];
  /** Those of now and then of which the trail lacks a change since. */
  unknown: number;
  /** Routes that changed since. */
  changed: { has(key: RouteKey): boolean };
}

/** What {@linkcode routesAt} reads. */
interface RoutesAtSource {
  admin: Pick<AdminStore, "changedRoutes">;
  routes: Pick<RouteStore, "read">;
  copy: Pick<RouteCopy, "get" | "revisionOf" | "sorted">;
  clock: Clock;
}

/**
 * Every route as it was once a change was made, by the changes since.
 *
 * @throws {UnknownPastError} If these were too many.
 */
export async function routesAt(
  { admin, routes, copy, clock }: RoutesAtSource,
  { change, drains }: {
    /** Id of the change. */
    change: number;
    /** The drains of then. */
    drains: readonly HostDrain[];
  },
): Promise<PastRoutes> {
  const since = await admin.changedRoutes({
    after: change,
    limit: DIFFS_MAX + 1,
  });
  if (since.length > DIFFS_MAX) {
    throw new UnknownPastError(
      `More than ${DIFFS_MAX} routes were changed since: ask for a later time, or for one route`,
    );
  }
  const diffs = new RouteMap<RouteDiff[]>();
  for (const { diff } of since) {
    const known = diffs.get(diff);
    if (known === undefined) diffs.set(diff, [diff]);
    else known.push(diff);
  }
  const found = new RouteMap<Route>();
  for (const route of copy.sorted) {
    if (!diffs.has(route)) found.set(route, route);
  }
  let unknown = 0;
  const slices = new Slices(clock);
  for (const [key, theirs] of diffs) {
    if (slices.isOver()) await slices.next();
    const known = copy.get(key);
    const route = (known && takeBack(known, theirs, copy.revisionOf(known))) ??
      // The copy may be behind the trail by a moment.
      takeBack((await routes.read([key]))[0]!, theirs);
    if (route === undefined) unknown += 1;
    else if (route.hosts.length > 0) found.set(key, route);
  }
  const byIp = Map.groupBy(drains, ({ ip }) => ip);
  const sorted = [...found.values()]
    .map((route) => withDrains(route, byIp))
    .sort((a, b) => a.modId - b.modId || a.cmdId - b.cmdId);
  return { sorted, unknown, changed: diffs };
}

/** A route whose hosts are drained by these drains and no others. */
function withDrains(
  route: Route,
  byIp: ReadonlyMap<number, readonly HostDrain[]>,
): Route {
  const { modId, cmdId } = route;
  const isDrained = ({ ip, port }: HostAddress) =>
    byIp.get(ip)?.some((drain) => covers(drain, { modId, cmdId, ip, port })) ??
      false;
  const isOther = (host: RouteHost) =>
    isDrained(host) !== (host.drained === true);
  if (!route.hosts.some(isOther)) return route;
  const hosts = route.hosts.map(({ drained: _, ...host }) =>
    isDrained(host) ? { ...host, drained: true as const } : host
  );
  return { ...route, hosts };
}
