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
  type HostChange,
  revisionOf,
  type RouteEdit,
} from "../../../store/mod.ts";
import { answerTagged, ifMatch, matchesNone } from "../../http/conditional.ts";
import type { WebContext } from "../../http/env.ts";
import { ProblemError } from "../../http/problem.ts";
import type { Moment } from "../../model/past/moment.ts";
import { type ApiContext, makeChange, type Reason } from "../context.ts";
import { momentOf } from "../moment.ts";
import type { OperationInput, Operations } from "../operation.ts";
import { checkPolicy } from "../policies.ts";
import { previewEdit } from "../previews.ts";
import * as shapes from "../schemas.ts";
import { hostJson, routeJson } from "../views/routes.ts";

const HOST = z.object({ ...shapes.routePath.shape, host: shapes.hostKey });
const ROUTE_ANSWER = {
  200: { description: "The route as it is now", schema: shapes.route },
};
const CHANGE_ANSWER = {
  200: {
    description: "The route as it is now; of a dry run what it would do",
    schema: z.union([shapes.route, shapes.changePreview]),
  },
};
const REMOVAL_PREVIEW = {
  200: {
    description: "Of a dry run: what it would do",
    schema: shapes.changePreview,
  },
};

/** What a change is asked with. */
type ChangeInput = Pick<
  OperationInput<unknown, z.output<typeof shapes.dryRunQuery>, unknown>,
  "query" | "context" | "actor"
>;

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
      query: shapes.dryRunQuery,
      body: method === "put" ? shapes.routeInput : shapes.routePatch,
      isConditional: true,
      answers: CHANGE_ANSWER,
    }, async (input) => {
      const { params, body, context } = input;
      const now = await read(api, params);
      checkPolicy(body.policy, { route: now, pointer: "#/policy" });
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
      const preview = await change(api, input, {
        now,
        edit,
        reason: { action, comment: body.comment, ticket: body.ticket },
      });
      return preview ??
        await answerRoute(api, context, await read(api, params));
    });
  }

  operations.add({
    method: "delete",
    path: "/routes/{modId}/{cmdId}",
    summary: "Remove every host of a route",
    needs: "write",
    params: shapes.routePath,
    query: shapes.dryRunQuery,
    isConditional: true,
    answers: {
      ...REMOVAL_PREVIEW,
      204: { description: "There is no such route any more" },
    },
  }, async (input) => {
    const now = await read(api, input.params);
    if (now.hosts.length === 0) return await nothingToRemove(api, input);
    const preview = await change(api, input, {
      now,
      edit: replaceHosts(now, []),
      reason: { action: "remove route" },
    });
    return preview ?? input.context.body(null, 204);
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
      query: shapes.dryRunQuery,
      body: shapes.hostInput,
      isConditional: true,
      answers: CHANGE_ANSWER,
    }, async (input) => {
      const { params, body, context } = input;
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
      const preview = await change(api, input, {
        now,
        edit: { add: isWhole ? [{ modId, cmdId, ip, port }] : [], set: [row] },
        isNew: before === undefined,
        reason: {
          action: before === undefined ? "add host" : "change host",
          comment: body.comment,
          ticket: body.ticket,
        },
      });
      return preview ??
        await answerRoute(api, context, await read(api, params));
    });
  }

  operations.add({
    method: "delete",
    path: "/routes/{modId}/{cmdId}/hosts/{host}",
    summary: "Remove a host from a route",
    needs: "write",
    params: HOST,
    query: shapes.dryRunQuery,
    isConditional: true,
    answers: {
      ...REMOVAL_PREVIEW,
      204: { description: "The route has it no more" },
    },
  }, async (input) => {
    const { modId, cmdId, host } = input.params;
    const now = await read(api, input.params);
    const address = parseAddress(host);
    if (findHost(now, address) === undefined) {
      return await nothingToRemove(api, input);
    }
    const preview = await change(api, input, {
      now,
      edit: { remove: [{ modId, cmdId, ...address }] },
      reason: { action: "remove host" },
    });
    return preview ?? input.context.body(null, 204);
  });
}

/**
 * Makes a change of one route, of which the request must say which revision it
 * means, unless it adds what is not there; answers a dry run with what it would do.
 */
async function change(
  api: ApiContext,
  { query, context, actor }: ChangeInput,
  { now, edit, reason, isNew = false }: {
    now: Route;
    edit: RouteEdit;
    reason: Reason;
    isNew?: boolean;
  },
): Promise<Response | undefined> {
  const { modId, cmdId } = now;
  const tags = ifMatch(context);
  const isThere = now.hosts.length > 0;
  const overwrites = isThere && !isNew;
  const revision = revisionOf(now);
  const isMeant = tags === undefined ||
    (tags === "any" ? overwrites : tags.includes(revision));
  if (!isMeant || !matchesNone(context, overwrites ? revision : undefined)) {
    throw staleNow(api, now);
  }
  if (tags === undefined && overwrites) {
    throw new ProblemError(
      "precondition_required",
      `(${modId}, ${cmdId}) is there already: say by If-Match which revision is meant`,
    );
  }
  if (query.dryRun === "1") return context.json(await previewEdit(api, edit));
  // Of a new host nothing is overwritten, whatever else has changed.
  const isAnyGood = isNew && tags === undefined &&
    context.req.header("if-none-match") === undefined;
  await makeChange(api, {
    context,
    actor: actor!,
    edit,
    reason,
    ifMatch: isAnyGood ? [] : [{
      modId,
      cmdId,
      revision: isThere ? revision : ABSENT_REVISION,
    }],
  });
  return undefined;
}

/** Answers who removes what is not there. */
async function nothingToRemove(
  api: ApiContext,
  { query, context }: ChangeInput,
): Promise<Response> {
  return query.dryRun === "1"
    ? context.json(await previewEdit(api, {}))
    : context.body(null, 204);
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
