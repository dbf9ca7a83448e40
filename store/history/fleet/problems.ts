import { compareKeys } from "../../route_grouper.ts";
import type { RouteCalls } from "./calls.ts";
import { type HostView, isOutAtFew, type ReasonCount } from "./host_views.ts";
import { excessOf, isFailing } from "./usual.ts";
import { WINDOW_S } from "./window.ts";

/** What is known of a route that may have a problem. */
export interface RouteFacts extends RouteCalls {
  /** Share of its calls that usually fails; undefined: too little history. */
  usual: number | undefined;
  /** Unix time in seconds since which it fails more than that, to the minute. */
  failingSince: number | undefined;
  /** Hosts that it has; undefined: not known. */
  hosts: number | undefined;
  /** Those that not every caller plainly uses. */
  views: readonly HostView[];
  /** Why callers hold hosts of it out. */
  reasons: readonly ReasonCount[];
}

/** A route, and what is wrong with it. */
export interface Problem extends RouteFacts {
  /** Whether more calls fail than is usual. */
  isFailing: boolean;
  /** Failing calls a second above the usual; 0 unless it is failing. */
  excessPerS: number;
  /** Hosts that callers hold out, those at most callers first; those out at few callers only are last. */
  out: readonly HostView[];
  /** Whether this looks like the network of a few callers, rather than hosts of the route. */
  isOfFewCallers: boolean;
  /** Unix time in seconds since which; undefined: not known. */
  since: number | undefined;
}

/** The problems among routes: those with the most failing calls a second above the usual first. */
export function findProblems(routes: readonly RouteFacts[]): Problem[] {
  return routes.map(judgeRoute)
    .filter(({ isFailing, out }) => isFailing || out.length > 0)
    .sort((a, b) =>
      b.excessPerS - a.excessPerS ||
      Number(a.isOfFewCallers) - Number(b.isOfFewCallers) ||
      weightOf(b) - weightOf(a) || compareKeys(a, b)
    );
}

/** What is wrong with a route; perhaps nothing. */
export function judgeRoute(route: RouteFacts): Problem {
  const failing = isFailing(route, route.usual);
  const out = route.views.filter((view) => view.out > 0).sort((a, b) =>
    Number(isOutAtFew(a)) - Number(isOutAtFew(b)) ||
    shareOut(b) - shareOut(a) || b.out - a.out || a.ip - b.ip ||
    a.port - b.port
  );
  const sinces = [route.failingSince, ...out.map(({ outSince }) => outSince)]
    .filter((since) => since !== undefined);
  return {
    ...route,
    isFailing: failing,
    excessPerS: failing ? excessOf(route, route.usual) / WINDOW_S : 0,
    out,
    isOfFewCallers: !failing && out.every(isOutAtFew),
    since: failing && route.failingSince !== undefined
      ? route.failingSince
      : sinces.length === 0
      ? undefined
      : Math.min(...sinces),
  };
}

function shareOut({ out, callers }: HostView): number {
  return callers === 0 ? 0 : out / callers;
}

/** How much of a route its callers hold out, in whole hosts. */
function weightOf({ out }: Problem): number {
  return out.reduce((sum, view) => sum + shareOut(view), 0);
}
