import type { z } from "@hono/zod-openapi";
import { Slices } from "../../net/mod.ts";
import {
  addressKey,
  isDrained,
  type Route,
  type RouteHost,
  type RouteKey,
} from "../../proto/mod.ts";
import {
  covers,
  diffRoutes,
  type DrainTarget,
  editParts,
  readDrainProgress,
  type RouteDetail,
  type RouteDiff,
  type RouteEdit,
  type RouteRow,
  StoreError,
} from "../../store/mod.ts";
import {
  applyTo,
  type Consequence,
  CONSEQUENCES,
  type RoutePreview,
  weighChange,
} from "../model/preview.ts";
import { type ApiContext, readEach } from "./context.ts";
import type * as shapes from "./schemas.ts";
import { diffJson, hostJson } from "./views/routes.ts";

/** Routes of a drain whose calls are looked at; of the others it is not said what moves. */
const ROUTES_MAX = 50;

/** Age of the calls by which callers of hosts are known, in seconds. */
export const CALLED_S = 60;

/** Consequences of an import that are named. */
const CONSEQUENCES_MAX = 200;

/** A route that an edit changes. */
interface ChangedRoute {
  before: Route;
  after: Route;
  diff: RouteDiff;
  weighed: RoutePreview;
}

/** What an edit would do. */
export async function previewEdit(
  api: ApiContext,
  edit: RouteEdit,
): Promise<z.output<typeof shapes.changePreview>> {
  const changed = await changedBy(api, edit, (key) => detailOf(api, key));
  return {
    routes: changed.map(({ before, after, diff, weighed }) => ({
      ...diffJson(diff),
      hostsBefore: before.hosts.length,
      hostsAfter: after.hosts.length,
      movedShare: weighed.movedShare ?? null,
    })),
    consequences: changed.flatMap(({ weighed }) =>
      weighed.consequences.map(consequenceJson)
    ),
  };
}

/** What an import would do: it takes nothing away, so no calls are looked at. */
export async function previewImport(
  api: ApiContext,
  { edit, warnings = [] }: {
    edit: RouteEdit;
    /** What is known of it already. */
    warnings?: readonly Consequence[];
  },
): Promise<
  Pick<
    z.output<typeof shapes.importResult>,
    "added" | "changed" | "consequences" | "moreConsequences"
  >
> {
  const changed = await changedBy(api, edit, () => Promise.resolve(undefined));
  const count = (of: (diff: RouteDiff) => number) =>
    changed.reduce((sum, { diff }) => sum + of(diff), 0);
  return {
    added: count(({ added }) => added.length),
    changed: count(({ added, changed, settings }) =>
      added.filter(({ weight, zone }) =>
        weight !== undefined || zone !== undefined
      )
        .length + changed.length + Number(settings !== undefined)
    ),
    ...consequencesJson([
      ...warnings,
      ...changed.flatMap(({ weighed }) => weighed.consequences),
    ]),
  };
}

/** Consequences of an import: so many of them, and how many more there are. */
export function consequencesJson(all: readonly Consequence[]) {
  const more = all.length - CONSEQUENCES_MAX;
  return {
    consequences: all.slice(0, CONSEQUENCES_MAX).map(consequenceJson),
    ...more > 0 ? { moreConsequences: more } : {},
  };
}

/** What a drain would do to every route that has its hosts. */
export async function previewDrain(
  api: ApiContext,
  target: DrainTarget,
): Promise<z.output<typeof shapes.drainPreview>> {
  const places = placesOf(api.copy.sorted, target);
  const slices = new Slices(api.clock);
  let more = 0;
  const consequences: Consequence[] = [];
  const routes: z.output<typeof shapes.drainPreview>["routes"] = [];
  for await (const before of readEach(api, places)) {
    if (slices.isOver()) await slices.next();
    const { modId, cmdId } = before;
    const hosts = before.hosts.map((host) =>
      covers(target, { modId, cmdId, ...host })
        ? { ...host, drained: true as const }
        : host
    );
    const isLookedAt = routes.length < ROUTES_MAX;
    const weighed = weighChange({
      before,
      after: { ...before, hosts },
      detail: isLookedAt ? await detailOf(api, before) : undefined,
      otherRouteOf: () => undefined,
    });
    // Of a route that was not looked at that says nothing.
    consequences.push(
      ...weighed.consequences.filter(({ code }) =>
        isLookedAt || code !== "stale"
      ),
    );
    if (!isLookedAt) {
      more += 1;
      continue;
    }
    routes.push({
      modId,
      cmdId,
      hostsBefore: countUsable(before.hosts),
      hostsAfter: countUsable(hosts),
      movedShare: weighed.movedShare ?? null,
    });
  }
  const { callers, stopped } = await readDrainProgress(api.history, {
    places,
    atSeconds: api.clock.wallSeconds() - CALLED_S,
  });
  return {
    routes,
    ...more > 0 ? { moreRoutes: more } : {},
    callers: callers - stopped,
    consequences: consequences.sort((a, b) =>
      CONSEQUENCES.indexOf(a.code) - CONSEQUENCES.indexOf(b.code)
    ).map(consequenceJson),
  };
}

/** Every host of every route that a drain takes out. */
export function placesOf(
  routes: readonly Route[],
  target: DrainTarget,
): RouteRow[] {
  return routes.flatMap(({ modId, cmdId, hosts }) =>
    hosts.filter((host) => covers(target, { modId, cmdId, ...host }))
      .map(({ ip, port }) => ({ modId, cmdId, ip, port }))
  );
}

function countUsable(hosts: readonly RouteHost[]): number {
  return hosts.filter((host) => !isDrained(host)).length;
}

/** Every route that an edit changes, weighed by how it is called now as far as `detailOf` knows. */
async function changedBy(
  api: ApiContext,
  edit: RouteEdit,
  detailOf: (key: RouteKey) => Promise<RouteDetail | undefined>,
): Promise<ChangedRoute[]> {
  const owners = new Map<number, RouteKey>();
  const slices = new Slices(api.clock);
  for (const route of api.copy.sorted) {
    if (slices.isOver()) await slices.next();
    for (const host of route.hosts) owners.set(addressKey(host), route);
  }
  const parts = editParts(edit);
  const changed: ChangedRoute[] = [];
  for await (const before of readEach(api, [...parts.keys()])) {
    if (slices.isOver()) await slices.next();
    const after = applyTo(before, parts.get(before)!);
    const diff = diffRoutes(before, after);
    if (diff === undefined) continue;
    const weighed = weighChange({
      before,
      after,
      detail: await detailOf(before),
      otherRouteOf: (host) => otherRoute(owners, host, before),
    });
    changed.push({ before, after, diff, weighed });
  }
  return changed;
}

async function detailOf({ fleet }: ApiContext, key: RouteKey) {
  try {
    return await fleet.readRoute(key);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return undefined;
  }
}

function otherRoute(
  owners: ReadonlyMap<number, RouteKey>,
  host: RouteHost,
  { modId, cmdId }: RouteKey,
) {
  const owner = owners.get(addressKey(host));
  const isOther = owner !== undefined &&
    (owner.modId !== modId || owner.cmdId !== cmdId);
  return isOther ? owner : undefined;
}

function consequenceJson({ host, ...rest }: Consequence) {
  return { ...rest, host: host === undefined ? null : hostJson(host).host };
}
