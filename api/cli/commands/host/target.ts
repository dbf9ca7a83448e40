import type { Route, RouteHost, RouteKey } from "../../../../proto/mod.ts";
import {
  covers,
  type DrainTarget,
  type HostDrain,
  isSameTarget,
} from "../../../../store/mod.ts";
import type { Environment } from "../../environment.ts";
import { checkStopped } from "../../exit_code.ts";
import type { PatientStore } from "../../options/store.ts";

/** A host in one route. */
export type HostPlace = RouteKey & RouteHost;

/** The hosts of a drain, and the routes of which no host gets calls. */
export interface Places {
  hosts: HostPlace[];
  routes: Route[];
}

/** Every host that a drain is about, with the routes that have it. */
export async function findPlaces(
  { signal }: Environment,
  { store, target }: { store: PatientStore; target: DrainTarget },
): Promise<Places> {
  const places: Places = { hosts: [], routes: [] };
  const { route } = target;
  const routes = route === undefined ? store.scan() : await store.read([route]);
  for await (const route of routes) {
    checkStopped(signal);
    const { modId, cmdId } = route;
    const found = route.hosts.map((host) => ({ modId, cmdId, ...host }))
      .filter((place) => covers(target, place));
    if (found.length === 0) continue;
    places.routes.push(route);
    for (const place of found) places.hosts.push(place);
  }
  return places;
}

/** The drain of exactly this target, if there is one. */
export function drainOf<Drain extends DrainTarget>(
  drains: readonly Drain[],
  target: DrainTarget,
): Drain | undefined {
  return drains.find((each) => isSameTarget(each, target));
}

/** The drains of hosts that a route has. */
export async function drainsOfRoute(
  store: Pick<PatientStore, "read" | "drains">,
  key: RouteKey,
): Promise<HostDrain[]> {
  const drains = await store.drains();
  if (drains.length === 0) return [];
  const [route] = await store.read([key]);
  return drains.filter((drain) =>
    route?.hosts.some((host) => covers(drain, { ...key, ...host }))
  );
}
