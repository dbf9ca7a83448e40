import { formatAddress } from "../../../../proto/mod.ts";
import {
  type Agents,
  type AsOf,
  type Fleet,
  type Problem,
  WINDOW_S,
} from "../../../../store/mod.ts";
import { printable } from "../../text/printable.ts";
import {
  counted,
  formatCount,
  formatRate,
  formatShare,
  formatSpan,
} from "../../text/quantities.ts";
import {
  ageOf,
  formatAsOf,
  formatFailing,
  formatHostsOut,
  formatRoute,
  formatView,
  NO_DATA,
  presentOf,
  STALE_S,
} from "../../text/route_text.ts";
import { formatSince, formatTime } from "../../text/times.ts";

/** Problems, and hosts of one, that are printed at most. */
const PROBLEMS_MAX = 20;
const HOSTS_MAX = 5;

/** Silent agents that are named at most. */
const SILENT_MAX = 5;

/** What all agents tell: problems first, then how much is called. */
export function formatFleet(fleet: Fleet): string[] {
  const { problems, unjudged } = fleet;
  const nowS = presentOf(fleet);
  const blocks = problems.slice(0, PROBLEMS_MAX).flatMap((problem) => [
    "",
    ...formatProblem(problem, { fleet, nowS }),
  ]);
  const left = Math.max(0, problems.length - PROBLEMS_MAX) + unjudged;
  const more = left > 0
    ? ["", `${counted(left, "more route")}: see --json`]
    : [];
  return [
    ...formatAge(fleet),
    headOf(fleet),
    ...blocks,
    ...more,
    ...problems.length > 0 ? [""] : [],
    `calls     ${formatTotals(fleet)}`,
    `agents    ${formatAgents(fleet.agents, nowS)}`,
  ];
}

/** How many problems there are; never that all is well where nothing is called. */
export function headOf(fleet: Fleet): string {
  const { asOf, routes, problems, agents } = fleet;
  if (asOf === undefined) {
    return NO_DATA;
  }
  const at = formatAsOf({ ...fleet, asOf });
  const count = problems.length + Number(agents.silent.length > 0);
  if (count > 0) return `${counted(count, "problem")}, ${at}`;
  if (routes.length > 0) {
    return `no problem in the calls of the last ${WINDOW_S} s, ${at}`;
  }
  return `no data: ${formatLastCalls(fleet)}, ${at}`;
}

/** When there were calls last, where there are none now. */
function formatLastCalls(fleet: Fleet): string {
  const { newestMinute } = fleet;
  if (newestMinute === undefined) return "no calls were reported yet";
  const end = (newestMinute + 1) * 60;
  const nowS = presentOf(fleet);
  return `no calls in the last ${WINDOW_S} s, the last ones ${
    formatSpan(nowS - end)
  } ago (${formatTime(end, { nowS })})`;
}

/** What is said of what is old. */
export function staleText(at: AsOf): string {
  return `STALE: no reporter has told of any agent for ${
    formatSpan(ageOf(at))
  }`;
}

/** A warning before what is old. */
export function formatAge(at: AsOf): string[] {
  const { asOf, readAt } = at;
  if (asOf === undefined || ageOf(at) <= STALE_S) return [];
  return [
    `${staleText(at)} (${
      formatTime(asOf, { nowS: readAt })
    }): look whether reporters run and reach this store, and agents reach them; what follows is of then`,
  ];
}

function formatProblem(
  problem: Problem,
  { fleet, nowS }: { fleet: Fleet; nowS: number },
): string[] {
  const { names } = fleet.agents;
  const out = formatHostsOut(problem);
  const hosts = problem.out.slice(0, HOSTS_MAX).map((view) =>
    `  ${formatAddress(view).padEnd(16)} ${formatView(view, { nowS, names })}`
  );
  const more = problem.out.length - hosts.length;
  const { modId, cmdId } = problem;
  return [
    `${formatRoute(problem)}  ${formatFailing(problem, nowS)}`,
    ...out === undefined ? [] : [`  ${out}`],
    ...hosts,
    ...more > 0
      ? [`  ${counted(more, "more host")}: lars status ${modId} ${cmdId}`]
      : [],
  ];
}

/** "12 routes, 1,840 calls/s, 0.80 % fail". */
export function formatTotals({ routes }: Fleet): string {
  let calls = 0;
  let failed = 0;
  for (const route of routes) {
    calls += route.calls;
    failed += route.failed;
  }
  if (calls === 0) return "none";
  return `${counted(routes.length, "route")}, ${
    formatRate(calls / WINDOW_S)
  } calls/s, ${formatShare(failed / calls)} fail`;
}

/** "65, 2 silent since 03:03 (2 min), all in zone eu-1b: web-3 (10.1.0.3), web-4 (10.1.0.4)". */
export function formatAgents(agents: Agents, nowS: number): string {
  const { count, silent, silentSince, silentZone } = agents;
  if (count === 0) return "none";
  if (silentSince === undefined) return formatCount(count);
  const named = silent.slice(0, SILENT_MAX).map(({ name, address }) =>
    name === ""
      ? printable(address)
      : `${printable(name)} (${printable(address)})`
  );
  if (silent.length > named.length) named.push("…");
  const zone = silentZone === undefined
    ? ""
    : `, ${silent.length > 1 ? "all " : ""}in zone ${printable(silentZone)}`;
  return `${formatCount(count)}, ${formatCount(silent.length)} silent ${
    formatSince(silentSince, nowS)
  }${zone}: ${named.join(", ")}`;
}
