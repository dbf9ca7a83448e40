import {
  formatAddress,
  formatIp,
  isDrained,
  type RouteKey,
} from "../../../../proto/mod.ts";
import {
  type HostDetail,
  type RouteDetail,
  type StatusRow,
  WINDOW_S,
} from "../../../../store/mod.ts";
import { formatTable } from "../../output.ts";
import { formatEvent } from "../../text/event_text.ts";
import {
  counted,
  formatCount,
  formatMicroseconds,
  formatRate,
  formatShare,
  formatSpan,
} from "../../text/quantities.ts";
import {
  formatAsOf,
  formatFailing,
  formatHostsOut,
  formatLatency,
  formatRoute,
  formatView,
  NO_DATA,
  presentOf,
} from "../../text/route_text.ts";
import { formatTime } from "../../text/times.ts";
import { formatAge } from "./fleet.ts";

/** Events, and windows of agents of the original, that are printed at most. */
const EVENTS_MAX = 10;
const WINDOWS_MAX = 20;

/** What all agents tell of a route: its calls, its hosts, what happened last. */
export function formatRouteDetail(
  detail: RouteDetail,
  windows: readonly StatusRow[],
): string[] {
  return [
    ...formatAge(detail),
    ...formatRouteHead(detail),
    "",
    ...formatHosts(detail),
    ...formatWindows(windows, detail.readAt),
    ...formatEvents(detail),
  ];
}

/** How a route's calls are, and of when that tells. */
export function formatRouteHead(detail: RouteDetail): string[] {
  const { problem, lastCalledAt, asOf } = detail;
  const nowS = presentOf(detail);
  const route = formatRoute(problem);
  if (asOf === undefined) {
    return [`${route}  ${NO_DATA}`];
  }
  const latency = formatLatency(problem.latency);
  const last = problem.calls > 0
    ? []
    : lastCalledAt === undefined
    ? ["none are kept from before"]
    : [
      `the last ones ${formatSpan(nowS - lastCalledAt)} ago (${
        formatTime(lastCalledAt, { nowS })
      })`,
    ];
  const out = formatHostsOut(problem);
  return [
    [
      `${route}  ${formatFailing(problem, nowS)}`,
      ...last,
      ...latency === undefined ? [] : [latency],
    ].join(", "),
    `${counted(problem.callers, "caller")}, ${formatAsOf({ ...detail, asOf })}`,
    ...out === undefined ? [] : [out],
  ];
}

function formatHosts(detail: RouteDetail): string[] {
  const { hosts } = detail;
  if (hosts.length === 0) return ["no hosts"];
  const rows = hosts.map((host) => [
    formatAddress(host),
    ...hostCells(host),
    stateOf(host, detail),
  ]);
  return [
    formatTable([...HOST_HEADER, "state"], rows, {
      rightFrom: 1,
      rightTo: HOST_HEADER.length,
    }),
  ];
}

/** Columns of {@linkcode hostCells}, after the address. */
export const HOST_HEADER = [
  "host",
  "calls/s",
  "fail/s",
  "fail %",
  "mean",
  "max",
];

/** Rates and durations of a host's calls; "-" is not known, which is not 0. */
export function hostCells({ calls }: HostDetail): string[] {
  if (calls === undefined || calls.calls === 0) {
    return ["-", "-", "-", "-", "-"];
  }
  const { failed, timed, sumUs, maxUs } = calls;
  return [
    formatRate(calls.calls / WINDOW_S),
    formatRate(failed / WINDOW_S),
    formatShare(failed / calls.calls),
    timed === 0 ? "-" : formatMicroseconds(sumUs / timed),
    timed === 0 ? "-" : formatMicroseconds(maxUs),
  ];
}

/** What its callers and its route say of a host; "in use" only where it is called. */
export function stateOf(
  host: HostDetail,
  detail: RouteDetail,
): string {
  const { agents, problem } = detail;
  const nowS = presentOf(detail);
  const parts: string[] = [];
  const view = formatView(host, { nowS, names: agents.names });
  if (view !== "") parts.push(view);
  if (host.host === undefined) parts.push("not in the route");
  else if (isDrained(host.host) && host.drained === 0) {
    parts.push(host.host.drained ? "drained" : "weight 0");
  }
  if (parts.length > 0) return parts.join(", ");
  if (host.calls !== undefined) return "in use";
  return problem.calls === 0
    ? "no calls"
    : "no calls, though the route has some";
}

/** Counters of agents that send no totals: one window each, of different lengths, so they add up to nothing. */
function formatWindows(windows: readonly StatusRow[], nowS: number): string[] {
  if (windows.length === 0) return [];
  const rows = windows.slice(0, WINDOWS_MAX).map((row) => [
    formatAddress(row),
    formatIp(row.caller),
    row.succ,
    row.err,
    row.overload ? "overloaded" : "in use",
    `${formatSpan(nowS - row.ts)} ago`,
  ]);
  const more = windows.length - rows.length;
  return [
    "",
    "last windows of callers that are none of these agents, such as agents of the original system; added to nothing",
    formatTable(["host", "caller", "ok", "failed", "state", "counted"], rows),
    ...more > 0 ? [`${formatCount(more)} more: see --json`] : [],
  ];
}

function formatEvents(detail: RouteDetail): string[] {
  const { events } = detail;
  if (events.length === 0) return [];
  const nowS = presentOf(detail);
  return [
    "",
    "last events",
    ...events.slice(0, EVENTS_MAX).map((event) => formatEvent(event, { nowS })),
  ];
}

/** Whether anything at all is known of a route. */
export function isKnown(
  { hosts, lastCalledAt, events }: RouteDetail,
  windows: readonly StatusRow[],
): boolean {
  return hosts.length > 0 || lastCalledAt !== undefined || events.length > 0 ||
    windows.length > 0;
}

/** The sentence for a route of which nothing is known. */
export function noSuchRoute({ modId, cmdId }: RouteKey): string {
  return `Cannot show (${modId}, ${cmdId}) as there is no such route: add a host with "lars route add ${modId} ${cmdId} IP:PORT"`;
}
