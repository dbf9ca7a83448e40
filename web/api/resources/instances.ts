import { z } from "@hono/zod-openapi";
import {
  formatAddress,
  isIp,
  parseAddress,
  parseIp,
} from "../../../proto/mod.ts";
import {
  covers,
  type HostDrain,
  type InstanceQuery,
  type InstanceRow,
  INSTANCES_PAGE_MAX,
  LeasesOffError,
  type RouteRow,
} from "../../../store/mod.ts";
import { answerHashed } from "../../http/conditional.ts";
import { ProblemError } from "../../http/problem.ts";
import type { SeenLease } from "../../model/leases.ts";
import { type ApiContext, authorOf, takeFresh } from "../context.ts";
import { checkNeed, type Operations } from "../operation.ts";
import { pageOfItems, placeOf } from "../page.ts";
import { previewEdit } from "../previews.ts";
import * as shapes from "../schemas.ts";

/** What ages are rounded down to: that of a lease that is renewed is no news then. */
const AGE_STEP_MS = 10_000;

const QUERY = z.object({
  ...shapes.pageQuery,
  modId: shapes.idText.optional(),
  cmdId: shapes.idText.optional(),
  host: z.union([shapes.ipText, shapes.hostKey]).optional(),
  agent: shapes.agentId.optional(),
});

/** Hosts that registered themselves, and the leases of their machines. */
export function addInstanceResource(
  operations: Operations,
  api: ApiContext,
): void {
  addLists(operations, api);
  addRemoval(operations, api);
  addGone(operations, api);
}

function addLists(operations: Operations, api: ApiContext): void {
  operations.add({
    method: "get",
    path: "/instances",
    summary: "Hosts that registered themselves, by route and address",
    needs: "read",
    query: QUERY,
    answers: {
      200: {
        description: "A page",
        schema: shapes.pageOf(shapes.instance),
      },
      304: { description: "As it was" },
    },
  }, async ({ query, context }) => {
    const rows = await instancesOf(api, {
      ...filterOf(query),
      after: afterOf(query.cursor),
      limit: query.limit + 1,
    });
    const { items, next } = pageOfItems(rows, {
      limit: query.limit,
      placeAt: ({ modId, cmdId, ip, port }) => [modId, cmdId, ip, port],
    });
    const leases = new Map(
      (await api.leaseModel.read()).map((each) => [each.agent, each]),
    );
    const drains = await api.fleet.drains();
    return answerHashed(context, {
      items: items.map((row) => instanceJson(row, leases, drains)),
      next,
    });
  });

  operations.add({
    method: "get",
    path: "/leases",
    summary: "Agents that register hosts, those first that have gone silent",
    needs: "read",
    answers: {
      200: {
        description: "Their leases",
        schema: z.strictObject({ items: z.array(shapes.lease) }),
      },
      304: { description: "As it was" },
    },
  }, async ({ context }) => {
    const items = (await api.leaseModel.read()).map(leaseJson)
      .sort((a, b) => Number(b.isOverdue) - Number(a.isOverdue));
    return answerHashed(context, { items });
  });
}

function filterOf(
  { modId, cmdId, host, agent }: z.output<typeof QUERY>,
): Omit<InstanceQuery, "limit"> {
  if ((modId === undefined) !== (cmdId === undefined)) {
    throw new ProblemError("malformed", "modId and cmdId go together");
  }
  return {
    ...modId === undefined || cmdId === undefined
      ? {}
      : { key: { modId, cmdId } },
    ...host === undefined
      ? {}
      : { host: isIp(host) ? { ip: parseIp(host) } : parseAddress(host) },
    ...agent === undefined ? {} : { agent },
  };
}

function afterOf(cursor: string | undefined): RouteRow | undefined {
  const [modId, cmdId, ip, port] = placeOf(cursor, 4) ?? [];
  return modId === undefined || cmdId === undefined || ip === undefined ||
      port === undefined
    ? undefined
    : { modId, cmdId, ip, port };
}

function addRemoval(operations: Operations, api: ApiContext): void {
  operations.add({
    method: "delete",
    path: "/routes/{modId}/{cmdId}/instances/{host}",
    summary:
      "Take a registered host away for good: a drain keeps it away whatever its agent says",
    needs: "write",
    params: z.object({ ...shapes.routePath.shape, host: shapes.hostKey }),
    query: shapes.dryRunQuery,
    answers: {
      200: {
        description: "Of a dry run: what it would do",
        schema: shapes.changePreview,
      },
      204: { description: "It is served no more" },
    },
  }, async ({ params, query, context, actor }) => {
    const { modId, cmdId } = params;
    const row = { modId, cmdId, ...parseAddress(params.host) };
    const { ip, port } = row;
    const [found] = await instancesOf(api, {
      key: { modId, cmdId },
      host: { ip, port },
      limit: 1,
    });
    if (found === undefined) {
      throw new ProblemError(
        "not_found",
        `No agent has registered ${params.host} in (${modId}, ${cmdId})`,
      );
    }
    if (query.dryRun === "1") {
      return context.json(await previewEdit(api, { remove: [row] }));
    }
    const by = authorOf(context, actor!, { action: "remove instance" });
    await api.leases.remove([row], by);
    await takeFresh(api, [row]);
    return context.body(null, 204);
  });
}

