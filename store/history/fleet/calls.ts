import {
  addressKey,
  type HostAddress,
  type RouteKey,
  RouteMap,
} from "../../../proto/mod.ts";
import type { HostPeriodRow, RoutePeriodRow } from "../types.ts";
import { type CallCounts, shareIn, type Window } from "./window.ts";

/** Calls of a route in the last 60 s that the store tells of. */
export interface RouteCalls extends RouteKey, CallCounts {
  /** Agents that called. */
  callers: number;
  /** Those of the calls whose duration is known, by duration. */
  latency: readonly number[];
}

/** Calls of a host on a route in the last 60 s that the store tells of. */
export interface HostCalls extends HostAddress, CallCounts {
  /** Agents that called. */
  callers: number;
  /** Those of the calls whose duration is known. */
  timed: number;
  /** Sum of these durations in microseconds. */
  sumUs: number;
  /** The longest of them. */
  maxUs: number;
}

/** Calls of routes within a window, of rows of its two minutes. */
export function routesIn(
  window: Window,
  rows: readonly RoutePeriodRow[],
): RouteMap<RouteCalls> {
  const routes = new RouteMap<RouteCalls>();
  for (const row of rows) {
    const share = shareIn(window, row.period);
    if (share === 0) continue;
    const before = routes.get(row);
    const { modId, cmdId } = row;
    routes.set(row, {
      modId,
      cmdId,
      calls: (before?.calls ?? 0) + row.calls * share,
      failed: (before?.failed ?? 0) + row.failed * share,
      callers: Math.max(before?.callers ?? 0, row.callers),
      latency: row.latency.map((count, index) =>
        (before?.latency[index] ?? 0) + count * share
      ),
    });
  }
  return routes;
}

/** Calls of the hosts of one route within a window, by address key. */
export function hostsIn(
  window: Window,
  rows: readonly HostPeriodRow[],
): Map<number, HostCalls> {
  const hosts = new Map<number, HostCalls>();
  for (const row of rows) {
    const share = shareIn(window, row.period);
    if (share === 0) continue;
    const key = addressKey(row);
    const before = hosts.get(key);
    hosts.set(key, {
      ip: row.ip,
      port: row.port,
      calls: (before?.calls ?? 0) + row.calls * share,
      failed: (before?.failed ?? 0) + row.failed * share,
      timed: (before?.timed ?? 0) + row.timed * share,
      sumUs: (before?.sumUs ?? 0) + row.sumUs * share,
      maxUs: Math.max(before?.maxUs ?? 0, row.maxUs),
      callers: Math.max(before?.callers ?? 0, row.callers),
    });
  }
  return hosts;
}
