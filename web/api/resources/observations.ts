import { z } from "@hono/zod-openapi";
import {
  formatAddress,
  formatIp,
  type HostAddress,
  isIp,
  parseAddress,
  parseIp,
  type RouteKey,
} from "../../../proto/mod.ts";
import {
  type AgentRow,
  GONE_S,
  type HostPeriodRow,
  PERIOD_SECONDS,
  periodOf,
  PERIODS_KEPT,
  type RoutePeriodRow,
  SILENT_S,
} from "../../../store/mod.ts";
import { answerHashed } from "../../http/conditional.ts";
import { ProblemError } from "../../http/problem.ts";
import type { FleetView } from "../../model/fleet.ts";
import type { ApiContext } from "../context.ts";
import { fleetAt, momentOf } from "../moment.ts";
import type { Operations } from "../operation.ts";
import { pageOfNewest } from "../page.ts";
import * as shapes from "../schemas.ts";
import {
  callerJson,
  dataUntilOf,
  eventJson,
  hostStatusJson,
  periodJson,
  routeTraffic,
  withoutStates,
} from "../views/traffic.ts";

/** Lengths of a period that may be asked for, in seconds. */
const STEPS = ["60", "600", "3600"] as const;

/** Length of a history that was not named, and the longest, in seconds. */
const HISTORY_S = 3 * 3_600;
const HISTORY_S_MAX = 400 * 86_400;

/** For how long minutes of routes and of hosts are kept: beyond it a history is of longer periods. */
const ROUTE_MINUTES_S = PERIODS_KEPT.RouteMinute * 60;
const HOST_MINUTES_S = PERIODS_KEPT.HostMinute * 60;

/** Callers and events of a host that one answer has. */
const CALLERS_MAX = 1_000;
const EVENTS_MAX = 50;

/** Routes of a host that are looked at closely. */
const ROUTES_MAX = 50;

/** What callers have told of routes and hosts. */
export function addObservationResources(
  operations: Operations,
  api: ApiContext,
): void {
  addStatus(operations, api);
  addPast(operations, api);
  addHost(operations, api);
  addMembers(operations, api);
}

function addStatus(operations: Operations, api: ApiContext): void {
  operations.add(
    {
      method: "get",
      path: "/routes/{modId}/{cmdId}/status",
      summary: "How a route is called now, and how its callers see its hosts",
      needs: "read",
      params: shapes.routePath,
      query: z.object(shapes.atQuery),
      answers: {
        200: { description: "The status", schema: shapes.routeStatus },
        304: { description: "As it was" },
      },
    },
    async ({ params, query, context }) => {
      const fleet = fleetAt(api, momentOf(api, query.at));
      return answerHashed(context, await statusOf(fleet, params));
    },
  );

  operations.add({
    method: "get",
    path: "/routes/{modId}/{cmdId}/callers",
    summary: "Callers that do not plainly use a host of a route",
    needs: "read",
    params: shapes.routePath,
    answers: {
      200: {
        description: "By host",
        schema: z.strictObject({ items: z.array(shapes.callerState) }),
      },
      304: { description: "As it was" },
    },
  }, async ({ params, context }) => {
    const { modId, cmdId } = params;
    const items = await callersOf(api, { key: { modId, cmdId } });
    return answerHashed(context, { items });
  });
}

async function statusOf(fleet: FleetView, { modId, cmdId }: RouteKey) {
  const key = { modId, cmdId };
  const detail = await fleet.readRoute(key);
  const hosts = [];
  for (const host of detail.hosts) {
    const drain = await fleet.drainOf(key, host);
    const status = hostStatusJson(key, host, drain);
    hosts.push(fleet.hasStates ? status : withoutStates(status));
  }
  return {
    ...key,
    asOf: dataUntilOf(detail),
    ...routeTraffic(detail.problem),
    hosts,
  };
}

async function callersOf(
  { history }: ApiContext,
  filter: { key?: RouteKey; host?: HostAddress },
) {
  const agents = await history.agents();
  const known = new Map(agents.map((agent) => [agent.agent, agent]));
  const states = await history.states(filter);
  return states.slice(0, CALLERS_MAX).map((row) => callerJson(row, known));
}

