import { formatAddress, formatIp } from "../../../proto/mod.ts";
import {
  type DrainTarget,
  type HostDrain,
  REASON_LENGTH_MAX,
  WHO_LENGTH_MAX,
} from "../../../store/mod.ts";
import { printable } from "./printable.ts";
import { formatSince, formatTime, toRfc3339 } from "./times.ts";

/** Latest time that a date has, in Unix seconds: by hand people write any. */
const TIME_MAX = 8_640_000_000_000;

/** The hosts of a drain: "10.0.0.1:80", or "10.0.0.1" for a machine. */
export function hostsText({ ip, port }: DrainTarget): string {
  return port === undefined ? formatIp(ip) : formatAddress({ ip, port });
}

/** A drain's target as commands take it: "10.0.0.1:80 1 1". */
export function targetText(target: DrainTarget): string {
  const { route } = target;
  const hosts = hostsText(target);
  return route === undefined ? hosts : `${hosts} ${route.modId} ${route.cmdId}`;
}

/** Whether a drain was to be over before now. */
export function isForgotten({ until }: HostDrain, nowS: number): boolean {
  return until !== undefined && until < nowS;
}

/** A drain in a line: "10.0.0.1:80 since 03:04 (2 min) by alice@ops: new disk; until 07:04". */
export function formatDrain(drain: HostDrain, nowS: number): string {
  const until = drain.until === undefined
    ? ""
    : `; until ${formatUntil(drain, nowS)}`;
  return `${targetText(drain)} ${formatSince(drain.since, nowS)} by ${
    whoOf(drain)
  }: ${reasonOf(drain)}${until}`;
}

/** Drains under a heading, after an empty line; nothing if there are none. */
export function formatDrains(
  drains: readonly HostDrain[],
  nowS: number,
): string[] {
  if (drains.length === 0) return [];
  return ["", "drained", ...drains.map((drain) => formatDrain(drain, nowS))];
}

/** When a drain is to be over, and whether that is past; "-" if nobody has said. */
export function formatUntil(drain: HostDrain, nowS: number): string {
  if (drain.until === undefined) return "-";
  const mark = isForgotten(drain, nowS) ? " (past)" : "";
  return `${formatTime(drain.until, { nowS })}${mark}`;
}

/** Who drained, as one line. */
export function whoOf({ who }: HostDrain): string {
  return printable(who, { max: WHO_LENGTH_MAX });
}

/** Why, as one line. */
export function reasonOf({ reason }: HostDrain): string {
  return printable(reason, { max: REASON_LENGTH_MAX });
}

/** A drain for JSON. */
export function drainJson(
  drain: HostDrain,
  nowS: number,
): Record<string, unknown> {
  const { route, who, reason, since, until } = drain;
  return {
    host: hostsText(drain),
    ...(route === undefined ? {} : { modid: route.modId, cmdid: route.cmdId }),
    who,
    reason,
    since: timeJson(since),
    ...(until === undefined ? {} : { until: timeJson(until) }),
    forgotten: isForgotten(drain, nowS),
  };
}

function timeJson(seconds: number): string | null {
  return Math.abs(seconds) <= TIME_MAX ? toRfc3339(seconds) : null;
}
