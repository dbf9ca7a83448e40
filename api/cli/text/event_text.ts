import {
  formatAddress,
  HostEventKind,
  hostEventKindName,
  hostReasonName,
} from "../../../proto/mod.ts";
import type { HostEventRow } from "../../../store/mod.ts";
import { printable } from "./printable.ts";
import { counted, formatCount, formatMicroseconds } from "./quantities.ts";
import { nameOfReason } from "./route_text.ts";
import { formatTime, toRfc3339 } from "./times.ts";

/** What happened to a host: "03:04 10.0.0.1:80 ejected at 3 callers (web-1, web-2, web-3): refused, 4 of 4 calls failed (adaptive)". */
export function formatEvent(
  event: HostEventRow,
  { nowS, withHost = true }: { nowS: number; withHost?: boolean },
): string {
  const { callers, names, calls, failures, meanUs, peersMeanUs } = event;
  const head = [
    formatTime(event.minute * 60, { nowS }),
    ...withHost ? [formatAddress(event)] : [],
    hostEventKindName(event.kind).replaceAll("_", " "),
  ].join(" ");
  const who = names.map((name) => printable(name)).join(", ");
  const more = callers > names.length && names.length > 0 ? ", …" : "";
  const why = [
    ...isCaused(event.kind) && event.reason !== 0
      ? [nameOfReason(event.reason)]
      : [],
    ...calls > 0
      ? [`${formatCount(failures)} of ${counted(calls, "call")} failed`]
      : [],
    ...meanUs > 0 && peersMeanUs > 0
      ? [
        `mean ${formatMicroseconds(meanUs)}, others ${
          formatMicroseconds(peersMeanUs)
        }`,
      ]
      : [],
  ].join(", ");
  return [
    `${head} at ${counted(callers, "caller")}`,
    ...who === "" ? [] : [` (${who}${more})`],
    ...why === "" ? [] : [`: ${why}`],
    ...event.policy === "" ? [] : [` (${printable(event.policy)})`],
  ].join("");
}

/** Whether such an event has a reason of its own: what ends one has that of its beginning. */
function isCaused(kind: number): boolean {
  return kind !== HostEventKind.returned && kind !== HostEventKind.undrained;
}

/** The same for JSON. */
export function eventJson(event: HostEventRow): unknown {
  const { id, modId, cmdId, callers, names, calls, failures } = event;
  return {
    id,
    time: toRfc3339(event.minute * 60),
    modid: modId,
    cmdid: cmdId,
    host: formatAddress(event),
    kind: hostEventKindName(event.kind),
    reason: hostReasonName(event.reason),
    callers,
    names,
    calls,
    failures,
    meanUs: event.meanUs,
    peersMeanUs: event.peersMeanUs,
    policy: event.policy,
  };
}