function addPast(operations: Operations, api: ApiContext): void {
  const { history } = api;

  operations.add({
    method: "get",
    path: "/routes/{modId}/{cmdId}/history",
    summary: "Calls of a route or a host of it: 3 hours unless said otherwise",
    needs: "read",
    params: shapes.routePath,
    query: z.object({
      from: shapes.time.optional(),
      to: shapes.time.optional(),
      host: shapes.hostKey.optional(),
      step: z.enum(STEPS).optional().openapi({
        description:
          "Seconds of a period: 60 or 3600 of a route, 60 or 600 of a host; default: what is kept for so long",
      }),
    }),
    answers: {
      200: { description: "The history", schema: shapes.history },
      304: { description: "As it was" },
    },
  }, async ({ params, query, context }) => {
    const { modId, cmdId } = params;
    const range = rangeOf(query, api.clock.wallSeconds());
    const host = query.host === undefined
      ? undefined
      : parseAddress(query.host);
    return answerHashed(
      context,
      await historyOf(api, {
        key: { modId, cmdId },
        host,
        step: query.step,
        ...range,
      }),
    );
  });

  operations.add({
    method: "get",
    path: "/routes/{modId}/{cmdId}/events",
    summary: "What happened to the hosts of a route",
    needs: "read",
    params: shapes.routePath,
    query: z.object({
      ...shapes.pageQuery,
      ...shapes.atQuery,
      host: shapes.hostKey.optional(),
    }),
    answers: {
      200: {
        description: "The newest first",
        schema: shapes.pageOf(shapes.hostEvent),
      },
      304: { description: "As it was" },
    },
  }, async ({ params, query, context }) => {
    const { modId, cmdId } = params;
    const host = query.host === undefined
      ? undefined
      : parseAddress(query.host);
    const below = await momentOf(api, query.at)?.eventsBefore();
    const { items, next } = await pageOfNewest(
      { ...query, below },
      (page) => history.events({ ...page, key: { modId, cmdId }, host }),
    );
    return answerHashed(context, { items: items.map(eventJson), next });
  });
}

/** From when to when, in Unix seconds. @throws {ProblemError} If that is no span. */
function rangeOf(
  { from, to }: { from?: string | undefined; to?: string | undefined },
  nowSeconds: number,
): { from: number; to: number } {
  const end = to === undefined ? nowSeconds : Date.parse(to) / 1_000;
  const start = from === undefined ? end - HISTORY_S : Date.parse(from) / 1_000;
  if (start < 0 || start > end || end - start > HISTORY_S_MAX) {
    throw new ProblemError(
      "malformed",
      "from must be before to, and both at most 400 days apart",
      { errors: [{ pointer: "query: from", detail: "must be before to" }] },
    );
  }
  return { from: start, to: end };
}

async function historyOf(
  { history, clock }: ApiContext,
  { key, host, step, from, to }: {
    key: RouteKey;
    host: HostAddress | undefined;
    step: typeof STEPS[number] | undefined;
    from: number;
    to: number;
  },
) {
  const long = host === undefined ? "hour" : "ten";
  const isLong = step === undefined
    ? Math.max(to, clock.wallSeconds()) - from >
      (host === undefined ? ROUTE_MINUTES_S : HOST_MINUTES_S)
    : step !== "60";
  if (step !== undefined && isLong && step !== String(PERIOD_SECONDS[long])) {
    throw new ProblemError(
      "malformed",
      `step must be 60 or ${PERIOD_SECONDS[long]}`,
      { errors: [{ pointer: "query: step", detail: "is not kept" }] },
    );
  }
  const stepS = PERIOD_SECONDS[isLong ? long : "minute"];
  const period = isLong ? long : "minute";
  const range = { from: periodOf(period, from), to: periodOf(period, to) };
  const rows = host === undefined
    ? await history.routeHistory({
      tier: isLong ? "hour" : "minute",
      key,
      ...range,
    })
    : await history.hostHistory({
      tier: isLong ? "ten" : "minute",
      key,
      host,
      ...range,
    });
  return {
    stepS,
    from: shapes.timeOf(Math.floor(from)),
    to: shapes.timeOf(Math.floor(to)),
    periods: rows.map((row: HostPeriodRow | RoutePeriodRow) =>
      periodJson(row, stepS)
    ),
  };
}

