import {
  hostReasonName,
  LATENCY_BOUNDS_US,
  type RouteKey,
} from "../../../proto/mod.ts";
import {
  type AsOf,
  type HostView,
  isOutAtFew,
  latencyQuantileUs,
  type Problem,
  type ReasonCount,
  WINDOW_S,
} from "../../../store/mod.ts";
import { printable } from "./printable.ts";
import {
  counted,
  formatCount,
  formatMicroseconds,
  formatRate,
  formatShare,
  formatSpan,
} from "./quantities.ts";
import { formatSince, formatTime } from "./times.ts";

/** Age from which on data is called old, in seconds: agents report each 10 s. */
export const STALE_S = 30;

/** What is said where no reporter has told of any agent. */
export const NO_DATA = "no data: no agent has reported calls to this store yet";

/** The present for people: the reader's clock, unless it does not agree with those of the reporters. */
export function presentOf({ asOf, readAt }: AsOf): number {
  if (asOf === undefined) return readAt;
  const ageS = readAt - asOf;
  return ageS >= 0 && ageS <= WINDOW_S ? readAt : asOf;
}

/** Age of the newest word of a reporter, in seconds. */
export function ageOf({ asOf = 0, readAt }: AsOf): number {
  return Math.max(0, readAt - asOf);
}

/** "as of 03:06:12 (4 s ago)". */
export function formatAsOf(at: AsOf & { asOf: number }): string {
  const time = formatTime(at.asOf, { nowS: at.readAt, withSeconds: true });
  return `as of ${time} (${formatSpan(ageOf(at))} ago)`;
}

/** "1/7". */
export function formatRoute({ modId, cmdId }: RouteKey): string {
  return `${modId}/${cmdId}`;
}

/** What share of how many calls fails, since when, and how much is usual. */
export function formatFailing(problem: Problem, nowS: number): string {
  const { calls, failed, usual, isFailing, failingSince } = problem;
  if (calls === 0) return `no calls in the last ${WINDOW_S} s`;
  const parts = [
    `${formatShare(failed / calls)} of ${
      formatRate(calls / WINDOW_S)
    } calls/s fail`,
  ];
  if (isFailing && failingSince !== undefined) {
    parts.push(formatSince(failingSince, nowS));
  }
  if (usual !== undefined) parts.push(`usually ${formatShare(usual)}`);
  else if (isFailing) parts.push("what is usual is not known yet");
  return parts.join(", ");
}

/** "p50 ≤ 5 ms, p99 ≤ 300 ms"; undefined: no call has a duration. */
export function formatLatency(latency: readonly number[]): string | undefined {
  const bounds = [0.5, 0.99].map((quantile) =>
    latencyQuantileUs(latency, quantile)
  );
  if (bounds[0] === undefined) return undefined;
  return ["p50", "p99"].map((name, index) =>
    `${name} ${formatBound(bounds[index]!)}`
  ).join(", ");
}

/** "≤ 300 ms", "> 3 s". */
export function formatBound(us: number): string {
  return us === Infinity
    ? `> ${formatMicroseconds(LATENCY_BOUNDS_US.at(-2)!)}`
    : `≤ ${formatMicroseconds(us)}`;
}

/** "3 of 20 hosts out: refused at 61 callers, timeout at 4"; undefined: none is. */
export function formatHostsOut(
  { out, hosts, reasons }: Problem,
): string | undefined {
  if (out.length === 0) return undefined;
  // Callers may go on telling of a host that the route has no more.
  const of = hosts === undefined || hosts < out.length
    ? counted(out.length, "host")
    : `${formatCount(out.length)} of ${counted(hosts, "host")}`;
  return `${of} out: ${formatReasons(reasons)}`;
}

/** "refused at 61 callers, timeout at 4". */
export function formatReasons(reasons: readonly ReasonCount[]): string {
  return reasons.map(({ reason, callers }, index) =>
    `${nameOfReason(reason)} at ${
      index === 0 ? counted(callers, "caller") : formatCount(callers)
    }`
  ).join(", ");
}

/** How the callers of a host see it: "out at 3 of 3 callers: refused, since 03:04 (2 min)". */
export function formatView(
  view: HostView,
  { nowS, names }: {
    nowS: number;
    /** Names of agents, by identity. */
    names: ReadonlyMap<string, string>;
  },
): string {
  const { out, callers, reasons, outSince, nextTryMs } = view;
  const parts: string[] = [];
  if (out > 0) {
    const why = reasons.length === 1
      ? nameOfReason(reasons[0]!.reason)
      : formatReasons(reasons);
    parts.push(
      `out at ${formatCount(out)} of ${counted(callers, "caller")}: ${why}`,
    );
    if (outSince !== undefined) parts.push(formatSince(outSince, nowS));
    if (nextTryMs > 0) {
      parts.push(`next try within ${formatSpan(Math.ceil(nextTryMs / 1_000))}`);
    }
    if (isOutAtFew(view)) {
      const who = view.agents.slice(0, 3).map((agent) =>
        printable(names.get(agent) ?? agent.slice(0, 8))
      );
      const more = view.agents.length > 3 ? ", …" : "";
      parts.push(
        `${out === 1 ? "one caller's network?" : "these callers' network?"} ${
          who.join(", ")
        }${more}`,
      );
    }
  }
  return [...parts, ...formatRest(view)].join(", ");
}

/** What is not about being out. */
function formatRest({ suspect, drained, inFlight }: HostView): string[] {
  const parts: string[] = [];
  if (suspect > 0) parts.push(`suspect at ${counted(suspect, "caller")}`);
  if (drained > 0) {
    parts.push(
      `drained at ${counted(drained, "caller")}`,
      formatInFlight(inFlight),
    );
  }
  return parts;
}

/** "3 calls in flight". */
export function formatInFlight(calls: number): string {
  return calls === 0
    ? "no calls in flight"
    : `${counted(calls, "call")} in flight`;
}

/** Words of a reason, such as "worse than peers". */
export function nameOfReason(reason: number): string {
  return hostReasonName(reason).replaceAll("_", " ");
}