function addGone(operations: Operations, api: ApiContext): void {
  operations.add({
    method: "post",
    path: "/leases/gone",
    summary:
      "Say that machines are gone whose agents have gone silent: what they registered ends at once",
    needs: "write",
    query: shapes.dryRunQuery,
    body: shapes.goneInput,
    answers: {
      200: {
        description: "What became of them, or would",
        schema: z.union([shapes.goneResult, shapes.gonePreview]),
      },
    },
  }, async ({ query, body, context, actor }) => {
    api.leaseModel.forget();
    const known = await api.leaseModel.read();
    const meant = known.filter(({ agent }) => body.agents.includes(agent));
    const alive = meant.filter(({ overdue }) => !overdue);
    if (alive.length > 0) {
      throw new ProblemError(
        "conflict",
        `${alive.map(nameOf).join(", ")} lives: it would register again`,
      );
    }
    const rows: InstanceRow[] = [];
    for (const { agent } of meant) {
      rows.push(...await everyInstanceOf(api, agent));
    }
    for (const row of rows) checkNeed("write", actor, row);
    if (query.dryRun === "1") {
      const remove = rows.filter(({ isStatic }) => !isStatic);
      return context.json({
        ...await previewEdit(api, { remove }),
        instances: rows.length,
      });
    }
    const outcomes = meant.length === 0 ? [] : await api.leases.expire(meant, {
      by: authorOf(context, actor!, {
        action: "machines are gone",
        comment: body.comment,
      }),
    });
    api.leaseModel.forget();
    await takeFresh(api, rows);
    const found = new Map(outcomes.map((each) => [each.agent, each]));
    return context.json({
      agents: [...new Set(body.agents)].map((agent) => ({
        agent,
        state: found.get(agent)?.state ?? "unknown" as const,
        removed: found.get(agent)?.removed.length ?? 0,
      })),
    });
  });
}

async function everyInstanceOf(
  api: ApiContext,
  agent: string,
): Promise<InstanceRow[]> {
  const found: InstanceRow[] = [];
  for (;;) {
    const limit = INSTANCES_PAGE_MAX;
    const after = found.at(-1);
    const page = await instancesOf(api, { agent, after, limit });
    found.push(...page);
    if (page.length < limit) return found;
  }
}

/** Instances; none where nothing can be registered. */
async function instancesOf(
  { leases }: ApiContext,
  query: InstanceQuery,
): Promise<InstanceRow[]> {
  try {
    return await leases.instances(query);
  } catch (error) {
    if (error instanceof LeasesOffError) return [];
    throw error;
  }
}

function nameOf({ name, agent }: SeenLease): string {
  return name || agent;
}

function livenessJson({ overdue, renewedMs }: SeenLease) {
  return {
    isOverdue: overdue,
    renewedS: renewedMs === undefined
      ? null
      : Math.floor(renewedMs / AGE_STEP_MS) * AGE_STEP_MS / 1_000,
  };
}

function leaseJson(lease: SeenLease): z.output<typeof shapes.lease> {
  return {
    agent: lease.agent,
    name: lease.name || null,
    address: lease.address || null,
    dns: lease.dns || null,
    instances: lease.instances,
    ...livenessJson(lease),
  };
}

function instanceJson(
  row: InstanceRow,
  leases: ReadonlyMap<string, SeenLease>,
  drains: readonly HostDrain[],
): z.output<typeof shapes.instance> {
  const lease = leases.get(row.agent);
  return {
    modId: row.modId,
    cmdId: row.cmdId,
    host: formatAddress(row),
    agent: row.agent,
    agentName: lease?.name || null,
    agentAddress: lease?.address || null,
    state: row.state,
    since: shapes.timeOf(row.since),
    isDrained: drains.some((drain) => covers(drain, row)),
    isStatic: row.isStatic,
    weight: row.weight ?? null,
    zone: row.zone ?? null,
    version: row.version || null,
    lease: lease === undefined ? null : livenessJson(lease),
  };
}