function addHost(operations: Operations, api: ApiContext): void {
  const { copy, history, clock } = api;

  operations.add({
    method: "get",
    path: "/hosts/{host}",
    summary: "A machine or one of its ports, in all routes that have it",
    needs: "read",
    params: z.object({ host: z.union([shapes.ipText, shapes.hostKey]) }),
    query: z.object(shapes.atQuery),
    answers: {
      200: {
        description: "What is known of it",
        schema: z.strictObject({
          host: z.string(),
          routes: z.array(shapes.hostStatus),
          moreRoutes: z.int().optional().openapi({
            description: "Routes that have it beyond those here",
          }),
          events: z.array(shapes.hostEvent),
          callers: z.array(shapes.callerState),
        }),
      },
      304: { description: "As it was" },
    },
  }, async ({ params, query, context }) => {
    const moment = momentOf(api, query.at);
    const ip = isIp(params.host)
      ? parseIp(params.host)
      : parseAddress(params.host).ip;
    const isThis = (host: HostAddress) =>
      host.ip === ip &&
      [formatIp(ip), formatAddress(host)].includes(params.host);
    const all = moment === undefined
      ? copy.sorted
      : (await moment.routes()).sorted;
    const found = all.filter((route) => route.hosts.some(isThis));
    const routes: z.output<typeof shapes.hostStatus>[] = [];
    for (const key of found.slice(0, ROUTES_MAX)) {
      const status = await statusOf(fleetAt(api, moment), key);
      routes.push(
        ...status.hosts.filter(({ host }) => isThis(parseAddress(host))),
      );
    }
    const addresses = new Map(
      found.flatMap(({ hosts }) => hosts.filter(isThis))
        .map((host) => [formatAddress(host), host]),
    );
    const events = [];
    const callers = [];
    const before = await moment?.eventsBefore();
    for (const host of addresses.values()) {
      events.push(...await history.events({ host, before, limit: EVENTS_MAX }));
      // Of the past they are not kept.
      if (moment === undefined) callers.push(...await callersOf(api, { host }));
    }
    return answerHashed(context, {
      host: params.host,
      routes,
      ...found.length > ROUTES_MAX
        ? { moreRoutes: found.length - ROUTES_MAX }
        : {},
      events: events.sort((a, b) => b.id - a.id).slice(0, EVENTS_MAX)
        .map(eventJson),
      callers: callers.slice(0, CALLERS_MAX),
    });
  });

  operations.add({
    method: "get",
    path: "/agents",
    summary:
      "Agents that have reported, the silent ones first; of the past those that have been silent since",
    needs: "read",
    query: z.object(shapes.atQuery),
    answers: {
      200: {
        description: "Agents",
        schema: z.strictObject({ items: z.array(shapes.agent) }),
      },
      304: { description: "As it was" },
    },
  }, async ({ query, context }) => {
    const at = momentOf(api, query.at)?.at;
    const fleet = await api.fleet.read();
    const asOf = at ?? fleet.asOf ?? fleet.readAt;
    const isSilent = (row: AgentRow) => row.seenAt < asOf - SILENT_S;
    const rows = await history.agents();
    // Of those that were never heard of there is only what they had committed. Of
    // the past only those are known that have not been heard of since.
    const items = rows.filter((row) =>
      row.seenAt > 0 && row.seenAt >= asOf - GONE_S &&
      (at === undefined || isSilent(row))
    ).map((row) => ({
      agent: row.agent,
      name: row.name || null,
      version: row.version || null,
      zone: row.zone || null,
      address: row.address || null,
      reporter: row.reporter || null,
      seenAt: shapes.timeOf(Math.min(row.seenAt, clock.wallSeconds())),
      isSilent: isSilent(row),
      routesOut: at === undefined
        ? fleet.outAt.get(row.agent)?.size ?? 0
        : null,
    })).sort((a, b) => Number(b.isSilent) - Number(a.isSilent));
    return answerHashed(context, { items });
  });
}

/** Services, as those tell of them that are connected to them: none has a list of all. */
function addMembers(operations: Operations, api: ApiContext): void {
  operations.add({
    method: "get",
    path: "/members",
    summary: "dns that renew leases, and reporters, each with its agents",
    needs: "read",
    answers: {
      200: {
        description: "By kind and name",
        schema: z.strictObject({ items: z.array(shapes.member) }),
      },
      304: { description: "As it was" },
    },
  }, async ({ context }) => {
    const leases = (await api.leaseModel.read()).filter(({ dns }) => dns);
    const agents = (await api.history.agents()).filter(({ reporter }) =>
      reporter
    );
    const nowSeconds = api.clock.wallSeconds();
    const dns = [...Map.groupBy(leases, (lease) => lease.dns)]
      .map(([name, theirs]) => ({
        kind: "dns" as const,
        name,
        agents: theirs.length,
        seenAt: null,
      }));
    const reporters = [...Map.groupBy(agents, ({ reporter }) => reporter)]
      .map(([name, theirs]) => {
        const newest = Math.max(...theirs.map(({ seenAt }) => seenAt));
        return {
          kind: "reporter" as const,
          name,
          agents: theirs.length,
          seenAt: shapes.timeOf(Math.min(newest, nowSeconds)),
        };
      });
    const byName = (a: { name: string }, b: { name: string }) =>
      a.name < b.name ? -1 : 1;
    const items = [...dns.sort(byName), ...reporters.sort(byName)];
    return answerHashed(context, { items });
  });
}
