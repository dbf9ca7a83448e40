import type { z } from "@hono/zod-openapi";
import { RouteMap } from "../../../proto/mod.ts";
import {
  type ChangeRow,
  type Fleet,
  type Problem,
  StoreError,
} from "../../../store/mod.ts";
import { answerHashed } from "../../http/conditional.ts";
import type { ApiContext } from "../context.ts";
import type { Operations } from "../operation.ts";
import * as shapes from "../schemas.ts";
import { changeJson, namesOf } from "../views/routes.ts";
import { dataUntilOf, routeTraffic, viewJson } from "../views/traffic.ts";

/** Problems, hosts of a problem and changes that one answer has. */
const PROBLEMS_MAX = 50;
const HOSTS_MAX = 5;
const CHANGES_MAX = 10;

/** What needs a person now. */
export function addNowResource(operations: Operations, api: ApiContext): void {
  const { copy, fleet, names, clock } = api;
  let latest: z.output<typeof shapes.now> | undefined;

  operations.add({
    method: "get",
    path: "/now",
    summary: "What needs a person now, the worst first",
    needs: "read",
    answers: {
      200: { description: "Problems and changes", schema: shapes.now },
      304: { description: "As it was, but for asOf" },
    },
  }, async ({ context }) => {
    await names.refresh();
    const asOf = shapes.timeOf(clock.wallSeconds());
    const awayMs = copy.awayMs;
    const storeAwayS = awayMs === undefined ? null : Math.floor(awayMs / 1_000);
    try {
      latest = { asOf, storeAwayS, ...await lookAt(api, await fleet.read()) };
    } catch (error) {
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

async function lookAt(api: ApiContext, fleet: Fleet) {
  const changes = await api.admin.changes({ limit: CHANGES_MAX });
  const problems: z.output<typeof shapes.nowProblem>[] = [];
  const before = new RouteMap<ChangeRow>();
  for (const problem of fleet.problems.slice(0, PROBLEMS_MAX)) {
    const { since } = problem;
    const [newest] = (await api.admin.changes({ limit: 5, key: problem }))
      .filter(({ at }) => since === undefined || at <= since + 60);
    if (newest !== undefined) before.set(problem, newest);
    problems.push(await problemJson(api, problem, before.get(problem)));
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

async function problemJson(
  { names, fleet }: ApiContext,
  problem: Problem,
  change: ChangeRow | undefined,
): Promise<z.output<typeof shapes.nowProblem>> {
  const { modId, cmdId, since } = problem;
  const key = { modId, cmdId };
  const [command, module] = [names.command(key), names.module(modId)];
  const worstHosts = [];
  for (const view of problem.out.slice(0, HOSTS_MAX)) {
    worstHosts.push(viewJson(key, view, await fleet.drainOf(key, view)));
  }
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
    hostsOut: problem.out.filter((view) => view.out * 2 >= view.callers).length,
    hosts: problem.hosts ?? 0,
    callers: problem.callers,
    worstHosts,
    changeBefore: change === undefined ? null : changeJson(change),
  };
}
