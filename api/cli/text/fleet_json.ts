import { formatAddress, formatIp, hostReasonName } from "../../../proto/mod.ts";
import {
  type Agents,
  type AsOf,
  type Fleet,
  type HostDetail,
  type HostView,
  isOutAtFew,
  latencyQuantileUs,
  type Problem,
  type ReasonCount,
  type RouteCalls,
  type RouteDetail,
  type StatusRow,
  WINDOW_S,
} from "../../../store/mod.ts";
import { eventJson } from "./event_text.ts";
import { ageOf } from "./route_text.ts";
import { toRfc3339 } from "./times.ts";

/** What all agents tell, for JSON. */
export function fleetJson(fleet: Fleet): Record<string, unknown> {
  return {
    ...asOfJson(fleet),
    agents: agentsJson(fleet.agents),
    problems: fleet.problems.map((each) =>
      problemJson(each, fleet.agents.names)
    ),
    unjudged: fleet.unjudged,
    routes: fleet.routes.map(callsJson),
  };
}

/** What all agents tell of a route, for JSON. */
export function detailJson(detail: RouteDetail): Record<string, unknown> {
  const { lastCalledAt, hosts, events, agents: { names } } = detail;
  return {
    ...asOfJson(detail),
    ...problemJson(detail.problem, names),
    lastCalledAt: lastCalledAt === undefined ? null : toRfc3339(lastCalledAt),
    hosts: hosts.map((host) => hostJson(host, names)),
    events: events.map(eventJson),
  };
}

/** The last windows of agents that send no totals, for JSON. */
export function windowsJson(windows: readonly StatusRow[]): unknown[] {
  return windows.map((row) => ({
    host: formatAddress(row),
    caller: formatIp(row.caller),
    succ: row.succ,
    err: row.err,
    overload: row.overload,
    time: toRfc3339(row.ts),
  }));
}

function asOfJson(at: AsOf) {
  const { asOf } = at;
  return {
    asOf: asOf === undefined ? null : toRfc3339(asOf),
    ageS: asOf === undefined ? null : ageOf(at),
    windowS: WINDOW_S,
  };
}

function agentsJson({ count, silent, silentSince, silentZone }: Agents) {
  return {
    count,
    silent: silent.map(({ agent, name, address, zone, seenAt }) => ({
      agent,
      name,
      address,
      zone,
      seenAt: toRfc3339(seenAt),
    })),
    silentSince: silentSince === undefined ? null : toRfc3339(silentSince),
    silentZone: silentZone ?? null,
  };
}

/** Shares without calls are null: nothing is known then. */
function callsJson(
  { modId, cmdId, calls, failed, callers, latency }: RouteCalls,
) {
  return {
    modid: modId,
    cmdid: cmdId,
    callsPerS: rounded(calls / WINDOW_S),
    failedPerS: rounded(failed / WINDOW_S),
    failedShare: calls === 0 ? null : rounded(failed / calls),
    callers,
    p50Us: boundJson(latencyQuantileUs(latency, 0.5)),
    p99Us: boundJson(latencyQuantileUs(latency, 0.99)),
  };
}

/** Names of agents, by identity. */
type Names = ReadonlyMap<string, string>;

function problemJson(problem: Problem, names: Names) {
  const { usual, since, hosts, reasons, out } = problem;
  return {
    ...callsJson(problem),
    usualShare: usual === undefined ? null : rounded(usual),
    isFailing: problem.isFailing,
    excessPerS: rounded(problem.excessPerS),
    since: since === undefined ? null : toRfc3339(since),
    isOfFewCallers: problem.isOfFewCallers,
    hostCount: hosts ?? null,
    reasons: reasonsJson(reasons),
    out: out.map((view) => viewJson(view, names)),
  };
}

function viewJson(view: HostView, names: Names) {
  const { callers, outSince, reasons, suspect, drained, inFlight } = view;
  return {
    host: formatAddress(view),
    out: view.out,
    callers,
    reasons: reasonsJson(reasons),
    outSince: outSince === undefined ? null : toRfc3339(outSince),
    nextTryMs: view.nextTryMs,
    isOutAtFew: isOutAtFew(view),
    suspect,
    drained,
    inFlight,
    agents: view.agents.map((agent) => ({ agent, name: names.get(agent) })),
  };
}

function hostJson(detail: HostDetail, names: Names) {
  const { calls, host } = detail;
  return {
    ...viewJson(detail, names),
    callsPerS: rounded((calls?.calls ?? 0) / WINDOW_S),
    failedPerS: rounded((calls?.failed ?? 0) / WINDOW_S),
    failedShare: calls === undefined || calls.calls === 0
      ? null
      : rounded(calls.failed / calls.calls),
    meanUs: calls === undefined || calls.timed === 0
      ? null
      : Math.round(calls.sumUs / calls.timed),
    maxUs: calls === undefined || calls.timed === 0 ? null : calls.maxUs,
    isInRoute: host !== undefined,
  };
}

function reasonsJson(reasons: readonly ReasonCount[]) {
  return reasons.map(({ reason, callers }) => ({
    reason: hostReasonName(reason),
    callers,
  }));
}

/** An upper bound; null: not known, or above the largest. */
function boundJson(us: number | undefined): number | null {
  return us === undefined || us === Infinity ? null : us;
}

/** Six decimals. */
function rounded(value: number): number {
  return Number(value.toFixed(6));
}
