import { z } from "@hono/zod-openapi";
import {
  addressKey,
  formatAddress,
  type HostAddress,
  parseAddress,
  type Route,
  type RouteKey,
} from "../../../proto/mod.ts";
import {
  ABSENT_REVISION,
  type EditResult,
  type HostChange,
  revisionOf,
  type RouteEdit,
} from "../../../store/mod.ts";
import type { Actor } from "../../access/actor.ts";
import { answerTagged, ifMatch } from "../../http/conditional.ts";
import type { WebContext } from "../../http/env.ts";
import { ProblemError } from "../../http/problem.ts";
import type { Moment } from "../../model/past/moment.ts";
import { type ApiContext, makeChange, type Reason } from "../context.ts";
import { momentOf } from "../moment.ts";
import type { Operations } from "../operation.ts";
import * as shapes from "../schemas.ts";
import { hostJson, routeJson } from "../views/routes.ts";

const HOST = z.object({ ...shapes.routePath.shape, host: shapes.hostKey });
const ROUTE_ANSWER = {
  200: { description: "The route as it is now", schema: shapes.route },
};

/** One route, and one of its hosts, as they are configured. */
export function addRouteResource(
  operations: Operations,
  api: ApiContext,
): void {
  addReading(operations, api);
  addWholeRoutes(operations, api);
  addHosts(operations, api);
}

function addReading(operations: Operations, api: ApiContext): void {
  operations.add({
    method: "get",
    path: "/routes/{modId}/{cmdId}",
    summary: "A route; its ETag is its revision",
    needs: "read",
    params: shapes.routePath,
    query: z.object(shapes.atQuery),
    answers: { ...ROUTE_ANSWER, 304: { description: "As it was" } },
  }, async ({ params, query, context }) => {
    const moment = momentOf(api, query.at);
    const route = moment === undefined
      ? await present(api, params)
      : await past(moment, params);
    return await answerRoute(api, context, route);
  });

  operations.add({
    method: "get",
    path: "/routes/{modId}/{cmdId}/hosts/{host}",
    summary: "A host of a route; its ETag is the revision of the route",
    needs: "read",
    params: HOST,
    answers: {
      200: { description: "The host", schema: shapes.routeHost },
      304: { description: "As it was" },
    },
  }, async ({ params, context }) => {
    const route = await present(api, params);
    const host = findHost(route, parseAddress(params.host));
    if (host === undefined) throw noHost(params);
    return answerTagged(context, {
      body: hostJson(host),
      tag: revisionOf(route),
    });
  });
}

function addWholeRoutes(operations: Operations, api: ApiContext): void {
  for (const method of ["put", "patch"] as const) {
    operations.add({
      method,
      path: "/routes/{modId}/{cmdId}",
      summary: method === "put"
        ? "Put a whole route: what is not named is taken away"
        : "Change a route (RFC 7396); hosts are replaced as a whole",
      needs: "write",
      params: shapes.routePath,
      body: method === "put" ? shapes.routeInput : shapes.routePatch,
      answers: ROUTE_ANSWER,
    }, async ({ params, body, context, actor }) => {
      const now = await read(api, params);
      const hosts = body.hosts?.map((host) => ({
        ...parseAddress(host.host),
        weight: host.weight ?? null,
        zone: host.zone ?? null,
      }));
      const isWhole = method === "put";
      const settings = {
        ...params,
        ...isWhole || body.policy !== undefined
          ? { policy: body.policy ?? null }
          : {},
        ...isWhole || body.check !== undefined
          ? { check: body.check ?? null }
          : {},
      };
      const edit = {
        ...hosts === undefined ? {} : replaceHosts(now, hosts),
        settings: [settings],
      };
      const action = isWhole ? "put route" : "change route";
      await change(api, { context, actor: actor! }, {
        now,
        edit,
        reason: { action, comment: body.comment, ticket: body.ticket },
      });
      return await answerRoute(api, context, await read(api, params));
    });
  }

  operations.add({
    method: "delete",
    path: "/routes/{modId}/{cmdId}",
    summary: "Remove every host of a route",
    needs: "write",
    params: shapes.routePath,
    answers: { 204: { description: "There is no such route any more" } },
  }, async ({ params, context, actor }) => {
    const now = await read(api, params);
    if (now.hosts.length > 0) {
      await change(api, { context, actor: actor! }, {
        now,
        edit: replaceHosts(now, []),
        reason: { action: "remove route" },
      });
    }
    return context.body(null, 204);
  });
}

