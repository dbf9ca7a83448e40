import { z } from "@hono/zod-openapi";
import { type Route, RouteMap } from "../../../proto/mod.ts";
import type { Fleet, Problem, RouteCalls } from "../../../store/mod.ts";
import { StoreError } from "../../../store/mod.ts";
import { answerHashed } from "../../http/conditional.ts";
import { ProblemError } from "../../http/problem.ts";
import { countDrained, findRoutes } from "../../model/search.ts";
import type { Moment } from "../../model/past/moment.ts";
import type { ApiContext } from "../context.ts";
import { momentOf } from "../moment.ts";
import type { Operations } from "../operation.ts";
import { pageOfItems, type Place, placeOf } from "../page.ts";
import * as shapes from "../schemas.ts";
import { namesOf } from "../views/routes.ts";
import { countOut, routeTraffic } from "../views/traffic.ts";

/** States by which routes are found. */
const STATES = ["failing", "out", "drained", "quiet"] as const;

/** What a list is sorted by; ties go by key. */
const SORTS = ["key", "failing", "calls", "hosts"] as const;

const QUERY = z.object({
  q: z.string().max(100).optional().openapi({
    description: "Part of a name, an id, an address, or a zone",
  }),
  module: shapes.idText.optional(),
  zone: z.string().max(32).optional(),
  state: z.enum(STATES).optional().openapi({
    description: "quiet: without calls in the last minute",
  }),
  agent: z.string().regex(/^[\da-f]{32}$/).optional().openapi({
    description: "Identity of an agent: routes of which it holds a host out",
  }),
  sort: z.enum(SORTS).default("key"),
  ...shapes.pageQuery,
  ...shapes.atQuery,
});

/** A route with what is known of it now. */
interface Seen {
  route: Route;
  calls: RouteCalls | undefined;
  problem: Problem | undefined;
}

/** The list of routes, to be searched. */
export function addRouteListResource(
  operations: Operations,
  api: ApiContext,
): void {
  operations.add({
    method: "get",
    path: "/routes",
    summary: "Routes that have hosts",
    needs: "read",
    query: QUERY,
    answers: {
      200: {
        description: "A page",
        schema: shapes.pageOf(shapes.routeSummary).extend({
          unknown: z.int().optional().openapi({
            description:
              "Of the past: routes of which the trail lacks a change since",
          }),
        }),
      },
      304: { description: "As it was" },
    },
  }, async ({ query, context }) => {
    await api.names.refresh();
    const moment = momentOf(api, query.at);
    const isOfStates = query.state === "out" || query.agent !== undefined;
    if (moment !== undefined && isOfStates) {
      throw new ProblemError(
        "malformed",
        "Which hosts callers held to be out is not kept of the past",
        { errors: [{ pointer: "query: at", detail: "has no such states" }] },
      );
    }
    const fleet = await (moment?.read() ?? fleetOf(api));
    const past = await moment?.routes();
    const routes = past?.sorted ?? api.copy.sorted;
    const after = placeOf(query.cursor, 3);
    const behind = findSeen(
      findRoutes(routes, filterOf(api, query)),
      query,
      fleet,
    )
      .map((each) => ({ ...each, place: placeIn(each, query.sort) }))
      .filter(({ place }) => after === undefined || compare(place, after) > 0);
    // By key they come in their order: no more are looked at than are shown.
    const sorted = query.sort === "key" ? behind : Iterator.from(
      behind.toArray().sort((a, b) => compare(a.place, b.place)),
    );
    const { items, next } = pageOfItems(
      sorted.take(query.limit + 1).toArray(),
      { limit: query.limit, placeAt: ({ place }) => place },
    );
    const keys = items.map(({ route }) => route);
    const changes = await lastChangesOf(api, keys, moment);
    return answerHashed(context, {
      items: items.map((each) => ({
        ...summaryJson(api, each, changes.get(each.route)),
        ...moment === undefined ? {} : { hostsOut: null },
      })),
      next,
      ...past === undefined || past.unknown === 0
        ? {}
        : { unknown: past.unknown },
    });
  });
}

async function fleetOf({ fleet }: ApiContext): Promise<Fleet | undefined> {
  try {
    return await fleet.read();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return undefined;
  }
}

/** When routes changed last, by now or by a moment. */
async function lastChangesOf(
  { admin }: ApiContext,
  keys: readonly Route[],
  moment: Moment | undefined,
): Promise<RouteMap<number>> {
  const found = new RouteMap<number>();
  try {
    for (const row of await admin.lastChanges(keys)) found.set(row, row.at);
    if (moment === undefined) return found;
    const { changed } = await moment.routes();
    const before = await moment.changesBefore();
    for (const key of keys.filter((key) => changed.has(key))) {
      const [row] = await admin.changes({ key, before, limit: 1 });
      if (row === undefined) found.delete(key);
      else found.set(key, row.at);
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
  return found;
}

function filterOf(
  { names }: ApiContext,
  { q, module, zone }: z.output<typeof QUERY>,
) {
  return { filter: { q, modId: module, zone }, names };
}

function* findSeen(
  routes: Iterable<Route>,
  { state, agent }: z.output<typeof QUERY>,
  fleet: Fleet | undefined,
): Generator<Seen> {
  const called = new RouteMap<RouteCalls>();
  for (const route of fleet?.routes ?? []) called.set(route, route);
  const problems = new RouteMap<Problem>();
  for (const problem of fleet?.problems ?? []) problems.set(problem, problem);
  for (const route of routes) {
    if (agent !== undefined && !fleet?.outAt.get(agent)?.has(route)) continue;
    const calls = called.get(route);
    const seen = { route, calls, problem: problems.get(route) };
    if (state === undefined || isIn(state, seen)) yield seen;
  }
}

function isIn(
  state: typeof STATES[number],
  { route, calls, problem }: Seen,
): boolean {
  switch (state) {
    case "failing":
      return problem?.isFailing === true;
    case "out":
      return (problem?.out.length ?? 0) > 0;
    case "drained":
      return countDrained(route) > 0;
    case "quiet":
      return (calls?.calls ?? 0) === 0;
  }
}

/** Where a route stands in the order: what is greatest first, then by key. */
function placeIn(
  { route, calls, problem }: Seen,
  sort: typeof SORTS[number],
): Place {
  const values = {
    key: 0,
    failing: problem?.excessPerS ?? (calls?.failed ?? 0) * 1e-6,
    calls: calls?.calls ?? 0,
    hosts: route.hosts.length,
  };
  return [-values[sort], route.modId, route.cmdId];
}

function compare(a: Place, b: Place): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

function summaryJson(
  { copy, names }: ApiContext,
  { route, calls, problem }: Seen,
  lastChange: number | undefined,
): z.output<typeof shapes.routeSummary> {
  return {
    modId: route.modId,
    cmdId: route.cmdId,
    ...namesOf(names, route),
    revision: copy.revisionOf(route),
    hosts: route.hosts.length,
    hostsOut: countOut(problem?.out ?? []),
    hostsDrained: countDrained(route),
    ...routeTraffic(calls),
    lastChange: lastChange === undefined ? null : shapes.timeOf(lastChange),
  };
}
