import {
  type HistoryBatch,
  type HostPeriodRow,
  LATENCY_COUNTS,
  type RoutePeriodRow,
} from "../history/types.ts";
import type { RouteRow } from "../types.ts";

/** Calls of one agent to a host. */
export interface Call extends RouteRow {
  calls: number;
  failed: number;
  /** Duration of the longest, and of all together. */
  us: number;
  /** Agents that are new in the minute; 1 if not given. */
  newInMinute?: number;
  /** Agents that are new in the longer period; 1 if not given. */
  newInLong?: number;
}

/** The columns of a batch with these calls: a row each, also of the routes. */
export function callsOf(
  calls: readonly Call[],
): Pick<HistoryBatch, "hosts" | "routes"> {
  const common = {
    modId: calls.map(({ modId }) => modId),
    cmdId: calls.map(({ cmdId }) => cmdId),
    calls: calls.map((call) => call.calls),
    failed: calls.map(({ failed }) => failed),
    timed: calls.map((call) => call.calls),
    sumUs: calls.map(({ us }) => us),
    maxUs: calls.map(({ us }) => us),
    minuteCallers: calls.map(({ newInMinute = 1 }) => newInMinute),
    longCallers: calls.map(({ newInLong = 1 }) => newInLong),
  };
  return {
    hosts: {
      ...common,
      ip: calls.map(({ ip }) => ip),
      port: calls.map(({ port }) => port),
    },
    routes: { ...common, latency: calls.flatMap(latencyOf) },
  };
}

/** Counts by duration of a call: the last is what is left. */
function latencyOf({ calls, failed }: Call): number[] {
  const counts = new Array<number>(LATENCY_COUNTS).fill(0);
  counts[0] = Math.min(failed, calls);
  counts[LATENCY_COUNTS - 1] = calls;
  return counts;
}

/** What is stored for a host of these calls of one minute. */
export function hostRow(
  period: number,
  calls: readonly Call[],
): HostPeriodRow {
  const { ip, port } = calls[0]!;
  return { ...periodCalls(period, calls), ip, port };
}

/** What is stored for a route of these calls. */
export function routeRow(
  period: number,
  calls: readonly Call[],
): RoutePeriodRow {
  const latency = new Array<number>(LATENCY_COUNTS).fill(0);
  for (const call of calls) {
    latencyOf(call).forEach((count, index) => latency[index]! += count);
  }
  return { ...periodCalls(period, calls), latency };
}

function periodCalls(period: number, calls: readonly Call[]) {
  const { modId, cmdId } = calls[0]!;
  const sum = (value: (call: Call) => number) =>
    calls.reduce((total, call) => total + value(call), 0);
  return {
    period,
    modId,
    cmdId,
    calls: sum((call) => call.calls),
    failed: sum(({ failed }) => failed),
    timed: sum((call) => call.calls),
    sumUs: sum(({ us }) => us),
    maxUs: Math.max(...calls.map(({ us }) => us)),
    callers: sum(({ newInMinute = 1 }) => newInMinute),
  };
}