function addHosts(operations: Operations, api: ApiContext): void {
  for (const method of ["put", "patch"] as const) {
    operations.add({
      method,
      path: "/routes/{modId}/{cmdId}/hosts/{host}",
      summary: method === "put"
        ? "Add a host, or set its weight and zone"
        : "Change weight or zone of a host",
      needs: "write",
      params: HOST,
      body: shapes.hostInput,
      answers: ROUTE_ANSWER,
    }, async ({ params, body, context, actor }) => {
      const now = await read(api, params);
      const address = parseAddress(params.host);
      const before = findHost(now, address);
      if (before === undefined && method === "patch") throw noHost(params);
      const isWhole = method === "put";
      const row: HostChange = {
        modId: params.modId,
        cmdId: params.cmdId,
        ...address,
        ...isWhole || body.weight !== undefined
          ? { weight: body.weight ?? null }
          : {},
        ...isWhole || body.zone !== undefined
          ? { zone: body.zone ?? null }
          : {},
      };
      const { modId, cmdId, ip, port } = row;
      await change(api, { context, actor: actor! }, {
        now,
        edit: { add: isWhole ? [{ modId, cmdId, ip, port }] : [], set: [row] },
        isNew: before === undefined,
        reason: {
          action: before === undefined ? "add host" : "change host",
          comment: body.comment,
          ticket: body.ticket,
        },
      });
      return await answerRoute(api, context, await read(api, params));
    });
  }

  operations.add({
    method: "delete",
    path: "/routes/{modId}/{cmdId}/hosts/{host}",
    summary: "Remove a host from a route",
    needs: "write",
    params: HOST,
    answers: { 204: { description: "The route has it no more" } },
  }, async ({ params, context, actor }) => {
    const now = await read(api, params);
    const address = parseAddress(params.host);
    if (findHost(now, address) !== undefined) {
      const { modId, cmdId } = params;
      await change(api, { context, actor: actor! }, {
        now,
        edit: { remove: [{ modId, cmdId, ...address }] },
        reason: { action: "remove host" },
      });
    }
    return context.body(null, 204);
  });
}

/**
 * Makes a change of one route, of which the request must say which revision it
 * means, unless it adds what is not there.
 */
async function change(
  api: ApiContext,
  who: { context: WebContext; actor: Actor },
  { now, edit, reason, isNew = false }: {
    now: Route;
    edit: RouteEdit;
    reason: Reason;
    isNew?: boolean;
  },
): Promise<EditResult> {
  const { modId, cmdId } = now;
  const tags = ifMatch(who.context);
  const isThere = now.hosts.length > 0;
  const mustBeAbsent = who.context.req.header("if-none-match") === "*";
  const revision = revisionOf(now);
  if (mustBeAbsent ? isThere && !isNew : tags === "any" && !isThere) {
    throw staleNow(api, now);
  }
  if (tags !== undefined && tags !== "any" && !tags.includes(revision)) {
    throw staleNow(api, now);
  }
  if (tags === undefined && !mustBeAbsent && isThere && !isNew) {
    throw new ProblemError(
      "precondition_required",
      `(${modId}, ${cmdId}) is there already: say by If-Match which revision is meant`,
    );
  }
  // Of a new host nothing is overwritten, whatever else has changed.
  const isAnyGood = isNew && tags === undefined;
  return await makeChange(api, {
    ...who,
    edit,
    reason,
    ifMatch: isAnyGood ? [] : [{
      modId,
      cmdId,
      revision: isThere ? revision : ABSENT_REVISION,
    }],
  });
}

function staleNow(api: ApiContext, now: Route): ProblemError {
  return new ProblemError(
    "stale",
    `(${now.modId}, ${now.cmdId}) is not as the request means it to be`,
    { routes: [routeJson(api, now)] },
  );
}

/** The route; without hosts if there is none. */
async function read({ routes }: ApiContext, key: RouteKey): Promise<Route> {
  const { modId, cmdId } = key;
  const [route] = await routes.read([{ modId, cmdId }]);
  return route!;
}

/** The route, which is there; from the copy while the store is away. */
async function present(api: ApiContext, key: RouteKey): Promise<Route> {
  const route = api.copy.awayMs === undefined
    ? await read(api, key)
    : api.copy.get(key);
  if (route === undefined || route.hosts.length === 0) {
    throw new ProblemError(
      "not_found",
      `There is no route (${key.modId}, ${key.cmdId})`,
    );
  }
  return route;
}

/** The route, which was there. */
async function past(moment: Moment, key: RouteKey): Promise<Route> {
  const route = await moment.route(key);
  if (route.hosts.length > 0) return route;
  throw new ProblemError(
    "not_found",
    `There was no route (${key.modId}, ${key.cmdId}) then`,
  );
}

async function answerRoute(
  api: ApiContext,
  context: WebContext,
  route: Route,
): Promise<Response> {
  await api.names.refresh();
  const body = routeJson(api, route);
  return answerTagged(context, { body, tag: body.revision });
}

function findHost(route: Route, address: HostAddress) {
  const key = addressKey(address);
  return route.hosts.find((host) => addressKey(host) === key);
}

function noHost({ modId, cmdId, host }: RouteKey & { host: string }) {
  return new ProblemError(
    "not_found",
    `(${modId}, ${cmdId}) has no host ${host}`,
  );
}

/** What makes the hosts of a route these and no others. */
function replaceHosts(
  { modId, cmdId, hosts: before }: Route,
  hosts: readonly (HostAddress & {
    weight: number | null;
    zone: string | null;
  })[],
): RouteEdit {
  const kept = new Set(hosts.map(addressKey));
  if (kept.size < hosts.length) {
    const twice = hosts.find((host, index) =>
      hosts.findIndex((each) => addressKey(each) === addressKey(host)) < index
    );
    throw new ProblemError(
      "unprocessable",
      `${formatAddress(twice!)} stands there twice`,
    );
  }
  return {
    remove: before.filter((host) => !kept.has(addressKey(host)))
      .map(({ ip, port }) => ({ modId, cmdId, ip, port })),
    add: hosts.map(({ ip, port }) => ({ modId, cmdId, ip, port })),
    set: hosts.map((host) => ({ modId, cmdId, ...host })),
  };
}
