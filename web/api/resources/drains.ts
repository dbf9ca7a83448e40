import { z } from "@hono/zod-openapi";
import { isIp, parseAddress, parseIp } from "../../../proto/mod.ts";
import {
  type DrainTarget,
  haveStopped,
  type HostDrain,
  isSameTarget,
  readDrainProgress,
} from "../../../store/mod.ts";
import type { Actor } from "../../access/actor.ts";
import type { WebContext } from "../../http/env.ts";
import { ProblemError } from "../../http/problem.ts";
import { type ApiContext, makeChange, takeFresh } from "../context.ts";
import { checkNeed, type Operations } from "../operation.ts";
import { CALLED_S, placesOf, previewDrain } from "../previews.ts";
import * as shapes from "../schemas.ts";
import { drainJson, targetJson } from "../views/routes.ts";

/** How long a drain is meant for that does not say: people forget. */
const UNTIL_S = 4 * 3_600;

const PROGRESS = {
  description: "How far its callers have stopped",
  schema: shapes.drainStatus,
};

/** One place of a drain in the API: its path, and what it is of. */
interface DrainPlace<Params extends z.ZodObject> {
  path: string;
  summary: string;
  params: Params;
  targetOf: (params: z.output<Params>) => DrainTarget;
}

/** Drains of a host of a route, and of a machine or a port in all its routes. */
export function addDrainResource(
  operations: Operations,
  api: ApiContext,
): void {
  operations.add({
    method: "get",
    path: "/drains",
    summary: "Every drain",
    needs: "read",
    answers: {
      200: {
        description: "By address, port and route",
        schema: z.strictObject({ items: z.array(shapes.drainEntry) }),
      },
    },
  }, async ({ context }) => {
    const drains = await api.routes.drains();
    return context.json({
      items: drains.map((each) => {
        const { allRoutes: _, ...drain } = drainJson(each);
        return { ...targetJson(each), ...drain };
      }),
    });
  });
  addDrains(operations, api, {
    path: "/routes/{modId}/{cmdId}/hosts/{host}/drain",
    summary: "of a host in a route",
    params: z.object({ ...shapes.routePath.shape, host: shapes.hostKey }),
    targetOf: ({ modId, cmdId, host }) => ({
      ...parseAddress(host),
      route: { modId, cmdId },
    }),
  });
  addDrains(operations, api, {
    path: "/hosts/{host}/drain",
    summary: "of a machine, or one of its ports, in all its routes",
    params: z.object({ host: z.union([shapes.ipText, shapes.hostKey]) }),
    targetOf: ({ host }) =>
      isIp(host) ? { ip: parseIp(host) } : parseAddress(host),
  });
}

function addDrains<Params extends z.ZodObject>(
  operations: Operations,
  api: ApiContext,
  { path, summary, params, targetOf }: DrainPlace<Params>,
): void {
  operations.add({
    method: "put",
    path,
    summary: `Begin a drain ${summary}, or change why and until when`,
    needs: "drain",
    params,
    query: shapes.dryRunQuery,
    body: shapes.drainInput,
    answers: {
      200: {
        description: "Of a dry run: what it would do",
        schema: shapes.drainPreview,
      },
      202: PROGRESS,
    },
  }, async ({ params, query, body, context, actor }) => {
    const target = targetOf(params);
    checkRoutes(target, actor);
    if (query.dryRun === "1") {
      return context.json(await previewDrain(api, target));
    }
    const until = body.until === undefined
      ? api.clock.wallSeconds() + UNTIL_S
      : body.until === null
      ? undefined
      : Math.floor(Date.parse(body.until) / 1_000);
    const drain = {
      ...target,
      who: actor!.label,
      reason: body.reason,
      ...until === undefined ? {} : { until },
    };
    await changeDrains(api, { context, actor: actor! }, { drain: [drain] });
    return context.json(await statusOf(api, target), 202);
  });

  operations.add(
    {
      method: "get",
      path,
      summary: `Progress of a drain ${summary}`,
      needs: "read",
      params,
      answers: { 200: PROGRESS },
    },
    async ({ params, context }) =>
      context.json(await statusOf(api, targetOf(params))),
  );

  operations.add({
    method: "delete",
    path,
    summary: `End a drain ${summary}`,
    needs: "drain",
    params,
    answers: { 204: { description: "There is no such drain any more" } },
  }, async ({ params, context, actor }) => {
    const target = targetOf(params);
    checkRoutes(target, actor);
    await changeDrains(api, { context, actor: actor! }, { undrain: [target] });
    return context.body(null, 204);
  });
}

/** Refuses who may only write some routes a drain that takes hosts out of others too. */
function checkRoutes({ route }: DrainTarget, actor: Actor | undefined): void {
  checkNeed("drain", actor, route ?? { modId: "*", cmdId: "*" });
}

async function changeDrains(
  api: ApiContext,
  who: { context: WebContext; actor: Actor },
  edit: {
    drain?: readonly Omit<HostDrain, "since">[];
    undrain?: readonly DrainTarget[];
  },
): Promise<void> {
  const [drain] = edit.drain ?? [];
  await makeChange(api, {
    ...who,
    edit,
    reason: {
      action: drain === undefined ? "undrain" : "drain",
      comment: drain?.reason,
    },
  });
  const [target] = [...edit.drain ?? [], ...edit.undrain ?? []];
  await takeFresh(api, placesOf(api.copy.sorted, target!));
}

/** The drain with exactly this target, and how far it is. @throws {ProblemError} If there is none. */
async function statusOf(
  api: ApiContext,
  target: DrainTarget,
): Promise<z.output<typeof shapes.drainStatus>> {
  const drains = await api.routes.drains();
  const drain = drains.find((each) => isSameTarget(each, target));
  if (drain === undefined) {
    throw new ProblemError(
      "not_found",
      `There is no drain of exactly ${targetJson(target).host} here`,
    );
  }
  const places = placesOf(api.copy.sorted, drain);
  const progress = await readDrainProgress(api.history, {
    places,
    atSeconds: Math.max(drain.since, api.clock.wallSeconds() - CALLED_S),
  });
  return {
    drain: drainJson(drain),
    routes: places.length,
    ...progress,
    isDone: haveStopped(progress),
  };
}
