import { z } from "@hono/zod-openapi";
import type { RouteKey } from "../../../proto/mod.ts";
import {
  type ChangeRow,
  type Fleet,
  type Problem,
  StoreError,
} from "../../../store/mod.ts";
import { answerHashed } from "../../http/conditional.ts";
import type { FleetView } from "../../model/fleet.ts";
import type { Moment } from "../../model/past/moment.ts";
import type { ApiContext } from "../context.ts";
import { momentOf } from "../moment.ts";
import type { Operations } from "../operation.ts";
import * as shapes from "../schemas.ts";
import { changeJson, namesOf } from "../views/routes.ts";
import {
  countOut,
  dataUntilOf,
  eventJson,
  hostStatusJson,
  routeTraffic,
  viewJson,
  withoutStates,
} from "../views/traffic.ts";

/** Problems, hosts of a problem and changes that one answer has. */
const PROBLEMS_MAX = 50;
const HOSTS_MAX = 5;

/** Failing routes whose hosts are looked at one by one. */
const DETAILS_MAX = 10;

/** Share of its calls that fail from which a host is named that no caller holds out. */
const FAILING_SHARE_MIN = 0.05;

const CHANGES_MAX = 10;

/** Events of hosts before a moment that tell of the states that are not kept, and from when on, in seconds. */
const EVENTS_MAX = 20;
const EVENTS_S = 3_600;

/** What needs a person now. */
export function addNowResource(operations: Operations, api: ApiContext): void {
  const { copy, fleet, names, clock } = api;
  let latest: z.output<typeof shapes.now> | undefined;
  // Everybody who looks within a second sees the same.
  let seen: { fleet: Fleet; parts: ReturnType<typeof lookAt> } | undefined;

  operations.add({
    method: "get",
    path: "/now",
    summary: "What needs a person now, the worst first",
    needs: "read",
    query: z.object(shapes.atQuery),
    answers: {
      200: { description: "Problems and changes", schema: shapes.now },
      304: { description: "As it was, but for asOf" },
    },
  }, async ({ query, context }) => {
    await names.refresh();
    const moment = momentOf(api, query.at);
    if (moment !== undefined) {
      return answerHashed(context, await lookBack(api, moment));
    }
    const asOf = shapes.timeOf(clock.wallSeconds());
    const awayMs = copy.awayMs;
    const storeAwayS = awayMs === undefined ? null : Math.floor(awayMs / 1_000);
    try {
      const now = await fleet.read();
      if (seen?.fleet !== now) {
        seen = { fleet: now, parts: lookAt(api, fleet, { fleet: now }) };
      }
      latest = { asOf, storeAwayS, ...await seen.parts };
    } catch (error) {
      seen = undefined;
      if (!(error instanceof StoreError)) throw error;
      // What was known last is better than nothing, and says how old it is.
      if (latest === undefined) throw error;
      latest = { ...latest, storeAwayS: storeAwayS ?? 0 };
    }
    // Who has this already need not get it for the time alone.
    return answerHashed(context, latest, {
      ...latest,
      asOf: undefined,
      storeAwayS: latest.storeAwayS !== null,
    });
  });
}

/** What needed a person at a moment, by the calls that failed: which agents there were is not kept. */
async function lookBack(
  api: ApiContext,
  moment: Moment,
): Promise<z.output<typeof shapes.now>> {
  const before = await moment.changesBefore();
  const parts = await lookAt(api, moment, {
    fleet: await moment.read(),
    before,
  });
  const events = await api.history.events({
    before: await moment.eventsBefore(),
    limit: EVENTS_MAX,
  });
  return {
    asOf: shapes.timeOf(moment.at),
    storeAwayS: null,
    ...parts,
    agents: null,
    events: events.filter(({ minute }) => minute * 60 >= moment.at - EVENTS_S)
      .map(eventJson),
  };
}

/** Problems of a fleet, and changes: those with an id below `before`; undefined: all. */
async function lookAt(
  api: ApiContext,
  view: FleetView,
  { fleet, before }: { fleet: Fleet; before?: number },
) {
  const { admin } = api;
  const changes = await admin.changes({ before, limit: CHANGES_MAX });
  const problems: z.output<typeof shapes.nowProblem>[] = [];
  for (const problem of fleet.problems.slice(0, PROBLEMS_MAX)) {
    const { since } = problem;
    const [change] = (await admin.changes({ before, limit: 5, key: problem }))
      .filter(({ at }) => since === undefined || at <= since + 60);
    const withDetails = problems.length < DETAILS_MAX;
    problems.push(
      await problemJson({ api, view }, problem, { change, withDetails }),
    );
  }
  const { agents } = fleet;
  const zones = new Set(agents.silent.map(({ zone }) => zone).filter(Boolean));
  return {
    dataUntil: dataUntilOf(fleet),
    problems,
    agents: {
      known: agents.count,
      silent: agents.silent.length,
      silentZones: [...zones].sort(),
    },
    changes: changes.map(changeJson),
  };
}

/** What problems are looked at with. */
interface Looker {
  api: ApiContext;
  view: FleetView;
}

async function problemJson(
  { api: { names }, view }: Looker,
  problem: Problem,
  { change, withDetails }: {
    change: ChangeRow | undefined;
    withDetails: boolean;
  },
): Promise<z.output<typeof shapes.nowProblem>> {
  const { modId, cmdId, since } = problem;
  const key = { modId, cmdId };
  const [command, module] = [names.command(key), names.module(modId)];
  const { callsPerSecond, failingShare } = routeTraffic(problem);
  return {
    ...key,
    ...namesOf(names, key),
    runbook: command?.runbook ?? module?.runbook ?? null,
    callsPerSecond,
    failingShare,
    usualShare: problem.usual ?? null,
    failingPerSecondAboveUsual: problem.excessPerS,
    since: since === undefined ? null : shapes.timeOf(since),
    hostsOut: view.hasStates ? countOut(problem.out) : null,
    hosts: problem.hosts ?? 0,
    callers: problem.callers,
    worstHosts: withDetails && problem.isFailing
      ? await failingHosts(view, key)
      : await hostsOut(view, problem),
    changeBefore: change === undefined ? null : changeJson(change),
  };
}

/** Hosts that callers hold out, the worst first. */
async function hostsOut(view: FleetView, problem: Problem) {
  const { modId, cmdId } = problem;
  const key = { modId, cmdId };
  const hosts = [];
  for (const host of problem.out.slice(0, HOSTS_MAX)) {
    hosts.push(viewJson(key, host, await view.drainOf(key, host)));
  }
  return hosts;
}

/** Likewise of a route whose calls fail, and hosts that fail while they are in use. */
async function failingHosts(view: FleetView, key: RouteKey) {
  const { hosts } = await view.readRoute(key);
  const failing = hosts.filter(({ out, calls }) =>
    out > 0 || (calls?.failed ?? 0) > (calls?.calls ?? 0) * FAILING_SHARE_MIN
  ).sort((a, b) =>
    b.out / (b.callers || 1) - a.out / (a.callers || 1) ||
    (b.calls?.failed ?? 0) - (a.calls?.failed ?? 0)
  );
  const found = [];
  for (const host of failing.slice(0, HOSTS_MAX)) {
    const status = hostStatusJson(key, host, await view.drainOf(key, host));
    found.push(view.hasStates ? status : withoutStates(status));
  }
  return found;
}
