import type { z } from "@hono/zod-openapi";
import {
  formatAddress,
  HOST_EVENT_KIND_NAMES,
  HOST_REASON_NAMES,
  HOST_STATE_NAMES,
  hostReasonName,
  LATENCY_BOUNDS_US,
  type RouteKey,
} from "../../../proto/mod.ts";
import {
  type Fleet,
  type HostDetail,
  type HostDrain,
  type HostEventRow,
  type HostPeriodRow,
  type HostStateRow,
  type HostView,
  latencyQuantileUs,
  type RouteCalls,
  type RoutePeriodRow,
  WINDOW_S,
} from "../../../store/mod.ts";
import type * as shapes from "../schemas.ts";
import { timeOf } from "../schemas.ts";
import { drainJson } from "./routes.ts";

type Json<Schema extends z.ZodType> = z.output<Schema>;

/** Calls of a route in the last minute that is known; undefined: none. */
export function routeTraffic(calls: RouteCalls | undefined) {
  if (calls === undefined || calls.calls === 0) return NO_TRAFFIC;
  return {
    callsPerSecond: calls.calls / WINDOW_S,
    failingShare: Math.min(1, calls.failed / calls.calls),
    meanUs: null,
    p99Us: quantile(calls.latency, 0.99),
  };
}

const NO_TRAFFIC = {
  callsPerSecond: null,
  failingShare: null,
  meanUs: null,
  p99Us: null,
};

function hostTraffic({ calls }: Pick<HostDetail, "calls">) {
  if (calls === undefined || calls.calls === 0) return NO_TRAFFIC;
  return {
    callsPerSecond: calls.calls / WINDOW_S,
    failingShare: Math.min(1, calls.failed / calls.calls),
    meanUs: calls.timed === 0 ? null : calls.sumUs / calls.timed,
    p99Us: null,
  };
}

/** A quantile that JSON can hold: what is longer than the longest bound is that bound. */
function quantile(latency: readonly number[], share: number): number | null {
  const longest = LATENCY_BOUNDS_US.findLast(Number.isFinite)!;
  const found = latencyQuantileUs(latency, share);
  return found === undefined ? null : Math.min(found, longest);
}

/** Hosts that half of their callers or more hold to be out. */
export function countOut(views: readonly HostView[]): number {
  return views.filter(({ out, callers }) => out * 2 >= callers).length;
}

/** A host of a route as its callers see it. */
export function hostStatusJson(
  key: RouteKey,
  detail: HostDetail,
  drain: HostDrain | undefined,
): Json<typeof shapes.hostStatus> {
  const { host } = detail;
  return {
    ...viewJson(key, detail, drain),
    isConfigured: host !== undefined,
    weight: host?.weight ?? null,
    zone: host?.zone ?? null,
    ...hostTraffic(detail),
  };
}

/** The same of one whose configuration and calls were not read. */
export function viewJson(
  { modId, cmdId }: RouteKey,
  view: HostView,
  drain: HostDrain | undefined,
): Json<typeof shapes.hostStatus> {
  return {
    modId,
    cmdId,
    host: formatAddress(view),
    isConfigured: true,
    weight: null,
    zone: null,
    drain: drain === undefined ? null : drainJson(drain),
    callers: view.callers,
    out: view.out,
    suspect: view.suspect,
    reasons: view.reasons.map(({ reason, callers }) => ({
      reason: hostReasonName(reason),
      callers,
    })),
    since: view.outSince === undefined ? null : timeOf(view.outSince),
    nextTryMs: view.nextTryMs === 0 ? null : view.nextTryMs,
    inFlight: view.drained > 0 || view.inFlight > 0 ? view.inFlight : null,
    ...NO_TRAFFIC,
  };
}

/** The same of the past, where how callers saw it is not kept. */
export function withoutStates(
  status: Json<typeof shapes.hostStatus>,
): Json<typeof shapes.hostStatus> {
  return { ...status, out: null, suspect: null };
}

/** A period of a history. */
export function periodJson(
  row: RoutePeriodRow | HostPeriodRow,
  stepS: number,
): Json<typeof shapes.period> {
  const latency = "latency" in row ? row.latency : [];
  return {
    at: timeOf(row.period * stepS),
    calls: row.calls,
    failed: row.failed,
    failingShare: row.calls === 0 ? null : Math.min(1, row.failed / row.calls),
    meanUs: row.timed === 0 ? null : row.sumUs / row.timed,
    p50Us: quantile(latency, 0.5),
    p99Us: quantile(latency, 0.99),
    maxUs: row.maxUs,
    callers: row.callers,
  };
}

/** Something that happened to a host. */
export function eventJson(row: HostEventRow): Json<typeof shapes.hostEvent> {
  return {
    id: row.id,
    at: timeOf(row.minute * 60),
    modId: row.modId,
    cmdId: row.cmdId,
    host: formatAddress(row),
    kind: HOST_EVENT_KIND_NAMES[row.kind] ?? "unset",
    reason: HOST_REASON_NAMES[row.reason] ?? "none",
    callers: row.callers,
    names: [...row.names],
    calls: row.calls,
    failures: row.failures,
    meanUs: row.meanUs === 0 ? null : row.meanUs,
    peersMeanUs: row.peersMeanUs === 0 ? null : row.peersMeanUs,
    policy: row.policy,
  };
}

/** One caller's view of a host; `agents` are those that are known. */
export function callerJson(
  row: HostStateRow,
  agents: ReadonlyMap<string, { name: string; address: string; zone: string }>,
): Json<typeof shapes.callerState> {
  const agent = agents.get(row.agent);
  return {
    modId: row.modId,
    cmdId: row.cmdId,
    host: formatAddress(row),
    agent: row.agent,
    agentName: agent?.name || null,
    agentAddress: agent?.address || null,
    zone: agent?.zone || null,
    state: HOST_STATE_NAMES[row.state] ?? "unset",
    reason: HOST_REASON_NAMES[row.reason] ?? "none",
    since: timeOf(row.since),
    inFlight: row.inFlight,
    nextTryMs: row.nextTryMs,
  };
}

/** End of the newest minute with calls, as far as it has come; null: nobody has ever reported calls. */
export function dataUntilOf(
  { asOf, newestMinute }: Pick<Fleet, "asOf" | "newestMinute">,
): string | null {
  if (newestMinute === undefined) return null;
  const endSeconds = (newestMinute + 1) * 60;
  return timeOf(Math.min(asOf ?? endSeconds, endSeconds));
}
