import { type Route, type RouteKey, RouteMap } from "../../proto/mod.ts";
import { routeKeyOf } from "../attribute_tables.ts";
import { compareKeys } from "../route_grouper.ts";
import {
  deleteOf,
  insertAll,
  limitTo,
  type Program,
  rows,
  rowsOf,
} from "../steps.ts";
import type { RouteRevision } from "../types.ts";
import { revisionOf } from "./revision.ts";

/** Row of RouteState that says that every route was seen once: no route has this key. */
const WATCHED: RouteKey = { modId: 4_294_967_295, cmdId: 4_294_967_295 };

/** How routes were last seen, but for those that had no hosts; and whether every route was. */
export function* readStates(
  keys: readonly RouteKey[],
): Program<{
  seen: RouteMap<{ revision: string; route: Route }>;
  isWatching: boolean;
}> {
  const seen = new RouteMap<{ revision: string; route: Route }>();
  let isWatching = false;
  const stored = yield* rowsOf(
    "SELECT modid, cmdid, revision, route FROM RouteState",
    [...keys, WATCHED],
  );
  for (const row of stored) {
    const key = routeKeyOf(row);
    if (compareKeys(key, WATCHED) === 0) {
      isWatching = true;
      continue;
    }
    const route = { ...key, ...JSON.parse(String(row.route)) };
    seen.set(key, { revision: String(row.revision), route });
  }
  return { seen, isWatching };
}

/** Notes how routes are; of one without hosts nothing is kept. */
export function* keepStates(routes: readonly Route[]): Program<void> {
  yield* deleteOf("RouteState", routes);
  yield* insertAll(
    "RouteState",
    routes.filter(({ hosts }) => hosts.length > 0).map((route) => ({
      modid: route.modId,
      cmdid: route.cmdId,
      revision: revisionOf(route),
      route: JSON.stringify({ hosts: route.hosts, settings: route.settings }),
    })),
  );
}

/** Revisions of routes as they were last seen, by key, behind `after`. */
export function* revisions(
  { after = { modId: -1, cmdId: -1 }, limit }: {
    after?: RouteKey | undefined;
    limit: number;
  },
): Program<RouteRevision[]> {
  const { modId, cmdId } = after;
  const found = yield* rows(
    `SELECT modid, cmdid, revision FROM RouteState
     WHERE modid < ? AND (modid > ? OR (modid = ? AND cmdid > ?))
     ORDER BY modid, cmdid ${limitTo(limit)}`,
    WATCHED.modId,
    modId,
    modId,
    cmdId,
  );
  return found.map((row) => ({
    ...routeKeyOf(row),
    revision: String(row.revision),
  }));
}

/** Whether every route was seen once. */
export function* isWatching(): Program<boolean> {
  const found = yield* rowsOf("SELECT modid FROM RouteState", [WATCHED]);
  return found.length > 0;
}

/** Notes that every route was seen. */
export function* startWatch(): Program<void> {
  yield { kind: "lock" };
  if (yield* isWatching()) return;
  yield* insertAll("RouteState", [{
    modid: WATCHED.modId,
    cmdid: WATCHED.cmdId,
    revision: "",
    route: "",
  }]);
}
